// Whether the user's filter wants a record that evtx::Filter let pass. Records repeat each other, so what was found for
// an id, or for some values, is remembered.
#pragma once

#include <string>
#include <unordered_map>

#include "parsers/evtx/reader.hpp"
#include "src/app/event_filter.hpp"

namespace rdpdx::app {

class EvtxChoice {
public:
    // The filter must outlive it.
    explicit EvtxChoice(const EventFilter& filter) : filter_{filter} {}
    // About the reader's record, whose id this is.
    bool accepts(evtx::ChunkReader& reader, std::uint32_t id);

private:
    enum class ById : std::uint8_t { unknown, never, always, look };
    ById by_id(std::uint32_t id);
    bool by_values(evtx::ChunkReader& reader, std::uint32_t id);
    struct OfId {
        std::vector<std::string> names;
        evtx::FieldChoice fields;
        std::unordered_map<std::string, bool> answers;  // by provider and values
    };
    OfId* of(std::uint32_t id);
    bool ask(evtx::ChunkReader& reader, std::uint32_t id, const evtx::FieldChoice& fields) const;

    const EventFilter& filter_;
    std::vector<ById> by_id_;  // of the ids that an event can have
    std::unordered_map<std::uint32_t, OfId> ids_;
    std::string key_;
};

// The provider's name, or the source's where it has none. Valid until the reader is asked for the next text.
inline std::string_view provider_of(evtx::ChunkReader& reader) {
    const auto name = reader.text(evtx::SystemField::provider);
    return name.empty() ? reader.text(evtx::SystemField::source_name) : name;
}

}  // namespace rdpdx::app
