// An event that a reader delivered, made ready to be written again.
#pragma once

#include "parsers/events/event.hpp"
#include "tests/support/evtx_writer.hpp"

namespace rdpdx::test::evtx {

// Reading what is written of it gives an equal event, except for what a log does not hold: message, offset, ordinal;
// and except for times finer than 100 ns. Values get the type that Windows would render as the very same text; with
// `all_text` they stay text. Fields whose names are paths become the elements of UserData.
LogEvent from_event(const events::Event& event, bool all_text = false);

// The type that Windows renders as the very same text: true -> Boolean, 5 -> UInt32, 0x1f -> HexInt32, and so on;
// otherwise a string.
Value typed(std::string_view text);

}  // namespace rdpdx::test::evtx
