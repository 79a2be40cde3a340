#include <fmt/format.h>

#include <algorithm>

#include "src/model/log_event.hpp"
#include "src/rules/evaluate.hpp"

namespace rdpdx::rules {
namespace {

using model::Confidence;
using model::Truth;

constexpr std::size_t kEvidenceEnough = 3;

void cite(Judgement& out, const Timeline& timeline, std::uint32_t place) {
    if (out.evidence.size() < kEvidenceEnough) out.evidence.push_back(timeline[place].seen->evidence);
}

// An event that only its time ties to this attempt may be of something else that went on just then.
Confidence sureness(const Timeline& timeline, std::uint32_t place) {
    return timeline[place].seen->string("tie") == model::kTiedByTime ? Confidence::likely : Confidence::confirmed;
}

// Nothing was seen: did nothing happen, or could nobody tell?
void not_seen(Judgement& out, const Pattern& pattern, const Timeline& timeline) {
    const auto& attempt = timeline.attempt();
    out.lack = lack_for(pattern, attempt, attempt.started, attempt.started);
    out.truth = out.lack.empty() ? Truth::fails : Truth::unknown;
}

// The first of `times` places that lie within the span, or the end of the list.
std::size_t close_together(const Timeline::Places& places, const Timeline& timeline, const Clause& clause) {
    for (std::size_t last = clause.times - 1; last < places.size(); ++last) {
        const std::size_t first = last - (clause.times - 1);
        if (!clause.within || timeline[places[last]].time - timeline[places[first]].time <= *clause.within)
            return first;
    }
    return places.size();
}

Judgement judge_seen(const Clause& clause, const Timeline& timeline) {
    Judgement out;
    const auto places = timeline.find(clause.pattern);
    const std::size_t first = close_together(places, timeline, clause);
    if (first == places.size()) {
        not_seen(out, clause.pattern, timeline);
        return out;
    }
    out.truth = Truth::holds;
    out.at_most = Confidence::likely;
    for (std::size_t i = first; i < places.size(); ++i) {
        cite(out, timeline, places[i]);
        out.at_most = std::max(out.at_most, sureness(timeline, places[i]));
    }
    if (clause.because.empty()) out.because.push_back(timeline[places[first]].seen->text);
    return out;
}

// Nothing of the pattern at all, or nothing within the span behind one of those that it would have to follow.
Judgement judge_absent(const Clause& clause, const Timeline& timeline) {
    Judgement out;
    const auto& attempt = timeline.attempt();
    const auto places = timeline.find(clause.pattern);
    if (clause.steps.empty()) {
        if (!places.empty()) return out;
        out.lack = lack_for(clause.pattern, attempt, attempt.started, attempt.ended);
        out.truth = out.lack.empty() ? Truth::holds : Truth::unknown;
        return out;
    }
    const auto before = timeline.find(clause.steps.front());
    if (before.empty()) not_seen(out, clause.steps.front(), timeline);
    for (const std::uint32_t place : before) {
        const auto next = std::ranges::upper_bound(places, place);
        const auto from = timeline[place].time, to = from + *clause.within;
        if (next != places.end() && timeline[*next].time <= to) continue;
        std::string lack = lack_for(clause.pattern, attempt, from, to);
        if (lack.empty()) {
            out = {};
            out.truth = Truth::holds;
            cite(out, timeline, place);
            return out;
        }
        out.truth = Truth::unknown;
        out.lack = std::move(lack);
    }
    return out;
}

// The steps in this order, the last within the span behind the first. Of each beginning of the sequence only the one
// that started last is kept: whatever ends within the span of an earlier one ends within that of a later one.
Judgement judge_sequence(const Clause& clause, const Timeline& timeline) {
    struct At {
        std::uint32_t place;
        std::size_t step;
    };
    Judgement out;
    std::vector<At> all;
    for (std::size_t step = 0; step < clause.steps.size(); ++step) {
        const auto places = timeline.find(clause.steps[step]);
        if (places.empty()) {
            not_seen(out, clause.steps[step], timeline);
            if (out.truth == Truth::fails) return out;
        }
        for (const std::uint32_t place : places) all.push_back({place, step});
    }
    if (out.truth == Truth::unknown) return out;
    // Later steps first, so that one observation is not taken for two steps.
    std::ranges::sort(
        all, [](const At& a, const At& b) { return a.place != b.place ? a.place < b.place : a.step > b.step; });
    std::vector<Timeline::Places> begun(clause.steps.size());
    for (const At& at : all) {
        if (at.step > 0 && begun[at.step - 1].empty()) continue;
        Timeline::Places chain = at.step > 0 ? begun[at.step - 1] : Timeline::Places{};
        chain.push_back(at.place);
        if (at.step + 1 < clause.steps.size()) {
            begun[at.step] = std::move(chain);
            continue;
        }
        if (clause.within && timeline[chain.back()].time - timeline[chain.front()].time > *clause.within) continue;
        out = {};
        out.truth = Truth::holds;
        for (const std::uint32_t place : chain) {
            out.evidence.push_back(timeline[place].seen->evidence);
            out.at_most = std::min(out.at_most, sureness(timeline, place));
        }
        if (clause.because.empty()) out.because.push_back(timeline[chain.back()].seen->text);
        return out;
    }
    return out;
}

Judgement judge_stage(const Clause& clause, const Timeline& timeline) {
    Judgement out;
    for (const auto& result : timeline.attempt().stages) {
        if (result.stage != clause.stage) continue;
        if (std::ranges::find(clause.status, result.status) != clause.status.end()) {
            out.truth = Truth::holds;
            out.evidence = result.evidence;
        } else if (result.status == model::StageStatus::not_seen) {
            out.truth = Truth::unknown;
            out.lack = fmt::format("evidence of the stage {}", model::title(result.stage));
        }
    }
    return out;
}

// any: as sure as the surest of those that hold. all: as unsure as the least.
Judgement judge_group(const Clause& clause, const Timeline& timeline) {
    Judgement out;
    const bool any = clause.form == Clause::Form::any;
    out.truth = any ? Truth::fails : Truth::holds;
    Confidence surest = Confidence::undetermined;
    for (const Clause& child : clause.clauses) {
        Judgement j = judge(child, timeline);
        if (clause.form == Clause::Form::none) {
            if (j.holds()) out.truth = Truth::fails;
            continue;
        }
        out.truth = any ? std::max(out.truth, j.truth) : std::min(out.truth, j.truth);
        if (j.truth == Truth::unknown && out.lack.empty()) out.lack = std::move(j.lack);
        if (!j.holds()) continue;
        surest = std::max(surest, j.at_most);
        if (!any) out.at_most = std::min(out.at_most, j.at_most);
        out.join(std::move(j));
    }
    if (any && out.holds()) out.at_most = surest;
    if (out.truth != Truth::unknown) out.lack.clear();
    return out;
}

}  // namespace

void Judgement::join(Judgement&& from) {
    evidence.insert(evidence.end(), from.evidence.begin(), from.evidence.end());
    because.insert(because.end(), from.because.begin(), from.because.end());
}

Judgement judge(const Clause& clause, const Timeline& timeline) {
    Judgement out;
    switch (clause.form) {
        case Clause::Form::seen:
            out = judge_seen(clause, timeline);
            break;
        case Clause::Form::absent:
            out = judge_absent(clause, timeline);
            break;
        case Clause::Form::sequence:
            out = judge_sequence(clause, timeline);
            break;
        case Clause::Form::stage:
            out = judge_stage(clause, timeline);
            break;
        default:
            out = judge_group(clause, timeline);
            break;
    }
    if (out.holds() && !clause.because.empty()) out.because = {clause.because};
    out.at_most = std::min(out.at_most, clause.at_most);
    return out;
}

}  // namespace rdpdx::rules
