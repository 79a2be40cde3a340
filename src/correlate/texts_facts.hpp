// Inside of correlate: what texts of an attempt's machines say of it, when they are put side by side.
#pragma once

#include <string_view>
#include <vector>

#include "src/model/attempt.hpp"
#include "src/model/machine_texts.hpp"

namespace rdpdx::correlate {

struct PlacedTexts {
    const model::MachineTexts* texts{};
    model::Party side{};  // client or server
    std::string_view tie;
};

// A track for each of the inputs that say anything. Besides what the texts say themselves: whether a policy is over a
// value, whether the listener's certificate is there, whether anybody listens on the attempt's port.
std::vector<model::Track> tracks_of(const model::Attempt& attempt, const std::vector<PlacedTexts>& placed);

}  // namespace rdpdx::correlate
