// Which events `rdpdx events` prints.
#pragma once

#include <variant>

#include "parsers/events/xml.hpp"
#include "parsers/evtx/filter.hpp"
#include "src/app/options.hpp"
#include "src/catalogue/catalogue.hpp"

namespace rdpdx::app {

class EventFilter {
public:
    // Or a sentence on what is wrong with the options. The catalogue must outlive the filter.
    static std::variant<EventFilter, std::string> of(const Options& options,
                                                     const catalogue::EventCatalogue& catalogue);

    // Everything that is asked.
    bool accepts(const events::Event& event) const;
    // Parts of it, for readers that know an event's head before the rest; false is final.
    bool by_id(std::uint32_t id) const;
    bool by_provider(std::string_view name) const;
    bool asks_provider() const noexcept { return !providers_.empty(); }
    bool may_accept(std::string_view provider, std::string_view guid, std::uint32_t id) const;
    bool may_accept(const events::Head& head) const;
    // Whether nothing but System decides, given that wanted() lets it through.
    bool decided_by_head(std::uint32_t id) const;
    // Otherwise: the names of the fields that decide, for by_fields(); nothing if it takes the whole event.
    std::optional<std::vector<std::string>> deciding_fields(std::uint32_t id) const;
    bool by_fields(std::string_view provider, std::string_view guid, std::uint32_t id,
                   const catalogue::Getter& field) const;
    // What raw values of a binary log can answer; what it accepts, accepts() may still reject.
    evtx::Wanted wanted() const;

private:
    struct IdRange {
        std::uint32_t first{}, last{};
    };
    struct FieldIs {
        std::string name, value;
    };
    explicit EventFilter(const catalogue::EventCatalogue& catalogue);
    bool by_time(const std::optional<bytes::Time>& time) const;
    std::string read_ids(const std::string& text);

    const catalogue::EventCatalogue* catalogue_;
    std::vector<std::string> channels_, providers_, computers_;
    std::vector<IdRange> ids_;
    std::vector<FieldIs> fields_;
    std::optional<bytes::Time> from_, to_;
    bool relevant_{};
    // Ids of the catalogue, sorted: all that are not noise; those that may be noise, for some provider or with some
    // fields; and those that are noise for a provider with some fields only.
    std::vector<std::uint32_t> known_, doubtful_, conditional_;
};

}  // namespace rdpdx::app
