// Inside parsers/net only: one packet on its way inwards, layer by layer.
#pragma once

#include <cstdint>
#include <cstring>

#include "parsers/net/decode.hpp"
#include "parsers/net/fragments.hpp"

namespace rdpdx::net {

// Ethernet and IP headers that may stand around one another. Real tunnels have four.
inline constexpr unsigned kMaxLayers = 8;
// IPv6 extension headers in one packet, those of its tunnels together.
inline constexpr unsigned kMaxExtensions = 32;

// What a layer carries: what was captured of it, and how long it was on the wire.
struct Slice {
    bytes::View data;
    std::size_t wire{};  // never less than data.size()
    bool bounded{};      // `wire` is what a header around it says, not only what the capture says
    bool cut() const noexcept { return data.size() < wire; }
};

// Shortened to `length` bytes on the wire: what comes after those is padding.
inline Slice shortened(const Slice& slice, std::size_t length) noexcept {
    if (length >= slice.wire) return slice;
    return {slice.data.first(length < slice.data.size() ? length : slice.data.size()), length, true};
}

struct Walk {
    FragmentStore& fragments;
    bytes::Time time;
    IpInfo ip{};
    unsigned layers{}, extensions{};  // so far
    bool waiting{};                   // it was a fragment, and others are missing
    bool malformed{};                 // a header that makes no sense
    bool cut{};                       // something that was sent was not captured
};

// What `in` has not read of `slice`.
Slice rest_of(bytes::Cursor& in, const Slice& slice) noexcept;
// Notes why there is nothing: the snap length cut the header off, or else the packet is malformed.
Decoded give_up(Walk& walk, const Slice& slice) noexcept;

// Left absent where there are not six.
inline void put_mac(MacAddress& to, bytes::View octets) noexcept {
    if (octets.size() < to.octets.size()) return;
    std::memcpy(to.octets.data(), octets.data(), to.octets.size());
    to.present = true;
}
inline MacAddress mac_of(bytes::View octets) noexcept {
    MacAddress out;
    put_mac(out, octets);
    return out;
}

// link.cpp
Decoded decode_link(Walk& walk, capture::LinkType link_type, const Slice& frame, bool& known);
Decoded decode_ethernet(Walk& walk, const Slice& frame);
Decoded decode_ether_type(Walk& walk, std::uint16_t ether_type, Slice payload);
Decoded decode_ppp(Walk& walk, const Slice& frame);
// ip.cpp
Decoded decode_ip(Walk& walk, const Slice& packet);
// What an IP header carries, fragment and extension headers included.
Decoded decode_protocol(Walk& walk, std::uint8_t protocol, Slice payload);
// tunnels.cpp
Decoded decode_gre(Walk& walk, const Slice& packet);
// Nothing if the datagram carries no frame of these; the walk is then as before.
Decoded decode_vxlan(Walk& walk, const Slice& payload);
Decoded decode_geneve(Walk& walk, const Slice& payload);
// transport.cpp
// All of a segment but what the headers before it say. False after noting why there is none.
bool parse_segment(Walk& walk, const Slice& packet, Segment& segment);
Decoded decode_tcp(Walk& walk, const Slice& packet);
Decoded decode_udp(Walk& walk, const Slice& packet);
// icmp.cpp
Decoded decode_icmp(Walk& walk, const Slice& message);
Decoded decode_icmpv6(Walk& walk, const Slice& message);
// neighbour.cpp
Decoded decode_arp(Walk& walk, const Slice& packet);
Decoded decode_neighbour(Walk& walk, std::uint8_t type, const Slice& message);

// IP protocol numbers, https://www.iana.org/assignments/protocol-numbers
enum Protocol : std::uint8_t {
    kHopByHop = 0,
    kIcmp = 1,
    kIpv4 = 4,
    kTcp = 6,
    kUdp = 17,
    kIpv6 = 41,
    kRouting = 43,
    kFragment = 44,
    kGre = 47,
    kAuthentication = 51,
    kIcmpv6 = 58,
    kNoNextHeader = 59,
    kDestinationOptions = 60,
    kMobility = 135,
};
// UDP ports of VXLAN, of VXLAN before it had a number, and of Geneve.
inline constexpr std::uint16_t kVxlanPort = 4789, kOldVxlanPort = 8472, kGenevePort = 6081;
inline bool is_tunnel(std::uint16_t destination_port) noexcept {
    return destination_port == kVxlanPort || destination_port == kOldVxlanPort || destination_port == kGenevePort;
}
// RFC 8200 section 4 and RFC 4302: a header that says which header comes next. The fragment header is not among them.
inline bool is_extension(std::uint8_t protocol) noexcept {
    return protocol == kHopByHop || protocol == kRouting || protocol == kDestinationOptions ||
           protocol == kAuthentication || protocol == kMobility;
}
// Reads one of those; the protocol of what follows.
std::uint8_t skip_extension(bytes::Cursor& in, std::uint8_t protocol) noexcept;

}  // namespace rdpdx::net
