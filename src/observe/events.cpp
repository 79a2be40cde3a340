#include "src/observe/events.hpp"

#include <algorithm>
#include <map>
#include <tuple>

namespace rdpdx::observe {
namespace {

using catalogue::Side;
using Item = EventStore::Item;

// Entries of the catalogue by which connections are cut out of a log.
constexpr std::string_view kClientBegins = "connecting", kClientEnds = "disconnected";
constexpr std::string_view kServerAccepts = "accepted";

bool begins(const Item& item) { return item.entry->name == kClientBegins || item.entry->name == kServerAccepts; }

// A server's events belong together by activity only; a client that writes none has one connection after another.
bool groups(const catalogue::EventEntry& entry, std::string_view activity) {
    return entry.side == Side::client || (entry.side == Side::server && !activity.empty());
}

}  // namespace

void EventObserver::add(const events::Event& event) {
    const catalogue::Getter getter = [&](std::string_view name) { return event.field(name); };
    const auto* entry = event.time ? catalogue_.find(event.provider, event.provider_guid, event.id, getter) : nullptr;
    if (!entry) {
        ++passed_over_;
        return;
    }
    health_.add(event, *entry, getter);
    // Noise says nothing outside of a connection's own sequence.
    if (entry->shows == model::Effect::noise && !groups(*entry, event.activity_id))
        ++passed_over_;
    else
        store_.add(event, *entry);
}

void EventObserver::close(std::span<const Placed> run) {
    if (run.empty()) return;
    const Item& first = store_.items()[run.front().item];
    if (!begins(first)) {
        for (const Placed& p : run) rest_.push_back(p.item);
        return;
    }
    const bool server = first.entry->side == Side::server;
    model::Track track;
    track.origin = server ? model::Origin::server_log : model::Origin::client_log;
    track.input = store_.input();
    track.precision = model::Precision::hundred_nanos;
    track.started = first.time;
    track.ended = store_.items()[run.back().item].time;
    track.activity_id = first.activity;
    // The computer that writes a log is the side whose log it is; the addresses in it are the other's.
    (server ? track.server : track.client).name = first.computer;
    model::Endpoint& peer = server ? track.client : track.server;
    for (const Placed& p : run) {
        const Item& item = store_.items()[p.item];
        const auto roles = store_.roles(item);
        if (roles.address && peer.address.empty()) peer.address = *roles.address;
        if (roles.port && peer.port == 0) peer.port = *roles.port;
        if (roles.target && track.target.empty()) track.target = *roles.target;
        if (roles.user && track.user.empty()) track.user = *roles.user;
        track.seen.push_back(store_.observation(item));
    }
    if (!server && peer.name.empty() && track.target != peer.address) peer.name = track.target;
    tracks_.push_back(std::move(track));
}

std::vector<model::Track> EventObserver::take() {
    std::map<std::tuple<std::string_view, std::string_view, std::string_view>, std::size_t> numbers;
    std::vector<Placed> placed;
    for (std::size_t i = 0; i < store_.items().size(); ++i) {
        const Item& item = store_.items()[i];
        if (groups(*item.entry, item.activity))
            placed.push_back(
                {i, numbers.emplace(std::tuple{item.provider, item.computer, item.activity}, numbers.size())
                        .first->second});
        else
            rest_.push_back(i);
    }
    const auto& items = store_.items();
    std::ranges::stable_sort(placed, [&](const Placed& a, const Placed& b) {
        return std::tie(a.group, items[a.item].time, items[a.item].record) <
               std::tie(b.group, items[b.item].time, items[b.item].record);
    });
    std::size_t from = 0;
    for (std::size_t i = 1; i <= placed.size(); ++i) {
        if (i < placed.size() && placed[i].group == placed[from].group && !begins(items[placed[i].item]) &&
            items[placed[i - 1].item].entry->name != kClientEnds)
            continue;
        close(std::span{placed}.subspan(from, i - from));
        from = i;
    }
    std::ranges::stable_sort(tracks_, {}, &model::Track::started);
    return std::move(tracks_);
}

EventObserver::Rest EventObserver::take_rest() {
    Rest out{std::move(store_), {}};
    for (const std::size_t i : rest_) {
        const Item& item = out.store.items()[i];
        if (item.entry->shows == model::Effect::noise) {
            ++passed_over_;
            continue;
        }
        const auto roles = out.store.roles(item);
        model::LogEvent e;
        e.time = item.time;
        e.input = out.store.input();
        e.index = i;
        e.scope = item.entry->scope;
        e.client = item.entry->side != Side::server;
        e.server = item.entry->side != Side::client;
        e.id = item.entry->id;
        e.provider = item.provider;
        e.state = item.entry->state;
        e.machine = item.computer;
        e.activity = item.activity;
        if (roles.port) e.port = *roles.port;
        if (roles.address) e.address = out.store.keep(*roles.address);
        if (roles.user) e.user = out.store.keep(*roles.user);
        if (roles.session) e.session = out.store.keep(*roles.session);
        out.events.push_back(e);
    }
    rest_.clear();
    std::ranges::stable_sort(out.events, {}, &model::LogEvent::time);
    return out;
}

}  // namespace rdpdx::observe
