// The short way through an export in which hardly any event is wanted: events as Windows writes them, told by a glance.
// What looks any different is left to those who look closely.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "parsers/events/xml.hpp"

namespace rdpdx::events {

// Looks for the end of the event that a text begins with, over several calls while the text grows.
class PlainEvent {
public:
    enum class Answer : std::uint8_t {
        found,    // size() bytes; the closer look would find the same end
        more,     // the text ends before the event does
        another,  // not plain: comments, CDATA, events within events, prefixes, anything odd
    };
    // `from`: where its start tag ends.
    explicit PlainEvent(std::size_t from) noexcept : at_{from} {}
    Answer look(std::string_view text) noexcept;
    std::size_t size() const noexcept { return at_; }

private:
    std::size_t at_, tags_ = 0;  // up to at_ everything was seen
};

// Provider, id and time of a plain event, or nothing if it takes a closer look. Views into `event`.
std::optional<Head> plain_head(std::string_view event) noexcept;

}  // namespace rdpdx::events
