// Captures from several places: which of their tracks are one connection, and how far their clocks are apart.
#pragma once

#include <span>
#include <vector>

#include "src/model/attempt.hpp"

namespace rdpdx::correlate {

// Indexes into `captures`, which come in order of their inputs. Each group is one connection, with at most one track of
// an input; groups come in order of their first track. The clock of each track of a later input is set where an earlier
// input shares a connection with it.
std::vector<std::vector<std::size_t>> group_captures(std::span<model::Track> captures);

}  // namespace rdpdx::correlate
