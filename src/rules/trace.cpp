#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "src/rules/evaluate.hpp"

namespace rdpdx::rules {
namespace {

using model::RuleTrace;
using model::Truth;

std::string_view sign(Matcher::Operation operation) {
    switch (operation) {
        case Matcher::Operation::equals:
            return "";
        case Matcher::Operation::contains:
            return "with ";
        case Matcher::Operation::starts_with:
            return "beginning with ";
        case Matcher::Operation::ends_with:
            return "ending with ";
        case Matcher::Operation::greater:
            return "> ";
        case Matcher::Operation::at_least:
            return ">= ";
        case Matcher::Operation::less:
            return "< ";
        case Matcher::Operation::at_most:
            return "<= ";
    }
    return {};
}

std::string to_text(const Pattern& pattern) {
    std::string out = pattern.kind;
    std::string_view between = " (";
    for (const Matcher& m : pattern.where) {
        std::vector<std::string_view> values;
        for (const auto& v : m.values) values.push_back(v.text);
        out += fmt::format("{}{} {}{}", between, m.field, sign(m.operation), fmt::join(values, " or "));
        between = ", ";
    }
    if (between == ", ") out += ')';
    if (pattern.origin) out += fmt::format(" in the {}", model::id(*pattern.origin));
    return out;
}

// As rule files write it.
std::string span_text(model::Duration span) {
    struct Unit {
        model::Duration length;
        std::string_view suffix;
    };
    constexpr std::array kUnits{Unit{std::chrono::hours{1}, "h"}, Unit{std::chrono::minutes{1}, "m"},
                                Unit{std::chrono::seconds{1}, "s"}};
    for (const Unit& unit : kUnits)
        if (span.count() != 0 && span % unit.length == model::Duration{})
            return fmt::format("{}{}", span / unit.length, unit.suffix);
    return fmt::format("{}ms", span / std::chrono::milliseconds{1});
}

std::string stage_text(const Clause& clause) {
    std::vector<std::string_view> status;
    for (const auto s : clause.status) status.push_back(model::id(s));
    return fmt::format("stage {} is {}", model::id(clause.stage), fmt::join(status, " or "));
}

std::string sequence_text(const Clause& clause) {
    std::vector<std::string> steps;
    for (const Pattern& step : clause.steps) steps.push_back(to_text(step));
    return fmt::format("{}", fmt::join(steps, ", then "));
}

class Tracer {
public:
    Tracer(const Timeline& timeline, RuleTrace& out) : timeline_{timeline}, out_{out} {}

    // Whether some of it was really seen.
    bool add(const Clause& clause, std::string_view role, unsigned depth) {
        Judgement j = judge(clause, timeline_);
        out_.clauses.push_back(
            {depth, std::string{role}, to_text(clause), j.truth, std::move(j.evidence), std::move(j.lack)});
        bool seen = j.holds() && (clause.form == Clause::Form::seen || clause.form == Clause::Form::sequence);
        for (const Clause& child : clause.clauses) {
            const bool below = add(child, role, depth + 1);
            seen = seen || (below && clause.form != Clause::Form::none);
        }
        return seen;
    }

private:
    const Timeline& timeline_;
    RuleTrace& out_;
};

std::string scope_note(const CauseRule& rule, const model::Attempt& attempt) {
    if (std::ranges::find(rule.outcomes, attempt.outcome) == rule.outcomes.end())
        return fmt::format("It does not speak of attempts that {}.",
                           attempt.outcome == model::Outcome::not_rdp ? "are not RDP"
                           : attempt.outcome == model::Outcome::succeeded
                               ? "succeeded"
                               : fmt::format("are {}", model::id(attempt.outcome)));
    return fmt::format("It does not speak of failures at the stage {}.", model::title(attempt.stage));
}

struct Traced {
    RuleTrace trace;
    bool matters{};
};

Traced trace_one(const CauseRule& rule, const Timeline& timeline) {
    Traced out;
    RuleTrace& t = out.trace;
    t.id = rule.id;
    t.title = rule.title;
    t.in_scope = in_scope(rule, timeline.attempt());
    t.truth = Truth::holds;
    Tracer tracer{timeline, t};
    for (const Clause& c : rule.required) {
        const std::size_t own = t.clauses.size();
        out.matters |= tracer.add(c, "required", 0);
        t.truth = std::min(t.truth, t.clauses[own].truth);
    }
    for (const Clause& c : rule.supporting) out.matters |= tracer.add(c, "supporting", 0);
    for (const Clause& c : rule.contradicting) tracer.add(c, "contradicting", 0);
    if (!t.in_scope) t.note = scope_note(rule, timeline.attempt());
    out.matters = t.in_scope && (out.matters || t.truth == Truth::holds);
    return out;
}

}  // namespace

std::string to_text(const Clause& clause) {
    const std::string within = clause.within ? fmt::format(" within {}", span_text(*clause.within)) : "";
    switch (clause.form) {
        case Clause::Form::seen:
            return to_text(clause.pattern) +
                   (clause.times > 1 ? fmt::format(", {} times or more{}", clause.times, within) : "");
        case Clause::Form::absent:
            return clause.steps.empty()
                       ? fmt::format("no {}", to_text(clause.pattern))
                       : fmt::format("{}, and no {}{}", to_text(clause.steps.front()), to_text(clause.pattern), within);
        case Clause::Form::sequence:
            return sequence_text(clause) + within;
        case Clause::Form::stage:
            return stage_text(clause);
        case Clause::Form::any:
            return "any of";
        case Clause::Form::all:
            return "all of";
        case Clause::Form::none:
            return "none of";
    }
    return {};
}

std::vector<RuleTrace> trace(std::span<const CauseRule> rules, const model::Attempt& attempt,
                             const TraceWanted& wanted) {
    using What = TraceWanted::What;
    std::vector<RuleTrace> out;
    if (wanted.what == What::nothing) return out;
    const Timeline timeline{attempt};
    const auto found = evaluate(rules, attempt);
    for (const CauseRule& rule : rules) {
        const bool listed = std::ranges::find(wanted.ids, rule.id) != wanted.ids.end();
        if (wanted.what == What::listed && !listed) continue;
        Traced t = trace_one(rule, timeline);
        if (wanted.what == What::matter && !t.matters) continue;
        const auto finding = std::ranges::find(found, rule.id, &model::Finding::id);
        if (finding != found.end()) t.trace.confidence = finding->confidence;
        out.push_back(std::move(t.trace));
    }
    // As the report has them: what was found first, and the surest before the others.
    std::ranges::stable_sort(out, [](const RuleTrace& a, const RuleTrace& b) {
        return a.confidence > b.confidence || (a.confidence == b.confidence && a.in_scope > b.in_scope);
    });
    return out;
}

}  // namespace rdpdx::rules
