// IPv4 (RFC 791), IPv6 with its extension headers (RFC 8200), and which protocol comes next.
#include "parsers/net/walk.hpp"

namespace rdpdx::net {
namespace {

// What an IP header carries, down to where fragments and extension headers are behind us.
Decoded decode_payload(Walk& walk, std::uint8_t protocol, const Slice& payload) {
    switch (protocol) {
        case kTcp:
            return decode_tcp(walk, payload);
        case kUdp:
            return decode_udp(walk, payload);
        case kIcmp:
            return decode_icmp(walk, payload);
        case kIcmpv6:
            return decode_icmpv6(walk, payload);
        case kIpv4:
        case kIpv6:
            walk.ip.tunnelled = true;
            return decode_ip(walk, payload);
        case kGre:
            walk.ip.tunnelled = true;
            return decode_gre(walk, payload);
        default:
            return Nothing{};
    }
}

Decoded decode_fragment(Walk& walk, const Fragment& fragment, const Slice& payload) {
    // A piece that the snap length cut never completes a datagram. The first one still tells who sent it.
    if (payload.cut()) {
        walk.cut = true;
        return fragment.offset == 0 ? decode_protocol(walk, fragment.next_protocol, payload) : Nothing{};
    }
    const auto whole = walk.fragments.add(fragment, walk.ip, walk.time);
    if (!whole) {
        walk.waiting = true;
        return Nothing{};
    }
    walk.ip = whole->ip;
    walk.ip.reassembled = true;
    return decode_protocol(walk, whole->protocol, {whole->data, whole->data.size(), true});
}

// RFC 8200 section 4.5, Fragment Header
Decoded decode_fragment_header(Walk& walk, bytes::Cursor& in, const Slice& payload) {
    const std::uint8_t next = in.u8("Next Header");
    in.u8("Reserved");
    const std::uint16_t offset_and_flag = in.u16be("Fragment Offset");
    const std::uint32_t identification = in.u32be("Identification");
    if (in.error()) return give_up(walk, payload);
    walk.ip.identification = static_cast<std::uint16_t>(identification & 0xFFFF);
    const Slice rest = rest_of(in, payload);
    // RFC 6946: an atomic fragment is the whole datagram.
    if ((offset_and_flag & 0xFFF9) == 0) return decode_protocol(walk, next, rest);
    const FragmentKey key{walk.ip.source, walk.ip.destination, identification, 0};
    const std::size_t offset = offset_and_flag & 0xFFF8U;
    return decode_fragment(walk, {key, offset, (offset_and_flag & 1) != 0, next, rest.data}, rest);
}

}  // namespace

Decoded decode_protocol(Walk& walk, std::uint8_t protocol, Slice payload) {
    while (is_extension(protocol) || protocol == kFragment) {
        if (++walk.extensions > kMaxExtensions) {
            walk.malformed = true;
            return Nothing{};
        }
        bytes::Cursor in{payload.data};
        if (protocol == kFragment) return decode_fragment_header(walk, in, payload);
        protocol = skip_extension(in, protocol);
        if (in.error()) return give_up(walk, payload);
        payload = rest_of(in, payload);
    }
    return decode_payload(walk, protocol, payload);
}

namespace {

// What the header says was sent: less than the frame where that is padded, more where it was cut, be it by the snap
// length or by a device on the way that slices packets. Inside of a tunnel more cannot have been sent.
Slice as_sent(bytes::Cursor& in, const Slice& packet, std::size_t length) {
    Slice rest = rest_of(in, packet);
    if (length < rest.wire || rest.bounded) return shortened(rest, length);
    rest.wire = length;
    rest.bounded = true;
    return rest;
}

Decoded decode_ipv4(Walk& walk, const Slice& packet) {
    bytes::Cursor in{packet.data};
    const std::size_t ihl = (in.u8("Version and IHL") & 0xFU) * 4;
    in.u8("Type of Service");
    const std::size_t total_length = in.u16be("Total Length");
    walk.ip.identification = in.u16be("Identification");
    const std::uint16_t flags = in.u16be("Flags and Fragment Offset");
    walk.ip.hop_limit = in.u8("Time to Live");
    const std::uint8_t protocol = in.u8("Protocol");
    in.u16be("Header Checksum");
    walk.ip.source = address_of(in.take(4, "Source Address"));
    walk.ip.destination = address_of(in.take(4, "Destination Address"));
    if (ihl > 20) in.skip(ihl - 20, "Options");
    if (in.error()) return give_up(walk, packet);
    // Segmentation offload captures the packet before its length is written: zero then means all of it.
    if (ihl < 20 || (total_length != 0 && total_length < ihl)) {
        walk.malformed = true;
        return Nothing{};
    }
    walk.ip.dont_fragment = (flags & 0x4000) != 0;
    const Slice payload = total_length == 0 ? rest_of(in, packet) : as_sent(in, packet, total_length - ihl);
    const bool more = (flags & 0x2000) != 0;
    const std::size_t offset = (flags & 0x1FFFU) * 8;
    if (!more && offset == 0) return decode_protocol(walk, protocol, payload);
    const FragmentKey key{walk.ip.source, walk.ip.destination, walk.ip.identification, protocol};
    return decode_fragment(walk, {key, offset, more, protocol, payload.data}, payload);
}

Decoded decode_ipv6(Walk& walk, const Slice& packet) {
    bytes::Cursor in{packet.data};
    in.u32be("Version, Traffic Class and Flow Label");
    const std::size_t length = in.u16be("Payload Length");
    const std::uint8_t next = in.u8("Next Header");
    walk.ip.hop_limit = in.u8("Hop Limit");
    walk.ip.source = address_of(in.take(16, "Source Address"));
    walk.ip.destination = address_of(in.take(16, "Destination Address"));
    if (in.error()) return give_up(walk, packet);
    walk.ip.identification = 0;
    walk.ip.dont_fragment = false;
    // Zero: a jumbogram (RFC 2675) or segmentation offload.
    const Slice payload = length == 0 ? rest_of(in, packet) : as_sent(in, packet, length);
    return decode_protocol(walk, next, payload);
}

}  // namespace

Decoded decode_ip(Walk& walk, const Slice& packet) {
    if (++walk.layers > kMaxLayers) {
        walk.malformed = true;
        return Nothing{};
    }
    bytes::Cursor in{packet.data};
    const unsigned version = in.u8("Version") >> 4;
    if (version == 4) return decode_ipv4(walk, packet);
    if (version == 6) return decode_ipv6(walk, packet);
    return give_up(walk, packet);
}

std::uint8_t skip_extension(bytes::Cursor& in, std::uint8_t protocol) noexcept {
    const std::uint8_t next = in.u8("Next Header");
    const std::size_t length = in.u8("Hdr Ext Len");
    // RFC 4302 section 2.2 counts in four bytes, minus two of them; all others in eight bytes, minus one.
    in.skip(protocol == kAuthentication ? (length + 2) * 4 - 2 : (length + 1) * 8 - 2, "extension header");
    return next;
}

}  // namespace rdpdx::net
