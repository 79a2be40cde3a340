// Rules against one assessed attempt.
#pragma once

#include <span>

#include "src/rules/rule.hpp"

namespace rdpdx::rules {

// What holds, the most likely first; explanations before descriptions of equal confidence, then by id. `confirmed`
// takes all required clauses and none that contradicts; a contradicting one leaves it at most `possible`; two
// supporting ones raise `possible` to `likely` where the rule allows that.
std::vector<model::Finding> evaluate(std::span<const CauseRule> rules, const model::Attempt& attempt);

// One clause, as evaluate() judges it.
struct Judgement {
    bool holds{};
    model::Confidence at_most{model::Confidence::confirmed};
    std::vector<model::Evidence> evidence;
    std::vector<std::string> because;
};
Judgement judge(const Clause& clause, const model::Attempt& attempt);

}  // namespace rdpdx::rules
