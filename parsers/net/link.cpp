// Link layers, https://www.tcpdump.org/linktypes.html, down to the EtherType or PPP protocol.
#include "parsers/net/walk.hpp"

namespace rdpdx::net {
namespace {

constexpr unsigned kMaxTags = 8;
constexpr unsigned kMaxLabels = 16;

enum EtherType : std::uint16_t {
    kEtherIpv4 = 0x0800,
    kEtherArp = 0x0806,
    kEtherTransparentBridging = 0x6558,
    kEtherVlan = 0x8100,
    kEtherIpv6 = 0x86DD,
    kEtherMpls = 0x8847,
    kEtherMplsMulticast = 0x8848,
    kEtherPppoeSession = 0x8864,
    kEtherProviderVlan = 0x88A8,
    kEtherOldProviderVlan = 0x9100,
};

// IEEE 802.2 with SNAP: anything else is not IP to us.
Decoded decode_llc(Walk& walk, const Slice& frame) {
    bytes::Cursor in{frame.data};
    const std::uint32_t llc = in.u24be("DSAP, SSAP and control");
    if (!in.error() && llc != 0xAAAA03) return Nothing{};
    const std::uint32_t oui = in.u24be("OUI");
    const std::uint16_t protocol = in.u16be("protocol id");
    if (in.error()) return give_up(walk, frame);
    return oui == 0 || oui == 0x0000F8 ? decode_ether_type(walk, protocol, rest_of(in, frame)) : Nothing{};
}

// RFC 3032. The stack does not say what it carries.
Decoded decode_mpls(Walk& walk, const Slice& packet) {
    bytes::Cursor in{packet.data};
    bool bottom = false;
    for (unsigned i = 0; i < kMaxLabels && !bottom && !in.error(); ++i) bottom = (in.u32be("label") & 0x100) != 0;
    if (in.error() || !bottom) return give_up(walk, packet);
    const Slice inner = rest_of(in, packet);
    const unsigned nibble = bytes::Cursor{inner.data}.u8("first nibble") >> 4;
    if (nibble == 4 || nibble == 6) return decode_ip(walk, inner);
    // RFC 4385: a control word before an Ethernet frame starts with a zero nibble.
    bytes::Cursor frame{inner.data};
    if (nibble == 0) frame.skip(4, "control word");
    return frame.error() ? give_up(walk, inner) : decode_ethernet(walk, rest_of(frame, inner));
}

// RFC 2516 section 4
Decoded decode_pppoe(Walk& walk, const Slice& packet) {
    bytes::Cursor in{packet.data};
    const std::uint8_t version_and_type = in.u8("VER and TYPE");
    const std::uint8_t code = in.u8("CODE");
    in.u16be("SESSION_ID");
    const std::uint16_t length = in.u16be("LENGTH");
    if (in.error()) return give_up(walk, packet);
    if (version_and_type != 0x11 || code != 0) return Nothing{};
    return decode_ppp(walk, shortened(rest_of(in, packet), length));
}

// A four-byte address family in the byte order of the machine that captured, or big-endian for LINKTYPE_LOOP.
Decoded decode_null(Walk& walk, const Slice& frame) {
    bytes::Cursor in{frame.data}, other{frame.data};
    const std::uint32_t big = in.u32be("address family"), little = other.u32le("address family");
    if (in.error()) return give_up(walk, frame);
    switch (big <= 0xFFFF ? big : little) {
        case 2:   // AF_INET everywhere
        case 10:  // AF_INET6: Linux
        case 24:  // NetBSD, OpenBSD, BSD/OS
        case 28:  // FreeBSD
        case 30:  // macOS
            return decode_ip(walk, rest_of(in, frame));
        default:
            return Nothing{};
    }
}

Decoded decode_cooked(Walk& walk, std::uint16_t arphrd, bytes::View address, std::uint16_t protocol,
                      const Slice& rest) {
    constexpr std::uint16_t kArphrdEther = 1, kLlcFrames = 4;
    if (arphrd == kArphrdEther && address.size() == 6) walk.ip.source_mac = mac_of(address);
    return protocol == kLlcFrames ? decode_llc(walk, rest) : decode_ether_type(walk, protocol, rest);
}

// LINKTYPE_LINUX_SLL
Decoded decode_sll(Walk& walk, const Slice& frame) {
    bytes::Cursor in{frame.data};
    in.u16be("Packet type");
    const std::uint16_t arphrd = in.u16be("ARPHRD_ type");
    const std::uint16_t length = in.u16be("Link-layer address length");
    const bytes::View address = in.take(8, "Link-layer address");
    const std::uint16_t protocol = in.u16be("Protocol type");
    if (in.error()) return give_up(walk, frame);
    return decode_cooked(walk, arphrd, address.first(length < 8 ? length : 8), protocol, rest_of(in, frame));
}

// LINKTYPE_LINUX_SLL2
Decoded decode_sll2(Walk& walk, const Slice& frame) {
    bytes::Cursor in{frame.data};
    const std::uint16_t protocol = in.u16be("Protocol type");
    in.u16be("Reserved");
    in.u32be("Interface index");
    const std::uint16_t arphrd = in.u16be("ARPHRD_ type");
    in.u8("Packet type");
    const std::uint8_t length = in.u8("Link-layer address length");
    const bytes::View address = in.take(8, "Link-layer address");
    if (in.error()) return give_up(walk, frame);
    return decode_cooked(walk, arphrd, address.first(length < 8 ? length : 8), protocol, rest_of(in, frame));
}

// Cisco HDLC: an address, a control octet, an EtherType.
Decoded decode_cisco_hdlc(Walk& walk, const Slice& frame) {
    bytes::Cursor in{frame.data};
    in.u16be("Address and Control");
    const std::uint16_t ether_type = in.u16be("Protocol Code");
    if (in.error()) return give_up(walk, frame);
    return decode_ether_type(walk, ether_type, rest_of(in, frame));
}

// LINKTYPE_PKTAP, what macOS captures on "any" interface: a header of its own, then a frame of the type that it names.
Decoded decode_pktap(Walk& walk, const Slice& frame, bool& known) {
    constexpr std::size_t kNamed = 12;
    bytes::Cursor in{frame.data};
    const std::uint32_t length = in.u32le("pth_length");
    in.u32le("pth_type_next");
    const auto link_type = static_cast<capture::LinkType>(in.u32le("pth_dlt"));
    in.skip(length > kNamed ? length - kNamed : 0, "header");
    if (in.error()) return give_up(walk, frame);
    known = link_type != capture::LinkType::pktap;
    return known ? decode_link(walk, link_type, rest_of(in, frame), known) : Nothing{};
}

// LINKTYPE_PPP_HDLC is either of two, by its first octet.
Decoded decode_hdlc(Walk& walk, const Slice& frame) {
    const std::uint8_t address = bytes::Cursor{frame.data}.u8("Address");
    return address == 0x0F || address == 0x8F ? decode_cisco_hdlc(walk, frame) : decode_ppp(walk, frame);
}

}  // namespace

Decoded decode_link(Walk& walk, capture::LinkType link_type, const Slice& frame, bool& known) {
    using enum capture::LinkType;
    known = true;
    switch (link_type) {
        case null:
        case loop:
            return decode_null(walk, frame);
        case ethernet:
            return decode_ethernet(walk, frame);
        case ppp:
            return decode_ppp(walk, frame);
        case ppp_hdlc:
            return decode_hdlc(walk, frame);
        case ppp_ether:
            return decode_pppoe(walk, frame);
        case raw:
        case raw_bsd:
        case raw_openbsd:
        case ipv4:
        case ipv6:
            return decode_ip(walk, frame);
        case cisco_hdlc:
            return decode_cisco_hdlc(walk, frame);
        case linux_sll:
            return decode_sll(walk, frame);
        case linux_sll2:
            return decode_sll2(walk, frame);
        case pktap:
            return decode_pktap(walk, frame, known);
    }
    known = false;
    return Nothing{};
}

// IEEE 802.3: a type from 0x0600 on, a length below.
Decoded decode_ethernet(Walk& walk, const Slice& frame) {
    if (++walk.layers > kMaxLayers) {
        walk.malformed = true;
        return Nothing{};
    }
    bytes::Cursor in{frame.data};
    const bytes::View destination = in.take(6, "destination");
    const bytes::View source = in.take(6, "source");
    const std::uint16_t type = in.u16be("type");
    if (in.error()) return give_up(walk, frame);
    if (!walk.ip.source_mac.present) {
        walk.ip.destination_mac = mac_of(destination);
        walk.ip.source_mac = mac_of(source);
    }
    return decode_ether_type(walk, type, rest_of(in, frame));
}

Decoded decode_ether_type(Walk& walk, std::uint16_t ether_type, Slice payload) {
    for (unsigned tags = 0; tags < kMaxTags; ++tags) {
        switch (ether_type) {
            case kEtherIpv4:
            case kEtherIpv6:
                return decode_ip(walk, payload);
            case kEtherArp:
                return decode_arp(walk, payload);
            case kEtherPppoeSession:
                return decode_pppoe(walk, payload);
            case kEtherMpls:
            case kEtherMplsMulticast:
                return decode_mpls(walk, payload);
            case kEtherTransparentBridging:
                return decode_ethernet(walk, payload);
            case kEtherVlan:
            case kEtherProviderVlan:
            case kEtherOldProviderVlan:
                break;
            default:
                return ether_type <= 1500 ? decode_llc(walk, shortened(payload, ether_type)) : Nothing{};
        }
        bytes::Cursor in{payload.data};
        in.u16be("TCI");
        ether_type = in.u16be("type");
        if (in.error()) return give_up(walk, payload);
        payload = rest_of(in, payload);
    }
    walk.malformed = true;
    return Nothing{};
}

// RFC 1661, with or without the address and control octets of RFC 1662; the protocol may be compressed to one octet.
Decoded decode_ppp(Walk& walk, const Slice& frame) {
    bytes::Cursor in{frame.data};
    const bytes::View framing = in.peek(2);
    if (framing.size() == 2 && bytes::Cursor{framing}.u16be("Address and Control") == 0xFF03)
        in.skip(2, "Address and Control");
    std::uint16_t protocol = in.u8("Protocol");
    if ((protocol & 1) == 0) protocol = static_cast<std::uint16_t>(protocol << 8 | in.u8("Protocol"));
    if (in.error()) return give_up(walk, frame);
    switch (protocol) {
        case 0x0021:
        case 0x0057:
            return decode_ip(walk, rest_of(in, frame));
        case 0x0281:
        case 0x0283:
            return decode_mpls(walk, rest_of(in, frame));
        default:
            return Nothing{};
    }
}

}  // namespace rdpdx::net
