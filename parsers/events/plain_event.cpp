#include "parsers/events/plain_event.hpp"

#include <algorithm>
#include <charconv>

#include "parsers/events/cutter.hpp"

namespace rdpdx::events {
namespace {

constexpr std::string_view kSpace = " \t\r\n";

bool ends_name(char c) noexcept { return std::string_view{" \t\r\n/><"}.find(c) != std::string_view::npos; }

void skip_space(std::string_view& text) noexcept {
    text.remove_prefix(std::min(text.find_first_not_of(kSpace), text.size()));
}

bool eat(std::string_view& text, std::string_view word) noexcept {
    if (!text.starts_with(word)) return false;
    text.remove_prefix(word.size());
    return true;
}

// The next attribute of a tag; false at the tag's end and before anything odd.
struct PlainAttribute {
    std::string_view name, value;
};
bool next_attribute(std::string_view& text, PlainAttribute& out) noexcept {
    skip_space(text);
    const auto equals = text.find_first_of("=/><'\"");
    if (equals == std::string_view::npos || text[equals] != '=' || equals + 1 >= text.size()) return false;
    out.name = text.substr(0, equals);
    const char quote = text[equals + 1];
    if (quote != '\'' && quote != '"') return false;
    const auto end = text.find(quote, equals + 2);
    if (end == std::string_view::npos) return false;
    out.value = text.substr(equals + 2, end - equals - 2);
    text.remove_prefix(end + 1);
    return out.value.find_first_of("&<") == std::string_view::npos;
}

bool end_of_empty(std::string_view& text, std::string_view end_tag) noexcept {
    skip_space(text);
    const bool ended = eat(text, "/>") || (eat(text, ">") && eat(text, end_tag));
    skip_space(text);
    return ended;
}

bool take_provider(std::string_view& text, Head& head) noexcept {
    if (!eat(text, "<Provider ")) return false;
    for (PlainAttribute a; next_attribute(text, a);) {
        if (a.name == "Name") head.provider = a.value;
        if (a.name == "Guid") head.guid = a.value;
    }
    return !head.provider.empty() && end_of_empty(text, "</Provider>");
}

bool take_id(std::string_view& text, Head& head) noexcept {
    if (!eat(text, "<EventID")) return false;
    for (PlainAttribute a; next_attribute(text, a);) {
    }
    if (!eat(text, ">")) return false;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), head.id);
    if (error != std::errc{}) return false;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return eat(text, "</EventID>");
}

// Anywhere in the rest of System.
bool take_time(std::string_view text, Head& head) noexcept {
    constexpr std::size_t kNear = 512;
    text = text.substr(0, std::min(text.find("</System>"), kNear));
    const auto at = text.find("<TimeCreated ");
    if (at == std::string_view::npos) return false;
    text.remove_prefix(at + 13);
    PlainAttribute a;
    if (!next_attribute(text, a) || a.name != "SystemTime") return false;
    head.time = a.value;
    return true;
}

}  // namespace

PlainEvent::Answer PlainEvent::look(std::string_view text) noexcept {
    constexpr std::size_t kAhead = 9;  // "</Events>"
    while (true) {
        const auto found = text.find('<', at_);
        if (found == std::string_view::npos || text.size() - found < kAhead) {
            at_ = std::min(found, text.size());
            return text.size() > kMaxEvent ? Answer::another : Answer::more;
        }
        if (++tags_ > kMaxTags || found >= kMaxEvent) return Answer::another;
        const std::string_view tag = text.substr(found + 1, kAhead - 1);
        at_ = found + 1;
        const bool close = tag[0] == '/';
        const std::string_view name = tag.substr(close ? 1 : 0);
        if (tag[0] == '!' || tag[0] == '?') return Answer::another;
        if (name[0] != 'E' || !name.starts_with("Event")) continue;
        if (close && name[5] == '>') break;
        if (ends_name(name[5]) || (name[5] == 's' && ends_name(name[6]))) return Answer::another;
    }
    at_ += std::string_view{"/Event>"}.size();
    // A prefix could hide an event or its end from a look at first letters.
    return text.substr(0, at_).find(":Event") == std::string_view::npos ? Answer::found : Answer::another;
}

std::optional<Head> plain_head(std::string_view event) noexcept {
    const auto system = event.find('<', 1);
    if (system == std::string_view::npos) return {};
    std::string_view text = event.substr(system);
    Head out;
    if (!eat(text, "<System>")) return {};
    skip_space(text);
    if (!take_provider(text, out) || !take_id(text, out) || !take_time(text, out)) return {};
    return out;
}

}  // namespace rdpdx::events
