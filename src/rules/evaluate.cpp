#include "src/rules/evaluate.hpp"

#include <algorithm>
#include <tuple>

namespace rdpdx::rules {
namespace {

using model::Attempt;
using model::Confidence;
using model::Finding;
using model::Observation;

std::string lower(std::string_view text) {
    std::string out{text};
    std::ranges::transform(out, out.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return out;
}

bool compare_text(Matcher::Operation operation, std::string_view have, std::string_view want) {
    const std::string a = lower(have), b = lower(want);
    switch (operation) {
        case Matcher::Operation::equals:
            return a == b;
        case Matcher::Operation::contains:
            return a.find(b) != std::string::npos;
        case Matcher::Operation::starts_with:
            return a.starts_with(b);
        case Matcher::Operation::ends_with:
            return a.ends_with(b);
        default:
            return false;
    }
}

bool compare_number(Matcher::Operation operation, std::int64_t have, std::int64_t want) {
    switch (operation) {
        case Matcher::Operation::equals:
            return have == want;
        case Matcher::Operation::greater:
            return have > want;
        case Matcher::Operation::at_least:
            return have >= want;
        case Matcher::Operation::less:
            return have < want;
        case Matcher::Operation::at_most:
            return have <= want;
        default:
            return false;
    }
}

// Events carry numbers as text, so a text that is a number compares as one.
bool meets(Matcher::Operation operation, const model::Value& have, const std::string& want) {
    const auto number = yaml::read_integer(want);
    if (const auto* n = std::get_if<std::int64_t>(&have)) return number && compare_number(operation, *n, *number);
    if (const auto* list = std::get_if<std::vector<std::string>>(&have))
        return std::ranges::any_of(*list, [&](const auto& item) { return compare_text(operation, item, want); });
    const std::string& text = std::get<std::string>(have);
    const auto as_number = yaml::read_integer(text);
    if (number && as_number) return compare_number(operation, *as_number, *number);
    return compare_text(operation, text, want);
}

bool matches(const Clause& clause, const Observation& o) {
    if (o.kind != clause.observation || (clause.origin && *clause.origin != o.origin)) return false;
    return std::ranges::all_of(clause.where, [&](const Matcher& m) {
        const model::Value* have = o.field(m.field);
        return have && std::ranges::any_of(m.values, [&](const auto& want) { return meets(m.operation, *have, want); });
    });
}

void join(Judgement& into, Judgement&& from) {
    into.evidence.insert(into.evidence.end(), from.evidence.begin(), from.evidence.end());
    into.because.insert(into.because.end(), from.because.begin(), from.because.end());
}

Judgement judge_seen(const Clause& clause, const Attempt& attempt) {
    constexpr std::size_t kEvidenceEnough = 3;
    Judgement out;
    const Observation* first = nullptr;
    for (const auto& track : attempt.tracks) {
        for (const Observation& o : track.seen) {
            if (!matches(clause, o)) continue;
            if (!first) first = &o;
            if (out.evidence.size() < kEvidenceEnough) out.evidence.push_back(o.evidence);
        }
    }
    out.holds = first != nullptr;
    if (first && clause.because.empty()) out.because.push_back(first->text);
    return out;
}

Judgement judge_stage(const Clause& clause, const Attempt& attempt) {
    Judgement out;
    for (const auto& result : attempt.stages) {
        if (result.stage != clause.stage) continue;
        out.holds = std::ranges::find(clause.status, result.status) != clause.status.end();
        if (out.holds) out.evidence = result.evidence;
    }
    return out;
}

// any: as sure as the surest of those that hold. all: as unsure as the least.
Judgement judge_group(const Clause& clause, const Attempt& attempt) {
    Judgement out;
    const bool all = clause.kind == Clause::Kind::all;
    out.holds = clause.kind != Clause::Kind::any;
    Confidence surest = Confidence::undetermined;
    for (const Clause& child : clause.clauses) {
        Judgement j = judge(child, attempt);
        if (clause.kind == Clause::Kind::none) {
            out.holds = out.holds && !j.holds;
            continue;
        }
        if (all) out.holds = out.holds && j.holds;
        if (!all) out.holds = out.holds || j.holds;
        if (!j.holds) continue;
        surest = std::max(surest, j.at_most);
        if (all) out.at_most = std::min(out.at_most, j.at_most);
        join(out, std::move(j));
    }
    if (clause.kind == Clause::Kind::any && out.holds) out.at_most = surest;
    return out;
}

std::optional<Finding> evaluate(const CauseRule& rule, const Attempt& attempt) {
    const auto listed = [](const auto& list, auto value) { return std::ranges::find(list, value) != list.end(); };
    if (!listed(rule.outcomes, attempt.outcome)) return {};
    if (!rule.stages.empty() && !listed(rule.stages, attempt.stage)) return {};
    Judgement total;
    total.at_most = rule.at_most;
    for (const Clause& c : rule.required) {
        Judgement j = judge(c, attempt);
        if (!j.holds) return {};
        total.at_most = std::min(total.at_most, j.at_most);
        join(total, std::move(j));
    }
    int supported = 0;
    for (const Clause& c : rule.supporting) {
        Judgement j = judge(c, attempt);
        if (!j.holds) continue;
        ++supported;
        join(total, std::move(j));
    }
    if (total.at_most == Confidence::possible && rule.at_most > Confidence::possible && supported >= 2)
        total.at_most = Confidence::likely;
    Judgement against;
    for (const Clause& c : rule.contradicting) {
        Judgement j = judge(c, attempt);
        if (!j.holds) continue;
        total.at_most = std::min(total.at_most, Confidence::possible);
        join(against, std::move(j));
    }
    Finding out;
    out.id = rule.id;
    out.title = rule.title;
    out.confidence = total.at_most;
    out.evidence = std::move(total.evidence);
    out.because = std::move(total.because);
    out.contradicting = std::move(against.evidence);
    out.against = std::move(against.because);
    out.remedy = rule.remedy;
    out.fallback = rule.fallback;
    return out;
}

template <class T>
void drop_doubles(std::vector<T>& list) {
    std::vector<T> kept;
    for (T& item : list)
        if (std::ranges::find(kept, item) == kept.end()) kept.push_back(std::move(item));
    list = std::move(kept);
}

}  // namespace

Judgement judge(const Clause& clause, const Attempt& attempt) {
    Judgement out;
    switch (clause.kind) {
        case Clause::Kind::seen:
            out = judge_seen(clause, attempt);
            break;
        case Clause::Kind::stage:
            out = judge_stage(clause, attempt);
            break;
        default:
            out = judge_group(clause, attempt);
            break;
    }
    if (out.holds && !clause.because.empty()) out.because = {clause.because};
    out.at_most = std::min(out.at_most, clause.at_most);
    return out;
}

std::vector<Finding> evaluate(std::span<const CauseRule> rules, const Attempt& attempt) {
    std::vector<Finding> out;
    for (const CauseRule& rule : rules) {
        if (auto finding = evaluate(rule, attempt)) {
            drop_doubles(finding->evidence);
            drop_doubles(finding->because);
            drop_doubles(finding->contradicting);
            drop_doubles(finding->against);
            out.push_back(std::move(*finding));
        }
    }
    std::ranges::stable_sort(out, [](const Finding& a, const Finding& b) {
        return std::tuple{b.confidence, a.fallback, a.id} < std::tuple{a.confidence, b.fallback, b.id};
    });
    return out;
}

}  // namespace rdpdx::rules
