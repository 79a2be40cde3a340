#include "src/app/explain_event.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "src/codes/text.hpp"

namespace rdpdx::app {
namespace {

using catalogue::EventEntry;

// `label` stands once, the text is wrapped beside it.
void item(std::string& out, std::string_view label, std::string_view text, std::size_t width) {
    if (text.empty()) return;
    const std::string indent(label.size(), ' ');
    const auto lines = codes::text::wrapped(text, width > label.size() ? width - label.size() : 1);
    for (std::size_t i = 0; i < lines.size(); ++i)
        out += fmt::format("{}{}\n", i == 0 ? label : std::string_view{indent}, lines[i]);
}

std::string who_writes(const EventEntry& entry) {
    switch (entry.side) {
        case catalogue::Side::client:
            return "written by the client";
        case catalogue::Side::server:
            return "written by the server";
        case catalogue::Side::either:
            break;
    }
    return "written by client or server";
}

struct NamedRole {
    std::string_view role;
    const std::string* field;
};
std::vector<NamedRole> roles_of(const EventEntry& entry) {
    const auto& r = entry.roles;
    std::vector<NamedRole> out;
    for (const NamedRole role : {NamedRole{r.address_with_port ? "address-and-port" : "address", &r.address},
                                 NamedRole{"port", &r.port}, NamedRole{"target", &r.target}, NamedRole{"user", &r.user},
                                 NamedRole{"domain", &r.domain}, NamedRole{"session", &r.session}})
        if (!role.field->empty()) out.push_back(role);
    return out;
}

std::string carried(const EventEntry& entry) {
    std::string out;
    for (const auto& [role, field] : roles_of(entry))
        out += fmt::format("{}{} in {}", out.empty() ? "" : "; ", role, *field);
    if (!entry.roles.code.family.empty())
        out += fmt::format("{}code ({}) in {}", out.empty() ? "" : "; ", entry.roles.code.family,
                           fmt::join(entry.roles.code.fields, " or "));
    return out;
}

std::string conditions(const EventEntry& entry) {
    std::string out;
    for (const auto& condition : entry.when) out += (out.empty() ? "" : "; ") + catalogue::to_text(condition);
    return out;
}

}  // namespace

std::string event_text(const EventEntry& entry, std::size_t width) {
    std::string out;
    item(out, "  ", fmt::format("event {}: {}", catalogue::short_id(entry), entry.name), width);
    item(out, "      ", entry.means, width);
    item(out, "      only if: ", conditions(entry), width);
    item(out, "      shows:   ", model::id(entry.shows), width);
    if (entry.stage) item(out, "      stage:   ", model::id(*entry.stage), width);
    item(out, "      log:     ", fmt::format("{}, {}", entry.channel, who_writes(entry)), width);
    item(out, "      carries: ", carried(entry), width);
    item(out, "      doubt:   ", entry.doubt, width);
    item(out, "      source:  ", entry.source, width);
    item(out, "      entry:   ", fmt::format("{}:{}", entry.file, entry.line), width);
    return out;
}

std::string event_line(const EventEntry& entry, std::size_t width) {
    std::string out;
    item(out, "  ", fmt::format("event {}: {}", catalogue::short_id(entry), entry.name), width);
    item(out, "      ", entry.means, width);
    return out;
}

void write_event(report::JsonWriter& json, const EventEntry& entry) {
    json.begin_object();
    json.key("provider").value(entry.provider);
    json.key("id").value(entry.id);
    json.key("channel").value(entry.channel);
    json.key("side").value(catalogue::id(entry.side));
    json.key("name").value(entry.name);
    json.key("means").value(entry.means);
    json.key("when").begin_array();
    for (const auto& condition : entry.when) {
        json.begin_object();
        json.key("field").value(condition.field);
        json.key("match").value(catalogue::id(condition.match));
        json.key("values").value(condition.values);
        json.end_object();
    }
    json.end_array();
    json.key("shows").value(model::id(entry.shows));
    json.key("stage").value(entry.stage ? model::id(*entry.stage) : std::string_view{});
    json.key("actor").value(model::id(entry.actor));
    json.key("roles").begin_object();
    for (const auto& [role, field] : roles_of(entry)) json.key(role).value(*field);
    if (!entry.roles.code.family.empty()) {
        json.key("code").begin_object();
        json.key("fields").value(entry.roles.code.fields);
        json.key("family").value(entry.roles.code.family);
        json.end_object();
    }
    json.end_object();
    json.key("doubt").value(entry.doubt);
    json.key("source").value(entry.source);
    json.key("entry").value(fmt::format("{}:{}", entry.file, entry.line));
    json.end_object();
}

}  // namespace rdpdx::app
