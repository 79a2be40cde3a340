// Codes by name, and names by likeness.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "src/codes/explain.hpp"

namespace rdpdx::codes {

// Every code of that name, in any case, with or without the prefix of its family ("ERRINFO_", "STATUS_", "SSL_ERR_").
// Only within `within` where one is given.
std::vector<Match> find_by_name(std::string_view name, std::optional<Family> within);

// Queries that look like this one, best first, few.
std::vector<std::string> names_like(std::string_view name, std::optional<Family> within);
// "alrt:40" -> "alert:40".
std::vector<std::string> prefixes_like(std::string_view prefix, std::string_view value);

}  // namespace rdpdx::codes
