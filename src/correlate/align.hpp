// Two captures' views of one connection: which packets are the same, and what that says of place and clock.
#pragma once

#include <compare>
#include <map>
#include <optional>
#include <tuple>
#include <vector>

#include "src/model/attempt.hpp"

namespace rdpdx::correlate {

// What has to be taken from the second view's sequence numbers to get the first's; boxes on the way may rewrite them.
struct Shift {
    std::uint32_t client{}, server{};
    std::uint32_t of(model::Party side) const noexcept { return side == model::Party::client ? client : server; }
};

// Nothing if these two tracks, of two captures, do not show the same connection. It is the same by its addresses and
// ports and its initial sequence numbers; through a translator of addresses by the latter alone, or by the payload of
// both sides; where a capture starts late, by packets that both have. Clocks may stand anywhere.
std::optional<Shift> same_connection(const model::Track& a, const model::Track& b);

// A packet as its two captures should both have it. Acknowledgments count, so that one without payload is not another.
using PacketKey = std::tuple<model::Party, std::uint32_t, std::uint32_t, std::uint32_t, unsigned, std::uint16_t>;
PacketKey key_of(const model::WirePacket& packet, const Shift& shift, bool with_identification);

// What packets that both views have exactly once say.
struct Alignment {
    // The second view's clock, by the first's; the error comes from the way between the two.
    model::Clock clock;
    // Negative: the first view is nearer to the client, by the times alone; 0: they stand too close to tell.
    int order{};
};
std::optional<Alignment> align(const model::Track& a, const model::Track& b, const Shift& shift);

}  // namespace rdpdx::correlate
