// Logs that are about an attempt's two machines, whether they hold anything of the attempt or not.
#pragma once

#include <vector>

#include "src/model/attempt.hpp"

namespace rdpdx::correlate {

// Gives each attempt the covers of its client's and its server's logs, by the packets' clock.
void add_logs(std::vector<model::Attempt>& attempts, const std::vector<model::LogCover>& logs);

// What the attempts show about the logs: one that begins after an attempt, or ends before it. Each log once.
std::vector<model::LogNote> judge_logs(const std::vector<model::Attempt>& attempts);

}  // namespace rdpdx::correlate
