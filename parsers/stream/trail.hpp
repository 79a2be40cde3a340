// Keeps the packets of one flow for comparison, in bounded memory.
#pragma once

#include "parsers/stream/flow.hpp"

namespace rdpdx::stream {

// Adds this packet to a trail whose last part is a ring until close() puts it in order.
void record(Trail& trail, const net::Segment& segment, const Mark& mark, Side from);
void close(Trail& trail);
// Roles turned out the other way round.
void reverse(Trail& trail) noexcept;

}  // namespace rdpdx::stream
