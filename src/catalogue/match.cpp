#include <algorithm>
#include <array>

#include "src/catalogue/catalogue.hpp"
#include "src/model/text.hpp"

namespace rdpdx::catalogue {
namespace {

using model::lower;
using model::same_text;

constexpr std::string_view kPrefix = "microsoft-windows-";

bool contains(std::string_view text, std::string_view part) noexcept {
    const auto at = std::search(text.begin(), text.end(), part.begin(), part.end(),
                                [](char a, char b) { return lower(a) == lower(b); });
    return at != text.end() || part.empty();
}

std::string_view short_name(std::string_view provider) noexcept {
    if (same_text(provider.substr(0, kPrefix.size()), kPrefix)) provider.remove_prefix(kPrefix.size());
    return provider;
}

bool fits(Condition::Match match, std::string_view text, std::string_view value) noexcept {
    switch (match) {
        case Condition::Match::startswith:
            return same_text(text.substr(0, value.size()), value);
        case Condition::Match::endswith:
            return text.size() >= value.size() && same_text(text.substr(text.size() - value.size()), value);
        case Condition::Match::contains:
            return contains(text, value);
        case Condition::Match::is:
            break;
    }
    return same_value(text, value);
}

// Of a channel: "Microsoft-Windows-TerminalServices-RDPClient/Operational" ends in RDPClient.
std::string_view without_kind(std::string_view channel) noexcept { return channel.substr(0, channel.find('/')); }

// The whole of the name, or its end after a hyphen.
bool ends_in(std::string_view name, std::string_view who) noexcept {
    if (who.empty() || who.size() > name.size()) return false;
    const std::size_t at = name.size() - who.size();
    return same_text(name.substr(at), who) && (at == 0 || name[at - 1] == '-');
}

struct Initials {
    std::string_view initials, provider;
};
constexpr std::array kInitials{Initials{"RCM", "TerminalServices-RemoteConnectionManager"},
                               Initials{"LSM", "TerminalServices-LocalSessionManager"},
                               Initials{"SCM", "Service Control Manager"}, Initials{"WER", "Windows Error Reporting"}};

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

bool same_provider(std::string_view a, std::string_view b) noexcept { return same_text(short_name(a), short_name(b)); }

bool same_value(std::string_view a, std::string_view b) noexcept {
    if (same_text(a, b)) return true;
    const auto number = yaml::read_integer(a);
    return number && number == yaml::read_integer(b);
}

bool is_provider(const EventEntry& entry, std::string_view provider, std::string_view guid) noexcept {
    return same_provider(entry.provider, provider) || (!guid.empty() && same_text(entry.guid, guid));
}

bool is_called(const EventEntry& entry, std::string_view who) noexcept {
    for (const Initials& known : kInitials)
        if (same_text(who, known.initials)) return same_provider(entry.provider, known.provider);
    return ends_in(entry.provider, who) || ends_in(entry.channel, who) || ends_in(without_kind(entry.channel), who) ||
           (!entry.guid.empty() && same_text(entry.guid, who));
}

std::vector<const EventEntry*> EventCatalogue::called(std::string_view who, std::uint32_t id) const {
    std::vector<const EventEntry*> out;
    const auto candidates = by_id_.find(id);
    if (candidates == by_id_.end()) return out;
    for (const std::size_t i : candidates->second)
        if (who.empty() || is_called(entries_[i], who)) out.push_back(&entries_[i]);
    return out;
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
