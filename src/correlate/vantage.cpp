#include "src/correlate/vantage.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <tuple>

#include "src/correlate/align.hpp"

namespace rdpdx::correlate {
namespace {

using model::Clock;
using model::Duration;
using model::Party;
using model::Track;

// A port that is used again and again, or forged numbers, must not make this quadratic.
constexpr std::size_t kMaxCandidates = 64;

std::span<const model::WirePacket> packets_of(const Track& t) {
    return t.wire ? std::span<const model::WirePacket>{t.wire->packets} : std::span<const model::WirePacket>{};
}

using Peers = std::tuple<std::string, std::uint16_t, std::string, std::uint16_t>;

// The ways by which two views of a connection find each other.
class Known {
public:
    explicit Known(std::span<const Track> tracks) : tracks_{tracks} {}

    void add(std::size_t index) {
        const Track& t = tracks_[index];
        by_peers_.emplace(peers_of(t), index);
        if (const auto isn = initial(t)) by_initial_.emplace(*isn, index);
        for (const auto& p : packets_of(t))
            if (telling(p)) {
                by_payload_.emplace(std::pair{p.digest, p.length}, index);
                break;
            }
    }
    // Most telling first; some may come twice.
    std::vector<std::size_t> candidates(const Track& t) const {
        std::vector<std::size_t> out;
        if (const auto isn = initial(t)) collect(by_initial_, *isn, out);
        collect(by_peers_, peers_of(t), out);
        std::size_t tried = 0;
        for (const auto& p : packets_of(t))
            if (telling(p) && tried++ < kMaxPayloads) collect(by_payload_, std::pair{p.digest, p.length}, out);
        return out;
    }

private:
    // A capture that starts late has its first telling payload later than the other.
    static constexpr std::size_t kMaxPayloads = 8;

    static Peers peers_of(const Track& t) { return {t.client.address, t.client.port, t.server.address, t.server.port}; }
    static std::optional<std::uint32_t> initial(const Track& t) {
        for (const auto& p : packets_of(t))
            if (p.from == Party::client && p.syn && !p.rst) return p.sequence;
        return {};
    }
    static bool telling(const model::WirePacket& p) {
        return p.from == Party::client && p.digest != 0 && p.length >= 64;
    }
    template <class Map>
    static void collect(const Map& map, const typename Map::key_type& key, std::vector<std::size_t>& out) {
        auto [at, end] = map.equal_range(key);
        for (std::size_t n = 0; at != end && n < kMaxCandidates; ++at, ++n) out.push_back(at->second);
    }

    std::span<const Track> tracks_;
    std::multimap<Peers, std::size_t> by_peers_;
    std::multimap<std::uint32_t, std::size_t> by_initial_;
    std::multimap<std::pair<std::uint32_t, std::uint32_t>, std::size_t> by_payload_;
};

using Groups = std::vector<std::vector<std::size_t>>;

Groups alone(std::size_t count) {
    Groups out(count);
    for (std::size_t i = 0; i < count; ++i) out[i] = {i};
    return out;
}

Groups grouped(std::span<const Track> tracks) {
    Groups out;
    Known known{tracks};
    std::vector<std::size_t> group_of(tracks.size());
    for (std::size_t i = 0; i < tracks.size(); ++i) {
        std::size_t home = out.size();
        for (const std::size_t other : known.candidates(tracks[i])) {
            const auto& group = out[group_of[other]];
            const bool taken =
                std::ranges::any_of(group, [&](std::size_t m) { return tracks[m].input == tracks[i].input; });
            if (taken || !same_connection(tracks[other], tracks[i])) continue;
            home = group_of[other];
            break;
        }
        if (home == out.size()) out.emplace_back();
        out[home].push_back(i);
        group_of[i] = home;
        known.add(i);
    }
    return out;
}

Clock settled(Clock clock) {
    if (std::chrono::abs(clock.ahead) <= clock.error) clock.ahead = Duration{};
    return clock;
}

// The clock of each input but the reference: that of the connection in the middle goes for those that only this capture
// shows; the others have their own, as clocks drift.
void set_clocks(std::span<Track> tracks, const Groups& groups) {
    std::map<std::uint32_t, std::vector<std::pair<std::size_t, std::size_t>>> shared;  // by input: reference, own
    for (const auto& group : groups)
        for (std::size_t i = 1; i < group.size(); ++i) shared[tracks[group[i]].input].emplace_back(group[0], group[i]);
    for (const auto& [input, pairs] : shared) {
        std::vector<Clock> all;
        for (const auto& [reference, own] : pairs) {
            const auto shift = same_connection(tracks[reference], tracks[own]);
            const auto aligned = shift ? align(tracks[reference], tracks[own], *shift) : std::nullopt;
            if (!aligned) continue;
            Clock clock = aligned->clock;
            if (tracks[reference].clock) clock.ahead += tracks[reference].clock->ahead;
            tracks[own].clock = settled(clock);
            all.push_back(clock);
        }
        if (all.empty()) continue;
        std::ranges::sort(all, {}, &Clock::ahead);
        const Clock middle = settled(all[all.size() / 2]);
        for (Track& t : tracks)
            if (t.input == input && !t.clock) t.clock = middle;
    }
}

}  // namespace

std::vector<std::vector<std::size_t>> group_captures(std::span<Track> captures) {
    const bool one = captures.empty() || captures.front().input == captures.back().input;
    if (one) return alone(captures.size());
    Groups out = grouped(captures);
    set_clocks(captures, out);
    return out;
}

}  // namespace rdpdx::correlate
