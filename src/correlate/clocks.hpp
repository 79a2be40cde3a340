// Inside of correlate: how far the clocks of the machines that write logs are ahead of the packets'.
#pragma once

#include <span>
#include <vector>

#include "src/correlate/correlate.hpp"

namespace rdpdx::correlate {

// Sets the clock of each log's track whose machine has one that can be told, from connections that captures show, too.
// A server's log names the client's port: when it accepted the connection tells the offset. A client's log does not;
// its answer of the negotiation and its end must lie as far apart as the capture's. What is told before a jump of the
// machine's clock says nothing of it afterwards.
void set_clocks(std::span<model::Track> logs, const std::vector<model::Attempt>& captured,
                std::span<const ClockJump> jumps);

}  // namespace rdpdx::correlate
