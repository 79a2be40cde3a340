// Names for values that came without them.
#pragma once

#include "parsers/events/event.hpp"
#include "src/catalogue/catalogue.hpp"

namespace rdpdx::analysis {

// Get-WinEvent hands out values in the order in which the provider's manifest names them, and event XML shows them in
// the same order. So the catalogue's example of an event names the values of another event of its kind, provided that
// it has as many.
class FieldNames {
public:
    // The catalogue must outlive this.
    explicit FieldNames(const catalogue::EventCatalogue& catalogue);
    // Does nothing to an event whose names are its own.
    void apply(events::Event& event) const;

private:
    struct Example {
        const catalogue::EventEntry* entry{};
        std::vector<std::string> names;
        bool user_data{};
    };
    std::unordered_map<std::uint32_t, std::vector<Example>> by_id_;
};

}  // namespace rdpdx::analysis
