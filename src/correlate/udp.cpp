#include "src/correlate/udp.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <string_view>
#include <tuple>

#include "src/correlate/correlate.hpp"

namespace rdpdx::correlate {
namespace {

using model::Attempt;
using model::Track;
using model::UdpTransport;

// How much earlier or later than its TCP connection a conversation may seem to be, by clocks that are nearly right.
constexpr model::Duration kSlack = std::chrono::seconds{2};

constexpr std::string_view kRequest = "rdp.multitransport-request";

using Peers = std::pair<std::string, std::string>;

struct Index {
    std::multimap<Peers, std::size_t> by_peers;
    std::multimap<std::string, std::size_t> by_correlation, by_cookie;
    std::map<std::uint32_t, model::Clock> clocks;  // of captures
};

Index index_of(const std::vector<Attempt>& attempts) {
    Index out;
    for (std::size_t i = 0; i < attempts.size(); ++i) {
        for (const Track& t : attempts[i].tracks) {
            if (!t.wire) continue;
            out.by_peers.emplace(Peers{t.client.address, t.server.address}, i);
            if (!t.wire->negotiation.correlation_id.empty())
                out.by_correlation.emplace(t.wire->negotiation.correlation_id, i);
            for (const auto& o : t.seen)
                if (o.kind == kRequest && !o.string("cookie_hash").empty())
                    out.by_cookie.emplace(o.string("cookie_hash"), i);
            if (t.clock) out.clocks.emplace(t.input, *t.clock);
        }
    }
    return out;
}

// What the TCP connection itself says of this conversation: the more, the surer.
int named_by(const Attempt& attempt, const UdpTransport& udp) {
    constexpr int kByCookie = 4, kByCorrelation = 2, kByRequest = 1;
    int out = 0;
    for (const Track& t : attempt.tracks) {
        if (!t.wire) continue;
        if (!udp.correlation_id.empty() && t.wire->negotiation.correlation_id == udp.correlation_id)
            out |= kByCorrelation;
        for (const auto& o : t.seen) {
            if (o.kind != kRequest) continue;
            if (!udp.cookie_hash.empty() && o.string("cookie_hash") == udp.cookie_hash) out |= kByCookie;
            if (udp.request && o.number("request") == *udp.request) out |= kByRequest;
        }
    }
    return out;
}

bool during(const Attempt& a, const Track& udp) {
    const auto began = udp.corrected(udp.started);
    return a.started - kSlack <= began && began <= a.ended + kSlack;
}

Attempt* home(std::vector<Attempt>& attempts, const Index& index, const Track& udp) {
    std::vector<std::size_t> candidates;
    const auto [begin, end] = index.by_peers.equal_range({udp.client.address, udp.server.address});
    for (auto at = begin; at != end; ++at) candidates.push_back(at->second);
    for (const auto& [map, key] : {std::pair{&index.by_correlation, &udp.udp->correlation_id},
                                   std::pair{&index.by_cookie, &udp.udp->cookie_hash}}) {
        const auto [first, last] = map->equal_range(*key);
        for (auto at = first; at != last; ++at) candidates.push_back(at->second);
    }
    Attempt* best = nullptr;
    std::pair<int, model::Time> weight;
    for (const std::size_t i : candidates) {
        Attempt& a = attempts[i];
        const int named = named_by(a, *udp.udp);
        if (!during(a, udp) || (named == 0 && a.server.port != udp.server.port)) continue;
        const std::pair own{named, a.started};
        if (!best || own > weight) {
            best = &a;
            weight = own;
        }
    }
    return best;
}

// How far it came, least first.
std::size_t reach(const UdpTransport& udp) {
    constexpr std::array<std::string_view, 10> kOrder{"syn-sent",       "too-large",     "unreachable",     "no-answer",
                                                      "unacknowledged", "connected",     "security-failed", "secured",
                                                      "tunnel-refused", "tunnel-created"};
    return static_cast<std::size_t>(std::ranges::find(kOrder, udp.outcome) - kOrder.begin());
}

bool same_conversation(const Track& a, const Track& b) {
    return a.input != b.input && a.udp->initial_sequence == b.udp->initial_sequence &&
           std::tie(a.client.address, a.client.port, a.server.address, a.server.port) ==
               std::tie(b.client.address, b.client.port, b.server.address, b.server.port);
}

void merge(UdpTransport& to, const UdpTransport& other) {
    const bool returned = (to.syn_acks == 0) != (other.syn_acks == 0);
    if (returned && !to.established && !other.established)
        to.note =
            "One capture has the server's answers, the other has not: they left, and were lost on the way to the "
            "client.";
    const std::uint32_t captures = to.captures + other.captures;
    const std::string note = to.note;
    if (reach(other) > reach(to)) to = other;
    to.captures = captures;
    if (to.note.empty()) to.note = note;
}

void add(Attempt& attempt, Track&& track) {
    const auto known =
        std::ranges::find_if(attempt.tracks, [&](const Track& t) { return t.udp && same_conversation(t, track); });
    if (known == attempt.tracks.end()) {
        attempt.udp.push_back(*track.udp);
    } else {
        const auto& u = *known->udp;
        const auto transport = std::ranges::find_if(attempt.udp, [&](const UdpTransport& other) {
            return other.initial_sequence == u.initial_sequence && other.mode == u.mode;
        });
        if (transport != attempt.udp.end()) merge(*transport, *track.udp);
    }
    attempt.tracks.push_back(std::move(track));
}

// SYNs that one capture has and another, which was running and shows the TCP connection, has not.
void look_for_absence(Attempt& attempt) {
    for (UdpTransport& u : attempt.udp) {
        if (u.captures > 1 || u.outcome != "no-answer" || !u.note.empty() || !u.client.first) continue;
        const auto own = std::ranges::find_if(
            attempt.tracks, [&](const Track& t) { return t.udp && t.udp->initial_sequence == u.initial_sequence; });
        if (own == attempt.tracks.end()) continue;
        const model::Time sent = own->corrected(*u.client.first);
        for (const Track& t : attempt.tracks)
            if (t.wire && t.input != own->input && t.corrected(t.started) <= sent &&
                sent <= t.corrected(t.wire->capture_end))
                u.note =
                    "Another capture was running and does not have these SYNs: they were lost on the way to it, unless "
                    "it was told to keep TCP only.";
    }
}

}  // namespace

std::vector<Track> take_udp(std::vector<Track>& tracks) {
    const auto udp = std::stable_partition(tracks.begin(), tracks.end(), [](const Track& t) { return !t.udp; });
    std::vector<Track> out{std::make_move_iterator(udp), std::make_move_iterator(tracks.end())};
    tracks.erase(udp, tracks.end());
    return out;
}

void join_udp(std::vector<Attempt>& attempts, std::vector<Track> udp) {
    const Index index = index_of(attempts);
    std::map<std::tuple<std::string, std::string, std::uint16_t>, std::size_t> alone;
    std::ranges::stable_sort(udp, {}, &Track::started);
    const std::size_t known = attempts.size();
    for (Track& t : udp) {
        if (const auto clock = index.clocks.find(t.input); clock != index.clocks.end()) t.clock = clock->second;
        if (Attempt* a = home(attempts, index, t)) {
            add(*a, std::move(t));
            continue;
        }
        const auto key = std::tuple{t.client.address, t.server.address, t.server.port};
        const auto at = alone.find(key);
        if (at == alone.end() || t.started > attempts[at->second].ended + kIncidentGap) {
            alone.insert_or_assign(key, attempts.size());
            Attempt a;
            a.client = t.client;
            a.server = t.server;
            a.started = t.started;
            a.ended = t.ended;
            a.precision = t.precision;
            attempts.push_back(std::move(a));
        }
        Attempt& a = attempts[alone.at(key)];
        a.ended = std::max(a.ended, t.ended);
        add(a, std::move(t));
    }
    for (std::size_t i = 0; i < known; ++i) look_for_absence(attempts[i]);
    std::ranges::stable_sort(attempts, {}, &Attempt::started);
}

}  // namespace rdpdx::correlate
