// An event as XML of the Windows event schema.
#include <algorithm>
#include <array>
#include <span>

#include "src/app/event_text.hpp"
#include "src/app/xml_elements.hpp"

namespace rdpdx::app {
namespace {

using xml::attribute;
using xml::element;
using xml::escaped;

// Sections of an event that are neither EventData nor UserData; their fields begin with the section's name.
constexpr std::array<std::string_view, 3> kSections{"ProcessingErrorData", "BinaryEventData", "DebugData"};

bool in_section(const events::Field& field) {
    return std::ranges::any_of(kSections, [&](std::string_view section) {
        return field.name.starts_with(section) && field.name.size() > section.size() &&
               (field.name[section.size()] == '/' || field.name[section.size()] == '@');
    });
}

bool is_unnamed(const events::Field& field) { return field.name.starts_with("Data[") && field.name.ends_with(']'); }

// How many fields from `at` on are attributes of the Data that comes after them: "Value@Type" before "Value".
std::size_t attributes_at(const std::vector<events::Field>& fields, std::size_t at) {
    const std::string_view first{fields[at].name};
    const std::string_view base = first.substr(0, first.rfind('@'));
    if (base.size() == first.size() || base.empty()) return 0;
    std::set<std::string_view> names{"Name"};
    for (std::size_t i = at; i < fields.size(); ++i) {
        const std::string_view name{fields[i].name};
        if (i > at && (name == base || (base == "Data" && is_unnamed(fields[i])))) return i - at;
        const bool attribute = name.size() > base.size() && name.starts_with(base) && name[base.size()] == '@';
        const std::string_view own = attribute ? name.substr(base.size() + 1) : std::string_view{};
        // An attribute that is empty, comes twice or has no proper name stays a field of its own.
        if (!attribute || fields[i].value.empty() || xml::safe_name(own) != own || !names.insert(own).second) return 0;
    }
    return 0;
}

void add_data(evtx::TextBuffer& out, std::span<const events::Field> attributes, const events::Field& field) {
    out.add("<Data");
    if (!is_unnamed(field)) attribute(out, "Name", field.name);
    for (const events::Field& a : attributes) attribute(out, a.name.substr(a.name.rfind('@') + 1), a.value);
    out.add('>');
    escaped(out, field.value);
    out.add("</Data>");
}

void add_event_data(evtx::TextBuffer& out, const events::Event& e) {
    out.add("<EventData");
    attribute(out, "Name", e.data_name);
    out.add('>');
    for (std::size_t i = 0; i < e.fields.size(); ++i) {
        if (in_section(e.fields[i])) continue;
        if (e.fields[i].name == "Binary") {
            element(out, "Binary", e.fields[i].value);
            continue;
        }
        const std::size_t attributes = attributes_at(e.fields, i);
        add_data(out, std::span{e.fields}.subspan(i, attributes), e.fields[i + attributes]);
        i += attributes;
    }
    out.add("</EventData>");
}

void add_elements(evtx::TextBuffer& out, const events::Event& e, bool sections) {
    xml::Elements elements{out, sections ? std::string_view{} : std::string_view{e.user_data_namespace}};
    for (const events::Field& field : e.fields)
        if (in_section(field) == sections) elements.add(field);
    elements.finish();
}

void add_rendering(evtx::TextBuffer& out, const events::Event& e) {
    if (e.message.empty() && e.rendering.empty()) return;
    out.add("<RenderingInfo");
    xml::Elements elements{out};
    for (const events::Field& field : e.rendering)
        if (field.name.starts_with('@')) attribute(out, xml::safe_name(field.name.substr(1)), field.value);
    out.add('>');
    if (!e.message.empty()) element(out, "Message", e.message);
    for (const events::Field& field : e.rendering)
        if (!field.name.starts_with('@')) elements.add(field);
    elements.finish();
    out.add("</RenderingInfo>");
}

}  // namespace

void add_event_xml(evtx::TextBuffer& out, const events::Event& e) {
    out.add("<Event xmlns=\"http://schemas.microsoft.com/win/2004/08/events/event\">");
    xml::add_system(out, e);
    if (e.user_data) {
        out.add("<UserData>");
        add_elements(out, e, false);
        out.add("</UserData>");
    } else {
        add_event_data(out, e);
    }
    add_elements(out, e, true);
    add_rendering(out, e);
    out.add("</Event>\n");
}

}  // namespace rdpdx::app
