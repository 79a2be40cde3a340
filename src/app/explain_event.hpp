// What the catalogue says about an event, for `rdpdx explain`.
#pragma once

#include <string>

#include "src/catalogue/query.hpp"
#include "src/report/json_writer.hpp"

namespace rdpdx::app {

// Plain text, wrapped at `width` columns, each line with its end; not made safe for a terminal.
std::string event_text(const catalogue::EventEntry& entry, std::size_t width);
// The same in a line or two, for an id that means other things as well.
std::string event_line(const catalogue::EventEntry& entry, std::size_t width);
// An object with everything that the entry says.
void write_event(report::JsonWriter& json, const catalogue::EventEntry& entry);

}  // namespace rdpdx::app
