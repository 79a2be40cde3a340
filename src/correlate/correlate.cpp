#include "src/correlate/correlate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <span>
#include <tuple>

#include "src/correlate/clocks.hpp"
#include "src/correlate/peers.hpp"
#include "src/correlate/vantage.hpp"
#include "src/model/text.hpp"

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

bool has(const Attempt& attempt, Origin origin) {
    return std::ranges::any_of(attempt.tracks, [&](const Track& t) { return t.origin == origin; });
}

// No packet tells what the server is called.
bool nameless(const Attempt& attempt) {
    return attempt.server.name.empty() && std::ranges::all_of(attempt.tracks, [](const Track& t) {
               return t.wire && !t.wire->certificate && (t.target.empty() || t.target == t.server.address);
           });
}

// How long after a client's log has it begin to connect its first packet goes out.
constexpr model::Duration kLookedUp = std::chrono::seconds{2};

// The client's log knows a name, the packets an address: the only connection that began right then.
Attempt* begun_with(std::vector<Attempt>& attempts, const Track& log) {
    if (log.origin != Origin::client_log || !model::is_host_name(log.target) || !log.server.address.empty())
        return nullptr;
    const model::Time started = log.corrected(log.started);
    Attempt* only = nullptr;
    for (Attempt& a : attempts) {
        if (!has(a, Origin::capture) || a.started < started || a.started > started + kLookedUp) continue;
        if (only || has(a, log.origin) || !nameless(a)) return nullptr;
        only = &a;
    }
    return only;
}

// The attempt that ended nearest to where the log's track ended: a client that tries twice logs one connection.
Attempt* described_by(std::vector<Attempt>& attempts, const Track& log) {
    Attempt* best = nullptr;
    const model::Time ended = log.corrected(log.ended);
    for (Attempt& a : attempts) {
        if (has(a, log.origin) || !overlap(a, log, kIncidentGap) || !could_be_same_peers(a, log)) continue;
        if (!best || apart(a.ended, ended) < apart(best->ended, ended)) best = &a;
    }
    return best ? best : begun_with(attempts, log);
}

}  // namespace

std::vector<Attempt> correlate(std::vector<Track> tracks, std::span<const ClockJump> jumps) {
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
    const auto groups = group_captures(captures);
    attempts.reserve(groups.size());
    for (const auto& group : groups) {
        attempts.emplace_back();
        attempts.back().tracks.reserve(group.size());
        for (const std::size_t i : group) merge(attempts.back(), std::move(captures[i]));
    }
    set_clocks({logs, tracks.end()}, attempts, jumps);
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
