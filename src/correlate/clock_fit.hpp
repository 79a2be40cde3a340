// Inside of correlate: what several connections together say of one clock.
#pragma once

#include <optional>
#include <vector>

#include "src/model/attempt.hpp"

namespace rdpdx::correlate {

// One connection that a log and a capture both date.
struct Anchor {
    model::Time at{};         // by the log's clock
    model::Duration ahead{};  // of the log's clock
};

// A line that most of the anchors lie on: how far the clock is ahead, and how it drifts.
struct ClockFit {
    model::Time first{}, last{};  // anchors of it, by the log's clock; it is ahead by `clock.ahead` at the first
    model::Clock clock;

    model::Clock at(model::Time time) const;
};

// No line where as many anchors speak for another one that lies elsewhere, and it is not near zero. A drift is told
// only where more anchors agree on it than on any constant offset. Costs no more than the anchors, times a constant.
std::optional<ClockFit> fit(std::vector<Anchor> anchors);

}  // namespace rdpdx::correlate
