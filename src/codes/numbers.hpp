// Numbers that may have been meant by one that no table has.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "src/codes/codes.hpp"

namespace rdpdx::codes {

// Queries with an answer, best first, at most three. Status codes of eight hex digits are alike where one digit differs
// or two neighbours are swapped; in tables of small numbers the known ones on both sides are. Without a family only
// status codes are looked at.
std::vector<std::string> numbers_like(std::uint32_t value, std::optional<Family> within);

}  // namespace rdpdx::codes
