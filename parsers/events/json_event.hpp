// A JSON tree -> Event.
#pragma once

#include "parsers/events/event.hpp"
#include "parsers/events/json_value.hpp"

namespace rdpdx::events {

struct JsonEvent {
    std::optional<Event> event;  // offset and ordinal are left to the caller
    std::string problem;         // one sentence, or empty
};
// Which of the forms it is, the object itself says.
JsonEvent event_of(const JsonValue& object);

// The forms: {"Event": {...}} of evtx_dump, and an EventLogRecord as PowerShell writes it.
JsonEvent event_of_dump(const JsonValue& event);
JsonEvent event_of_record(const JsonValue& record);

}  // namespace rdpdx::events
