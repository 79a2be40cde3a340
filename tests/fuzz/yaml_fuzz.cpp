// A file is a tree or exactly one problem, and every value of a tree can be asked for anything.
#include <cstdlib>

#include "src/yaml/yaml.hpp"

using namespace rdpdx;

namespace {

void walk(const yaml::Node& node, std::size_t depth) {
    if (depth > yaml::kMaxDepth || node.line() < 1 || node.column() < 1) std::abort();
    (void)node.as_integer();
    (void)node.as_boolean();
    (void)node.as_texts();
    node.keys({"seen", "not", "any"});
    if (node.is_list())
        for (const auto& item : node.items()) walk(item, depth + 1);
    if (node.is_map())
        for (const auto& entry : node.entries()) walk(entry.value, depth + 1);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::vector<yaml::Problem> problems;
    const auto root = yaml::load({"x.yaml", {reinterpret_cast<const char*>(data), size}}, problems);
    if (problems.size() != (root ? 0U : 1U)) std::abort();
    if (root) walk(*root, 0);
    for (const auto& problem : problems)
        if (to_text(problem).empty()) std::abort();
    return 0;
}
