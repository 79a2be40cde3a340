// {"Event": {...}}: the elements of event XML as members. Attributes are a member "#attributes" of the element, or a
// member "NAME_attributes" beside it; the text of an element that has attributes is "#text".
#include <fmt/format.h>

#include <algorithm>

#include "parsers/events/json_event.hpp"
#include "parsers/events/system_values.hpp"

namespace rdpdx::events {
namespace {

using Kind = JsonValue::Kind;
constexpr std::string_view kAttributes = "#attributes", kText = "#text", kBeside = "_attributes";

const JsonValue kNothing;

const JsonValue& member(const JsonValue& of, std::string_view name) {
    const JsonValue* found = of.find(name);
    return found ? *found : kNothing;
}

// The text of an element, with or without attributes.
std::string own_text(const JsonValue& element) {
    const JsonValue& text = element.is(Kind::object) ? member(element, kText) : element;
    return text.scalar() ? text.text : std::string{};
}

std::string attribute(const JsonValue& parent, const std::string& element, std::string_view name) {
    for (const JsonValue* list :
         {&member(member(parent, element), kAttributes), &member(parent, element + std::string{kBeside})})
        if (const JsonValue* value = list->find(name); value && value->scalar()) return value->text;
    return {};
}

template <class T>
T number_in(const JsonValue& system, std::string_view name) {
    return number<T>(own_text(member(system, name))).value_or(T{});
}

void read_system(Event& event, const JsonValue& system) {
    event.provider = attribute(system, "Provider", "Name");
    event.source_name = attribute(system, "Provider", "EventSourceName");
    if (event.provider.empty()) event.provider = event.source_name;
    event.provider_guid = guid(attribute(system, "Provider", "Guid"));
    event.id = number_in<std::uint32_t>(system, "EventID");
    event.qualifiers = number<std::uint32_t>(attribute(system, "EventID", "Qualifiers"));
    event.version = number_in<std::uint32_t>(system, "Version");
    event.level = number_in<std::uint32_t>(system, "Level");
    event.task = number_in<std::uint32_t>(system, "Task");
    event.opcode = number_in<std::uint32_t>(system, "Opcode");
    event.keywords = number_in<std::uint64_t>(system, "Keywords");
    event.time = bytes::parse_time(trim(attribute(system, "TimeCreated", "SystemTime")));
    event.record = number_in<std::uint64_t>(system, "EventRecordID");
    event.channel = own_text(member(system, "Channel"));
    event.computer = own_text(member(system, "Computer"));
    event.user_sid = attribute(system, "Security", "UserID");
    event.activity_id = correlation(attribute(system, "Correlation", "ActivityID"));
    event.related_activity_id = correlation(attribute(system, "Correlation", "RelatedActivityID"));
    event.process = number<std::uint32_t>(attribute(system, "Execution", "ProcessID")).value_or(0);
    event.thread = number<std::uint32_t>(attribute(system, "Execution", "ThreadID")).value_or(0);
}

void add(Event& event, std::string name, std::string value) {
    if (event.fields.size() < kMaxFields) event.fields.push_back({std::move(name), std::move(value)});
}

// Whether there were any that are no declaration of a namespace.
bool add_attributes(Event& event, const JsonValue& list, const std::string& path) {
    bool any = false;
    for (const JsonValue& a : list.items) {
        if (a.name == "xmlns" || a.name.starts_with("xmlns:") || !a.scalar()) continue;
        any = true;
        add(event, fmt::format("{}@{}", path, a.name), a.text);
    }
    return any;
}

// As event XML has it: "EventXML/Param1", "Certificate@subjectName". Arrays are elements that repeat.
void flatten(Event& event, const JsonValue& value, const std::string& path, unsigned depth) {
    if (depth > kMaxDepth || event.fields.size() >= kMaxFields) return;
    if (value.scalar()) return add(event, path, value.text);
    if (value.is(Kind::array)) {
        for (const JsonValue& item : value.items) flatten(event, item, path, depth + 1);
        return;
    }
    const bool attributes = add_attributes(event, member(value, kAttributes), path);
    bool said = false;
    for (const JsonValue& item : value.items) {
        if (item.name == kAttributes) continue;
        said = true;
        if (item.name.ends_with(kBeside) && item.is(Kind::object)) {
            const std::string name = item.name.substr(0, item.name.size() - kBeside.size());
            add_attributes(event, item, fmt::format("{}/{}", path, name));
        } else {
            flatten(event, item, item.name == kText ? path : fmt::format("{}/{}", path, item.name), depth + 1);
        }
    }
    if (!said && !attributes) add(event, path, {});
}

// Data elements without names; one that has a name after all says so in its attributes.
void read_data(Event& event, const JsonValue& data, std::size_t& unnamed, unsigned depth = 0) {
    if (data.is(Kind::array) && depth < 2) {
        for (const JsonValue& item : data.items) read_data(event, item, unnamed, depth + 1);
    } else if (data.is(Kind::object)) {
        const std::string name = own_text(member(member(data, kAttributes), "Name"));
        const JsonValue& text = member(data, kText);
        if (name.empty()) return read_data(event, text.is(Kind::object) ? kNothing : text, unnamed, depth + 1);
        flatten(event, text, name, 1);
    } else {
        add(event, fmt::format("Data[{}]", unnamed++), data.text);
    }
}

void read_event_data(Event& event, const JsonValue& data) {
    std::size_t unnamed = 0;
    if (!data.is(Kind::object)) {
        if (!data.is(Kind::null)) read_data(event, data, unnamed);
        return;
    }
    for (const JsonValue& item : data.items) {
        if (item.name == kAttributes || item.name == "Data_attributes") continue;
        if (item.name == "Data" || item.name == kText) {
            read_data(event, item, unnamed);
        } else {
            flatten(event, item, item.name, 1);
        }
    }
}

void read_sections(Event& event, const JsonValue& root) {
    for (const JsonValue& section : root.items) {
        const std::string& name = section.name;
        if (name == "System" || name.starts_with('#') || name.ends_with(kBeside)) continue;
        if (name == "EventData") {
            read_event_data(event, section);
        } else if (name == "UserData") {
            event.user_data = true;
            for (const JsonValue& item : section.items)
                if (item.name != kAttributes && !item.name.ends_with(kBeside)) flatten(event, item, item.name, 1);
        } else if (name == "RenderingInfo") {
            event.message = own_text(member(section, "Message"));
        } else {
            flatten(event, section, name, 1);
        }
    }
}

}  // namespace

JsonEvent event_of_dump(const JsonValue& event) {
    const JsonValue* system = event.find("System");
    if (!system || !system->is(Kind::object)) return {{}, "an event was skipped: it has no System"};
    JsonEvent out;
    out.event.emplace();
    read_system(*out.event, *system);
    read_sections(*out.event, event);
    if (!number<std::uint32_t>(own_text(member(*system, "EventID")))) {
        out.problem = "an event without a number in EventID";
    } else if (const auto time = attribute(*system, "TimeCreated", "SystemTime"); !time.empty() && !out.event->time) {
        out.problem = fmt::format("the SystemTime '{}' is not a time", time.substr(0, 64));
    }
    return out;
}

}  // namespace rdpdx::events
