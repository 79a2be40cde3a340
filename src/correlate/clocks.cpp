#include "src/correlate/clocks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <string>

#include "src/correlate/clock_fit.hpp"
#include "src/correlate/correlate.hpp"
#include "src/correlate/peers.hpp"
#include "src/model/text.hpp"

namespace rdpdx::correlate {
namespace {

using model::Attempt;
using model::Observation;
using model::Origin;
using model::Track;

// What the packets say of each client's connection: when it was accepted, and for how long it was there.
struct Accepted {
    model::Time time{};
    model::Duration lasted{};
};
using AcceptedFrom = std::multimap<std::pair<std::string, std::uint16_t>, Accepted>;

// A client's port is used again and again; of as many uses of one port the offset is not worth more search.
constexpr std::size_t kMaxUses = 16;

// A port that is used again looks like a clock that is wrong. Then the connection should at least have lasted as long.
constexpr model::Duration kEndsTogether = std::chrono::seconds{10};

AcceptedFrom accepted_on_the_wire(const std::vector<Attempt>& captured) {
    AcceptedFrom out;
    for (const Attempt& a : captured) {
        if (a.client.address.empty() || a.client.port == 0) continue;
        const auto* connected = a.tracks.front().first("tcp.connected");
        const model::Time time = connected ? a.tracks.front().corrected(connected->time) : a.started;
        // Behind a translator of addresses the client has another one.
        for (const Track& t : a.tracks) {
            if (&t != &a.tracks.front() && t.client.address == a.client.address && t.client.port == a.client.port)
                continue;
            out.emplace(std::pair{t.client.address, t.client.port}, Accepted{time, a.ended - time});
        }
    }
    return out;
}

std::string machine_of(const Track& t) {
    const std::string& name = (t.origin == Origin::server_log ? t.server : t.client).name;
    return name.empty() ? fmt::format("/{}", t.input) : model::lower(name);
}

// Anchors of each machine, between one jump of its clock and the next.
using MachineSince = std::pair<std::string, std::optional<model::Time>>;
using Anchors = std::map<MachineSince, std::vector<Anchor>>;

// Jumps of each machine's clock, in order.
class Jumps {
public:
    explicit Jumps(std::span<const ClockJump> jumps) {
        for (const ClockJump& j : jumps) of_[model::lower(j.machine)].push_back(j.to);
        for (auto& [machine, times] : of_) std::ranges::sort(times);
    }
    // The machine, and the last jump before the track.
    MachineSince key(const Track& t) const {
        std::string machine = machine_of(t);
        const auto at = of_.find(machine);
        if (at == of_.end()) return {std::move(machine), {}};
        const auto later = std::ranges::upper_bound(at->second, t.started);
        if (later == at->second.begin()) return {std::move(machine), {}};
        return {std::move(machine), *std::prev(later)};
    }

private:
    std::map<std::string, std::vector<model::Time>> of_;
};

// Each machine's logs get the clock that its connections agree on.
void apply(std::span<Track> logs, Origin origin, const Anchors& anchors, const Jumps& jumps) {
    std::map<MachineSince, ClockFit> clocks;
    for (const auto& [key, list] : anchors)
        if (const auto clock = fit(list)) clocks.emplace(key, *clock);
    for (Track& t : logs) {
        const auto at = clocks.find(jumps.key(t));
        if (t.origin != origin || at == clocks.end()) continue;
        t.clock = at->second.at(t.started);
        t.clock->since = at->first.second;
    }
}

void set_server_clocks(std::span<Track> logs, const std::vector<Attempt>& captured, const Jumps& jumps) {
    const AcceptedFrom wire = accepted_on_the_wire(captured);
    Anchors anchors;
    for (const Track& t : logs) {
        if (t.origin != Origin::server_log || t.client.port == 0) continue;
        auto [at, end] = wire.equal_range({t.client.address, t.client.port});
        for (std::size_t n = 0; at != end && n < kMaxUses; ++at, ++n) {
            const model::Duration ahead = t.started - at->second.time;
            const model::Duration longer = (t.ended - t.started) - at->second.lasted;
            if (std::chrono::abs(ahead) > kMaxClockOffset) continue;
            if (std::chrono::abs(ahead) > kIncidentGap && std::chrono::abs(longer) > kEndsTogether) continue;
            anchors[jumps.key(t)].push_back({t.started, ahead});
        }
    }
    apply(logs, Origin::server_log, anchors, jumps);
}

// What a client's log and the packets both date: the answer to the negotiation, and the end.
struct Moments {
    std::optional<model::Time> answered, ended;
};

Moments moments_of(const Track& track) {
    Moments out;
    for (const Observation& o : track.seen) {
        const bool passed = o.stage == model::Stage::x224_negotiation && o.effect == model::Effect::passed;
        if (passed && !out.answered) out.answered = o.time;
        if (o.string("name") == "disconnected") out.ended = o.time;
    }
    if (!track.wire) return out;
    for (const auto* half : {&track.wire->client, &track.wire->server})
        if (half->closing && (!out.ended || half->closing->time < *out.ended)) out.ended = half->closing->time;
    return out;
}

// How far the log is ahead by this connection, if it can be the same one.
std::optional<model::Duration> ahead_of(const Track& log, const Attempt& attempt) {
    const auto wire = std::ranges::find_if(attempt.tracks, [](const Track& t) { return t.wire.has_value(); });
    if (wire == attempt.tracks.end()) return {};
    const Moments written = moments_of(log), seen = moments_of(*wire);
    if (!written.answered || !seen.answered || !written.ended || !seen.ended) return {};
    const model::Duration first = *written.answered - *seen.answered, last = *written.ended - *seen.ended;
    if (std::chrono::abs(last - first) > kClockError || std::chrono::abs(first) > kMaxClockOffset) return {};
    return first + (last - first) / 2;
}

// Tries that fail for one reason last equally long. Further away than this, one such pair may be two connections.
constexpr model::Duration kLikelyForOne = std::chrono::minutes{10};

void set_client_clocks(std::span<Track> logs, const std::vector<Attempt>& captured, const Jumps& jumps) {
    Anchors anchors;
    for (const Track& t : logs) {
        if (t.origin != Origin::client_log) continue;
        for (const Attempt& a : captured)
            if (const auto ahead = could_be_same_peers(a, t) ? ahead_of(t, a) : std::nullopt)
                anchors[jumps.key(t)].push_back({t.started, *ahead});
    }
    std::erase_if(anchors, [](const auto& machine) {
        return machine.second.size() == 1 && std::chrono::abs(machine.second.front().ahead) > kLikelyForOne;
    });
    apply(logs, Origin::client_log, anchors, jumps);
}

}  // namespace

void set_clocks(std::span<Track> logs, const std::vector<Attempt>& captured, std::span<const ClockJump> jumps) {
    const Jumps of{jumps};
    set_server_clocks(logs, captured, of);
    set_client_clocks(logs, captured, of);
}

}  // namespace rdpdx::correlate
