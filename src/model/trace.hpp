// How a rule was judged, clause by clause, for whoever asks why a cause was found or not.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "src/model/observation.hpp"

namespace rdpdx::model {

struct ClauseTrace {
    unsigned depth{};  // 0: directly under `role`
    std::string role;  // "required", "supporting", "contradicting"
    std::string text;  // the clause in words
    Truth truth{};
    std::vector<Evidence> evidence;
    std::string lack;  // unknown: what source is missing
};

struct RuleTrace {
    std::string id, title;
    bool in_scope{};                       // it speaks of the attempt's stage and outcome
    Truth truth{};                         // of what it requires
    std::optional<Confidence> confidence;  // where it holds
    std::string note;                      // out of scope: why; otherwise what the confidence rests on
    std::vector<ClauseTrace> clauses;      // in the order of the file, parents before their children
};

}  // namespace rdpdx::model
