// Inside of correlate: whom a log speaks of.
#pragma once

#include "src/model/attempt.hpp"

namespace rdpdx::correlate {

// Whether a log's track can speak of this attempt's server and client.
bool could_be_same_peers(const model::Attempt& attempt, const model::Track& log);

}  // namespace rdpdx::correlate
