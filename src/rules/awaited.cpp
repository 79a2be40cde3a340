#include <algorithm>
#include <map>
#include <set>

#include "src/rules/evaluate.hpp"

namespace rdpdx::rules {
namespace {

// Whether logs are asked for anywhere in it. To judge a clause takes far longer.
bool asks_logs(const Clause& clause) {
    const auto of_log = [](const Pattern& pattern) { return pattern.kind == "event"; };
    return of_log(clause.pattern) || std::ranges::any_of(clause.steps, of_log) ||
           std::ranges::any_of(clause.clauses, asks_logs);
}

// Channels that the clause would have to be judged by.
void collect(const Clause& clause, const Timeline& timeline, std::set<std::string>& out) {
    if (!asks_logs(clause) || judge(clause, timeline).truth != model::Truth::unknown) return;
    const auto take = [&](const Pattern& pattern) {
        if (pattern.kind != "event" || !timeline.find(pattern).empty()) return;
        if (std::string channel = channel_of(pattern); !channel.empty()) out.insert(std::move(channel));
    };
    if (clause.form == Clause::Form::seen || clause.form == Clause::Form::absent) take(clause.pattern);
    for (const Pattern& step : clause.steps) take(step);
    for (const Clause& child : clause.clauses) collect(child, timeline, out);
}

}  // namespace

std::vector<Awaited> awaited_logs(std::span<const CauseRule> rules, const model::Attempt& attempt) {
    const Timeline timeline{attempt};
    std::map<std::string, std::size_t> causes;
    for (const CauseRule& rule : rules) {
        if (!in_scope(rule, attempt)) continue;
        std::set<std::string> channels;
        for (const Clause& c : rule.required) collect(c, timeline, channels);
        for (const std::string& channel : channels) ++causes[channel];
    }
    std::vector<Awaited> out;
    for (const auto& [channel, count] : causes) out.push_back({channel, count});
    std::ranges::stable_sort(out, std::ranges::greater{}, &Awaited::causes);
    return out;
}

}  // namespace rdpdx::rules
