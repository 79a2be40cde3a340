#include "src/correlate/correlate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <span>
#include <tuple>

#include "src/correlate/hosts.hpp"
#include "src/correlate/vantage.hpp"

namespace rdpdx::correlate {
namespace {

using model::Attempt;
using model::Endpoint;
using model::Origin;
using model::Track;

bool overlap(const Attempt& attempt, const Track& track, model::Duration slack) {
    return track.corrected(track.started) <= attempt.ended + slack &&
           attempt.started <= track.corrected(track.ended) + slack;
}

// Whether a log's track can speak of this attempt's server and client.
bool could_be_same_peers(const Attempt& attempt, const Track& log) {
    if (!log.client.address.empty() && !attempt.client.address.empty()) {
        // Behind a translator of addresses the captures of both ends know the client by two.
        const bool known = std::ranges::any_of(attempt.tracks, [&](const Track& t) {
            const bool ports = log.client.port == 0 || t.client.port == 0 || log.client.port == t.client.port;
            return log.client.address == t.client.address && ports;
        });
        if (!known) return false;
        if (log.client.port != 0 && attempt.client.port != 0) return true;
    }
    if (!log.server.address.empty()) return log.server.address == attempt.server.address;
    if (!log.target.empty()) {
        if (log.target == attempt.server.address) return true;
        for (const Track& t : attempt.tracks) {
            if (same_host(log.target, t.target)) return true;
            if (!t.wire || !t.wire->certificate) continue;
            for (const auto& name : t.wire->certificate->subject_alt_names)
                if (name.rfind("DNS:", 0) == 0 && same_host(log.target, std::string_view{name}.substr(4))) return true;
        }
        return false;
    }
    // A server's log is itself the server, and names its client.
    if (!attempt.client.address.empty()) return !log.client.address.empty();
    return same_host(log.server.name, attempt.server.name);
}

model::Duration apart(model::Time a, model::Time b) { return a < b ? b - a : a - b; }

void merge(Attempt& attempt, Track&& track) {
    const bool first = attempt.tracks.empty();
    const auto fill = [](Endpoint& to, const Endpoint& from) {
        if (to.address.empty()) to.address = from.address;
        if (to.port == 0) to.port = from.port;
        if (to.name.empty()) to.name = from.name;
    };
    fill(attempt.client, track.client);
    fill(attempt.server, track.server);
    if (attempt.server.name.empty()) attempt.server.name = track.target;
    if (attempt.server.name == attempt.server.address) attempt.server.name.clear();  // the user typed it
    if (attempt.user.empty()) attempt.user = track.user;
    const model::Time started = track.corrected(track.started), ended = track.corrected(track.ended);
    attempt.started = first ? started : std::min(attempt.started, started);
    attempt.ended = first ? ended : std::max(attempt.ended, ended);
    if (first) attempt.precision = track.precision;
    attempt.tracks.push_back(std::move(track));
}

// The attempt that ended nearest to where the log's track ended: a client that tries twice logs one connection.
Attempt* described_by(std::vector<Attempt>& attempts, const Track& log) {
    Attempt* best = nullptr;
    const model::Time ended = log.corrected(log.ended);
    for (Attempt& a : attempts) {
        const bool taken = std::ranges::any_of(a.tracks, [&](const Track& t) { return t.origin == log.origin; });
        if (taken || !overlap(a, log, kIncidentGap) || !could_be_same_peers(a, log)) continue;
        if (!best || apart(a.ended, ended) < apart(best->ended, ended)) best = &a;
    }
    return best;
}

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
        const auto& seen = a.tracks.front().seen;
        const auto connected = std::ranges::find(seen, "tcp.connected", &model::Observation::kind);
        const model::Time time = connected == seen.end() ? a.started : a.tracks.front().corrected(connected->time);
        // Behind a translator of addresses the client has another one.
        for (const Track& t : a.tracks) {
            if (&t != &a.tracks.front() && t.client.address == a.client.address && t.client.port == a.client.port)
                continue;
            out.emplace(std::pair{t.client.address, t.client.port}, Accepted{time, a.ended - time});
        }
    }
    return out;
}

