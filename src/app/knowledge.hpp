// The rules that ship inside the program, and those that the user adds.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "src/analysis/analysis.hpp"

namespace rdpdx::app {

// Files under rules/, put into the program when it was built.
struct Shipped {
    std::string_view name, text;
};
std::span<const Shipped> shipped_rules();

// Whether the file is about events, not a cause: by its folder's name, or by its keys where it lies anywhere else.
bool is_event_file(const std::string& name, std::string_view text);

// Shipped rules, then those of `folder`. Problems are
// those of the user's files; in shipped ones there are none.
analysis::Knowledge load_knowledge(const std::string& folder, std::vector<yaml::Problem>& problems);

}  // namespace rdpdx::app
