// Exported event XML: wevtutil qe /f:xml, Event Viewer's "Save as XML", Get-WinEvent's ToXml.
#pragma once

#include <functional>
#include <string_view>

#include "parsers/bytes/source.hpp"
#include "parsers/events/event.hpp"

namespace rdpdx::events {

// Text that holds, or begins, event XML: UTF-8 or UTF-16 with or without byte order mark, white space, an XML
// declaration, comments, then <Events or <Event (with or without a namespace prefix).
bool is_event_xml(bytes::View head);

struct Notice {
    std::uint64_t offset{};  // in the file, bytes
    std::string text;        // one sentence without the file's name
};

struct Result {
    std::uint64_t events{};
    // What could not be read, in file order; at most kMaxNotices, the last one says how many more.
    std::vector<Notice> damage;
};
inline constexpr std::size_t kMaxNotices = 50;

// What can be said of an event before it is decoded. Views; the GUID and the time are as they are written.
struct Head {
    std::string_view provider, guid, time;
    std::uint32_t id{};
};

// Cuts the stream event by event (memory is bounded by the largest event, at most 16 MiB), parses each by pugixml and
// hands it on. An event that is broken is named in the result; those before and after it are delivered. Stops early
// when `sink` returns false.
//
// Events that `unwanted` says yes to are counted and not decoded, so nothing is told of what is odd within them. It is
// asked where provider, id and time stand as Windows writes them; other events are decoded and go to the sink unasked.
Result read_xml(bytes::Source& source, const std::function<bool(Event&&)>& sink,
                const std::function<bool(const Head&)>& unwanted = {});

}  // namespace rdpdx::events
