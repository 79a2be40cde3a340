// One event's XML -> Event. The only place that knows pugixml.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "parsers/events/event.hpp"

namespace rdpdx::events {

class ElementReader {
public:
    ElementReader();
    ~ElementReader();

    // An event that is there may still have a problem, at a place counted from the beginning of the text.
    struct Reading {
        std::optional<Event> event;  // offset and ordinal are left to the caller
        std::string problem;         // one sentence, or empty
        std::size_t at{};
    };
    // `xml` is one element named Event, in UTF-8; bytes that are not become U+FFFD.
    Reading read(std::string_view xml);

private:
    struct Document;
    std::unique_ptr<Document> document_;
};

}  // namespace rdpdx::events
