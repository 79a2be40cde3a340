// Files that were put into the program when it was built.
#pragma once

#include <span>
#include <string_view>

namespace rdpdx::app {

struct Shipped {
    std::string_view name, text, sha256;
};
std::span<const Shipped> shipped_rules();    // those under rules/
std::span<const Shipped> shipped_schemas();  // those under docs/schema/

}  // namespace rdpdx::app
