// Inside of observe: the events of one log that the catalogue knows, in few bytes each. A log may have a million of
// them, and few belong to a connection.
#pragma once

#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "parsers/events/event.hpp"
#include "src/catalogue/catalogue.hpp"
#include "src/model/observation.hpp"

namespace rdpdx::observe {

class EventStore {
public:
    struct Item {
        model::Time time{};
        const catalogue::EventEntry* entry{};
        std::uint64_t record{};  // EventRecordID, or the event's place where it has none
        std::uint64_t offset{};
        std::string_view provider, channel, computer, activity;
        std::uint64_t fields_at{};
        std::uint32_t fields_length{};
        bool recovered{};
    };
    explicit EventStore(std::uint32_t input) : input_{input} {}
    EventStore(EventStore&&) = default;
    EventStore& operator=(EventStore&&) = default;

    // The event must have a time; the entry must outlive this.
    void add(const events::Event& event, const catalogue::EventEntry& entry);
    const std::vector<Item>& items() const noexcept { return items_; }
    catalogue::Roles roles(const Item& item) const;
    model::Observation observation(const Item& item) const;
    // The same text as often as it comes is kept once, as long as this lives.
    std::string_view keep(const std::string& text);
    std::uint32_t input() const noexcept { return input_; }

private:
    std::vector<events::Field> fields(const Item& item) const;

    std::uint32_t input_;
    std::vector<Item> items_;
    std::string fields_;  // name, 0, value, 0, one after another
    std::unordered_set<std::string> texts_;
};

}  // namespace rdpdx::observe
