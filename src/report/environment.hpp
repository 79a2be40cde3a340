// Inside of report: what the two ends are and speak, gathered from what was seen.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "src/model/attempt.hpp"

namespace rdpdx::report {

struct EnvironmentFact {
    std::string label, value;
    std::optional<model::Evidence> evidence;
};
std::vector<EnvironmentFact> environment(const model::Attempt& attempt);

}  // namespace rdpdx::report
