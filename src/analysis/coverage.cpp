#include "src/analysis/coverage.hpp"

#include <algorithm>

namespace rdpdx::analysis {
namespace {

// After such a silence nobody knows whether the capture still ran, or whether two files were put together.
constexpr std::chrono::seconds kSilence{60};

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

void CoverageWatch::packet(model::Time time) {
    if (!periods_.empty()) {
        model::Coverage::Period& last = periods_.back();
        if (time >= last.begin && time <= last.end + kSilence) {
            last.end = std::max(last.end, time);
            return;
        }
    }
    if (periods_.size() < model::kMostPeriods) periods_.push_back({time, time});
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
