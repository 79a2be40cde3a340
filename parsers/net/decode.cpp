#include "parsers/net/decode.hpp"

#include <algorithm>

#include "parsers/net/plain.hpp"
#include "parsers/net/walk.hpp"

namespace rdpdx::net {

Slice rest_of(bytes::Cursor& in, const Slice& slice) noexcept {
    const bytes::View rest = in.rest();
    return {rest, slice.wire - (slice.data.size() - rest.size()), slice.bounded};
}

Decoded give_up(Walk& walk, const Slice& slice) noexcept {
    (slice.cut() ? walk.cut : walk.malformed) = true;
    return Nothing{};
}

namespace {

// Most packets are of this kind. The same comes out as by decode_link(), in a third of the time.
Decoded decode_plain(Walk& walk, const Plain& ip, const capture::Packet& packet) {
    walk.layers = 2;
    walk.ip.destination_mac = mac_of(packet.data.first(6));
    walk.ip.source_mac = mac_of(packet.data.subspan(6, 6));
    walk.ip.identification = ip.headers.u16be<18>();
    walk.ip.dont_fragment = (ip.headers.u16be<20>() & 0x4000) != 0;
    walk.ip.hop_limit = ip.headers.u8<22>();
    walk.ip.source = address_of(packet.data.subspan(26, 4));
    walk.ip.destination = address_of(packet.data.subspan(30, 4));
    const Slice payload{packet.data.subspan(kPlainEthernet + kPlainIpv4, ip.length), ip.length, true};
    return decode_protocol(walk, ip.protocol, payload);
}

}  // namespace

struct Decoder::Fragments : FragmentStore {};

Decoder::Decoder() : fragments_{std::make_unique<Fragments>()} {}
Decoder::~Decoder() = default;

Decoded Decoder::decode(const capture::Packet& packet) {
    fragments_->forget_completed();
    Walk walk{.fragments = *fragments_, .time = packet.time};
    bool known = false;
    // Some writers put less into the original length than they captured.
    const Slice frame{packet.data, std::max<std::size_t>(packet.data.size(), packet.original_length), false};
    const auto ip = plain(packet);
    if (ip) known = true;
    Decoded out = ip ? decode_plain(walk, *ip, packet) : decode_link(walk, packet.link_type, frame, known);
    if (!known) ++losses_.unknown_link_type;
    if (walk.malformed) ++losses_.malformed;
    if (walk.cut) ++losses_.cut_by_snap_length;
    losses_.fragments_never_completed = fragments_->incomplete();
    return out;
}

}  // namespace rdpdx::net
