#include "src/analysis/copies.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <unordered_map>
#include <unordered_set>

#include "src/model/text.hpp"

namespace rdpdx::analysis {
namespace {

using model::LogEvent;
using model::Observation;
using model::Origin;
using model::Track;

struct Key {
    std::string machine, provider;
    std::int64_t id{}, milliseconds{};
    bool operator==(const Key&) const = default;
};

struct Hash {
    std::size_t operator()(const Key& key) const noexcept {
        const std::size_t texts = std::hash<std::string>{}(key.machine) ^ (std::hash<std::string>{}(key.provider) << 1);
        return texts ^ static_cast<std::size_t>(key.milliseconds * 1009 + key.id);
    }
};

std::int64_t milliseconds(model::Time time) {
    return std::chrono::floor<std::chrono::milliseconds>(time.time_since_epoch()).count();
}

const std::string& machine_of(const Track& t) { return (t.origin == Origin::server_log ? t.server : t.client).name; }

Key key_of(const Track& track, const Observation& o) {
    return {model::lower(machine_of(track)), std::string{o.string("provider")}, o.number("id").value_or(0),
            milliseconds(o.time)};
}
Key key_of(const LogEvent& e) { return {model::lower(e.machine), std::string{e.provider}, e.id, milliseconds(e.time)}; }

// A track by where it is: readings move their tracks only at the end.
struct Place {
    std::size_t reading{}, track{};
    auto operator<=>(const Place&) const = default;
};

class Copies {
public:
    explicit Copies(std::vector<Reading>& readings) : readings_{readings} {}
    void run() {
        drop_notes();
        find_shared();
        if (shared_.empty()) return;
        join_tracks();
        drop_events();
        tell();
    }

private:
    Track& at(Place p) { return readings_[p.reading].tracks[p.track]; }
    bool shared(std::string_view machine, std::string_view provider) const {
        return shared_.contains({model::lower(machine), std::string{provider}});
    }
    void drop_notes();
    void find_shared();
    void join_tracks();
    void drop_events();
    void tell();
    bool same_connection(const Track& a, const Track& b) const;
    void take_in(Place home, Place copy);

