#include "src/analysis/examples.hpp"

#include <fmt/format.h>

#include "parsers/events/xml.hpp"

namespace rdpdx::analysis {
namespace {

using catalogue::EventEntry;

// Roles that the entry names and the example does not fill.
std::string missing_roles(const EventEntry& entry, const catalogue::Getter& field) {
    const catalogue::Roles roles = catalogue::read_roles(entry, field);
    const auto& from = entry.roles;
    std::string out;
    const auto ask = [&](bool named, bool filled, std::string_view role) {
        if (named && !filled) out += fmt::format("{}{}", out.empty() ? "" : ", ", role);
    };
    ask(!from.target.empty(), roles.target.has_value(), "target");
    ask(!from.user.empty(), roles.user.has_value(), "user");
    ask(!from.domain.empty(), field(from.domain) != nullptr, "domain");
    ask(!from.session.empty(), roles.session.has_value(), "session");
    ask(!from.code.family.empty(), roles.code.has_value(), "code");
    ask(!from.address.empty(), field(from.address) != nullptr, "address");
    ask(!from.port.empty(), field(from.port) != nullptr, "port");
    return out;
}

// What is wrong with the entry's example, or nothing.
std::string wrong_with(const EventEntry& entry, const catalogue::EventCatalogue& catalogue) {
    std::vector<events::Event> list;
    bytes::MemorySource source{bytes::view_of(entry.example)};
    const auto result = events::read_xml(source, [&](events::Event&& event) {
        list.push_back(std::move(event));
        return true;
    });
    if (!result.damage.empty()) return "the example cannot be read: " + result.damage.front().text;
    if (list.size() != 1) return fmt::format("the example holds {} events, not one", list.size());
    const events::Event& event = list.front();
    const catalogue::Getter field = [&](std::string_view name) { return event.field(name); };
    if (event.id != entry.id || !catalogue::is_provider(entry, event.provider, event.provider_guid))
        return fmt::format("the example is of '{}' {}", event.provider, event.id);
    if (!catalogue::holds(entry.when, field)) return "the example does not fit the entry's own 'when'";
    const EventEntry* found = catalogue.find(event.provider, event.provider_guid, event.id, field);
    if (found != &entry && found && found->file == entry.file)
        return fmt::format("the entry in line {} takes the example first", found->line);
    if (const std::string missing = missing_roles(entry, field); !missing.empty())
        return "the example does not fill these roles: " + missing;
    const std::string said = catalogue::sentence(entry, field);
    if (said.find("(not given)") != std::string::npos)
        return "a field of the sentence is missing in the example: " + said;
    return {};
}

}  // namespace

Tried try_examples(const catalogue::EventCatalogue& catalogue) {
    Tried out;
    for (const EventEntry& entry : catalogue.entries()) {
        const std::string wrong = wrong_with(entry, catalogue);
        if (wrong.empty())
            ++out.passed;
        else
            out.failed.push_back({entry.file, entry.line, 0, fmt::format("{} {}: {}", entry.id, entry.name, wrong)});
    }
    return out;
}

}  // namespace rdpdx::analysis
