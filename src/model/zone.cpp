#include "src/model/zone.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace rdpdx::model {
namespace {

std::string offset_text(std::chrono::minutes ahead) {
    const auto size = std::chrono::abs(ahead).count();
    return fmt::format("{}{:02}:{:02}", ahead.count() < 0 ? '-' : '+', size / 60, size % 60);
}

Time shifted(Time time, std::chrono::minutes ahead) {
    // At the ends of what a Time can be there is nothing to shift to.
    if (ahead.count() > 0 ? time > Time::max() - ahead : time < Time::min() - ahead) return time;
    return time + ahead;
}

std::string change_text(const Zone::Change& change) {
    const std::string offset = "UTC" + offset_text(change.ahead);
    return change.abbreviation.empty() ? offset : change.abbreviation + ", " + offset;
}

}  // namespace

const Zone::Change* Zone::at(Time time) const noexcept {
    if (changes.empty()) return nullptr;
    const auto after = std::ranges::upper_bound(changes, time, {}, &Change::from);
    return after == changes.begin() ? &changes.front() : &*std::prev(after);
}

std::string to_rfc3339(Time time, Precision precision, const Zone& zone) {
    const Zone::Change* change = zone.at(time);
    if (!change) return to_rfc3339(time, precision);
    std::string out = to_rfc3339(shifted(time, change->ahead), precision);
    out.replace(out.size() - 1, 1, offset_text(change->ahead));
    return out;
}

std::string to_second(Time time, const Zone& zone) {
    std::string out = to_rfc3339(time, Precision::micro, zone);
    constexpr std::size_t kSeconds = 19, kFraction = 7;
    return out.erase(kSeconds, kFraction);
}

std::string to_clock(Time time, const Zone& zone) {
    const Zone::Change* change = zone.at(time);
    if (!change) return to_clock(time);
    std::string out = to_clock(shifted(time, change->ahead));
    if (zone.changes.size() > 1)
        out += " " + (change->abbreviation.empty() ? offset_text(change->ahead) : change->abbreviation);
    return out;
}

std::string to_text(const Zone& zone) {
    if (zone.changes.empty()) return zone.name;
    constexpr std::size_t kMost = 3;
    std::string out = fmt::format("{} ({}", zone.name, change_text(zone.changes.front()));
    for (std::size_t i = 1; i < zone.changes.size() && i < kMost; ++i)
        out += fmt::format("; from {}Z {}", to_rfc3339(zone.changes[i].from, Precision::micro).substr(0, 19),
                           change_text(zone.changes[i]));
    if (zone.changes.size() > kMost) out += fmt::format("; and {} more changes", zone.changes.size() - kMost);
    return out + ")";
}

}  // namespace rdpdx::model
