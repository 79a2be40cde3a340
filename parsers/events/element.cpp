#include "parsers/events/element.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <pugixml.hpp>

#include "parsers/bytes/cursor.hpp"
#include "parsers/events/system_values.hpp"

namespace rdpdx::events {
namespace {

std::string utf8(char32_t c) {
    if (c == 0 || c > 0x10FFFF) c = 0xFFFD;  // surrogates become that in the conversion
    const char32_t high = 0xD800 + ((c - 0x10000) >> 10), low = 0xDC00 + ((c - 0x10000) & 0x3FF);
    std::string units;
    for (const char32_t unit : {c > 0xFFFF ? high : c, low})
        for (const char32_t byte : {unit & 0xFF, unit >> 8}) units += static_cast<char>(byte);
    if (c <= 0xFFFF) units.resize(2);
    return bytes::utf16le_to_utf8(bytes::view_of(units));
}

// "lt", "#10", "#x1F" without & and ;. References that XML forbids are in real logs, so they are read all the same.
std::string character(std::string_view reference) {
    struct Named {
        std::string_view name, text;
    };
    constexpr std::array kNamed{Named{"lt", "<"}, Named{"gt", ">"}, Named{"amp", "&"}, Named{"quot", "\""},
                                Named{"apos", "'"}};
    for (const Named& named : kNamed)
        if (named.name == reference) return std::string{named.text};
    if (!reference.starts_with('#')) return {};
    reference.remove_prefix(1);
    const bool hex = reference.starts_with('x');
    if (hex) reference.remove_prefix(1);
    std::uint32_t code = 0;
    const char* const last = reference.data() + reference.size();
    const auto [end, error] = std::from_chars(reference.data(), last, code, hex ? 16 : 10);
    if (end != last || reference.empty() || error == std::errc::invalid_argument) return {};
    return utf8(error == std::errc::result_out_of_range ? 0 : code);
}

std::string unescape(std::string_view text) {
    constexpr std::size_t kLongest = 16;
    std::string out;
    while (!text.empty()) {
        const auto at = text.find('&');
        out += text.substr(0, at);
        if (at == std::string_view::npos) break;
        text.remove_prefix(at);
        const auto end = text.substr(0, kLongest).find(';');
        const std::string one = end == std::string_view::npos ? std::string{} : character(text.substr(1, end - 1));
        out += one.empty() ? "&" : one;
        text.remove_prefix(one.empty() ? 1 : end + 1);
    }
    return out;
}

std::string value_of(std::string_view text) {
    const std::string plain = text.find('&') == std::string_view::npos ? std::string{text} : unescape(text);
    return ascii(plain) ? plain : bytes::valid_utf8(plain);
}

std::string_view local_name(const char* name) noexcept {
    const std::string_view text{name};
    return text.substr(text.rfind(':') + 1);  // npos + 1 is 0
}

pugi::xml_node child(pugi::xml_node of, std::string_view name) {
    for (const pugi::xml_node node : of.children())
        if (node.type() == pugi::node_element && local_name(node.name()) == name) return node;
    return {};
}

std::string attribute(pugi::xml_node of, std::string_view name) {
    for (const pugi::xml_attribute a : of.attributes())
        if (local_name(a.name()) == name) return value_of(a.value());
    return {};
}

// Text and CDATA of the element itself.
std::string own_text(pugi::xml_node of) {
    std::string out;
    for (const pugi::xml_node node : of.children()) {
        // References mean nothing inside CDATA.
        if (node.type() == pugi::node_pcdata) out += value_of(node.value());
        if (node.type() == pugi::node_cdata) out += bytes::valid_utf8(node.value());
    }
    return out;
}

bool has_elements(pugi::xml_node of) {
    return std::ranges::any_of(of.children(), [](pugi::xml_node n) { return n.type() == pugi::node_element; });
}

template <class T>
T number_in(pugi::xml_node system, std::string_view name) {
    return number<T>(own_text(child(system, name))).value_or(T{});
}

bool declares_namespace(std::string_view attribute) noexcept {
    return attribute == "xmlns" || attribute.starts_with("xmlns:");
}

using Fields = std::vector<Field>;

void add(Fields& fields, std::string name, std::string value) {
    if (fields.size() < kMaxFields) fields.push_back({std::move(name), std::move(value)});
}

// Attributes but for namespaces and the one named `except`; whether there was any.
bool add_attributes(Fields& fields, pugi::xml_node node, const std::string& path, std::string_view except = {}) {
    bool any = false;
    for (const pugi::xml_attribute a : node.attributes()) {
        if (declares_namespace(a.name()) || (!except.empty() && local_name(a.name()) == except)) continue;
        any = true;
        add(fields, fmt::format("{}@{}", path, value_of(local_name(a.name()))), value_of(a.value()));
    }
    return any;
}

// Elements become paths: "EventXML/Param1", attributes "Certificate@subjectName".
void flatten(Fields& fields, pugi::xml_node node, const std::string& path, unsigned depth) {
    if (depth > kMaxDepth || fields.size() >= kMaxFields) return;
    const bool attributes = add_attributes(fields, node, path);
    std::string text = own_text(node);
    const bool parent = has_elements(node);
    if (parent ? !trim(text).empty() : !text.empty() || !attributes) add(fields, path, std::move(text));
    for (const pugi::xml_node inner : node.children())
        if (inner.type() == pugi::node_element)
            flatten(fields, inner, fmt::format("{}/{}", path, value_of(local_name(inner.name()))), depth + 1);
}

// Each element of a section by its own name, as UserData and the rarer sections have it.
void read_section(Fields& fields, pugi::xml_node section, const std::string& prefix) {
    for (const pugi::xml_node node : section.children())
        if (node.type() == pugi::node_element) flatten(fields, node, prefix + value_of(local_name(node.name())), 1);
}

// The namespace that the element itself declares for its own name, or empty.
std::string own_namespace(pugi::xml_node node) {
    const std::string_view name{node.name()};
    const auto colon = name.find(':');
    const std::string declared =
        colon == std::string_view::npos ? "xmlns" : fmt::format("xmlns:{}", name.substr(0, colon));
    return value_of(node.attribute(declared.c_str()).value());
}

void read_user_data(Event& event, pugi::xml_node data) {
    event.user_data = true;
    for (const pugi::xml_node node : data.children()) {
        if (node.type() != pugi::node_element) continue;
        event.user_data_namespace = own_namespace(node);
        break;
    }
    read_section(event.fields, data, "");
}

void read_event_data(Event& event, pugi::xml_node data) {
    Fields& fields = event.fields;
    event.data_name = attribute(data, "Name");
    std::size_t unnamed = 0;
    for (const pugi::xml_node node : data.children()) {
        if (node.type() != pugi::node_element) continue;
        const auto kind = local_name(node.name());
        if (kind == "Data" || kind == "ComplexData") {
            std::string name = attribute(node, "Name");
            add_attributes(fields, node, name.empty() ? "Data" : name, "Name");
            if (name.empty()) name = fmt::format("Data[{}]", unnamed++);
            if (!has_elements(node)) {
                add(fields, std::move(name), own_text(node));
            } else {
                read_section(fields, node, name + "/");
            }
        } else {
            flatten(fields, node, value_of(kind), 1);
        }
    }
}

void read_system(Event& event, pugi::xml_node system) {
    const auto provider = child(system, "Provider");
    event.provider = attribute(provider, "Name");
    event.source_name = attribute(provider, "EventSourceName");
    if (event.provider.empty()) event.provider = event.source_name;
    event.provider_guid = guid(attribute(provider, "Guid"));
    const auto id = child(system, "EventID");
    event.id = number_in<std::uint32_t>(system, "EventID");
    event.qualifiers = number<std::uint32_t>(attribute(id, "Qualifiers"));
    event.version = number_in<std::uint32_t>(system, "Version");
    event.level = number_in<std::uint32_t>(system, "Level");
    event.task = number_in<std::uint32_t>(system, "Task");
    event.opcode = number_in<std::uint32_t>(system, "Opcode");
    event.keywords = number_in<std::uint64_t>(system, "Keywords");
    event.time = bytes::parse_time(trim(attribute(child(system, "TimeCreated"), "SystemTime")));
    event.record = number_in<std::uint64_t>(system, "EventRecordID");
    event.channel = own_text(child(system, "Channel"));
    event.computer = own_text(child(system, "Computer"));
    event.user_sid = attribute(child(system, "Security"), "UserID");
    const auto correlated = child(system, "Correlation");
    event.activity_id = correlation(attribute(correlated, "ActivityID"));
    event.related_activity_id = correlation(attribute(correlated, "RelatedActivityID"));
    const auto execution = child(system, "Execution");
    event.process = number<std::uint32_t>(attribute(execution, "ProcessID")).value_or(0);
    event.thread = number<std::uint32_t>(attribute(execution, "ThreadID")).value_or(0);
}

struct SystemPart {
    std::string_view element, attribute;  // attribute empty: the element's text
};
// What read_system() has a place for.
constexpr std::array kSystem{SystemPart{"Provider", "Name"},
                             SystemPart{"Provider", "Guid"},
                             SystemPart{"Provider", "EventSourceName"},
                             SystemPart{"EventID", ""},
                             SystemPart{"EventID", "Qualifiers"},
                             SystemPart{"Version", ""},
                             SystemPart{"Level", ""},
                             SystemPart{"Task", ""},
                             SystemPart{"Opcode", ""},
                             SystemPart{"Keywords", ""},
                             SystemPart{"TimeCreated", "SystemTime"},
                             SystemPart{"EventRecordID", ""},
                             SystemPart{"Correlation", "ActivityID"},
                             SystemPart{"Correlation", "RelatedActivityID"},
                             SystemPart{"Execution", "ProcessID"},
                             SystemPart{"Execution", "ThreadID"},
                             SystemPart{"Channel", ""},
                             SystemPart{"Computer", ""},
                             SystemPart{"Security", "UserID"}};

bool has_a_place(std::string_view element, std::string_view attribute) noexcept {
    return std::ranges::any_of(
        kSystem, [&](const SystemPart& part) { return part.element == element && part.attribute == attribute; });
}

// Processor, session and times of Execution, and whatever else there is. Of elements with the same name the first has
// its place in the event.
void read_rest_of_system(Fields& fields, pugi::xml_node system) {
    for (const pugi::xml_node node : system.children()) {
        if (node.type() != pugi::node_element) continue;
        const std::string_view name = local_name(node.name());
        const bool first = child(system, name) == node;
        const std::string path = value_of(name);
        for (const pugi::xml_attribute a : node.attributes())
            if (!declares_namespace(a.name()) && !(first && has_a_place(name, local_name(a.name()))))
                add(fields, fmt::format("{}@{}", path, value_of(local_name(a.name()))), value_of(a.value()));
        if (std::string text = own_text(node); !trim(text).empty() && !(first && has_a_place(name, "")))
            add(fields, path, std::move(text));
        read_section(fields, node, path + "/");
    }
}

void read_rendering(Event& event, pugi::xml_node rendering) {
    const auto message = child(rendering, "Message");
    event.message = own_text(message);
    add_attributes(event.rendering, rendering, "");
    for (const pugi::xml_node node : rendering.children())
        if (node.type() == pugi::node_element && node != message)
            flatten(event.rendering, node, value_of(local_name(node.name())), 1);
}

void read_sections(Event& event, pugi::xml_node root) {
    for (const pugi::xml_node node : root.children()) {
        if (node.type() != pugi::node_element) continue;
        const auto name = local_name(node.name());
        if (name == "System") continue;
        if (name == "EventData") {
            read_event_data(event, node);
        } else if (name == "UserData") {
            read_user_data(event, node);
        } else if (name == "RenderingInfo") {
            read_rendering(event, node);
        } else {
            flatten(event.fields, node, value_of(name), 1);
        }
    }
}

// What is odd about an event that could be read.
void judge(ElementReader::Reading& reading, std::string_view xml, pugi::xml_node system) {
    if (const auto at = first_not_utf8(xml)) {
        reading.problem = "bytes that are not UTF-8 became U+FFFD";
        reading.at = *at;
    } else if (const auto nul = xml.find('\0'); nul != std::string_view::npos) {
        reading.problem = "zero bytes became U+FFFD";
        reading.at = nul;
    } else if (!number<std::uint32_t>(own_text(child(system, "EventID")))) {
        reading.problem = "an event without a number in EventID";
    } else if (const auto time = child(system, "TimeCreated"); time && !reading.event->time) {
        reading.problem = fmt::format("the SystemTime '{}' is not a time", attribute(time, "SystemTime").substr(0, 64));
    } else if (reading.event->fields.size() >= kMaxFields) {
        reading.problem = fmt::format("an event has more than {} fields; the rest was left out", kMaxFields);
    }
}

}  // namespace

struct ElementReader::Document {
    std::string text;  // pugixml parses in place and keeps pointers into it
    pugi::xml_document tree;
};

ElementReader::ElementReader() : document_{std::make_unique<Document>()} {}
ElementReader::~ElementReader() = default;

ElementReader::Reading ElementReader::read(std::string_view xml) {
    // No parse_escapes: pugixml would end a value at "&#0;". White space that is a whole value stays.
    constexpr unsigned kOptions =
        pugi::parse_cdata | pugi::parse_wconv_attribute | pugi::parse_eol | pugi::parse_ws_pcdata_single;
    Reading out;
    auto& [text, tree] = *document_;
    text.assign(xml);
    std::ranges::replace(text, '\0', '\xFF');  // pugixml would take it for the end
    const auto result = tree.load_buffer_inplace(text.data(), text.size(), kOptions, pugi::encoding_utf8);
    if (!result) {
        out.at = std::min(static_cast<std::size_t>(std::max<std::ptrdiff_t>(result.offset, 0)), xml.size());
        out.problem = fmt::format("an event that is not well-formed was skipped: {}", result.description());
        return out;
    }
    const auto root = child(tree, "Event");
    const auto system = child(root, "System");
    if (!system) {
        out.problem = "an element Event without System was skipped";
        return out;
    }
    out.event.emplace();
    read_system(*out.event, system);
    read_rest_of_system(out.event->system, system);
    read_sections(*out.event, root);
    judge(out, xml, system);
    return out;
}

}  // namespace rdpdx::events
