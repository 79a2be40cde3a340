#include "src/analysis/join_logs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "src/correlate/log_events.hpp"

namespace rdpdx::analysis {
namespace {

using correlate::Tie;
using model::Effect;
using model::Origin;

// What an event shows of a stage counts as far as it is sure whose event it is: the time alone tells too little, and
// the machine's own events are no part of the connection.
void weigh(model::Observation& o, Tie tie) {
    if (tie <= Tie::address_and_user) return;
    if (tie <= Tie::user)
        o.basis = model::Basis::inferred;
    else
        o.effect = Effect::noted;
}

// A log's track of this attempt that already speaks of the same machine, for its clock and the other side.
const model::Track* of_machine(const model::Attempt& attempt, Origin origin, std::string_view machine) {
    for (const model::Track& t : attempt.tracks)
        if (t.origin == origin && (origin == Origin::server_log ? t.server : t.client).name == machine) return &t;
    return nullptr;
}

model::Track track_for(const model::Attempt& attempt, Origin origin, std::uint32_t input, std::string_view machine) {
    model::Track out;
    out.origin = origin;
    out.input = input;
    out.precision = model::Precision::hundred_nanos;
    (origin == Origin::server_log ? out.server : out.client).name = machine;
    if (const auto* other = of_machine(attempt, origin, machine)) out.clock = other->clock;
    return out;
}

class Join {
public:
    Join(std::vector<model::Attempt>& attempts, std::vector<Reading>& readings) : attempts_{attempts} {
        for (Reading& r : readings) {
            if (!r.rest) continue;
            stores_[r.rest->store.input()] = &r.rest->store;
            events_.insert(events_.end(), r.rest->events.begin(), r.rest->events.end());
        }
    }
    void run() {
        for (const auto& placed : correlate::place(attempts_, events_)) add(placed);
        finish();
    }
    std::uint64_t joined(std::uint32_t input) const {
        const auto at = joined_.find(input);
        return at == joined_.end() ? 0 : at->second.size();
    }

private:
    void add(const correlate::PlacedEvent& placed) {
        const model::LogEvent& event = events_[placed.event];
        if (open_ && (attempt_ != placed.attempt)) finish();
        attempt_ = placed.attempt;
        open_ = true;
        const model::Attempt& attempt = attempts_[attempt_];
        auto at = tracks_.find({event.input, placed.origin});
        if (at == tracks_.end())
            at = tracks_
                     .emplace(std::pair{event.input, placed.origin},
                              track_for(attempt, placed.origin, event.input, event.machine))
                     .first;
        const auto& store = *stores_.at(event.input);
        model::Observation o = store.observation(store.items()[event.index]);
        o.origin = placed.origin;
        auto& fields = o.fields.edit();
        fields.insert(fields.begin() + kOwnFields, {"tie", std::string{correlate::id(placed.tie)}});
        weigh(o, placed.tie);
        if (placed.tie <= Tie::address && placed.origin == Origin::server_log && user_.empty())
            user_ = o.string("user");
        joined_[event.input].insert(event.index);
        at->second.seen.push_back(std::move(o));
    }
    // The attempt that was added to is complete.
    void finish() {
        if (!open_) return;
        model::Attempt& attempt = attempts_[attempt_];
        if (attempt.user.empty()) attempt.user = user_;
        for (auto& [key, track] : tracks_) {
            std::ranges::stable_sort(track.seen, {}, &model::Observation::time);
            track.started = track.seen.front().time;
            track.ended = track.seen.back().time;
            attempt.tracks.push_back(std::move(track));
        }
        tracks_.clear();
        user_.clear();
        open_ = false;
    }

    static constexpr std::ptrdiff_t kOwnFields = 5;  // provider, id, channel, side, name

    std::vector<model::Attempt>& attempts_;
    std::map<std::uint32_t, const observe::EventStore*> stores_;
    std::vector<model::LogEvent> events_;
    std::map<std::pair<std::uint32_t, Origin>, model::Track> tracks_;  // of the attempt that is added to
    std::map<std::uint32_t, std::set<std::size_t>> joined_;            // items by input
    std::size_t attempt_{};
    std::string user_;
    bool open_{};
};

}  // namespace

void join_logs(std::vector<model::Attempt>& attempts, std::vector<Reading>& readings,
               std::vector<model::Input>& inputs) {
    Join join{attempts, readings};
    join.run();
    for (std::size_t i = 0; i < readings.size(); ++i) {
        if (!readings[i].rest) continue;
        const auto& rest = *readings[i].rest;
        const std::uint64_t left = rest.events.size() - join.joined(rest.store.input());
        if (left > 0)
            inputs[i].notes.push_back(
                fmt::format("{} of the events may concern connections and belong to none that is shown here.", left));
        if (readings[i].passed_over > 0)
            inputs[i].notes.push_back(
                fmt::format("{} of the events say nothing of connections.", readings[i].passed_over));
    }
}

}  // namespace rdpdx::analysis
