// ARP (RFC 826, RFC 5227) and the Neighbor Discovery of IPv6 (RFC 4861) as far as they say which machine has an
// address.
#include "parsers/net/walk.hpp"

namespace rdpdx::net {
namespace {

// RFC 4861 4.6.1, the option of this type.
MacAddress link_layer_address(bytes::Cursor& in, std::uint8_t wanted) noexcept {
    while (in.remaining() > 0) {
        const std::uint8_t type = in.u8("Type"), length = in.u8("Length");
        if (length == 0) return {};
        const bytes::View value = in.take(length * 8U - 2, "option");
        if (type == wanted && value.size() == 6) return mac_of(value);
    }
    return {};
}

bool unspecified(const Address& address) noexcept { return address.octets == Address{}.octets; }

}  // namespace

Decoded decode_arp(Walk& walk, const Slice& packet) {
    constexpr std::uint32_t kEthernetAndIpv4 = 0x00010800;
    constexpr std::uint16_t kSizes = 0x0604, kRequest = 1, kReply = 2;
    bytes::Cursor in{packet.data};
    const bool known = in.u32be("ar$hrd and ar$pro") == kEthernetAndIpv4 && in.u16be("ar$hln and ar$pln") == kSizes;
    if (!in.error() && !known) return Nothing{};
    const std::uint16_t operation = in.u16be("ar$op");
    Neighbour out;
    out.mac = mac_of(in.take(6, "ar$sha"));
    out.claimed = address_of(in.take(4, "ar$spa"));
    in.skip(6, "ar$tha");
    const Address target = address_of(in.take(4, "ar$tpa"));
    if (in.error()) return give_up(walk, packet);
    if (operation != kRequest && operation != kReply) return Nothing{};
    // RFC 5227 1.1: a probe says no address of its own, an announcement asks for its own.
    const bool announced = out.claimed == target;
    if (unspecified(out.claimed)) out.claimed = {};
    if (operation == kRequest && !announced) out.asked = target;
    out.announced = announced;
    return out;
}

Decoded decode_neighbour(Walk& walk, std::uint8_t type, const Slice& message) {
    constexpr std::uint8_t kSolicitation = 135, kSourceLinkLayer = 1, kTargetLinkLayer = 2;
    constexpr std::uint32_t kSolicited = 0x40000000;
    bytes::Cursor in{message.data};
    in.skip(4, "Type to Checksum");
    const std::uint32_t flags = in.u32be("flags and Reserved");
    const Address target = address_of(in.take(16, "Target Address"));
    if (in.error()) return give_up(walk, message);
    const bool asks = type == kSolicitation;
    Neighbour out;
    out.mac = link_layer_address(in, asks ? kSourceLinkLayer : kTargetLinkLayer);
    out.claimed = asks ? walk.ip.source : target;
    if (!out.mac.present || unspecified(out.claimed)) out.claimed = {};
    if (asks) out.asked = target;
    out.announced = !asks && (flags & kSolicited) == 0;
    return out;
}

}  // namespace rdpdx::net
