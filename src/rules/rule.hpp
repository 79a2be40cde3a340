// A cause as a rule file describes it (docs/rule-syntax.md), read and checked.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "src/model/attempt.hpp"
#include "src/yaml/yaml.hpp"

namespace rdpdx::rules {

// "field|gt: 3", "field: [a, b]": one field against a list of values, any of which will do.
struct Matcher {
    enum class Operation : std::uint8_t { equals, contains, starts_with, ends_with, greater, at_least, less, at_most };
    std::string field;
    Operation operation{Operation::equals};
    std::vector<std::string> values;  // text compares without regard to case; numbers in decimal or 0x form
};

struct Clause {
    enum class Kind : std::uint8_t { seen, stage, any, all, none };
    Kind kind{};
    // seen: an observation of this kind that meets all matchers, by this origin where one is given
    std::string observation;
    std::vector<Matcher> where;
    std::optional<model::Origin> origin;
    // stage: has one of these
    model::Stage stage{};
    std::vector<model::StageStatus> status;
    // any, all, none of
    std::vector<Clause> clauses;
    // how sure the cause can be when this is what it rests on; for contradicting clauses not used
    model::Confidence at_most{model::Confidence::confirmed};
    std::string because;  // a sentence, or empty
};

struct CauseRule {
    std::string id, catalogue, title, file;
    std::vector<model::Stage> stages;  // the failing stage must be one of these; empty: any
    std::vector<model::Outcome> outcomes;
    std::vector<Clause> required, supporting, contradicting;
    model::Confidence at_most{model::Confidence::confirmed};
    bool fallback{};  // a description that stands back behind every explanation
    std::vector<model::Step> remedy;
    std::vector<std::string> sources;
};

// Reads rule files, one cause each. A later file replaces an earlier one with the same id. Mistakes go to `problems`; a
// file with a mistake gives no rule.
std::vector<CauseRule> load(std::span<const yaml::File> files, std::vector<yaml::Problem>& problems);

}  // namespace rdpdx::rules
