// The short way for packets of the ordinary kind: enough of one to know that nobody wants it, without decoding it.
#pragma once

#include <cstdint>
#include <optional>

#include "parsers/capture/packet.hpp"

namespace rdpdx::net {

// A TCP segment in IPv4 in Ethernet, all of its headers captured, with nothing about it that decode() counts, waits for
// or unpacks. decode() would make the same Segment of it.
struct Glance {
    std::uint32_t source{}, destination{};  // the four octets as they lie in memory
    std::uint16_t source_port{}, destination_port{};
    std::uint32_t sequence{};
    bool syn{}, rst{};
};

// Nothing where decode() has to be asked.
std::optional<Glance> glance(const capture::Packet& packet) noexcept;

}  // namespace rdpdx::net
