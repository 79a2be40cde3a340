// The rules that ship inside the program, and those that the user adds.
#pragma once

#include <mutex>
#include <string>
#include <vector>

#include "src/analysis/analysis.hpp"
#include "src/app/shipped.hpp"

namespace rdpdx::app {

// Whether the file is about events, not a cause: by its folder's name, or by its keys where it lies anywhere else.
bool is_event_file(const std::string& name, std::string_view text);

enum class Needed { all, causes, events };
// Shipped rules, then those of `folder`. Problems are those of the user's files; in shipped ones there are none. What
// is not needed is left out, unless the user's files have to be checked; for events see also EventsWhenAsked.
analysis::Knowledge load_knowledge(const std::string& folder, std::vector<yaml::Problem>& problems, Needed needed);

// Loading the catalogue takes longer than reading many a capture, which has no use for it. Any thread may ask; where
// one did, `knowledge` has it from then on.
class EventsWhenAsked {
public:
    // `knowledge` is that of load_knowledge(folder, ...) and outlives this. Where it has events already it stays as it
    // is, so that several may share it.
    EventsWhenAsked(analysis::Knowledge& knowledge, const std::string& folder)
        : knowledge_{knowledge}, loaded_{!folder.empty() || !knowledge.events.entries().empty()} {}
    const catalogue::EventCatalogue& get();

private:
    analysis::Knowledge& knowledge_;
    bool loaded_;
    std::once_flag once_;
};

}  // namespace rdpdx::app
