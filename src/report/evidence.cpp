#include "src/report/evidence.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <tuple>

namespace rdpdx::report {

EvidenceIndex::EvidenceIndex(const model::Report& report) {
    for (std::size_t a = 0; a < report.attempts.size(); ++a)
        for (const auto& track : report.attempts[a].tracks)
            for (const auto& o : track.seen)
                if (o.effect != model::Effect::noise && o.evidence.kind != model::Evidence::Kind::line)
                    timeline_.push_back({&o, track.corrected(o.time), {}, a});
    std::ranges::stable_sort(timeline_, [](const TimelineRow& x, const TimelineRow& y) {
        return std::tie(x.time, x.observation->evidence) < std::tie(y.time, y.observation->evidence);
    });
    for (TimelineRow& row : timeline_) {
        const model::Observation& o = *row.observation;
        const auto [at, fresh] = numbers_.try_emplace(o.evidence, items_.size() + 1);
        if (fresh) items_.push_back({o.evidence, o.text, &o});
        row.evidence = fmt::format("E{}", at->second);
    }
    add_texts(report);
}

void EvidenceIndex::add_texts(const model::Report& report) {
    for (const auto& attempt : report.attempts)
        for (const auto& track : attempt.tracks)
            for (const auto& o : track.seen)
                if (o.evidence.kind == model::Evidence::Kind::line &&
                    numbers_.try_emplace(o.evidence, items_.size() + 1).second)
                    items_.push_back({o.evidence, o.text, &o});
}

std::vector<const EvidenceIndex::Item*> EvidenceIndex::texts_of(const model::Attempt& attempt) const {
    std::set<std::size_t> numbers;
    for (const auto& track : attempt.tracks)
        for (const auto& o : track.seen)
            if (const auto at = numbers_.find(o.evidence);
                o.evidence.kind == model::Evidence::Kind::line && at != numbers_.end())
                numbers.insert(at->second);
    std::vector<const Item*> out;
    for (const auto n : numbers) out.push_back(&items_[n - 1]);
    return out;
}

std::string EvidenceIndex::name(const model::Evidence& evidence) const {
    const auto at = numbers_.find(evidence);
    return at == numbers_.end() ? std::string{} : fmt::format("E{}", at->second);
}

std::vector<std::string> EvidenceIndex::names(const std::vector<model::Evidence>& list) const {
    std::set<std::size_t> numbers;
    for (const auto& e : list)
        if (const auto at = numbers_.find(e); at != numbers_.end()) numbers.insert(at->second);
    std::vector<std::string> out;
    for (const auto n : numbers) out.push_back(fmt::format("E{}", n));
    return out;
}

const EvidenceIndex::Item& EvidenceIndex::item(const std::string& name) const {
    return items_[std::stoul(name.substr(1)) - 1];
}

std::vector<std::pair<std::uint32_t, model::Clock>> clocks_of(const model::Report& report) {
    std::map<std::pair<std::uint32_t, std::optional<model::Time>>, model::Clock> clocks;
    for (const model::Attempt& attempt : report.attempts)
        for (const model::Track& track : attempt.tracks)
            if (track.clock) clocks.emplace(std::pair{track.input, track.clock->since}, *track.clock);
    std::vector<std::pair<std::uint32_t, model::Clock>> out;
    for (const auto& [source, clock] : clocks) out.emplace_back(source.first, clock);
    return out;
}

std::string moment(const model::Attempt& attempt, model::Time time, const model::Zone& zone) {
    for (const auto& track : attempt.tracks)
        if (track.corrected(track.started) == time || track.corrected(track.ended) == time)
            return model::to_rfc3339(time, track.precision, zone);
    return model::to_rfc3339(time, attempt.precision, zone);
}

}  // namespace rdpdx::report
