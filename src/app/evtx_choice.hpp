// Whether the catalogue wants the records of which provider and id alone do not say so. Records repeat each other, so
// what was found for some values is remembered.
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
    struct OfId {
        std::vector<std::string> names;
        evtx::FieldChoice fields;
        std::unordered_map<std::string, bool> answers;  // by provider and values
    };
    OfId* of(std::uint32_t id);
    bool ask(evtx::ChunkReader& reader, std::uint32_t id, const evtx::FieldChoice& fields) const;

    const EventFilter& filter_;
    std::unordered_map<std::uint32_t, OfId> ids_;
    std::string key_;
};

// The provider's name, or the source's where it has none. Valid until the reader is asked for the next text.
inline std::string_view provider_of(evtx::ChunkReader& reader) {
    const auto name = reader.text(evtx::SystemField::provider);
    return name.empty() ? reader.text(evtx::SystemField::source_name) : name;
}

}  // namespace rdpdx::app
