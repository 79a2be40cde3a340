// Attempts built from a few observations, for tests of what comes after observe.
#pragma once

#include <string>
#include <vector>

#include "src/model/attempt.hpp"

namespace rdpdx::test {

inline model::Time at(double seconds) {
    return model::Time{} + std::chrono::nanoseconds{static_cast<std::int64_t>(seconds * 1e9)};
}

// An observation of frame `frame` at second `frame`.
inline model::Observation saw(std::string kind, std::uint64_t frame, model::Effect effect = model::Effect::noted,
                              std::optional<model::Stage> stage = {}, std::vector<model::Field> fields = {},
                              model::Party actor = model::Party::unknown) {
    model::Observation o;
    o.time = at(static_cast<double>(frame));
    o.origin = model::Origin::capture;
    o.kind = std::move(kind);
    o.stage = stage;
    o.effect = effect;
    o.actor = actor;
    o.fields = std::move(fields);
    o.text = o.kind.name();
    o.evidence = {0, model::Evidence::Kind::packet, frame, frame * 100};
    return o;
}

inline model::Value n(std::int64_t value) { return value; }
inline model::Value s(std::string value) { return value; }

inline model::Track wire_track(std::vector<model::Observation> seen, model::Wire wire = {}) {
    model::Track t;
    t.origin = model::Origin::capture;
    t.client = {"198.51.100.10", 50000, ""};
    t.server = {"203.0.113.20", 3389, ""};
    t.started = seen.empty() ? model::Time{} : seen.front().time;
    t.ended = seen.empty() ? model::Time{} : seen.back().time;
    t.seen = std::move(seen);
    t.wire = std::move(wire);
    return t;
}

inline model::Attempt attempt_of(std::vector<model::Track> tracks) {
    model::Attempt a;
    a.id = "A1";
    a.client = tracks.front().client;
    a.server = tracks.front().server;
    a.started = tracks.front().started;
    a.ended = tracks.front().ended;
    a.tracks = std::move(tracks);
    return a;
}

inline model::WireHalf::Closing closing(std::uint64_t frame, bool reset = false) {
    return {at(static_cast<double>(frame)), reset, {0, model::Evidence::Kind::packet, frame, frame * 100}, 64};
}

}  // namespace rdpdx::test
