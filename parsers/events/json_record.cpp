// Get-WinEvent | ConvertTo-Json: the properties of a System.Diagnostics.Eventing.Reader.EventLogRecord.
#include <fmt/format.h>

#include <chrono>

#include "parsers/events/json_event.hpp"
#include "parsers/events/system_values.hpp"

namespace rdpdx::events {
namespace {

using Kind = JsonValue::Kind;

// What ConvertTo-Json writes in place of a value that lies deeper than its -Depth: the name of a type.
constexpr std::string_view kCutOff = "System.";
constexpr std::string_view kPropertyType = "System.Diagnostics.Eventing.Reader.EventProperty";

// Objects that PowerShell hung something on are {"value": ..., "DateTime": ...}; a SID is {"Value": "S-1-..."}.
std::string text_of(const JsonValue* value) {
    if (!value) return {};
    if (value->scalar()) return value->text;
    for (const std::string_view name : {"value", "Value"})
        if (const JsonValue* inner = value->find(name); inner && inner->scalar()) return inner->text;
    return {};
}

// "/Date(1553876562123)/", perhaps with "+0100" before the parenthesis, which only says where it was written: the
// number is UTC.
std::optional<bytes::Time> date(std::string_view text) {
    constexpr std::string_view kOpening = "/Date(";
    if (!text.starts_with(kOpening) || !text.ends_with(")/")) return {};
    text = text.substr(kOpening.size(), text.size() - kOpening.size() - 2);
    const auto zone = text.find_first_of("+-", 1);
    const auto milliseconds = number<std::int64_t>(text.substr(0, zone));
    constexpr std::int64_t kFarthest = 9'200'000'000'000;  // what nanoseconds can hold
    if (!milliseconds || *milliseconds > kFarthest || *milliseconds < -kFarthest) return {};
    return bytes::Time{std::chrono::milliseconds{*milliseconds}};
}

std::optional<bytes::Time> time_of(const JsonValue* value) {
    const std::string text = text_of(value);
    if (const auto time = date(text)) return time;
    return bytes::parse_time(trim(text));
}

// A time as event XML has it.
std::string time_text(bytes::Time time) {
    using namespace std::chrono;
    const auto day = floor<days>(time);
    const year_month_day date{day};
    const auto rest = floor<milliseconds>(time - day).count();
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", static_cast<int>(date.year()),
                       static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), rest / 3'600'000,
                       rest / 60'000 % 60, rest / 1000 % 60, rest % 1000);
}

// Bytes become hex digits as in event XML; other lists are joined.
std::string list_text(const JsonValue& list) {
    std::string hex, joined;
    bool octets = !list.items.empty();
    for (const JsonValue& item : list.items) {
        const auto octet = item.is(Kind::number) ? number<std::uint8_t>(item.text) : std::nullopt;
        octets = octets && octet.has_value();
        if (octet) hex += fmt::format("{:02X}", *octet);
        joined += (joined.empty() ? "" : ", ") + text_of(&item);
    }
    return octets ? hex : joined;
}

std::string value_text(const JsonValue* value) {
    if (value && value->is(Kind::array)) return list_text(*value);
    std::string text = text_of(value);
    const auto time = date(text);
    return time ? time_text(*time) : text;
}

template <class T>
T number_in(const JsonValue& record, std::string_view name) {
    return number<T>(text_of(record.find(name))).value_or(T{});
}

// Keywords are signed there.
std::uint64_t keywords_of(const JsonValue& record) {
    const std::string text = text_of(record.find("Keywords"));
    if (const auto value = number<std::uint64_t>(text)) return *value;
    return static_cast<std::uint64_t>(number<std::int64_t>(text).value_or(0));
}

// False where the values were left out of the export.
bool read_properties(Event& event, const JsonValue* properties) {
    if (!properties || properties->is(Kind::null)) return true;
    if (!properties->is(Kind::array)) return !properties->text.starts_with(kCutOff);
    for (const JsonValue& property : properties->items) {
        if (property.is(Kind::text) && property.text == kPropertyType) return false;
        if (event.fields.size() >= kMaxFields) break;
        const JsonValue* value = property.is(Kind::object) ? property.find("Value") : &property;
        event.fields.push_back({fmt::format("Data[{}]", event.fields.size()), value_text(value)});
    }
    event.positional = !event.fields.empty();
    return true;
}

}  // namespace

JsonEvent event_of_record(const JsonValue& record) {
    JsonEvent out;
    Event& event = out.event.emplace();
    event.provider = text_of(record.find("ProviderName"));
    event.provider_guid = guid(text_of(record.find("ProviderId")));
    event.id = number_in<std::uint32_t>(record, "Id");
    event.qualifiers = number<std::uint32_t>(text_of(record.find("Qualifiers")));
    event.version = number_in<std::uint32_t>(record, "Version");
    event.level = number_in<std::uint32_t>(record, "Level");
    event.task = number_in<std::uint32_t>(record, "Task");
    event.opcode = number_in<std::uint32_t>(record, "Opcode");
    event.keywords = keywords_of(record);
    event.time = time_of(record.find("TimeCreated"));
    event.record = number_in<std::uint64_t>(record, "RecordId");
    event.channel = text_of(record.find("LogName"));
    event.computer = text_of(record.find("MachineName"));
    event.user_sid = text_of(record.find("UserId"));
    event.activity_id = correlation(text_of(record.find("ActivityId")));
    event.related_activity_id = correlation(text_of(record.find("RelatedActivityId")));
    event.process = number_in<std::uint32_t>(record, "ProcessId");
    event.thread = number_in<std::uint32_t>(record, "ThreadId");
    event.message = text_of(record.find("Message"));
    if (!read_properties(event, record.find("Properties"))) {
        out.problem = "the values of an event were not exported: ConvertTo-Json needs -Depth 4";
    } else if (const JsonValue* time = record.find("TimeCreated"); time && !time->is(Kind::null) && !event.time) {
        out.problem = fmt::format("the TimeCreated '{}' is not a time", text_of(time).substr(0, 64));
    }
    return out;
}

}  // namespace rdpdx::events
