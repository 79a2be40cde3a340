// The short way for packets of the ordinary kind: enough of one to know that nobody wants it, without decoding it.
#pragma once

#include <cstdint>

#include "parsers/capture/packet.hpp"

namespace rdpdx::net {

// A TCP segment or a UDP datagram in IPv4 in Ethernet, all of its headers captured, with nothing about it that decode()
// counts, waits for or unpacks. decode() would make the same Segment or Datagram of it.
struct Glance {
    std::uint32_t source{}, destination{};  // the four octets as they lie in memory
    std::uint16_t source_port{}, destination_port{};
    std::uint32_t sequence{};  // of a segment only, as the two behind it
    bool syn{}, rst{};
    bool datagram{};                 // otherwise a segment
    std::uint32_t payload_length{};  // of a datagram only
};

// False where decode() has to be asked; `seen` is then of no meaning. It is written where it stays, since a copy made
// at once would wait for it.
bool glance(const capture::Packet& packet, Glance& seen) noexcept;

}  // namespace rdpdx::net
