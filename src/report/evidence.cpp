#include "src/report/evidence.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <set>
#include <tuple>

namespace rdpdx::report {

std::string TimelineRow::evidence() const { return fmt::format("E{}", number); }

// A large case has hundreds of thousands of rows, so each costs a few bytes here.
EvidenceIndex::EvidenceIndex(const model::Report& report) {
    std::size_t count = 0;
    for (const auto& attempt : report.attempts)
        for (const auto& track : attempt.tracks) count += track.seen.size();
    timeline_.reserve(count);
    for (std::uint32_t a = 0; a < report.attempts.size(); ++a)
        for (const auto& track : report.attempts[a].tracks)
            for (const auto& o : track.seen)
                if (o.effect != model::Effect::noise && o.evidence.kind != model::Evidence::Kind::line)
                    timeline_.push_back({&o, track.corrected(o.time), {}, a});
    std::ranges::stable_sort(timeline_, [](const TimelineRow& x, const TimelineRow& y) {
        return std::tie(x.time, x.observation->evidence) < std::tie(y.time, y.observation->evidence);
    });
    // Rows that cite the same evidence lie together, the first of them first: that one gives it its number.
    std::vector<std::uint32_t> rows(timeline_.size());
    std::iota(rows.begin(), rows.end(), 0U);
    const auto cited = [this](std::uint32_t row) -> const model::Evidence& {
        return timeline_[row].observation->evidence;
    };
    std::ranges::stable_sort(rows, {}, cited);
    std::uint32_t first = 0;
    for (const std::uint32_t row : rows) {
        if (row == rows.front() || cited(row) != cited(first)) first = row;
        timeline_[row].number = first;
    }
    for (std::uint32_t row = 0; row < timeline_.size(); ++row) {
        if (timeline_[row].number != row) {
            timeline_[row].number = timeline_[timeline_[row].number].number;
            continue;
        }
        items_.push_back({timeline_[row].observation});
        timeline_[row].number = static_cast<std::uint32_t>(items_.size());
    }
    for (const std::uint32_t row : rows)
        if (sorted_.empty() || sorted_.back() != timeline_[row].number - 1)
            sorted_.push_back(timeline_[row].number - 1);
    add_texts(report);
}

void EvidenceIndex::add_texts(const model::Report& report) {
    for (const auto& attempt : report.attempts) {
        for (const auto& track : attempt.tracks) {
            for (const auto& o : track.seen) {
                if (o.evidence.kind != model::Evidence::Kind::line) continue;
                const auto at = lower(o.evidence);
                if (at != sorted_.end() && items_[*at].evidence() == o.evidence) continue;
                sorted_.insert(at, static_cast<std::uint32_t>(items_.size()));
                items_.push_back({&o});
            }
        }
    }
}

std::vector<const EvidenceIndex::Item*> EvidenceIndex::texts_of(const model::Attempt& attempt) const {
    std::set<std::uint32_t> numbers;
    for (const auto& track : attempt.tracks)
        for (const auto& o : track.seen)
            if (o.evidence.kind == model::Evidence::Kind::line)
                if (const auto* item = find(o.evidence)) numbers.insert(*item);
    std::vector<const Item*> out;
    for (const auto n : numbers) out.push_back(&items_[n]);
    return out;
}

std::vector<std::uint32_t>::const_iterator EvidenceIndex::lower(const model::Evidence& evidence) const {
    return std::ranges::lower_bound(sorted_, evidence, {}, [this](std::uint32_t item) -> const model::Evidence& {
        return items_[item].evidence();
    });
}

const std::uint32_t* EvidenceIndex::find(const model::Evidence& evidence) const {
    const auto at = lower(evidence);
    return at != sorted_.end() && items_[*at].evidence() == evidence ? &*at : nullptr;
}

std::string EvidenceIndex::name(const model::Evidence& evidence) const {
    const auto* at = find(evidence);
    return at ? fmt::format("E{}", *at + 1) : std::string{};
}

std::vector<std::string> EvidenceIndex::names(const std::vector<model::Evidence>& list) const {
    std::set<std::uint32_t> places;
    for (const auto& e : list)
        if (const auto* at = find(e)) places.insert(*at);
    std::vector<std::string> out;
    for (const auto place : places) out.push_back(fmt::format("E{}", place + 1));
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
