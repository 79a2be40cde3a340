// An event as XML of the Windows event schema.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "parsers/evtx/utf16.hpp"
#include "src/app/event_text.hpp"
#include "src/model/time.hpp"

namespace rdpdx::app {
namespace {

// Sections of an event that are neither EventData nor UserData; their fields begin with the section's name.
constexpr std::array<std::string_view, 3> kSections{"ProcessingErrorData", "BinaryEventData", "DebugData"};

void escaped(evtx::TextBuffer& out, std::string_view value) {
    char* const room = out.room(value.size() * evtx::kBytesPerUnit + evtx::kOverrun);
    out.advance(evtx::write_utf8<evtx::Dress::xml>(room, value));
}

// Names come from the evidence, so they may be anything; what they are made into is always a name.
std::string safe_name(std::string_view name) {
    std::string out{name};
    for (char& c : out)
        if (static_cast<unsigned char>(c) <= ' ' || c == 0x7F ||
            std::string_view{"<>&\"'=/!?#@[](){}*+,;:$%^|\\~`"}.find(c) != std::string_view::npos)
            c = '_';
    return out.empty() || out[0] == '-' || out[0] == '.' || (out[0] >= '0' && out[0] <= '9') ? "_" + out : out;
}

void attribute(evtx::TextBuffer& out, std::string_view name, std::string_view value) {
    if (value.empty()) return;
    out.add(' ');
    out.add(name);
    out.add("=\"");
    escaped(out, value);
    out.add('"');
}

void element(evtx::TextBuffer& out, std::string_view name, std::string_view value) {
    out.add('<');
    out.add(name);
    out.add('>');
    escaped(out, value);
    out.add("</");
    out.add(name);
    out.add('>');
}

// As Windows writes GUIDs.
std::string braced(const std::string& guid) {
    if (guid.empty()) return {};
    std::string out = "{" + guid + "}";
    for (char& c : out)
        if (c >= 'a' && c <= 'f') c = static_cast<char>(c - 32);
    return out;
}

void add_system(evtx::TextBuffer& out, const events::Event& e) {
    const auto number = [&](std::string_view name, std::uint64_t value) {
        element(out, name, fmt::format_int{value}.c_str());
    };
    out.add("<System><Provider");
    attribute(out, "Name", e.provider);
    attribute(out, "Guid", braced(e.provider_guid));
    attribute(out, "EventSourceName", e.source_name);
    out.add("/><EventID");
    if (e.qualifiers) attribute(out, "Qualifiers", fmt::format_int{*e.qualifiers}.c_str());
    out.add('>');
    out.add(std::string_view{fmt::format_int{e.id}.c_str()});
    out.add("</EventID>");
    number("Version", e.version);
    number("Level", e.level);
    number("Task", e.task);
    number("Opcode", e.opcode);
    element(out, "Keywords", fmt::format("{:#x}", e.keywords));
    if (e.time) {
        out.add("<TimeCreated");
        attribute(out, "SystemTime", model::to_rfc3339(*e.time, model::Precision::hundred_nanos));
        out.add("/>");
    }
    number("EventRecordID", e.record);
    out.add("<Correlation");
    attribute(out, "ActivityID", braced(e.activity_id));
    attribute(out, "RelatedActivityID", braced(e.related_activity_id));
    out.add("/><Execution");
    attribute(out, "ProcessID", fmt::format_int{e.process}.c_str());
    attribute(out, "ThreadID", fmt::format_int{e.thread}.c_str());
    out.add("/>");
    element(out, "Channel", e.channel);
    element(out, "Computer", e.computer);
    out.add("<Security");
    attribute(out, "UserID", e.user_sid);
    out.add("/></System>");
}

// Elements from paths: "EventXML/Param1" is Param1 in EventXML, "Certificate@subjectName" an attribute. Neighbours
// stand in the same element as far as their paths are the same.
class Elements {
public:
    explicit Elements(evtx::TextBuffer& out) : out_{out} {}

