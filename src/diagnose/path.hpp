// Inside of diagnose: what two captures of a connection say of its end.
#pragma once

#include "src/diagnose/ending.hpp"

namespace rdpdx::diagnose {

// Puts the end down to the network where the answer that a side waited for is shown to be lost, or where the packet
// that ended it is shown to be nobody's; and takes a suspicion back that the other capture disproves.
void blame_path(Ending& end, const model::Attempt& attempt);

}  // namespace rdpdx::diagnose
