// Inside of analysis: the same log in two forms, or exported twice.
#pragma once

#include <vector>

#include "src/analysis/analysis.hpp"

namespace rdpdx::analysis {

// An event is the same one where machine, provider, id and time (in milliseconds: exports round) are. What two inputs
// hold of one connection becomes one track, that of the input that has more of it; other events stay in the first input
// that has them. A note of the other input says how many of its events count in which.
void drop_copies(std::vector<Reading>& readings);

}  // namespace rdpdx::analysis
