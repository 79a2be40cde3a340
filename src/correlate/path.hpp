// Captures of one connection from both ends -> what became of its packets between the two.
#pragma once

#include <span>

#include "src/model/attempt.hpp"

namespace rdpdx::correlate {

// Fills Attempt::path, puts the view from nearer the client first among the tracks, and adds observations "path.lost"
// and "path.forged". Only where the other capture was running; what a capture itself missed is not called lost.
// An attempt that one capture alone shows, and that never got an answer, is compared with captures taken near its
// server, or empty ones, that ran at that time.
void compare_paths(std::vector<model::Attempt>& attempts, std::span<const model::Input> inputs);

}  // namespace rdpdx::correlate
