#include "parsers/net/decode.hpp"

#include <algorithm>

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

struct Decoder::Fragments : FragmentStore {};

Decoder::Decoder() : fragments_{std::make_unique<Fragments>()} {}
Decoder::~Decoder() = default;

Decoded Decoder::decode(const capture::Packet& packet) {
    fragments_->forget_completed();
    Walk walk{.fragments = *fragments_, .time = packet.time};
    bool known = false;
    // Some writers put less into the original length than they captured.
    const Slice frame{packet.data, std::max<std::size_t>(packet.data.size(), packet.original_length), false};
    Decoded out = decode_link(walk, packet.link_type, frame, known);
    if (!known) ++losses_.unknown_link_type;
    if (walk.malformed) ++losses_.malformed;
    if (walk.cut) ++losses_.cut_by_snap_length;
    losses_.fragments_never_completed = fragments_->incomplete();
    return out;
}

}  // namespace rdpdx::net
