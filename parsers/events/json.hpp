// Exported events as JSON: evtx_dump's forms (a line an event, documents under "Record N" lines, arrays) and
// PowerShell's Get-WinEvent | ConvertTo-Json.
#pragma once

#include "parsers/events/xml.hpp"

namespace rdpdx::events {

// Text that begins with a JSON object or array, or with "Record N", and soon says what only events say. UTF-8 or UTF-16
// with or without byte order mark.
bool is_event_json(bytes::View head);

// Cuts the stream event by event (memory is bounded by the largest event, at most 16 MiB, and a multiple of it for its
// values), and hands each on. What is broken is named in the result; events before and after it are delivered. Stops
// early when `sink` returns false.
//
// Fields have the names and the order that event XML of the same event would give them as far as the JSON tells: some
// writers sort names. Get-WinEvent gives values without names; these are Data[0], Data[1] and the event is marked
// `positional`.
Result read_json(bytes::Source& source, const std::function<bool(Event&&)>& sink);

}  // namespace rdpdx::events