    std::vector<Reading>& readings_;
    std::set<std::pair<std::string, std::string>> shared_;  // machine and provider that several inputs tell of
    std::unordered_map<Key, std::vector<Place>, Hash> in_tracks_;
    std::map<std::pair<std::size_t, std::size_t>, std::uint64_t> copies_;  // of a reading, in another
};

void Copies::drop_notes() {
    std::set<std::tuple<std::string, std::string, std::string, model::Time, std::string>> known;
    for (Reading& r : readings_) {
        const auto before = known;  // a log itself may say the same again
        std::erase_if(r.log_health, [&](const model::LogNote& n) {
            if (!n.time) return false;
            auto key = std::tuple{model::lower(n.computer), n.channel, n.kind, *n.time, n.text};
            const bool copy = before.contains(key);
            known.insert(std::move(key));
            return copy;
        });
    }
}

// Most cases have each log once: these cost no more than this.
void Copies::find_shared() {
    if (std::ranges::count_if(readings_, [](const Reading& r) { return r.rest.has_value(); }) < 2) return;
    std::map<std::pair<std::string, std::string>, std::size_t> first;
    for (std::size_t r = 0; r < readings_.size(); ++r) {
        std::set<std::pair<std::string_view, std::string_view>> own;
        for (const Track& t : readings_[r].tracks)
            if (t.origin != Origin::capture)
                for (const Observation& o : t.seen) own.emplace(machine_of(t), o.string("provider"));
        std::set<std::pair<const char*, const char*>> texts;  // the store keeps each text once
        if (readings_[r].rest)
            for (const LogEvent& e : readings_[r].rest->events)
                if (texts.emplace(e.machine.data(), e.provider.data()).second) own.emplace(e.machine, e.provider);
        for (const auto& [machine, provider] : own) {
            const auto key = std::pair{model::lower(machine), std::string{provider}};
            if (const auto [at, fresh] = first.emplace(key, r); !fresh && at->second != r) shared_.insert(key);
        }
    }
}

// Two connections may share a moment; half of what the shorter one tells, they do not.
bool Copies::same_connection(const Track& a, const Track& b) const {
    if (a.origin != b.origin || !model::same_text(machine_of(a), machine_of(b))) return false;
    if (!a.activity_id.empty() && !b.activity_id.empty() && !model::same_text(a.activity_id, b.activity_id))
        return false;
    std::unordered_set<Key, Hash> keys;
    for (const Observation& o : a.seen) keys.insert(key_of(a, o));
    const auto both = std::ranges::count_if(b.seen, [&](const Observation& o) { return keys.contains(key_of(b, o)); });
    return 2 * static_cast<std::size_t>(both) >= std::min(a.seen.size(), b.seen.size());
}

void Copies::take_in(Place home, Place copy) {
    Track &to = at(home), &from = at(copy);
    std::unordered_set<Key, Hash> keys;
    for (const Observation& o : to.seen) keys.insert(key_of(to, o));
    for (Observation& o : from.seen) {
        if (keys.contains(key_of(from, o)))
            ++copies_[{copy.reading, home.reading}];
        else
            to.seen.push_back(std::move(o));
    }
    std::ranges::stable_sort(to.seen, {}, &Observation::time);
    to.started = std::min(to.started, from.started);
    to.ended = std::max(to.ended, from.ended);
    from.seen.clear();  // a mark: tracks have something to say
}

void Copies::join_tracks() {
    for (std::size_t r = 0; r < readings_.size(); ++r) {
        for (std::size_t i = 0; i < readings_[r].tracks.size(); ++i) {
            Place here{r, i};
            if (at(here).origin == Origin::capture) continue;
            std::set<Place> others;
            for (const Observation& o : at(here).seen) {
                if (!shared(machine_of(at(here)), o.string("provider"))) continue;
                if (const auto found = in_tracks_.find(key_of(at(here), o)); found != in_tracks_.end())
                    others.insert(found->second.begin(), found->second.end());
            }
            for (const Place other : others) {
                if (other.reading == here.reading || at(other).seen.empty() || !same_connection(at(other), at(here)))
                    continue;
                const bool more = at(here).seen.size() > at(other).seen.size();
                take_in(more ? here : other, more ? other : here);
                here = more ? here : other;
            }
            for (const Observation& o : at(here).seen) {
                auto& places = in_tracks_[key_of(at(here), o)];
                if (std::ranges::find(places, here) == places.end()) places.push_back(here);
            }
        }
    }
}

void Copies::drop_events() {
    struct Count {
        std::size_t reading{}, first{};
        std::uint64_t most{};  // of one input
        std::uint64_t own{};
    };
    std::unordered_map<Key, Count, Hash> known;
    for (std::size_t r = 0; r < readings_.size(); ++r) {
        if (!readings_[r].rest) continue;
        std::erase_if(readings_[r].rest->events, [&](const LogEvent& e) {
            if (!shared(e.machine, e.provider)) return false;
            Key key = key_of(e);
            if (const auto track = in_tracks_.find(key);
                track != in_tracks_.end() && track->second.front().reading != r)
                return ++copies_[{r, track->second.front().reading}] > 0;
            auto [at, fresh] = known.try_emplace(std::move(key), Count{r, r, 0, 0});
            Count& count = at->second;
            if (count.reading != r) count = {r, count.first, std::max(count.most, count.own), 0};
            if (++count.own > count.most) return false;
            return ++copies_[{r, count.first}] > 0;
        });
    }
}

void Copies::tell() {
    for (Reading& r : readings_)
        std::erase_if(r.tracks, [](const Track& t) { return t.origin != Origin::capture && t.seen.empty(); });
    for (const auto& [which, count] : copies_)
        readings_[which.first].input.notes.push_back(fmt::format("{} of the events are also in {}, and count there.",
                                                                 count, readings_[which.second].input.path));
}

}  // namespace

void drop_copies(std::vector<Reading>& readings) { Copies{readings}.run(); }

}  // namespace rdpdx::analysis
