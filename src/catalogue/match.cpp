#include <algorithm>

#include "src/catalogue/catalogue.hpp"

namespace rdpdx::catalogue {
namespace {

constexpr std::string_view kPrefix = "microsoft-windows-";

char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

bool same(std::string_view a, std::string_view b) noexcept { return std::ranges::equal(a, b, {}, lower, lower); }

bool contains(std::string_view text, std::string_view part) noexcept {
    const auto at = std::search(text.begin(), text.end(), part.begin(), part.end(),
                                [](char a, char b) { return lower(a) == lower(b); });
    return at != text.end() || part.empty();
}

std::string_view short_name(std::string_view provider) noexcept {
    if (same(provider.substr(0, kPrefix.size()), kPrefix)) provider.remove_prefix(kPrefix.size());
    return provider;
}

bool fits(Condition::Match match, std::string_view text, std::string_view value) noexcept {
    switch (match) {
        case Condition::Match::startswith:
            return same(text.substr(0, value.size()), value);
        case Condition::Match::endswith:
            return text.size() >= value.size() && same(text.substr(text.size() - value.size()), value);
        case Condition::Match::contains:
            return contains(text, value);
        case Condition::Match::is:
            break;
    }
    return same_value(text, value);
}

}  // namespace

std::string_view id(Side side) noexcept {
    switch (side) {
        case Side::client:
            return "client";
        case Side::server:
            return "server";
        case Side::either:
            return "either";
    }
    return {};
}

bool holds(std::span<const Condition> conditions, const Getter& field) {
    return std::ranges::all_of(conditions, [&](const Condition& condition) {
        const std::string* text = field(condition.field);
        return text != nullptr && std::ranges::any_of(condition.values, [&](const std::string& value) {
                   return fits(condition.match, *text, value);
               });
    });
}

bool same_text(std::string_view a, std::string_view b) noexcept { return same(a, b); }

bool same_provider(std::string_view a, std::string_view b) noexcept { return same(short_name(a), short_name(b)); }

bool same_value(std::string_view a, std::string_view b) noexcept {
    if (same(a, b)) return true;
    const auto number = yaml::read_integer(a);
    return number && number == yaml::read_integer(b);
}

bool is_provider(const EventEntry& entry, std::string_view provider, std::string_view guid) noexcept {
    return same_provider(entry.provider, provider) || (!guid.empty() && same(entry.guid, guid));
}

const EventEntry* EventCatalogue::find(std::string_view provider, std::string_view guid, std::uint32_t id,
                                       const Getter& field) const {
    const auto candidates = by_id_.find(id);
    if (candidates == by_id_.end()) return nullptr;
    for (const std::size_t i : candidates->second) {
        const EventEntry& entry = entries_[i];
        if (is_provider(entry, provider, guid) && holds(entry.when, field)) return &entry;
    }
    return nullptr;
}

bool EventCatalogue::knows(std::string_view provider, std::string_view guid, std::uint32_t id) const {
    const auto candidates = by_id_.find(id);
    return candidates != by_id_.end() && std::ranges::any_of(candidates->second, [&](std::size_t i) {
               return is_provider(entries_[i], provider, guid);
           });
}

}  // namespace rdpdx::catalogue
