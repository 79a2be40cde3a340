#include "src/correlate/absence.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace rdpdx::correlate {
namespace {

using model::Attempt;
using model::Coverage;
using model::Duration;
using model::Observation;
using model::Party;
using model::PathComparison;
using model::Time;
using model::Track;
using model::WirePacket;

// The capture has to run so long before and after a packet to be blamed for not showing it.
constexpr Duration kMargin = std::chrono::seconds{1};

bool initial_hop_limit(int value) {
    constexpr std::array kInitial{32, 64, 128, 255};
    return std::ranges::find(kInitial, value) != kInitial.end();
}

// Words of a capture filter that may leave out this connection although it names the port.
bool lets_through(const Coverage& c, std::uint16_t port) {
    if (c.every_packet) return true;
    if (c.filter.find(fmt::format("{}", port)) == std::string::npos) return false;
    constexpr std::array<std::string_view, 10> kNarrower{"host", "net", "src", "dst",  "ether",
                                                         "not",  "!",   "[",   "vlan", "and"};
    return std::ranges::none_of(kNarrower, [&](auto word) { return c.filter.find(word) != std::string::npos; });
}

// Other connections with this server show it: what the server sends has its hop limit whole, what clients send has not.
bool taken_at_server(std::uint32_t input, const std::string& server, std::span<const Attempt> all) {
    for (const Attempt& a : all)
        for (const Track& t : a.tracks) {
            if (!t.wire || t.input != input || t.server.address != server) continue;
            const auto& packets = t.wire->packets;
            const auto from = [&](Party side) { return std::ranges::find(packets, side, &WirePacket::from); };
            const auto client = from(Party::client), own = from(Party::server);
            if (client == packets.end() || own == packets.end()) continue;
            if (initial_hop_limit(own->hop_limit) && !initial_hop_limit(client->hop_limit)) return true;
        }
    return false;
}

// Of a capture that shows other connections of ours, both clocks are compared.
std::optional<Duration> clock_of(std::uint32_t input, std::span<const Attempt> all) {
    for (const Attempt& a : all) {
        const bool shared = std::ranges::count_if(a.tracks, [](const Track& t) { return t.wire.has_value(); }) > 1;
        if (!shared) continue;
        for (const Track& t : a.tracks)
            if (t.wire && t.input == input) return t.clock ? t.clock->ahead : Duration{};
    }
    return {};
}

bool running(const Coverage& c, Time time, Duration ahead) {
    return std::ranges::any_of(c.periods, [&](const Coverage::Period& p) {
        return p.begin - ahead + kMargin <= time && time + kMargin <= p.end - ahead;
    });
}

std::optional<PathComparison> absent(const Track& own, std::uint32_t input, std::span<const Attempt> all,
                                     std::span<const model::Input> inputs) {
    const Coverage& c = *inputs[input].coverage;
    const bool empty = c.packets == 0 && c.by_statistics;
    if (c.dropped > 0 || !lets_through(c, own.server.port)) return {};
    if (!empty && !taken_at_server(input, own.server.address, all)) return {};
    const auto ahead = clock_of(input, all);
    PathComparison out;
    out.near_client = own.input;
    out.near_server = input;
    out.told_by = "absence";
    out.shown = false;
    for (const WirePacket& p : own.wire->packets) {
        const Time time = own.corrected(p.time);
        if (p.from != Party::client || !p.syn || !running(c, time, ahead.value_or(Duration{}))) continue;
        auto& way = out.from_client;
        ++way.compared;
        ++way.lost;
        way.never_arrived = 1;
        if (!way.first_never_arrived) way.first_never_arrived = time;
        if (way.lost_packets.size() < 8)
            way.lost_packets.push_back(
                {{own.input, model::Evidence::Kind::packet, p.frame, p.offset}, {}, 0, "SYN", time});
    }
    if (out.from_client.lost == 0) return {};
    if (empty) out.assumption = "it was taken at the server or near it";
    if (!ahead) out.assumption += std::string{empty ? ", and " : ""} + "its clock agrees with the other capture's";
    return out;
}

void tell(Attempt& attempt, Track& own, const PathComparison& p, std::span<const model::Input> inputs) {
    const auto& way = p.from_client;
    const auto number = [](auto v) { return model::Value{static_cast<std::int64_t>(v)}; };
    Observation o;
    o.time = way.lost_packets.front().time + (own.clock ? own.clock->ahead : Duration{});
    o.precision = own.precision;
    o.origin = model::Origin::capture;
    o.kind = "path.lost";
    o.actor = Party::network;
    if (!p.assumption.empty()) o.basis = model::Basis::inferred;
    o.evidence = way.lost_packets.front().sent;
    o.text =
        fmt::format("{} ran while the client asked {} for the connection, and shows nothing of it{}.",
                    inputs[p.near_server].path, way.lost == 1 ? "once" : fmt::format("{} times", way.lost),
                    p.assumption.empty() ? "" : fmt::format("; that proves a loss on the path if {}", p.assumption));
    o.fields = {{"from", std::string{"client"}},    {"what", std::string{"SYN"}}, {"packets", number(way.lost)},
                {"compared", number(way.compared)}, {"bytes", number(0)},         {"never_arrived", number(1)},
                {"passed_after", number(0)},        {"only_large", number(0)},    {"percent", number(100)}};
    const auto behind = std::ranges::find_if(own.seen, [&](const Observation& other) { return other.time > o.time; });
    own.seen.insert(behind, std::move(o));
    attempt.path.push_back(p);
}

}  // namespace

void look_for_absence(Attempt& attempt, std::span<const Attempt> all, std::span<const model::Input> inputs) {
    Track* own = nullptr;
    for (Track& t : attempt.tracks) {
        if (!t.wire) continue;
        if (own) return;
        own = &t;
    }
    if (!own || own->wire->connected || own->wire->refused || own->wire->server.packets > 0) return;
    for (std::uint32_t k = 0; k < inputs.size(); ++k) {
        if (k == own->input || !inputs[k].coverage) continue;
        const auto found = absent(*own, k, all, inputs);
        if (!found) continue;
        tell(attempt, *own, *found, inputs);
        return;
    }
}

}  // namespace rdpdx::correlate
