// The tree behind the nodes, private to this layer.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "src/yaml/yaml.hpp"

namespace rdpdx::yaml {

struct Value {
    Node::Kind kind{};
    int line{}, column{};  // from 1
    std::string text;      // of a scalar
    bool quoted{};
    std::vector<std::size_t> children;  // of a list; of a map key, value, key, value...
};

// Values stand in file order; the first is the root.
struct Document {
    std::string file;
    std::vector<Problem>* problems{};
    std::vector<Value> values;
};

}  // namespace rdpdx::yaml
