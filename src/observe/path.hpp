// Inside of observe: what else than its bytes a flow's packets say.
#pragma once

#include "parsers/stream/flow.hpp"
#include "src/model/attempt.hpp"

namespace rdpdx::observe {

// Keeps what another capture of the same connection can be compared with.
void keep_packets(const stream::Trail& trail, model::Wire& wire);
// The side of which nothing was captured although the other answers it: the capture has one direction alone.
std::optional<stream::Side> unseen_side(const stream::Flow& flow);

}  // namespace rdpdx::observe
