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

// Shipped rules, then those of `folder` (its causes/ and events/, or cause files lying in it directly). Problems are
// those of the user's files; in shipped ones there are none.
analysis::Knowledge load_knowledge(const std::string& folder, std::vector<yaml::Problem>& problems);

}  // namespace rdpdx::app
