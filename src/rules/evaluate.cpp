#include "src/rules/evaluate.hpp"

#include <algorithm>
#include <tuple>

namespace rdpdx::rules {
namespace {

using model::Attempt;
using model::Confidence;
using model::Finding;

// Whether the judgement rests on anything that is not cited yet. What merely says the same again supports nothing.
bool adds_to(const Judgement& j, const std::vector<model::Evidence>& cited) {
    if (j.evidence.empty()) return true;
    return std::ranges::any_of(j.evidence, [&](const auto& e) { return std::ranges::find(cited, e) == cited.end(); });
}

std::optional<Finding> evaluate(const CauseRule& rule, const Timeline& timeline) {
    if (!in_scope(rule, timeline.attempt())) return {};
    Judgement total;
    total.at_most = rule.at_most;
    for (const Clause& c : rule.required) {
        Judgement j = judge(c, timeline);
        if (!j.holds()) return {};
        total.at_most = std::min(total.at_most, j.at_most);
        total.join(std::move(j));
    }
    int supported = 0;
    for (const Clause& c : rule.supporting) {
        Judgement j = judge(c, timeline);
        if (!j.holds()) continue;
        supported += adds_to(j, total.evidence);
        total.join(std::move(j));
    }
    if (total.at_most == Confidence::possible && rule.at_most > Confidence::possible && supported >= 2)
        total.at_most = Confidence::likely;
    Judgement against;
    for (const Clause& c : rule.contradicting) {
        Judgement j = judge(c, timeline);
        if (!j.holds()) continue;
        total.at_most = std::min(total.at_most, Confidence::possible);
        against.join(std::move(j));
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

bool in_scope(const CauseRule& rule, const Attempt& attempt) {
    const auto listed = [](const auto& list, auto value) { return std::ranges::find(list, value) != list.end(); };
    return listed(rule.outcomes, attempt.outcome) && (rule.stages.empty() || listed(rule.stages, attempt.stage));
}

std::vector<Finding> evaluate(std::span<const CauseRule> rules, const Attempt& attempt) {
    const Timeline timeline{attempt};
    std::vector<Finding> out;
    for (const CauseRule& rule : rules) {
        if (auto finding = evaluate(rule, timeline)) {
            drop_doubles(finding->evidence);
            drop_doubles(finding->because);
            drop_doubles(finding->contradicting);
            drop_doubles(finding->against);
            out.push_back(std::move(*finding));
        }
    }
    std::ranges::stable_sort(out, [](const Finding& a, const Finding& b) {
        return std::tie(b.confidence, a.fallback, a.id) < std::tie(a.confidence, b.fallback, b.id);
    });
    return out;
}

}  // namespace rdpdx::rules
