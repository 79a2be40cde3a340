// Inside of analysis: events that name no connection of their own come to the attempts that they belong to.
#pragma once

#include <vector>

#include "src/analysis/analysis.hpp"

namespace rdpdx::analysis {

// Adds them as tracks of their own, one for each log and attempt. Says in each log's input how many events are left.
void join_logs(std::vector<model::Attempt>& attempts, std::vector<Reading>& readings,
               std::vector<model::Input>& inputs);

}  // namespace rdpdx::analysis
