#include "src/catalogue/query.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <set>

#include "src/model/text.hpp"

namespace rdpdx::catalogue {
namespace {

constexpr std::string_view kSpace = " \t\r\n";

std::string_view trim(std::string_view text) noexcept {
    const auto first = text.find_first_not_of(kSpace);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

// Names begin with a letter; with digits or a colon in front it is a code or a family of codes.
bool may_be_name(std::string_view text) noexcept {
    const char c = text.empty() ? '0' : text.front();
    return ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) && text.find(':') == std::string_view::npos;
}

std::string_view without_prefix(std::string_view provider) noexcept {
    constexpr std::string_view kPrefix = "Microsoft-Windows-";
    return provider.starts_with(kPrefix) ? provider.substr(kPrefix.size()) : provider;
}

// Ids that the catalogue knows of whoever is called so, in order.
std::set<std::uint32_t> ids_of(const EventCatalogue& catalogue, std::string_view who) {
    std::set<std::uint32_t> out;
    for (const EventEntry& entry : catalogue.entries())
        if (is_called(entry, who)) out.insert(entry.id);
    return out;
}

// "1 to 5, 7, 9 to 12"
std::string ranges_of(const std::set<std::uint32_t>& ids) {
    std::string out;
    for (auto at = ids.begin(); at != ids.end();) {
        const std::uint32_t first = *at;
        std::uint32_t last = first;
        while (++at != ids.end() && *at == last + 1) last = *at;
        if (!out.empty()) out += ", ";
        out += last == first       ? fmt::format("{}", first)
               : last == first + 1 ? fmt::format("{}, {}", first, last)
                                   : fmt::format("{} to {}", first, last);
    }
    return out;
}

void say_unknown(const EventCatalogue& catalogue, const EventQuery& query, EventAnswer& to) {
    const auto ids = query.who.empty() ? std::set<std::uint32_t>{} : ids_of(catalogue, query.who);
    if (!ids.empty()) {
        to.notes.push_back(
            fmt::format("The catalogue has no event {} of {}; it has {}.", query.id, query.who, ranges_of(ids)));
        return;
    }
    to.notes.push_back(query.who.empty()
                           ? fmt::format("The catalogue has no event {}.", query.id)
                           : fmt::format("The catalogue has no provider or channel that is called '{}'.", query.who));
    std::set<std::string> others;
    for (const EventEntry* entry : catalogue.called({}, query.id)) others.insert(short_id(*entry));
    to.did_you_mean.assign(others.begin(), others.end());
}

// "RdpCoreTS/140", "Service Control Manager 7031".
std::optional<EventQuery> name_and_id(std::string_view text) {
    const auto cut = text.find_last_of("/ \t\r\n");
    if (cut == std::string_view::npos) return {};
    const auto id = event_id(text.substr(cut + 1));
    const auto who = trim(text.substr(0, cut));
    if (!id || !may_be_name(who)) return {};
    return EventQuery{{}, std::string{who}, *id};
}

}  // namespace

std::optional<std::uint32_t> event_id(std::string_view text) noexcept {
    std::uint32_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return {};
    return value;
}

std::optional<EventQuery> read_query(std::string_view text) {
    constexpr std::string_view kEvent = "event:";
    const std::string_view asked = trim(text);
    const bool said = model::same_text(asked.substr(0, kEvent.size()), kEvent);
    const std::string_view rest = said ? trim(asked.substr(kEvent.size())) : asked;
    auto query = name_and_id(rest);
    if (const auto id = said && !query ? event_id(rest) : std::nullopt) query = EventQuery{{}, {}, *id};
    if (query) query->text = asked;
    return query;
}

EventAnswer answer(const EventCatalogue& catalogue, const EventQuery& query) {
    EventAnswer out;
    out.query = query.text;
    out.entries = catalogue.called(query.who, query.id);
    if (out.entries.empty()) say_unknown(catalogue, query, out);
    return out;
}

bool knows_caller(const EventCatalogue& catalogue, std::string_view who) {
    return std::ranges::any_of(catalogue.entries(), [&](const EventEntry& entry) { return is_called(entry, who); });
}

std::string short_id(const EventEntry& entry) { return fmt::format("{}/{}", without_prefix(entry.provider), entry.id); }

std::string_view id(Condition::Match match) noexcept {
    switch (match) {
        case Condition::Match::is:
            return "is";
        case Condition::Match::startswith:
            return "startswith";
        case Condition::Match::endswith:
            return "endswith";
        case Condition::Match::contains:
            return "contains";
    }
    return {};
}

std::string to_text(const Condition& condition) {
    const std::vector<std::string_view> values(condition.values.begin(), condition.values.end());
    return fmt::format("{} {}{} {}", condition.field, id(condition.match), values.size() > 1 ? " one of" : "",
                       yaml::list_of(values));
}

}  // namespace rdpdx::catalogue
