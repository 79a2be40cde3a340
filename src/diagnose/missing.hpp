// Inside of diagnose: what was not available, and how to get it.
#pragma once

#include <span>

#include "src/model/attempt.hpp"
#include "src/rules/rule.hpp"

namespace rdpdx::diagnose {

// What would narrow the verdict most comes first.
std::vector<model::Missing> missing_for(const model::Attempt& attempt);

// Logs that were not given, or do not go back far enough, and how many causes wait for each: the most awaited first.
std::vector<model::Missing> missing_logs(const model::Attempt& attempt, std::span<const rules::CauseRule> causes);

}  // namespace rdpdx::diagnose
