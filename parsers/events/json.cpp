#include "parsers/events/json.hpp"

#include <algorithm>
#include <array>

#include "parsers/events/json_cutter.hpp"
#include "parsers/events/json_event.hpp"

namespace rdpdx::events {
namespace {

constexpr std::size_t kLooked = std::size_t{1} << 16;  // bytes of a file's head that are worth a look
constexpr std::string_view kSpace = " \t\r\n";

bool has(std::string_view text, std::string_view part) noexcept { return text.find(part) != std::string_view::npos; }

// Whether `key` stands there as a key.
bool has_key(std::string_view text, std::string_view key) noexcept {
    for (auto at = text.find(key); at != std::string_view::npos; at = text.find(key, at + 1)) {
        const auto behind = text.find_first_not_of(kSpace, at + key.size());
        if (behind != std::string_view::npos && text[behind] == ':') return true;
    }
    return false;
}

bool dump(std::string_view text) noexcept {
    return has_key(text, "\"Event\"") &&
           (has_key(text, "\"System\"") || has_key(text, "\"EventData\"") || has_key(text, "\"UserData\"") ||
            has(text, "schemas.microsoft.com/win/2004/08/events/event"));
}

// Keys that an EventLogRecord has; a few may lie behind a long message, and a few may have been left out.
bool record(std::string_view text) noexcept {
    constexpr std::array<std::string_view, 8> kKeys{"\"ProviderName\"", "\"ProviderId\"",  "\"LogName\"",
                                                    "\"RecordId\"",     "\"MachineName\"", "\"TimeCreated\"",
                                                    "\"Properties\"",   "\"Keywords\""};
    return has_key(text, "\"Id\"") &&
           std::ranges::count_if(kKeys, [&](std::string_view key) { return has_key(text, key); }) >= 2;
}

}  // namespace

bool is_event_json(bytes::View head) {
    head = head.first(std::min(head.size(), kLooked));
    bytes::MemorySource source{head};
    Window window{source};
    while (window.more()) {
    }
    std::string_view text = window.text(0);
    const auto first = text.find_first_not_of(kSpace);
    if (first == std::string_view::npos) return false;
    text.remove_prefix(first);
    if (text.front() != '{' && text.front() != '[' && !text.starts_with("Record ")) return false;
    return dump(text) || record(text);
}

JsonEvent event_of(const JsonValue& object) {
    if (const JsonValue* event = object.find("Event")) return event_of_dump(*event);
    if (object.find("System")) return event_of_dump(object);
    if (object.find("Id") && (object.find("ProviderName") || object.find("LogName") || object.find("RecordId")))
        return event_of_record(object);
    return {{}, "an object that is no event was skipped"};
}

Result read_json(bytes::Source& source, const std::function<bool(Event&&)>& sink) {
    Window window{source};
    Notices notices;
    JsonCutter cutter{window, notices};
    Result result;
    while (const auto piece = cutter.next()) {
        const JsonReading reading = read_json_value(piece->text);
        if (!reading.problem.empty()) notices.add(window.file_offset(piece->begin + reading.at), reading.problem);
        if (!reading.value) continue;
        JsonEvent made = event_of(*reading.value);
        if (!made.problem.empty()) notices.add(window.file_offset(piece->begin), std::move(made.problem));
        if (!made.event) continue;
        made.event->offset = window.file_offset(piece->begin);
        made.event->ordinal = ++result.events;
        if (!sink(std::move(*made.event))) break;
    }
    result.damage = notices.take();
    return result;
}

}  // namespace rdpdx::events