// The offset that most of these agree on; of equals the smallest, if that is small enough to be told from chance.
std::optional<model::Clock> agreed(std::vector<model::Duration> offsets) {
    std::ranges::sort(offsets);
    model::Clock best{{}, kClockError, 0};
    bool doubtful = false;
    std::size_t end = 0;
    for (std::size_t begin = 0; begin < offsets.size(); ++begin) {
        while (end < offsets.size() && offsets[end] - offsets[begin] <= 2 * kClockError) ++end;
        const std::size_t anchors = end - begin;
        const model::Duration middle = offsets[begin + anchors / 2];
        const bool other = anchors == best.anchors && std::chrono::abs(middle - best.ahead) > 2 * kClockError;
        doubtful = anchors <= best.anchors && (doubtful || other);
        const bool nearer = std::chrono::abs(middle) < std::chrono::abs(best.ahead);
        if (anchors > best.anchors || (anchors == best.anchors && nearer)) best = {middle, kClockError, anchors};
    }
    if (doubtful && std::chrono::abs(best.ahead) > kIncidentGap) return {};
    if (std::chrono::abs(best.ahead) <= kClockError) best.ahead = {};
    return best;
}

// Finds the clocks of the servers whose logs know connections that captures show.
void set_clocks(std::span<Track> logs, const std::vector<Attempt>& captured) {
    const AcceptedFrom wire = accepted_on_the_wire(captured);
    const auto machine = [](const Track& t) {
        return t.server.name.empty() ? fmt::format("/{}", t.input) : lower(t.server.name);
    };
    std::map<std::string, std::vector<model::Duration>> offsets;
    for (const Track& t : logs) {
        if (t.origin != Origin::server_log || t.client.port == 0) continue;
        auto [at, end] = wire.equal_range({t.client.address, t.client.port});
        for (std::size_t n = 0; at != end && n < kMaxUses; ++at, ++n) {
            const model::Duration ahead = t.started - at->second.time;
            const model::Duration longer = (t.ended - t.started) - at->second.lasted;
            if (std::chrono::abs(ahead) > kMaxClockOffset) continue;
            if (std::chrono::abs(ahead) > kIncidentGap && std::chrono::abs(longer) > kEndsTogether) continue;
            offsets[machine(t)].push_back(ahead);
        }
    }
    std::map<std::string, model::Clock> clocks;
    for (auto& [name, list] : offsets)
        if (const auto clock = agreed(std::move(list))) clocks.emplace(name, *clock);
    for (Track& t : logs)
        if (const auto at = clocks.find(machine(t)); t.origin == Origin::server_log && at != clocks.end())
            t.clock = at->second;
}

}  // namespace

std::vector<Attempt> correlate(std::vector<Track> tracks) {
    // Packets first: they carry the addresses and ports that logs are matched against; then clients' logs, which know
    // the server by address and name.
    std::ranges::stable_sort(tracks, [](const Track& a, const Track& b) {
        return std::tuple{a.origin, a.input, a.started} < std::tuple{b.origin, b.input, b.started};
    });
    std::vector<Attempt> attempts;
    const auto add = [&attempts](Attempt* home, Track&& track) {
        if (!home) home = &attempts.emplace_back();
        merge(*home, std::move(track));
    };
    const auto logs = std::ranges::find_if(tracks, [](const Track& t) { return t.origin != Origin::capture; });
    const std::span<Track> captures{tracks.begin(), logs};
    for (const auto& group : group_captures(captures)) {
        attempts.emplace_back();
        for (const std::size_t i : group) merge(attempts.back(), std::move(captures[i]));
    }
    set_clocks({logs, tracks.end()}, attempts);
    for (auto at = logs; at != tracks.end(); ++at) add(described_by(attempts, *at), std::move(*at));
    std::ranges::stable_sort(attempts, {}, &Attempt::started);
    return attempts;
}

std::vector<model::Incident> incidents(std::vector<Attempt>& attempts) {
    struct Open {
        std::size_t incident;
        model::Time ended;
    };
    // A side channel without its connection says nothing of how any other attempt went.
    std::map<std::tuple<std::string, std::string, std::uint16_t, bool>, Open> open;
    std::vector<model::Incident> out;
    for (std::size_t i = 0; i < attempts.size(); ++i) {
        Attempt& a = attempts[i];
        const std::string server = a.server.address.empty() ? a.server.name : a.server.address;
        const auto key = std::tuple{a.client.address, server, a.server.port, model::udp_alone(a)};
        const auto at = open.find(key);
        if (at == open.end() || a.started > at->second.ended + kIncidentGap) {
            model::Incident incident;
            incident.id = fmt::format("I{}", out.size() + 1);
            open.insert_or_assign(key, Open{out.size(), a.ended});
            out.push_back(std::move(incident));
        }
        Open& current = open.at(key);
        current.ended = std::max(current.ended, a.ended);
        out[current.incident].attempts.push_back(i);
        a.incident = out[current.incident].id;
    }
    return out;
}

}  // namespace rdpdx::correlate
