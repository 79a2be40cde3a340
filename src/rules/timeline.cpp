#include "src/rules/timeline.hpp"

#include <algorithm>

#include "src/model/text.hpp"

namespace rdpdx::rules {
namespace {

using model::Observation;
using Operation = Matcher::Operation;

// What is wanted is in lower case already.
bool same(std::string_view have, std::string_view want) {
    return std::ranges::equal(have, want, [](char a, char b) { return model::lower(a) == b; });
}

bool compare_text(Operation operation, std::string_view have, std::string_view want) {
    switch (operation) {
        case Operation::equals:
            return same(have, want);
        case Operation::contains:
            return std::search(have.begin(), have.end(), want.begin(), want.end(),
                               [](char a, char b) { return model::lower(a) == b; }) != have.end() ||
                   want.empty();
        case Operation::starts_with:
            return have.size() >= want.size() && same(have.substr(0, want.size()), want);
        case Operation::ends_with:
            return have.size() >= want.size() && same(have.substr(have.size() - want.size()), want);
        default:
            return false;
    }
}

bool compare_number(Operation operation, std::int64_t have, std::int64_t want) {
    switch (operation) {
        case Operation::equals:
            return have == want;
        case Operation::greater:
            return have > want;
        case Operation::at_least:
            return have >= want;
        case Operation::less:
            return have < want;
        case Operation::at_most:
            return have <= want;
        default:
            return false;
    }
}

// Events carry numbers as text, so a text that is a number compares as one.
bool meets(Operation operation, const model::Value& have, const Matcher::Value& want) {
    if (const auto* n = std::get_if<std::int64_t>(&have))
        return want.number && compare_number(operation, *n, *want.number);
    if (const auto* list = std::get_if<std::vector<std::string>>(&have))
        return std::ranges::any_of(*list, [&](const auto& item) { return compare_text(operation, item, want.lower); });
    const std::string& text = std::get<std::string>(have);
    const auto number = want.number ? yaml::read_integer(text) : std::nullopt;
    return number ? compare_number(operation, *number, *want.number) : compare_text(operation, text, want.lower);
}

const Matcher* exact(const Pattern& pattern, std::string_view field) {
    for (const Matcher& m : pattern.where)
        if (m.field == field && m.operation == Operation::equals) return &m;
    return nullptr;
}

}  // namespace

bool matches(const Pattern& pattern, const Observation& o) {
    if (o.kind != pattern.kind || (pattern.origin && *pattern.origin != o.origin)) return false;
    return std::ranges::all_of(pattern.where, [&](const Matcher& m) {
        const model::Value* have = o.field(m.field);
        return have && std::ranges::any_of(m.values, [&](const auto& want) { return meets(m.operation, *have, want); });
    });
}

Timeline::Timeline(const model::Attempt& attempt) : attempt_{attempt} {
    for (const auto& track : attempt.tracks)
        for (const Observation& o : track.seen) items_.push_back({&o, track.corrected(o.time)});
    std::ranges::stable_sort(items_, {}, &Item::time);
    for (std::uint32_t place = 0; place < items_.size(); ++place) {
        const Observation& o = *items_[place].seen;
        if (const auto id = o.kind == "event" ? o.number("id") : std::nullopt) events_[*id].push_back(place);
        by_kind_[o.kind].push_back(place);
    }
}

// Events are many, and most patterns name their ids.
const Timeline::Places* Timeline::candidates(const Pattern& pattern, Places& room) const {
    const Matcher* id = pattern.kind == "event" ? exact(pattern, "id") : nullptr;
    if (!id) {
        const auto at = by_kind_.find(pattern.kind);
        return at == by_kind_.end() ? nullptr : &at->second;
    }
    for (const auto& value : id->values) {
        const auto at = value.number ? events_.find(*value.number) : events_.end();
        if (at != events_.end()) room.insert(room.end(), at->second.begin(), at->second.end());
    }
    std::ranges::sort(room);
    room.erase(std::unique(room.begin(), room.end()), room.end());
    return &room;
}

Timeline::Places Timeline::find(const Pattern& pattern) const {
    Places room, out;
    const Places* list = candidates(pattern, room);
    if (!list) return out;
    for (const std::uint32_t place : *list)
        if (matches(pattern, *items_[place].seen)) out.push_back(place);
    return out;
}

}  // namespace rdpdx::rules
