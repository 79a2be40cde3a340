#include "src/analysis/field_names.hpp"

#include <algorithm>

#include "parsers/events/xml.hpp"

namespace rdpdx::analysis {

FieldNames::FieldNames(const catalogue::EventCatalogue& catalogue) {
    for (const catalogue::EventEntry& entry : catalogue.entries()) {
        bytes::MemorySource source{bytes::view_of(entry.example)};
        events::read_xml(source, [&](events::Event&& event) {
            Example example{&entry, {}, event.user_data};
            for (events::Field& field : event.fields) example.names.push_back(std::move(field.name));
            by_id_[entry.id].push_back(std::move(example));
            return false;
        });
    }
}

void FieldNames::apply(events::Event& event) const {
    if (!event.positional) return;
    const auto examples = by_id_.find(event.id);
    if (examples == by_id_.end()) return;
    const auto fits = std::ranges::find_if(examples->second, [&](const Example& e) {
        return e.names.size() == event.fields.size() &&
               catalogue::is_provider(*e.entry, event.provider, event.provider_guid);
    });
    if (fits == examples->second.end()) return;
    for (std::size_t i = 0; i < fits->names.size(); ++i) event.fields[i].name = fits->names[i];
    event.user_data = fits->user_data;
    event.positional = false;
}

}  // namespace rdpdx::analysis
