// Inside of observe: what else than its bytes a flow's packets say.
#pragma once

#include "parsers/stream/flow.hpp"
#include "src/model/attempt.hpp"

namespace rdpdx::observe {

// Keeps what another capture of the same connection can be compared with.
void keep_packets(const stream::Trail& trail, model::Wire& wire);
// The side of which nothing was captured although the other answers it: the capture has one direction alone.
std::optional<stream::Side> unseen_side(const stream::Flow& flow);

// What the kept packets of one side say of its own packets that were sent again.
struct Resent {
    std::uint64_t sent{};       // packets with payload, or SYN; not those that only ask whether the other side is there
    std::uint64_t recovered{};  // of these, those that were sent again and then acknowledged
    // Payloads that were sent again and again and never acknowledged, all larger than any that was; or nothing.
    struct Limit {
        stream::Mark first;
        std::uint32_t tries{}, smallest_lost{}, largest_passed{};
    };
    std::optional<Limit> limit;
};
Resent resent_by(const stream::Trail& trail, stream::Side side);

// Signs that the first reset in a side's name was not its own.
struct ResetSigns {
    bool mac_differs{};  // all its other packets came from one other MAC address
    bool went_on{};      // it sent on in the same connection, after its reset
};
ResetSigns signs_of_reset(const stream::Trail& trail, stream::Side side);

}  // namespace rdpdx::observe
