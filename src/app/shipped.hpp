// Files that were put into the program when it was built.
#pragma once

#include <span>
#include <string_view>

#include "src/yaml/yaml.hpp"

namespace rdpdx::app {

// A file of rules as it was read: whoever starts the program does not wait for a parser.
struct ShippedRules {
    std::string_view name;  // below rules/
    std::span<const yaml::Value> values;
};
std::span<const ShippedRules> shipped_rules();

struct Shipped {
    std::string_view name, text, sha256;
};
std::span<const Shipped> shipped_schemas();  // those under docs/schema/

}  // namespace rdpdx::app
