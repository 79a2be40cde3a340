// Inside of diagnose: what was not available, and how to get it.
#pragma once

#include "src/model/attempt.hpp"

namespace rdpdx::diagnose {

// What would narrow the verdict most comes first.
std::vector<model::Missing> missing_for(const model::Attempt& attempt);

}  // namespace rdpdx::diagnose
