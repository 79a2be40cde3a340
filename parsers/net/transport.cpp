// TCP (RFC 9293) and UDP (RFC 768).
#include <algorithm>

#include "parsers/net/walk.hpp"

namespace rdpdx::net {
namespace {

constexpr std::uint16_t kVxlanPort = 4789, kOldVxlanPort = 8472, kGenevePort = 6081;

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

Decoded decode_tcp(Walk& walk, const Slice& packet) {
    bytes::Cursor in{packet.data};
    Decoded out{std::in_place_type<Segment>};
    Segment& segment = *std::get_if<Segment>(&out);
    segment.source.port = in.u16be("Source Port");
    segment.destination.port = in.u16be("Destination Port");
    segment.sequence = in.u32be("Sequence Number");
    segment.acknowledgment = in.u32be("Acknowledgment Number");
    const std::size_t data_offset = (in.u8("Data Offset") >> 4) * 4U;
    const std::uint8_t flags = in.u8("Control bits");
    segment.window = in.u16be("Window");
    in.u32be("Checksum and Urgent Pointer");
    if (in.error()) return give_up(walk, packet);
    if (data_offset < 20 || data_offset > packet.wire) {
        walk.malformed = true;
        return Nothing{};
    }
    // Where the snap length cut the options, those that are there still count.
    parse_options(in.take(std::min(data_offset - 20, in.remaining()), "Options"), segment);
    segment.fin = (flags & 0x01) != 0;
    segment.syn = (flags & 0x02) != 0;
    segment.rst = (flags & 0x04) != 0;
    segment.psh = (flags & 0x08) != 0;
    segment.ack = (flags & 0x10) != 0;
    segment.payload = in.rest();
    segment.payload_length = static_cast<std::uint32_t>(packet.wire - data_offset);
    walk.cut = walk.cut || packet.cut();
    segment.ip = walk.ip;
    segment.source.address = walk.ip.source;
    segment.destination.address = walk.ip.destination;
    return out;
}

Decoded decode_udp(Walk& walk, const Slice& packet) {
    bytes::Cursor in{packet.data};
    Datagram datagram;
    datagram.source.port = in.u16be("Source Port");
    datagram.destination.port = in.u16be("Destination Port");
    const std::uint16_t length = in.u16be("Length");
    in.u16be("Checksum");
    if (in.error()) return give_up(walk, packet);
    // Zero: a jumbogram (RFC 2675) or segmentation offload. Too short or too long: what the IP header says is there.
    if (length != 0 && (length < 8 || length > packet.wire)) walk.malformed = true;
    Slice payload = rest_of(in, packet);
    if (length >= 8) payload = shortened(payload, length - 8U);

    const std::uint16_t port = datagram.destination.port;
    Decoded inner;
    if (port == kVxlanPort || port == kOldVxlanPort) inner = decode_vxlan(walk, payload);
    if (port == kGenevePort) inner = decode_geneve(walk, payload);
    if (walk.waiting || !std::holds_alternative<Nothing>(inner)) return inner;

    datagram.payload = payload.data;
    datagram.payload_length = static_cast<std::uint32_t>(payload.wire);
    walk.cut = walk.cut || payload.cut();
    datagram.ip = walk.ip;
    datagram.source.address = walk.ip.source;
    datagram.destination.address = walk.ip.destination;
    return datagram;
}

}  // namespace rdpdx::net
