#include "src/correlate/align.hpp"

#include <algorithm>

#include "src/correlate/correlate.hpp"

namespace rdpdx::correlate {
namespace {

using model::Duration;
using model::Party;
using model::Track;
using model::WirePacket;

// Enough for the random of a TLS hello; shorter messages of one client are all alike.
constexpr std::uint32_t kTelling = 64;
// Less than this between two captures is the noise of their machines.
constexpr Duration kSamePlace = std::chrono::microseconds{200};
// How far apart two captures may be where packets of one direction alone cannot tell.
constexpr Duration kFarApart = std::chrono::seconds{1};

std::optional<std::uint32_t> initial_sequence(const Track& track, Party side) {
    for (const WirePacket& p : track.wire->packets)
        if (p.from == side && p.syn && !p.rst) return p.sequence;
    return {};
}

bool same_peers(const Track& a, const Track& b) {
    return a.client.address == b.client.address && a.client.port == b.client.port &&
           a.server.address == b.server.address && a.server.port == b.server.port;
}

// The shift by the first telling payload that both have, of one side.
std::optional<std::uint32_t> shift_by_payload(const Track& a, const Track& b, Party side) {
    std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint32_t> known;
    for (const WirePacket& p : a.wire->packets)
        if (p.from == side && p.length >= kTelling && p.digest != 0)
            known.emplace(std::pair{p.digest, p.length}, p.sequence);
    for (const WirePacket& p : b.wire->packets) {
        if (p.from != side || p.length < kTelling || p.digest == 0) continue;
        if (const auto at = known.find({p.digest, p.length}); at != known.end()) return p.sequence - at->second;
    }
    return {};
}

bool at_the_same_time(const Track& a, const Track& b) {
    return a.started <= b.ended + kIncidentGap && b.started <= a.ended + kIncidentGap;
}

std::optional<Shift> same_by_payload(const Track& a, const Track& b) {
    const auto client = shift_by_payload(a, b, Party::client);
    const auto server = shift_by_payload(a, b, Party::server);
    if (client && server) return Shift{*client, *server};
    return {};
}

// At least one of the two has no SYN: they must share a packet with payload, or be at the same place in time and
// sequence numbers.
std::optional<Shift> same_midway(const Track& a, const Track& b) {
    for (const Party side : {Party::client, Party::server})
        if (shift_by_payload(a, b, side) == 0U) return Shift{};
    const bool nothing_to_compare = a.wire->packets.empty() || b.wire->packets.empty();
    if (nothing_to_compare && at_the_same_time(a, b)) return Shift{};
    std::map<PacketKey, bool> known;
    for (const WirePacket& p : a.wire->packets) known.emplace(key_of(p, {}, false), true);
    const bool shared =
        std::ranges::any_of(b.wire->packets, [&](const WirePacket& p) { return known.contains(key_of(p, {}, false)); });
    return shared && at_the_same_time(a, b) ? std::optional{Shift{}} : std::nullopt;
}

}  // namespace

std::optional<Shift> same_connection(const Track& a, const Track& b) {
    if (!a.wire || !b.wire) return {};
    const auto client_a = initial_sequence(a, Party::client), client_b = initial_sequence(b, Party::client);
    const auto server_a = initial_sequence(a, Party::server), server_b = initial_sequence(b, Party::server);
    const bool peers = same_peers(a, b);
    const bool both_clients = client_a && client_b, both_servers = server_a && server_b;
    // A box that answers for the server has another number there, and passes on the client's.
    const std::uint32_t server_shift = both_servers ? *server_b - *server_a : 0;
    if (both_clients && *client_a == *client_b) {
        if (peers) return Shift{0, server_shift};
        if (both_servers && server_shift == 0) return Shift{};
        // Only the way there was seen; thirty-two bits and the port are enough where nothing contradicts.
        if (!both_servers && a.server.port == b.server.port) return Shift{};
    }
    if (peers && !both_clients) return same_midway(a, b);
    return same_by_payload(a, b);
}

PacketKey key_of(const WirePacket& p, const Shift& shift, bool with_identification) {
    const bool client = p.from == Party::client;
    const std::uint32_t sequence = p.sequence - shift.of(p.from);
    const std::uint32_t acknowledged = p.ack ? p.acknowledgment - shift.of(client ? Party::server : Party::client) : 0;
    const unsigned flags = (p.syn ? 1U : 0U) | (p.fin ? 2U : 0U) | (p.rst ? 4U : 0U) | (p.ack ? 8U : 0U);
    return {p.from, sequence, acknowledged, p.length, flags, with_identification ? p.identification : std::uint16_t{}};
}

std::optional<Alignment> align(const Track& a, const Track& b, const Shift& shift) {
    struct Twice {
        const WirePacket* first{};
        const WirePacket* second{};
        unsigned in_first{}, in_second{};
    };
    std::map<PacketKey, Twice> both;
    for (const WirePacket& p : a.wire->packets) {
        Twice& t = both[key_of(p, {}, true)];
        t.first = &p;
        ++t.in_first;
    }
    for (const WirePacket& p : b.wire->packets) {
        const auto at = both.find(key_of(p, shift, true));
        if (at == both.end()) continue;
        at->second.second = &p;
        ++at->second.in_second;
    }
    // What a packet takes from one to the other is never negative, so one direction bounds the offset from above and
    // the other from below.
    std::optional<Duration> least_client, most_client, least_server, most_server;
    std::size_t anchors = 0;
    for (const auto& [key, t] : both) {
        if (t.in_first != 1 || t.in_second != 1) continue;
        const Duration later = t.second->time - t.first->time;
        const bool client = t.first->from == Party::client;
        auto& least = client ? least_client : least_server;
        auto& most = client ? most_client : most_server;
        least = least ? std::min(*least, later) : later;
        most = most ? std::max(*most, later) : later;
        ++anchors;
    }
    if (anchors == 0) return {};
    Alignment out;
    out.clock.anchors = anchors;
    if (!least_client || !least_server) {
        out.clock.ahead = least_client ? *least_client : *most_server;
        out.clock.error = kFarApart;
        return out;
    }
    const Duration first_near_client = *least_client - *most_server, second_near_client = *least_server - *most_client;
    const bool first = first_near_client >= second_near_client;
    const Duration high = first ? *least_client : *least_server, low = first ? *most_server : *most_client;
    out.clock.ahead = low + (high - low) / 2;
    out.clock.error = std::chrono::abs(high - low) / 2 + std::chrono::microseconds{1};
    if (std::chrono::abs(high - low) > kSamePlace) out.order = first ? -1 : 1;
    return out;
}

}  // namespace rdpdx::correlate
