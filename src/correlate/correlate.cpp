#include "src/correlate/correlate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>

namespace rdpdx::correlate {
namespace {

using model::Attempt;
using model::Endpoint;
using model::Origin;
using model::Track;

bool overlap(const Attempt& attempt, const Track& track, model::Duration slack) {
    return track.started <= attempt.ended + slack && attempt.started <= track.ended + slack;
}

// Upper and lower case are one name, and a short name is its own fully qualified form.
bool same_host(std::string_view a, std::string_view b) {
    const auto lower = [](std::string_view text) {
        std::string out{text};
        std::ranges::transform(out, out.begin(),
                               [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
        return out;
    };
    const std::string x = lower(a), y = lower(b);
    if (x.empty() || y.empty()) return false;
    return x == y || x.substr(0, x.find('.')) == y || y.substr(0, y.find('.')) == x;
}

// Whether a log's track can speak of this attempt's server and client.
bool could_be_same_peers(const Attempt& attempt, const Track& log) {
    if (!log.client.address.empty() && !attempt.client.address.empty()) {
        if (log.client.address != attempt.client.address) return false;
        if (log.client.port != 0 && attempt.client.port != 0) return log.client.port == attempt.client.port;
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
    return !log.client.address.empty();  // a server's log names its client, and is itself the server
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
    if (attempt.server.name.empty() && track.target != attempt.server.address) attempt.server.name = track.target;
    if (attempt.user.empty()) attempt.user = track.user;
    attempt.started = first ? track.started : std::min(attempt.started, track.started);
    attempt.ended = first ? track.ended : std::max(attempt.ended, track.ended);
    if (first) attempt.precision = track.precision;
    attempt.tracks.push_back(std::move(track));
}

// Attempts by the addresses and ports of both sides, so that a capture of many connections is not searched for each.
using ByPeers = std::multimap<std::tuple<std::string, std::uint16_t, std::string, std::uint16_t>, std::size_t>;

ByPeers::key_type peers_of(const Track& t) {
    return {t.client.address, t.client.port, t.server.address, t.server.port};
}

// The attempt that this capture's track shows from another vantage point, or none.
Attempt* other_vantage(std::vector<Attempt>& attempts, const ByPeers& known, const Track& track) {
    const auto [begin, end] = known.equal_range(peers_of(track));
    for (auto at = begin; at != end; ++at) {
        Attempt& a = attempts[at->second];
        const bool same_capture = std::ranges::any_of(a.tracks, [&](const Track& t) { return t.input == track.input; });
        if (!same_capture && overlap(a, track, kIncidentGap)) return &a;
    }
    return nullptr;
}

// The attempt that ended nearest to where the log's track ended: a client that tries twice logs one connection.
Attempt* described_by(std::vector<Attempt>& attempts, const Track& log) {
    Attempt* best = nullptr;
    for (Attempt& a : attempts) {
        const bool taken = std::ranges::any_of(a.tracks, [&](const Track& t) { return t.origin == log.origin; });
        if (taken || !overlap(a, log, kIncidentGap) || !could_be_same_peers(a, log)) continue;
        if (!best || apart(a.ended, log.ended) < apart(best->ended, log.ended)) best = &a;
    }
    return best;
}

}  // namespace

std::vector<Attempt> correlate(std::vector<Track> tracks) {
    // Packets first: they carry the addresses and ports that logs are matched against.
    std::ranges::stable_sort(tracks, [](const Track& a, const Track& b) {
        return std::tuple{a.origin != Origin::capture, a.input, a.started} <
               std::tuple{b.origin != Origin::capture, b.input, b.started};
    });
    std::vector<Attempt> attempts;
    ByPeers known;
    for (Track& track : tracks) {
        const bool capture = track.origin == Origin::capture;
        Attempt* home = capture ? other_vantage(attempts, known, track) : described_by(attempts, track);
        if (!home) {
            if (capture) known.emplace(peers_of(track), attempts.size());
            attempts.emplace_back();
            home = &attempts.back();
        }
        merge(*home, std::move(track));
    }
    std::ranges::stable_sort(attempts, {}, &Attempt::started);
    return attempts;
}

std::vector<model::Incident> incidents(std::vector<Attempt>& attempts) {
    struct Open {
        std::size_t incident;
        model::Time ended;
    };
    std::map<std::tuple<std::string, std::string, std::uint16_t>, Open> open;
    std::vector<model::Incident> out;
    for (std::size_t i = 0; i < attempts.size(); ++i) {
        Attempt& a = attempts[i];
        const std::string server = a.server.address.empty() ? a.server.name : a.server.address;
        const auto key = std::tuple{a.client.address, server, a.server.port};
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
