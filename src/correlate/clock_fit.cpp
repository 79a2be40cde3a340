#include "src/correlate/clock_fit.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>

#include "src/correlate/correlate.hpp"

namespace rdpdx::correlate {
namespace {

using model::Clock;
using model::Duration;

// A clock that runs free gains or loses 20 to 100 millionths, one of a virtual machine more.
constexpr double kMostDrift = 500e-6;
// In less time than this, a drift hides in the error.
constexpr Duration kDriftShows = std::chrono::minutes{30};
constexpr std::size_t kLeastForDrift = 4;
// Away from the anchors, a clock may have gone any of the usual ways.
constexpr std::int64_t kUsualDrift = 20'000;  // a 20,000th of the time: 50 millionths
// Of more anchors than these, evenly spread ones stand for all.
constexpr std::size_t kMostEnds = 48, kMostJudges = 1000;

double seconds(Duration d) { return std::chrono::duration<double>(d).count(); }
Duration nanoseconds(double seconds) { return std::chrono::round<Duration>(std::chrono::duration<double>(seconds)); }

// The offset that most of these agree on; of equals the smallest, if that is small enough to be told from chance.
std::optional<Clock> agreed(const std::vector<Anchor>& anchors) {
    std::vector<Duration> offsets;
    for (const Anchor& a : anchors) offsets.push_back(a.ahead);
    std::ranges::sort(offsets);
    Clock best{{}, kClockError, 0};
    bool doubtful = false;
    std::size_t end = 0;
    for (std::size_t begin = 0; begin < offsets.size(); ++begin) {
        while (end < offsets.size() && offsets[end] - offsets[begin] <= 2 * kClockError) ++end;
        const std::size_t count = end - begin;
        const Duration middle = offsets[begin + count / 2];
        const bool other = count == best.anchors && std::chrono::abs(middle - best.ahead) > 2 * kClockError;
        doubtful = count <= best.anchors && (doubtful || other);
        const bool nearer = std::chrono::abs(middle) < std::chrono::abs(best.ahead);
        if (count > best.anchors || (count == best.anchors && nearer)) best = {middle, kClockError, count};
    }
    if (doubtful && std::chrono::abs(best.ahead) > kIncidentGap) return {};
    if (std::chrono::abs(best.ahead) <= kClockError) best.ahead = {};
    return best;
}

struct Line {
    model::Time from{};
    double ahead{}, drift{};  // seconds at `from`, and a second

    double off(const Anchor& a) const { return seconds(a.ahead) - ahead - drift * seconds(a.at - from); }
    bool on(const Anchor& a) const { return std::abs(off(a)) <= seconds(kClockError); }
};

std::vector<Anchor> some_of(const std::vector<Anchor>& anchors, std::size_t most) {
    std::vector<Anchor> out;
    const std::size_t count = std::min(anchors.size(), most);
    for (std::size_t i = 0; i < count; ++i) out.push_back(anchors[i * anchors.size() / count]);
    return out;
}

// Through two of the anchors, so that it passes by as many others as can be.
Line steepest_agreed(const std::vector<Anchor>& anchors) {
    const auto ends = some_of(anchors, kMostEnds), judges = some_of(anchors, kMostJudges);
    Line best;
    std::ptrdiff_t most = 0;
    for (std::size_t i = 0; i < ends.size(); ++i) {
        for (std::size_t k = i + 1; k < ends.size(); ++k) {
            const Duration span = ends[k].at - ends[i].at;
            if (span < kDriftShows) continue;
            const Line line{ends[i].at, seconds(ends[i].ahead), seconds(ends[k].ahead - ends[i].ahead) / seconds(span)};
            if (std::abs(line.drift) > kMostDrift) continue;
            const auto count = std::ranges::count_if(judges, [&](const Anchor& a) { return line.on(a); });
            if (count > most) {
                most = count;
                best = line;
            }
        }
    }
    return best;
}

// Least squares over the anchors on the line.
Line settled(const Line& line, const std::vector<Anchor>& on) {
    double time = 0, off = 0;
    for (const Anchor& a : on) {
        time += seconds(a.at - line.from);
        off += line.off(a);
    }
    time /= static_cast<double>(on.size());
    off /= static_cast<double>(on.size());
    double both = 0, square = 0;
    for (const Anchor& a : on) {
        const double t = seconds(a.at - line.from) - time;
        both += t * (line.off(a) - off);
        square += t * t;
    }
    const double slope = square > 0 ? both / square : 0;
    return {line.from, line.ahead + off - slope * time, line.drift + slope};
}

std::optional<ClockFit> drifting(const std::vector<Anchor>& anchors, std::size_t constant) {
    if (anchors.size() < kLeastForDrift || anchors.back().at - anchors.front().at < kDriftShows) return {};
    const Line through = steepest_agreed(anchors);
    std::vector<Anchor> on;
    std::ranges::copy_if(anchors, std::back_inserter(on), [&](const Anchor& a) { return through.on(a); });
    if (on.size() < kLeastForDrift || on.size() <= constant || 2 * on.size() < anchors.size()) return {};
    const Line line = settled(through, on);
    double error = seconds(kClockError);
    for (const Anchor& a : on) error = std::max(error, std::abs(line.off(a)));
    ClockFit out;
    out.first = on.front().at;
    out.last = on.back().at;
    out.clock.ahead = nanoseconds(line.ahead + line.drift * seconds(out.first - line.from));
    out.clock.error = nanoseconds(error);
    out.clock.anchors = on.size();
    out.clock.drift_ppb = static_cast<std::int64_t>(std::llround(line.drift * 1e9));
    return out;
}

}  // namespace

Clock ClockFit::at(model::Time time) const {
    Clock out = clock;
    out.ahead += nanoseconds(static_cast<double>(clock.drift_ppb) * 1e-9 * seconds(time - first));
    const Duration away = std::max({first - time, time - last, Duration{}});
    out.error += away / kUsualDrift;
    return out;
}

std::optional<ClockFit> fit(std::vector<Anchor> anchors) {
    if (anchors.empty()) return {};
    std::ranges::stable_sort(anchors, {}, &Anchor::at);
    const auto constant = agreed(anchors);
    if (!constant || constant->anchors < anchors.size())
        if (const auto line = drifting(anchors, constant ? constant->anchors : 0)) return line;
    if (!constant) return {};
    ClockFit out{anchors.back().at, anchors.front().at, *constant};
    for (const Anchor& a : anchors) {
        if (std::chrono::abs(a.ahead - constant->ahead) > 2 * kClockError) continue;
        out.first = std::min(out.first, a.at);
        out.last = std::max(out.last, a.at);
    }
    return out;
}

}  // namespace rdpdx::correlate
