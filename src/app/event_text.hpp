// One event as text, in each of the forms of `rdpdx events`. All of them add to the end of `out`.
#pragma once

#include <string_view>

#include "parsers/events/event.hpp"
#include "parsers/evtx/text_buffer.hpp"
#include "src/catalogue/catalogue.hpp"
#include "src/model/zone.hpp"

namespace rdpdx::app {

// What is said about a record besides what it holds.
struct RecordState {
    bool recovered{}, damaged{};
};

// A line in the shape that parsers/evtx/reader.hpp documents, so that events look the same whatever file they are from.
void add_event_json(evtx::TextBuffer& out, const events::Event& event, std::string_view file, RecordState state);

// An element Event of the Windows event schema. Read again, it gives an equal event, but that control characters, which
// XML cannot hold, become U+FFFD, and elements of UserData get names that XML allows.
void add_event_xml(evtx::TextBuffer& out, const events::Event& event);

// Spreadsheets take a cell that begins with one of = + - @ for a formula; such cells begin with an apostrophe instead.
void add_csv_header(evtx::TextBuffer& out);
void add_event_csv(evtx::TextBuffer& out, const events::Event& event, std::string_view file, RecordState state);

// A line for people, with the catalogue's sentence where it knows the event.
void add_event_text(evtx::TextBuffer& out, const events::Event& event, const catalogue::EventCatalogue& catalogue,
                    const model::Zone& zone, RecordState state);

}  // namespace rdpdx::app
