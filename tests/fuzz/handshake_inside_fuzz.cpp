// Any bytes as what TLS carries, sealed with the very keys that open it: nothing may harm, and what is read inside lies
// in a record that was fed. Some records are left out or changed.
#include <algorithm>
#include <cstdlib>

#include "parsers/handshake/handshake.hpp"
#include "tests/support/tls_talk.hpp"

using namespace rdpdx;
using stream::Side;
using test::Bytes;

namespace {

using test::operator+;

constexpr std::uint16_t kKinds[][2]{{0x0301, 0x002F}, {0x0303, 0xC030}, {0x0304, 0x1301}, {0x0303, 0x0005}};

Bytes confirm(std::uint8_t protocol) {
    return test::be(0x03000013, 4) + test::be(0x0ED00000, 4) + test::be(0x123400, 3) + test::be(0x02000800, 4) +
           test::be(protocol, 1) + test::be(0, 3);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    const auto& kind = kKinds[data[0] % std::size(kKinds)];
    test::TlsTalk talk{kind[0], kind[1]};
    tls::Secrets secrets;
    secrets.key_log.add(bytes::view_of(talk.key_log()));
    tls::SessionCache sessions;
    std::uint64_t fed[2] = {0, 0}, frame = 0;
    handshake::Reader reader{[&](const handshake::Pdu& pdu) {
                                 if (pdu.offset > fed[pdu.from == Side::server]) std::abort();
                             },
                             false,
                             {&secrets, &sessions, (data[0] & 0x80U) != 0}};
    std::uint64_t gap[2] = {0, 0};
    const auto feed = [&](Side from, const Bytes& bytes) {
        const int side = from == Side::server;
        const std::uint64_t offset = fed[side];
        fed[side] += bytes.size();
        reader.data({from, bytes, offset, std::exchange(gap[side], 0), {{}, ++frame, 0}});
    };
    constexpr std::uint8_t kProtocols[]{1, 2, 4, 8};
    feed(Side::server, confirm(kProtocols[data[1] % 4]));
    feed(Side::client, talk.client_hello());
    feed(Side::server, talk.server_hello());
    feed(Side::server, talk.finished(tls::Side::server));
    feed(Side::client, talk.finished(tls::Side::client));
    for (std::size_t at = 2; at + 3 <= size && frame < 200;) {
        const bool server = (data[at] & 1U) != 0;
        const std::size_t length = std::min<std::size_t>((data[at + 1] << 8U | data[at + 2]) % 4096U, size - at - 3);
        const auto text = std::as_bytes(std::span{data + at + 3, length});
        const std::uint8_t type = (data[at] & 2U) ? 22 : (data[at] & 4U) ? 21 : 23;
        Bytes record = talk.record(server ? tls::Side::server : tls::Side::client, type, {text.begin(), text.end()});
        if ((data[at] & 0x18U) == 0x18) record.back() ^= std::byte{1};
        if ((data[at] & 0x60U) == 0x60) {
            gap[server] += record.size();
            fed[server] += record.size();
        } else {
            feed(server ? Side::server : Side::client, record);
        }
        at += 3 + length;
    }
    reader.finish();
    return 0;
}
