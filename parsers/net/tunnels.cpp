// GRE (RFC 2784, 2890; RFC 2637 for PPTP), ERSPAN, VXLAN (RFC 7348), Geneve (RFC 8926).
#include "parsers/net/walk.hpp"

namespace rdpdx::net {
namespace {

constexpr std::uint16_t kErspan2 = 0x88BE, kErspan3 = 0x22EB;

// RFC 2637 section 4.1, Enhanced GRE
Decoded decode_pptp(Walk& walk, std::uint16_t flags, bytes::Cursor& in, const Slice& packet) {
    const std::uint16_t payload_length = in.u16be("Payload Length");
    in.u16be("Call ID");
    if ((flags & 0x1000) != 0) in.u32be("Sequence Number");
    if ((flags & 0x0080) != 0) in.u32be("Acknowledgment Number");
    if (in.error()) return give_up(walk, packet);
    const Slice frame = shortened(rest_of(in, packet), payload_length);
    return frame.wire == 0 ? Nothing{} : decode_ppp(walk, frame);
}

Decoded decode_erspan(Walk& walk, std::uint16_t protocol, bool sequenced, bytes::Cursor& in, const Slice& packet) {
    // Type I has no header of its own, and GRE then no sequence number.
    if (protocol == kErspan2 && sequenced) in.skip(8, "ERSPAN type II header");
    if (protocol == kErspan3) {
        in.skip(11, "ERSPAN type III header");
        if ((in.u8("flags") & 1) != 0) in.skip(8, "platform specific subheader");
    }
    if (in.error()) return give_up(walk, packet);
    return decode_ethernet(walk, rest_of(in, packet));
}

// A port number alone proves nothing. Unless the payload decodes as a frame, the walk is put back.
template <class Decode>
Decoded attempt(Walk& walk, Decode decode) {
    const Walk before = walk;
    walk.ip.tunnelled = true;
    Decoded out = decode();
    if (std::holds_alternative<Nothing>(out) && !walk.waiting) {
        walk.ip = before.ip;
        walk.layers = before.layers;
        walk.extensions = before.extensions;
        walk.malformed = before.malformed;
        walk.cut = before.cut;
    }
    return out;
}

}  // namespace

Decoded decode_gre(Walk& walk, const Slice& packet) {
    bytes::Cursor in{packet.data};
    const std::uint16_t flags = in.u16be("Flags and Version");
    const std::uint16_t protocol = in.u16be("Protocol Type");
    if (in.error()) return give_up(walk, packet);
    const bool checksum = (flags & 0x8000) != 0, routing = (flags & 0x4000) != 0, key = (flags & 0x2000) != 0,
               sequence = (flags & 0x1000) != 0;
    if ((flags & 7) == 1 && protocol == 0x880B) return decode_pptp(walk, flags, in, packet);
    if ((flags & 7) != 0 || routing) return Nothing{};
    if (checksum) in.u32be("Checksum and Reserved1");
    if (key) in.u32be("Key");
    if (sequence) in.u32be("Sequence Number");
    if (in.error()) return give_up(walk, packet);
    if (protocol == kErspan2 || protocol == kErspan3) return decode_erspan(walk, protocol, sequence, in, packet);
    // Below 0x0600 an EtherType would be a length, which GRE does not have.
    return protocol < 0x0600 ? Nothing{} : decode_ether_type(walk, protocol, rest_of(in, packet));
}

Decoded decode_vxlan(Walk& walk, const Slice& payload) {
    bytes::Cursor in{payload.data};
    const std::uint8_t flags = in.u8("VXLAN Flags");
    in.skip(7, "Reserved, VXLAN Network Identifier and Reserved");
    if (in.error() || (flags & 0x08) == 0) return Nothing{};
    return attempt(walk, [&] { return decode_ethernet(walk, rest_of(in, payload)); });
}

Decoded decode_geneve(Walk& walk, const Slice& payload) {
    bytes::Cursor in{payload.data};
    const std::uint8_t version_and_length = in.u8("Ver and Opt Len");
    in.u8("Flags");
    const std::uint16_t protocol = in.u16be("Protocol Type");
    in.u32be("VNI and Reserved");
    in.skip((version_and_length & 0x3FU) * 4, "Variable-Length Options");
    if (in.error() || version_and_length >> 6 != 0 || protocol < 0x0600) return Nothing{};
    return attempt(walk, [&] { return decode_ether_type(walk, protocol, rest_of(in, payload)); });
}

}  // namespace rdpdx::net
