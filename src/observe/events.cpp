#include "src/observe/events.hpp"

#include <algorithm>
#include <map>
#include <tuple>

#include "src/codes/codes.hpp"

namespace rdpdx::observe {
namespace {

using catalogue::EventEntry;
using model::Effect;
using model::Origin;

// Entries of the catalogue by which connections are cut out of a log.
constexpr std::string_view kClientBegins = "connecting", kClientEnds = "disconnected";
constexpr std::string_view kServerAccepts = "accepted";

Origin origin_of(catalogue::Side side) {
    switch (side) {
        case catalogue::Side::client:
            return Origin::client_log;
        case catalogue::Side::server:
            return Origin::server_log;
        case catalogue::Side::either:
            break;
    }
    return Origin::other_log;
}

// A client's disconnect reason points at a stage of its own; 0 to 3 are ends that are no error.
void judge_disconnect(model::Observation& o, const catalogue::Roles& roles) {
    if (roles.code_family != "disconnect-reason" || !roles.code || *roles.code <= 3) return;
    const auto* code = codes::find(codes::Family::disconnect_reason, static_cast<std::uint32_t>(*roles.code));
    if (!code || code->stage.empty()) return;
    o.stage = model::stage_by_id(code->stage);
    o.effect = Effect::failed;
    o.basis = model::Basis::inferred;
}

model::Observation observation_of(const events::Event& event, const EventEntry& entry, const catalogue::Roles& roles,
                                  const catalogue::Getter& getter, std::uint32_t input) {
    model::Observation o;
    o.time = event.time.value_or(model::Time{});
    o.precision = model::Precision::hundred_nanos;
    o.origin = origin_of(entry.side);
    o.kind = "event";
    o.stage = entry.stage;
    o.effect = entry.shows;
    o.actor = entry.actor;
    o.text = catalogue::sentence(entry, getter);
    if (event.recovered) o.text += " (recovered record)";
    o.evidence = {input, model::Evidence::Kind::event, event.record ? event.record : event.ordinal, event.offset};
    o.fields = {{"provider", event.provider},
                {"id", std::int64_t{event.id}},
                {"channel", event.channel},
                {"side", std::string{catalogue::id(entry.side)}},
                {"name", entry.name}};
    if (roles.code) o.fields.push_back({"code", *roles.code});
    if (roles.target) o.fields.push_back({"target", *roles.target});
    if (roles.address) o.fields.push_back({"address", *roles.address});
    if (roles.port) o.fields.push_back({"port", std::int64_t{*roles.port}});
    if (roles.user) o.fields.push_back({"user", *roles.user});
    if (roles.session) o.fields.push_back({"session", *roles.session});
    for (const auto& f : event.fields) o.fields.push_back({"data." + f.name, f.value});
    judge_disconnect(o, roles);
    return o;
}

}  // namespace

EventObserver::EventObserver(std::uint32_t input, const catalogue::EventCatalogue& catalogue)
    : input_{input}, catalogue_{catalogue} {}

void EventObserver::add(events::Event&& event) {
    const catalogue::Getter getter = [&](std::string_view name) { return event.field(name); };
    const EventEntry* entry =
        event.time ? catalogue_.find(event.provider, event.provider_guid, event.id, getter) : nullptr;
    if (!entry || entry->side == catalogue::Side::either) {
        ++loose_;
        return;
    }
    Seen seen;
    seen.entry = entry;
    seen.roles = catalogue::read_roles(*entry, getter);
    seen.observation = observation_of(event, *entry, seen.roles, getter, input_);
    seen.computer = event.computer;
    // A server's events belong together by activity only; a client that writes none has one connection after another.
    seen.group = event.provider + '|' + event.computer + '|' + event.activity_id;
    if (entry->side == catalogue::Side::server && event.activity_id.empty()) {
        ++loose_;
        return;
    }
    seen_.push_back(std::move(seen));
}

void EventObserver::close(std::vector<Seen>&& seen) {
    if (seen.empty()) return;
    const bool server = seen.front().entry->side == catalogue::Side::server;
    const std::string_view begins = server ? kServerAccepts : kClientBegins;
    if (seen.front().entry->name != begins) {
        loose_ += seen.size();
        return;
    }
    model::Track track;
    track.origin = seen.front().observation.origin;
    track.input = input_;
    track.precision = model::Precision::hundred_nanos;
    track.started = seen.front().observation.time;
    track.ended = seen.back().observation.time;
    track.activity_id = seen.front().group.substr(seen.front().group.rfind('|') + 1);
    // The computer that writes a log is the side whose log it is; the addresses in it are the other's.
    (server ? track.server : track.client).name = seen.front().computer;
    model::Endpoint& peer = server ? track.client : track.server;
    for (Seen& s : seen) {
        if (s.roles.address && peer.address.empty()) peer.address = *s.roles.address;
        if (s.roles.port && peer.port == 0) peer.port = *s.roles.port;
        if (s.roles.target && track.target.empty()) track.target = *s.roles.target;
        if (s.roles.user && track.user.empty()) track.user = *s.roles.user;
        track.seen.push_back(std::move(s.observation));
    }
    if (!server && peer.name.empty() && track.target != peer.address) peer.name = track.target;
    tracks_.push_back(std::move(track));
}

std::vector<model::Track> EventObserver::take() {
    std::ranges::stable_sort(seen_, [](const Seen& a, const Seen& b) {
        return std::tie(a.group, a.observation.time, a.observation.evidence.number) <
               std::tie(b.group, b.observation.time, b.observation.evidence.number);
    });
    std::vector<Seen> current;
    for (Seen& s : seen_) {
        const bool begins = s.entry->name == kClientBegins || s.entry->name == kServerAccepts;
        const bool ended = !current.empty() && current.back().entry->name == kClientEnds;
        if (!current.empty() && (current.back().group != s.group || begins || ended)) {
            close(std::move(current));
            current.clear();
        }
        current.push_back(std::move(s));
    }
    close(std::move(current));
    seen_.clear();
    std::ranges::stable_sort(tracks_, {}, &model::Track::started);
    return std::move(tracks_);
}

}  // namespace rdpdx::observe
