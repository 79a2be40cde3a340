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
    struct Value {
        std::string text, lower;  // as written; for comparing without regard to case
        std::optional<std::int64_t> number;
    };
    std::string field;
    Operation operation{Operation::equals};
    std::vector<Value> values;
};

// An observation of this kind that meets all matchers, by this origin where one is given.
struct Pattern {
    std::string kind;
    std::vector<Matcher> where;
    std::optional<model::Origin> origin;
};

struct Clause {
    enum class Form : std::uint8_t { seen, absent, sequence, stage, any, all, none };
    Form form{};
    Pattern pattern;                        // seen, absent
    std::size_t times{1};                   // seen: so often at least, inside a span of `within` where that is given
    std::optional<model::Duration> within;  // sequence: from its first to its last step; absent: behind `after`
    std::vector<Pattern> steps;             // sequence; of absent the one to follow ("after"), or none
    // stage: has one of these
    model::Stage stage{};
    std::vector<model::StageStatus> status;
    // any, all, none of
    std::vector<Clause> clauses;
    // how sure the cause can be when this is what it rests on; for contradicting clauses not used
    model::Confidence at_most{model::Confidence::confirmed};
    model::Said because;  // a sentence, or empty
};

// A made-up attempt, and what the rule must make of it.
struct Example {
    std::string that;                        // what it shows
    std::optional<model::Confidence> gives;  // empty: the cause must not be found
    model::Attempt attempt;
    int line{};
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
    std::vector<Example> examples;
};

// Rules that matter for this attempt (they hold, or some of what they require or are supported by does), all rules, or
// those with an id in the list.
struct TraceWanted {
    enum class What : std::uint8_t { nothing, matter, all, listed };
    What what{};
    std::vector<std::string> ids;
};

// Reads rule files, one cause each. A later file replaces an earlier one with the same id. Mistakes go to `problems`; a
// file with a mistake gives no rule.
std::vector<CauseRule> load(std::span<const yaml::File> files, std::vector<yaml::Problem>& problems);

// Each rule's examples, tried on that rule alone.
struct Tried {
    std::size_t passed{};
    std::vector<yaml::Problem> failed;
};
Tried try_examples(std::span<const CauseRule> rules);

}  // namespace rdpdx::rules
