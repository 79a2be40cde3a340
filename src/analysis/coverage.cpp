#include "src/analysis/coverage.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace rdpdx::analysis {
namespace {

// After such a silence nobody knows whether the capture still ran, or whether two files were put together.
constexpr std::chrono::seconds kSilence{60};
// After one like this a connection's silence says nothing any more.
constexpr std::chrono::minutes kAnother{10};
// Interfaces and queues of one machine mix packets by less.
constexpr std::chrono::seconds kSetBack{1};
constexpr std::chrono::hours kDays{24};

// Everything that one interface was told to let through goes for the whole capture: there is no telling which of them
// would have seen a packet that is not there.
void add_interfaces(model::Coverage& to, const capture::Reader& reader, bool packets) {
    for (const capture::Interface& i : reader.interfaces()) {
        to.dropped += std::min(i.dropped.value_or(0), UINT64_MAX - to.dropped);
        if (!i.filter.empty()) {
            to.every_packet = false;
            to.filter = i.filter;
        }
        if (!i.started || !i.ended || *i.ended < *i.started) continue;
        const bool first = !packets && !to.by_statistics;
        to.begin = first ? *i.started : std::min(to.begin, *i.started);
        to.end = first ? *i.ended : std::max(to.end, *i.ended);
        to.by_statistics = true;
        to.periods.push_back({*i.started, *i.ended});
    }
}

}  // namespace

void CoverageWatch::Jumps::add(model::Time before, model::Time after) {
    const model::Duration span = std::chrono::abs(after - before);
    ++count;
    if (span <= most) return;
    most = span;
    from = before;
    to = after;
}

void CoverageWatch::packet(model::Time time) {
    if (last_ && *last_ - time > kSetBack) back_.add(*last_, time);
    if (last_ && time - *last_ > kDays) ahead_.add(*last_, time);
    newest_ = last_ ? std::max(newest_, time) : time;
    last_ = time;
    if (!periods_.empty()) {
        model::Coverage::Period& last = periods_.back();
        if (time >= last.begin && time <= last.end + kSilence) {
            last.end = std::max(last.end, time);
            return;
        }
    }
    if (periods_.size() < model::kMostPeriods) periods_.push_back({time, time});
}

bool CoverageWatch::unbroken(model::Time first, model::Time last) const noexcept {
    return last <= first + kSilence && periods_.size() + 1 < model::kMostPeriods;
}

model::Time CoverageWatch::runs_on(model::Time time) const {
    auto at = std::ranges::find_if(periods_,
                                   [&](const model::Coverage::Period& p) { return p.begin <= time && time <= p.end; });
    if (at == periods_.end()) return newest_;
    for (auto next = at + 1; next != periods_.end(); ++next, ++at)
        if (next->begin < at->end || next->begin - at->end > kAnother) return at->end;
    return periods_.size() < model::kMostPeriods ? at->end : newest_;
}

std::vector<std::string> CoverageWatch::notes() const {
    std::vector<std::string> out;
    const auto text = [](model::Time t) { return model::to_rfc3339(t, model::Precision::micro); };
    if (back_.count > 0)
        out.push_back(fmt::format(
            "Times go back {} time{}, by up to {} (from {} to {}): the clock was set, or files were put together.",
            back_.count, back_.count == 1 ? "" : "s", model::to_text(back_.most), text(back_.from), text(back_.to)));
    if (ahead_.count > 0)
        out.push_back(
            fmt::format("Nothing was captured from {} to {}{}: files were put together, or the capture stood still.",
                        text(ahead_.from), text(ahead_.to),
                        ahead_.count > 1 ? fmt::format(", and {} more times for over a day", ahead_.count - 1) : ""));
    return out;
}

std::optional<model::Coverage> CoverageWatch::finish(const capture::Reader& reader, const model::Input& input,
                                                     bool filtered) {
    model::Coverage out;
    const bool packets = input.first_time.has_value();
    if (packets) {
        out.begin = *input.first_time;
        out.end = *input.last_time;
    }
    out.periods = periods_;
    out.packets = input.items;
    add_interfaces(out, reader, packets);
    if (filtered) out.every_packet = false;
    if (!packets && !out.by_statistics) return {};
    return out;
}

}  // namespace rdpdx::analysis
