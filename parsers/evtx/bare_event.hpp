// What a record says whose template is gone: its values are there, but neither their names nor the fixed texts.
#pragma once

#include <cstdint>
#include <vector>

#include "parsers/evtx/templates.hpp"

namespace rdpdx::evtx {

struct BareEvent {
    std::vector<Node> nodes;  // an Event, with places of `slots`; empty if the record is no template instance
    std::vector<Slot> slots;
    bool usual{};  // the values of System stand where Windows always puts them
};

// The values of the instance at [at, end), which `in_chunk` says whether its offsets can be believed. System is made of
// the values that stand in the usual places with the usual types, and of the frame's `id` and `written` (100 ns since
// 1601); whatever else there is becomes Data with the names Value[13], Value[14], by their places. Fragments inside
// values are read with their templates if those are known.
BareEvent read_bare_event(TemplateCache& templates, bytes::View chunk, std::size_t at, std::size_t end, bool in_chunk,
                          std::uint64_t id, std::uint64_t written);

}  // namespace rdpdx::evtx
