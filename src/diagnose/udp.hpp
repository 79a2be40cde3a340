// Inside of diagnose: what the side channel over UDP did to an attempt (contract, section 1: a warning, unless the main
// track is shown to have died of it).
#pragma once

#include <span>
#include <vector>

#include "src/diagnose/ending.hpp"
#include "src/model/attempt.hpp"

namespace rdpdx::diagnose {

// [MS-RDPEUDP] 3.1.1.9, [MS-RDPEUDP2] 3.1.1.3: so long without a datagram, and the other side counts as gone.
inline constexpr model::Duration kUdpGone = std::chrono::seconds{65}, kUdpGoneVersion3 = std::chrono::seconds{16};

// The TCP connection was closed when the side channel had been dead for as long as its version waits: then whoever
// closed it did not end it.
void blame_udp(Ending& end, const model::Attempt& attempt);

// Of an assessed attempt: the stages of the side track, and an observation "udp.ended" for each captured conversation.
void assess_udp(model::Attempt& attempt);

// Where nothing but RDP-UDP is in evidence: no stage of the main track, and no outcome.
void assess_udp_alone(model::Attempt& attempt);

// What attempts of one incident tell together, into their "udp.ended": how many had the same trouble, whether one
// without UDP worked, and whether one without it failed at the same stage.
void compare_udp(std::vector<model::Attempt>& attempts, std::span<const model::Incident> incidents);

}  // namespace rdpdx::diagnose
