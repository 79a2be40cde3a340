// System of the Windows event schema.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "src/app/xml_elements.hpp"
#include "src/model/time.hpp"

namespace rdpdx::app::xml {
namespace {

// Elements that are written anyway, with the attributes that come from the event's own members.
struct Written {
    std::string_view element;
    std::array<std::string_view, 3> attributes;
};
constexpr std::array kWritten{Written{"Provider", {"Name", "Guid", "EventSourceName"}},
                              Written{"EventID", {"Qualifiers", "", ""}},
                              Written{"TimeCreated", {"SystemTime", "", ""}},
                              Written{"Correlation", {"ActivityID", "RelatedActivityID", ""}},
                              Written{"Execution", {"ProcessID", "ThreadID", ""}},
                              Written{"Security", {"UserID", "", ""}}};

// What else System holds. Each part is written once: as an attribute of an element that is written anyway, unless it
// would come twice there, or else as an element of its own at the end.
class RestOfSystem {
public:
    RestOfSystem(evtx::TextBuffer& out, const events::Event& event) : out_{out}, event_{event} {}

    void attributes(std::string_view element) {
        for (std::size_t i = 0; i < event_.system.size(); ++i) {
            const auto& [name, value] = event_.system[i];
            if (!name.starts_with(element) || name.size() <= element.size() || name[element.size()] != '@') continue;
            const std::string_view attribute_name = std::string_view{name}.substr(element.size() + 1);
            if (value.empty() || !fits(element, attribute_name)) continue;
            attribute(out_, attribute_name, value);
            written_.insert(name);
            done_.insert(i);
        }
    }
    void elements() {
        Elements rest{out_};
        for (std::size_t i = 0; i < event_.system.size(); ++i)
            if (!done_.count(i)) rest.add(event_.system[i]);
        rest.finish();
    }

private:
    bool fits(std::string_view element, std::string_view name) const {
        const auto row = std::ranges::find(kWritten, element, &Written::element);
        return safe_name(name) == name && std::ranges::find(row->attributes, name) == row->attributes.end() &&
               !written_.count(fmt::format("{}@{}", element, name));
    }

    evtx::TextBuffer& out_;
    const events::Event& event_;
    std::set<std::string> written_;
    std::set<std::size_t> done_;
};

// As Windows writes GUIDs.
std::string braced(const std::string& guid) {
    if (guid.empty()) return {};
    std::string out = "{" + guid + "}";
    for (char& c : out)
        if (c >= 'a' && c <= 'f') c = static_cast<char>(c - 32);
    return out;
}

}  // namespace

void add_system(evtx::TextBuffer& out, const events::Event& e) {
    RestOfSystem rest{out, e};
    const auto number = [&](std::string_view name, std::uint64_t value) {
        element(out, name, fmt::format_int{value}.c_str());
    };
    out.add("<System><Provider");
    attribute(out, "Name", e.provider);
    attribute(out, "Guid", braced(e.provider_guid));
    attribute(out, "EventSourceName", e.source_name);
    rest.attributes("Provider");
    out.add("/><EventID");
    if (e.qualifiers) attribute(out, "Qualifiers", fmt::format_int{*e.qualifiers}.c_str());
    rest.attributes("EventID");
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
        rest.attributes("TimeCreated");
        out.add("/>");
    }
    number("EventRecordID", e.record);
    out.add("<Correlation");
    attribute(out, "ActivityID", braced(e.activity_id));
    attribute(out, "RelatedActivityID", braced(e.related_activity_id));
    rest.attributes("Correlation");
    out.add("/><Execution");
    attribute(out, "ProcessID", fmt::format_int{e.process}.c_str());
    attribute(out, "ThreadID", fmt::format_int{e.thread}.c_str());
    rest.attributes("Execution");
    out.add("/>");
    element(out, "Channel", e.channel);
    element(out, "Computer", e.computer);
    out.add("<Security");
    attribute(out, "UserID", e.user_sid);
    rest.attributes("Security");
    out.add("/>");
    rest.elements();
    out.add("</System>");
}

}  // namespace rdpdx::app::xml
