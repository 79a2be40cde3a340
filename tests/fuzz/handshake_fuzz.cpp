// Any bytes as the two streams of a connection, in chunks of any size with gaps: every chunk comes to an end, and what
// is read lies in what was fed.
#include <cstdlib>

#include "parsers/handshake/handshake.hpp"

using namespace rdpdx;
using stream::Side;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    std::uint64_t offset[2] = {0, 0}, frame = 0;
    // A PDU begins in what was fed, or in the chunk that is being fed.
    std::uint64_t fed[2] = {0, 0};
    handshake::Reader reader{[&](const handshake::Pdu& pdu) {
                                 if (pdu.offset > fed[pdu.from == Side::server]) std::abort();
                                 if (pdu.mark.frame > frame) std::abort();
                             },
                             (data[0] & 1U) != 0};
    std::size_t at = 1;
    while (at + 2 <= size) {
        // Side, gap and length of the next chunk.
        const bool server = (data[at] & 1U) != 0;
        const std::uint64_t gap = (data[at] & 0x80U) ? (data[at] >> 1 & 0x3FU) : 0;
        const std::size_t length = std::min<std::size_t>(data[at + 1], size - at - 2);
        at += 2;
        offset[server] += gap;
        fed[server] = offset[server] + length;
        if (length > 0)
            reader.data({server ? Side::server : Side::client,
                         std::as_bytes(std::span{data + at, length}),
                         offset[server],
                         gap,
                         {{}, ++frame, 0}});
        offset[server] += length;
        at += length;
    }
    reader.finish();
    return 0;
}
