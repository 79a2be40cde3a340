// Inside of diagnose: attempts of one client to one server that differ in how the server was called.
#pragma once

#include <vector>

#include "src/model/attempt.hpp"

namespace rdpdx::diagnose {

// An attempt by name and one by address that are as near to each other as a person who tries both: each gets an
// observation "attempt.other-way" of the nearest other. Attempts are assessed and in order of their start.
void compare_ways(std::vector<model::Attempt>& attempts);

}  // namespace rdpdx::diagnose
