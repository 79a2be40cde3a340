// Rules against one assessed attempt.
#pragma once

#include <span>

#include "src/rules/timeline.hpp"

namespace rdpdx::rules {

// What holds, the most likely first; explanations before descriptions of equal confidence, then by id. `confirmed`
// takes all required clauses and none that contradicts; a contradicting one leaves it at most `possible`; two
// supporting ones that bring evidence of their own raise `possible` to `likely` where the rule allows that.
std::vector<model::Finding> evaluate(std::span<const CauseRule> rules, const model::Attempt& attempt);

// One clause, as evaluate() judges it. Statements about what was seen are true or not; where no source could have seen
// it, they are unknown, and so is what is made of them: any, all. `none` goes by what was seen alone, `absent` holds
// only where a source covered the time.
struct Judgement {
    model::Truth truth{model::Truth::fails};
    model::Confidence at_most{model::Confidence::confirmed};
    std::vector<model::Evidence> evidence;
    std::vector<model::Said> because;
    std::string lack;  // unknown: what is missing

    bool holds() const noexcept { return truth == model::Truth::holds; }
    // What another one rests on and says, too.
    void join(Judgement&& from);
};
Judgement judge(const Clause& clause, const Timeline& timeline);

// Whether the rule speaks of attempts with this stage and outcome.
bool in_scope(const CauseRule& rule, const model::Attempt& attempt);

// The channel of the log that would hold what an event pattern asks for; empty where it names none.
std::string channel_of(const Pattern& pattern);

// Logs for lack of which causes could not be judged, the one that most causes wait for first.
struct Awaited {
    std::string channel;
    std::size_t causes{};
};
std::vector<Awaited> awaited_logs(std::span<const CauseRule> rules, const model::Attempt& attempt);

// The clause in words: "tls.alert with description 40 or 70".
std::string to_text(const Clause& clause);

// The rules that are wanted, those that hold first.
std::vector<model::RuleTrace> trace(std::span<const CauseRule> rules, const model::Attempt& attempt,
                                    const TraceWanted& wanted);

}  // namespace rdpdx::rules
