#include "src/correlate/path.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "src/correlate/absence.hpp"
#include "src/correlate/travel.hpp"

namespace rdpdx::correlate {
namespace {

using model::Attempt;
using model::Duration;
using model::Observation;
using model::Party;
using model::PathComparison;
using model::PathWay;
using model::Track;

struct Order {
    int sign{};  // negative: the first is nearer to the client
    std::string told_by;
};

// The highest that this side's packets had left; what is forged mostly has less, or comes alone.
int hop_limit(const Track& t, Party side) {
    int most = -1;
    for (const auto& p : t.wire->packets)
        if (p.from == side && !p.rst) most = std::max(most, int{p.hop_limit});
    return most;
}

// Each router on the way takes one from the hop limit; a box that ends the connection and makes a new one sets it anew.
int order_by_hops(const Track& a, const Track& b) {
    const auto sign = [](int x, int y) { return x < 0 || y < 0 || x == y ? 0 : x < y ? -1 : 1; };
    const int by_server = sign(hop_limit(a, Party::server), hop_limit(b, Party::server));
    const int by_client = sign(hop_limit(b, Party::client), hop_limit(a, Party::client));
    if (by_server != 0 && by_client != 0 && by_server != by_client) return 0;
    return by_server != 0 ? by_server : by_client;
}

std::optional<Duration> round_trip(const Track& t) {
    const model::WirePacket* syn = nullptr;
    for (const auto& p : t.wire->packets) {
        if (p.syn && !p.ack && !syn) syn = &p;
        if (p.syn && p.ack && syn) return p.time - syn->time;
    }
    return {};
}

Order order_of(const Track& a, const Track& b, const std::optional<Alignment>& aligned) {
    if (const int hops = order_by_hops(a, b)) return {hops, "hop limits"};
    // Nearer to the client, the server's answer takes longer.
    if (aligned && aligned->order != 0) return {aligned->order, "round trips"};
    return {};
}

View view_of(const Track& track, const Shift& shift, std::span<const model::Input> inputs) {
    View out{&track, shift, track.corrected(track.started), track.corrected(track.ended), {}, false};
    if (track.clock) out.error = track.clock->error;
    if (track.input >= inputs.size() || !inputs[track.input].coverage) return out;
    const model::Coverage& c = *inputs[track.input].coverage;
    out.begin = track.corrected(c.begin);
    out.end = track.corrected(c.end);
    out.drops = c.dropped > 0;
    return out;
}

std::string place(const model::Evidence& e, std::span<const model::Input> inputs) {
    return e.input < inputs.size() ? fmt::format("frame {} of {}", e.number, inputs[e.input].path)
                                   : fmt::format("frame {}", e.number);
}

model::Value number(auto value) { return static_cast<std::int64_t>(value); }

Observation observation(const PathWay::Example& e, std::string_view kind, const char* from, std::string text) {
    Observation o;
    o.time = e.time;
    o.origin = model::Origin::capture;
    o.kind = kind;
    o.actor = Party::network;
    o.text = std::move(text);
    o.evidence = e.sent;
    o.fields = {{"from", std::string{from}}, {"what", e.what}};
    return o;
}

// Into the track whose frame it cites, by that track's clock.
void file(Attempt& attempt, Observation o) {
    for (Track& t : attempt.tracks) {
        if (t.origin != model::Origin::capture || t.input != o.evidence.input) continue;
        o.precision = t.precision;
        if (t.clock) o.time += t.clock->ahead;
        const auto behind = std::ranges::find_if(t.seen, [&](const Observation& other) { return other.time > o.time; });
        t.seen.insert(behind, std::move(o));
        return;
    }
}

// Every lost payload is large, and each that is smaller passed, also afterwards.
bool only_large(const PathWay& way) {
    constexpr std::uint32_t kLarge = 500;
    constexpr std::uint64_t kTries = 3;
    return way.lost >= kTries && way.never_arrived > 0 && way.smallest_lost >= kLarge &&
           way.largest_passed < way.smallest_lost && way.passed_after > 0;
}

void tell_lost(Attempt& attempt, const PathWay& way, const char* from, std::span<const model::Input> inputs) {
    if (way.lost == 0) return;
    const PathWay::Example& first = way.lost_packets.front();
    std::string text =
        fmt::format("{} of {} packets of the {} did not arrive at the other capture ({} bytes{}), the first a {} in {}",
                    way.lost, way.compared, from, way.lost_bytes,
                    way.never_arrived ? ", and not by any retransmission" : "", first.what, place(first.sent, inputs));
    if (first.last) text += fmt::format("; the last before it arrived in {}", place(*first.last, inputs));
    Observation o = observation(first, "path.lost", from, text + ".");
    auto& fields = o.fields.edit();
    fields.insert(fields.end(), {{"packets", number(way.lost)},
                                 {"compared", number(way.compared)},
                                 {"bytes", number(way.lost_bytes)},
                                 {"never_arrived", number(way.never_arrived)},
                                 {"smallest_lost", number(way.smallest_lost)},
                                 {"largest_lost", number(way.largest_lost)},
                                 {"largest_passed", number(way.largest_passed)},
                                 {"passed_after", number(way.passed_after)},
                                 {"only_large", number(only_large(way) ? 1 : 0)},
                                 {"percent", number(way.lost * 100 / way.compared)}});
    file(attempt, std::move(o));
}

void tell_forged(Attempt& attempt, const PathWay& way, const char* from, std::span<const model::Input> inputs) {
    for (const PathWay::Example& e : way.forged_packets)
        file(attempt,
             observation(
                 e, "path.forged", from,
                 fmt::format("A {} in the {}'s name arrived ({}) that the capture near the {} does not show to leave.",
                             e.what, from, place(e.sent, inputs), from)));
}

// The two views that are farthest apart, the client's first; nothing where they cannot be told apart.
void compare(Attempt& attempt, std::span<const model::Input> inputs) {
    std::vector<std::size_t> views;
    for (std::size_t i = 0; i < attempt.tracks.size(); ++i)
        if (attempt.tracks[i].wire && !attempt.tracks[i].wire->packets.empty()) views.push_back(i);
    if (views.size() < 2) return;
    const Track& reference = attempt.tracks[views.front()];
    std::size_t client = views.front(), server = views.front();
    std::string told_by;
    for (const std::size_t i : views) {
        if (i == views.front()) continue;
        const Track& own = attempt.tracks[i];
        const auto against = [&](std::size_t other) {
            const auto shift = same_connection(attempt.tracks[other], own);
            return order_of(attempt.tracks[other], own,
                            shift ? align(attempt.tracks[other], own, *shift) : std::nullopt);
        };
        if (const Order o = against(client); o.sign > 0) {
            client = i;
            told_by = o.told_by;
        }
        if (const Order o = against(server); o.sign < 0) {
            server = i;
            told_by = o.told_by;
        }
    }
    if (client == server) return;
    const auto view = [&](std::size_t i) {
        const auto shift = i == views.front() ? std::optional{Shift{}} : same_connection(reference, attempt.tracks[i]);
        return view_of(attempt.tracks[i], shift.value_or(Shift{}), inputs);
    };
    const View near_client = view(client), near_server = view(server);
    PathComparison out;
    out.near_client = near_client.track->input;
    out.near_server = near_server.track->input;
    out.told_by = told_by;
    out.round_trip_client = round_trip(*near_client.track).value_or(Duration{});
    out.round_trip_server = round_trip(*near_server.track).value_or(Duration{});
    out.from_client = travel(near_client, near_server, Party::client);
    out.from_server = travel(near_server, near_client, Party::server);
    std::rotate(attempt.tracks.begin(), attempt.tracks.begin() + static_cast<std::ptrdiff_t>(client),
                attempt.tracks.begin() + static_cast<std::ptrdiff_t>(client) + 1);
    attempt.path.push_back(std::move(out));
}

}  // namespace

void compare_paths(std::vector<Attempt>& attempts, std::span<const model::Input> inputs) {
    for (Attempt& a : attempts) {
        compare(a, inputs);
        if (a.path.empty()) look_for_absence(a, attempts, inputs);
        for (const PathComparison& p : a.path) {
            if (!p.shown) continue;
            tell_lost(a, p.from_client, "client", inputs);
            tell_lost(a, p.from_server, "server", inputs);
            tell_forged(a, p.from_client, "client", inputs);
            tell_forged(a, p.from_server, "server", inputs);
        }
    }
}

}  // namespace rdpdx::correlate
