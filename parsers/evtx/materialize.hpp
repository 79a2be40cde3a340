// The slow path for what no plan foresees: a tree with all values and inner templates put in, so that nothing but
// elements and text is left. Rendering it takes the same code as everything else.
#pragma once

#include <string>
#include <vector>

#include "parsers/evtx/templates.hpp"

namespace rdpdx::evtx {

inline constexpr unsigned kMaxNesting = 16;              // BinXML values and instances within each other
inline constexpr std::size_t kMaxMaterialized = 50'000;  // nodes of one record

struct Materialized {
    std::vector<Node> nodes;
    std::vector<std::string> problems;  // sentences without a place
    bool missing{};                     // a template definition is
};
Materialized materialize(TemplateCache& templates, bytes::View chunk, const std::vector<Node>& nodes,
                         const std::vector<Slot>& slots);

}  // namespace rdpdx::evtx
