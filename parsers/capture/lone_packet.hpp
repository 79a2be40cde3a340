// A packet of a capture by itself, for whoever knows where its record stands.
#pragma once

#include <cstddef>
#include <vector>

#include "parsers/bytes/cursor.hpp"

namespace rdpdx::capture {

// A capture file whose first packet is the one of `record`: in front of it stands what readers have to know, out of the
// first bytes of the file (pcap's header; pcapng's section header and interfaces, as far as `head` has them before the
// first packet). Bytes behind the record do no harm. Empty where `head` is no capture's.
std::vector<std::byte> lone_packet(bytes::View head, bytes::View record);

}  // namespace rdpdx::capture
