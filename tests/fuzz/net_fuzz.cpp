// Several packets through one decoder, so that fragments meet: each is a link type, two bytes of length and the bytes.
#include <algorithm>
#include <cstdlib>

#include "parsers/net/decode.hpp"
#include "parsers/net/glance.hpp"

using namespace rdpdx;

namespace {

template <class T>
void check(const T& decoded) {
    if (decoded.payload.size() > decoded.payload_length) std::abort();
    // Reads every byte, for the sanitizer to see.
    volatile unsigned sum = 0;
    for (const std::byte b : decoded.payload) sum = sum + std::to_integer<unsigned>(b);
    if (decoded.source.address.family != decoded.ip.source.family) std::abort();
}

// What a glance tells is what decoding tells, and nothing is lost by leaving it at that.
void check_glance(const net::Glance& seen, const net::Decoded& decoded) {
    const auto same_ends = [&](const auto& other) {
        return seen.source_port == other.source.port && seen.destination_port == other.destination.port &&
               other.source.address.family == 4;
    };
    if (seen.datagram) {
        const auto* datagram = std::get_if<net::Datagram>(&decoded);
        if (!datagram || !same_ends(*datagram) || seen.payload_length != datagram->payload_length) std::abort();
    } else {
        const auto* segment = std::get_if<net::Segment>(&decoded);
        if (!segment || !same_ends(*segment) || seen.sequence != segment->sequence || seen.syn != segment->syn ||
            seen.rst != segment->rst)
            std::abort();
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    bytes::Cursor in{std::as_bytes(std::span{data, size})};
    net::Decoder decoder;
    std::uint64_t packets = 0;
    while (in.remaining() > 0) {
        capture::Packet packet;
        // The two numbers beyond a byte have one that is free.
        const std::uint32_t link_type = in.u8("link type");
        packet.link_type = static_cast<capture::LinkType>(link_type);
        if (link_type == 255) packet.link_type = capture::LinkType::linux_sll2;
        if (link_type == 254) packet.link_type = capture::LinkType::pktap;
        const std::size_t length = in.u16be("length");
        packet.data = in.take(std::min(length, in.remaining()), "packet");
        packet.original_length = static_cast<std::uint32_t>(length);
        packet.time = bytes::Time{std::chrono::seconds{packets}};
        ++packets;
        const net::Losses before = decoder.losses();
        const net::Decoded decoded = decoder.decode(packet);
        net::Glance seen;
        if (net::glance(packet, seen)) {
            check_glance(seen, decoded);
            if (decoder.losses().malformed != before.malformed ||
                decoder.losses().cut_by_snap_length != before.cut_by_snap_length)
                std::abort();
        }
        if (const auto* segment = std::get_if<net::Segment>(&decoded)) check(*segment);
        if (const auto* datagram = std::get_if<net::Datagram>(&decoded)) check(*datagram);
        if (decoder.losses().malformed > packets || decoder.losses().cut_by_snap_length > packets) std::abort();
    }
    return 0;
}
