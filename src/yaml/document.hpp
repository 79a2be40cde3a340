// The tree behind the nodes, private to this layer.
#pragma once

#include <deque>
#include <span>
#include <string>
#include <vector>

#include "src/yaml/yaml.hpp"

namespace rdpdx::yaml {

struct Document {
    std::string file;
    std::vector<Problem>* problems{};
    std::span<const Value> values;  // of `own`, or of whoever read the file before
    std::vector<Value> own;
    std::deque<std::string> texts;  // what `own` points into
};

}  // namespace rdpdx::yaml
