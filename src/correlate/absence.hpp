// Inside of correlate: a connection that a capture should show and does not.
#pragma once

#include <span>

#include "src/model/attempt.hpp"

namespace rdpdx::correlate {

// Where one capture alone shows a connection that got no answer: says so if another capture, taken near the server or
// empty of packets, ran at that time and shows nothing of it. Adds to Attempt::path and an observation "path.lost".
void look_for_absence(model::Attempt& attempt, std::span<const model::Attempt> all,
                      std::span<const model::Input> inputs);

}  // namespace rdpdx::correlate
