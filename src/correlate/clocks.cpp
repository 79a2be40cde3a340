#include "src/correlate/clocks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <string>

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

std::string machine_of(const Track& t) {
    const std::string& name = (t.origin == Origin::server_log ? t.server : t.client).name;
    return name.empty() ? fmt::format("/{}", t.input) : model::lower(name);
}

// Each machine's logs get the clock that its connections agree on.
void apply(std::span<Track> logs, Origin origin, std::map<std::string, std::vector<model::Duration>> offsets) {
    std::map<std::string, model::Clock> clocks;
    for (auto& [name, list] : offsets)
        if (const auto clock = agreed(std::move(list))) clocks.emplace(name, *clock);
    for (Track& t : logs)
        if (const auto at = clocks.find(machine_of(t)); t.origin == origin && at != clocks.end()) t.clock = at->second;
}

void set_server_clocks(std::span<Track> logs, const std::vector<Attempt>& captured) {
    const AcceptedFrom wire = accepted_on_the_wire(captured);
    std::map<std::string, std::vector<model::Duration>> offsets;
    for (const Track& t : logs) {
        if (t.origin != Origin::server_log || t.client.port == 0) continue;
        auto [at, end] = wire.equal_range({t.client.address, t.client.port});
        for (std::size_t n = 0; at != end && n < kMaxUses; ++at, ++n) {
            const model::Duration ahead = t.started - at->second.time;
            const model::Duration longer = (t.ended - t.started) - at->second.lasted;
            if (std::chrono::abs(ahead) > kMaxClockOffset) continue;
            if (std::chrono::abs(ahead) > kIncidentGap && std::chrono::abs(longer) > kEndsTogether) continue;
            offsets[machine_of(t)].push_back(ahead);
        }
    }
    apply(logs, Origin::server_log, std::move(offsets));
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

void set_client_clocks(std::span<Track> logs, const std::vector<Attempt>& captured) {
    std::map<std::string, std::vector<model::Duration>> offsets;
    for (const Track& t : logs) {
        if (t.origin != Origin::client_log) continue;
        for (const Attempt& a : captured)
            if (const auto ahead = could_be_same_peers(a, t) ? ahead_of(t, a) : std::nullopt)
                offsets[machine_of(t)].push_back(*ahead);
    }
    std::erase_if(offsets, [](const auto& machine) {
        return machine.second.size() == 1 && std::chrono::abs(machine.second.front()) > kLikelyForOne;
    });
    apply(logs, Origin::client_log, std::move(offsets));
}

}  // namespace

void set_clocks(std::span<Track> logs, const std::vector<Attempt>& captured) {
    set_server_clocks(logs, captured);
    set_client_clocks(logs, captured);
}

}  // namespace rdpdx::correlate
