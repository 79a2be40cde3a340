#include "src/observe/event_store.hpp"

#include <algorithm>

#include "src/codes/codes.hpp"

namespace rdpdx::observe {
namespace {

using catalogue::EventEntry;
using model::Origin;

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
    o.effect = model::Effect::failed;
    o.basis = model::Basis::inferred;
}

catalogue::Getter getter_of(const std::vector<events::Field>& fields) {
    return [&fields](std::string_view name) -> const std::string* {
        const auto at = std::ranges::find(fields, name, &events::Field::name);
        return at == fields.end() ? nullptr : &at->value;
    };
}

}  // namespace

std::string_view EventStore::keep(const std::string& text) {
    if (text.empty()) return {};
    return *texts_.insert(text).first;
}

void EventStore::add(const events::Event& event, const EventEntry& entry) {
    Item item;
    item.time = event.time.value_or(model::Time{});
    item.entry = &entry;
    item.record = event.record ? event.record : event.ordinal;
    item.offset = event.offset;
    item.provider = keep(event.provider);
    item.channel = keep(event.channel);
    item.computer = keep(event.computer);
    item.activity = keep(event.activity_id);
    item.recovered = event.recovered;
    item.fields_at = fields_.size();
    for (const auto& f : event.fields) {
        // What a text export may hold and a name or value cannot: a zero.
        for (const std::string* text : {&f.name, &f.value}) {
            std::ranges::remove_copy(*text, std::back_inserter(fields_), '\0');
            fields_.push_back('\0');
        }
    }
    item.fields_length = static_cast<std::uint32_t>(fields_.size() - item.fields_at);
    items_.push_back(item);
}

std::vector<events::Field> EventStore::fields(const Item& item) const {
    std::vector<events::Field> out;
    std::string_view rest = std::string_view{fields_}.substr(item.fields_at, item.fields_length);
    const auto next = [&rest] {
        const auto end = rest.find('\0');
        std::string text{rest.substr(0, end)};
        rest.remove_prefix(end + 1);
        return text;
    };
    while (!rest.empty()) {
        std::string name = next();
        out.push_back({std::move(name), next()});
    }
    return out;
}

catalogue::Roles EventStore::roles(const Item& item) const {
    const auto list = fields(item);
    return catalogue::read_roles(*item.entry, getter_of(list));
}

model::Observation EventStore::observation(const Item& item) const {
    const EventEntry& entry = *item.entry;
    auto list = fields(item);
    const auto getter = getter_of(list);
    const catalogue::Roles roles = catalogue::read_roles(entry, getter);
    model::Observation o;
    o.time = item.time;
    o.precision = model::Precision::hundred_nanos;
    o.origin = origin_of(entry.side);
    o.kind = "event";
    o.stage = entry.stage;
    o.effect = entry.shows;
    o.actor = entry.actor;
    o.text = catalogue::sentence(entry, getter);
    if (item.recovered) o.text += " (recovered record)";
    o.evidence = {input_, model::Evidence::Kind::event, item.record, item.offset};
    o.fields = {{"provider", std::string{item.provider}},
                {"id", std::int64_t{entry.id}},
                {"channel", std::string{item.channel}},
                {"side", std::string{catalogue::id(entry.side)}},
                {"name", entry.name}};
    if (roles.code) o.fields.push_back({"code", *roles.code});
    if (roles.target) o.fields.push_back({"target", *roles.target});
    if (roles.address) o.fields.push_back({"address", *roles.address});
    if (roles.port) o.fields.push_back({"port", std::int64_t{*roles.port}});
    if (roles.user) o.fields.push_back({"user", *roles.user});
    if (roles.session) o.fields.push_back({"session", *roles.session});
    for (auto& f : list) o.fields.push_back({"data." + f.name, std::move(f.value)});
    judge_disconnect(o, roles);
    return o;
}

}  // namespace rdpdx::observe
