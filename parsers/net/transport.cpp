// TCP (RFC 9293) and UDP (RFC 768).
#include <algorithm>

#include "parsers/bytes/fixed.hpp"
#include "parsers/net/walk.hpp"

namespace rdpdx::net {
namespace {

// RFC 9293 section 3.1, RFC 7323, RFC 2018. An option that makes no sense ends them; the ones before it count.
void parse_options(bytes::View options, Segment& segment) noexcept {
    enum Kind : std::uint8_t { kEnd, kNoOperation, kMaximumSegmentSize, kWindowScale, kSackPermitted };
    bytes::Cursor in{options};
    while (in.remaining() > 0) {
        const std::uint8_t kind = in.u8("Kind");
        if (kind == kNoOperation) continue;
        if (kind == kEnd) return;
        const std::uint8_t length = in.u8("Length");
        if (length < 2) return;
        const bytes::View value = in.take(length - 2U, "option");
        if (in.error()) return;
        if (kind == kMaximumSegmentSize && length == 4) segment.mss = bytes::Cursor{value}.u16be("MSS");
        if (kind == kWindowScale && length == 3) segment.window_scale = bytes::Cursor{value}.u8("shift.cnt");
        if (kind == kSackPermitted && length == 2) segment.sack_permitted = true;
    }
}

}  // namespace

bool parse_segment(Walk& walk, const Slice& packet, Segment& segment) {
    const auto head = bytes::Fixed<20>::of(packet.data);
    if (!head) {
        give_up(walk, packet);
        return false;
    }
    segment.source.port = head->u16be<0>();
    segment.destination.port = head->u16be<2>();
    segment.sequence = head->u32be<4>();
    segment.acknowledgment = head->u32be<8>();
    const std::size_t data_offset = (head->u8<12>() >> 4) * 4U;
    const std::uint8_t flags = head->u8<13>();
    segment.window = head->u16be<14>();
    if (data_offset < 20 || data_offset > packet.wire) {
        walk.malformed = true;
        return false;
    }
    // Where the snap length cut the options, those that are there still count.
    const std::size_t options = std::min(data_offset, packet.data.size()) - 20;
    if (options > 0) parse_options(packet.data.subspan(20, options), segment);
    segment.fin = (flags & 0x01) != 0;
    segment.syn = (flags & 0x02) != 0;
    segment.rst = (flags & 0x04) != 0;
    segment.psh = (flags & 0x08) != 0;
    segment.ack = (flags & 0x10) != 0;
    segment.payload = packet.data.subspan(20 + options);
    segment.payload_length = static_cast<std::uint32_t>(packet.wire - data_offset);
    walk.cut = walk.cut || packet.cut();
    return true;
}

Decoded decode_tcp(Walk& walk, const Slice& packet) {
    Decoded out{std::in_place_type<Segment>};
    Segment& segment = *std::get_if<Segment>(&out);
    if (parse_segment(walk, packet, segment)) {
        segment.ip = walk.ip;
        segment.source.address = walk.ip.source;
        segment.destination.address = walk.ip.destination;
    } else {
        out = Nothing{};
    }
    return out;
}

Decoded decode_udp(Walk& walk, const Slice& packet) {
    Decoded out{std::in_place_type<Datagram>};
    Datagram& datagram = *std::get_if<Datagram>(&out);
    const auto head = bytes::Fixed<8>::of(packet.data);
    if (!head) return give_up(walk, packet);
    datagram.source.port = head->u16be<0>();
    datagram.destination.port = head->u16be<2>();
    const std::uint16_t length = head->u16be<4>();
    // Zero: a jumbogram (RFC 2675) or segmentation offload. Too short or too long: what the IP header says is there.
    if (length != 0 && (length < 8 || length > packet.wire)) walk.malformed = true;
    Slice payload{packet.data.subspan(8), packet.wire - 8, packet.bounded};
    if (length >= 8) payload = shortened(payload, length - 8U);

    const std::uint16_t port = datagram.destination.port;
    if (is_tunnel(port)) {
        Decoded inner = port == kGenevePort ? decode_geneve(walk, payload) : decode_vxlan(walk, payload);
        if (walk.waiting || !std::holds_alternative<Nothing>(inner)) return inner;
    }

    datagram.payload = payload.data;
    datagram.payload_length = static_cast<std::uint32_t>(payload.wire);
    walk.cut = walk.cut || payload.cut();
    datagram.ip = walk.ip;
    datagram.source.address = walk.ip.source;
    datagram.destination.address = walk.ip.destination;
    return out;
}

}  // namespace rdpdx::net