    void add(const events::Field& field) {
        std::string_view path = field.name;
        const auto at = path.rfind('@');
        const bool is_attribute = at != std::string_view::npos && path.find('/', at) == std::string_view::npos;
        const std::string name = is_attribute ? safe_name(path.substr(at + 1)) : std::string{};
        const auto steps = steps_of(is_attribute ? path.substr(0, at) : path);
        enter(steps, name);
        if (is_attribute) {
            open_.back().attributes.insert(name);
            out_.add(' ');
            out_.add(name);
            out_.add("=\"");
            escaped(out_, field.value);
            out_.add('"');
        } else {
            close_tag();
            escaped(out_, field.value);
        }
    }
    void finish() { leave(0); }

private:
    struct Open {
        std::string name;
        std::set<std::string> attributes;
    };

    static std::vector<std::string> steps_of(std::string_view path) {
        std::vector<std::string> out;
        while (true) {
            const auto slash = path.find('/');
            out.push_back(safe_name(path.substr(0, slash)));
            if (slash == std::string_view::npos) return out;
            path.remove_prefix(slash + 1);
        }
    }

    // The innermost element of `steps` is open afterwards, with its start tag still open for attributes. It is a new
    // one unless only attributes were written of the one that is open, and not this one.
    void enter(const std::vector<std::string>& steps, const std::string& attribute_name) {
        std::size_t same = 0;
        while (same < std::min(steps.size(), open_.size()) && open_[same].name == steps[same]) ++same;
        const bool again = same == steps.size() && same == open_.size() && in_tag_ &&
                           (attribute_name.empty() || !open_.back().attributes.count(attribute_name));
        if (again) return;
        same = std::min(same, steps.size() - 1);
        leave(same);
        for (; same < steps.size(); ++same) {
            close_tag();
            out_.add('<');
            out_.add(steps[same]);
            open_.push_back({steps[same], {}});
            in_tag_ = true;
        }
    }
    void leave(std::size_t depth) {
        while (open_.size() > depth) {
            close_tag();
            out_.add("</");
            out_.add(open_.back().name);
            out_.add('>');
            open_.pop_back();
        }
    }
    void close_tag() {
        if (in_tag_) out_.add('>');
        in_tag_ = false;
    }

    evtx::TextBuffer& out_;
    std::vector<Open> open_;
    bool in_tag_ = false;
};

bool in_section(const events::Field& field) {
    return std::ranges::any_of(kSections, [&](std::string_view section) {
        return field.name.starts_with(section) && field.name.size() > section.size() &&
               (field.name[section.size()] == '/' || field.name[section.size()] == '@');
    });
}

void add_event_data(evtx::TextBuffer& out, const events::Event& e) {
    out.add("<EventData>");
    for (const events::Field& field : e.fields) {
        if (in_section(field)) continue;
        if (field.name == "Binary") {
            element(out, "Binary", field.value);
            continue;
        }
        out.add("<Data");
        if (!(field.name.starts_with("Data[") && field.name.ends_with(']'))) attribute(out, "Name", field.name);
        out.add('>');
        escaped(out, field.value);
        out.add("</Data>");
    }
    out.add("</EventData>");
}

void add_elements(evtx::TextBuffer& out, const events::Event& e, bool sections) {
    Elements elements{out};
    for (const events::Field& field : e.fields)
        if (in_section(field) == sections) elements.add(field);
    elements.finish();
}

}  // namespace

void add_event_xml(evtx::TextBuffer& out, const events::Event& e) {
    out.add("<Event xmlns=\"http://schemas.microsoft.com/win/2004/08/events/event\">");
    add_system(out, e);
    if (e.user_data) {
        out.add("<UserData>");
        add_elements(out, e, false);
        out.add("</UserData>");
    } else {
        add_event_data(out, e);
    }
    add_elements(out, e, true);
    if (!e.message.empty()) {
        out.add("<RenderingInfo>");
        element(out, "Message", e.message);
        out.add("</RenderingInfo>");
    }
    out.add("</Event>\n");
}

}  // namespace rdpdx::app
