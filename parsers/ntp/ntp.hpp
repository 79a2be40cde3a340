// The Network Time Protocol's packet. SNTP and [MS-SNTP], which adds a signature behind it, have the same.
#pragma once

#include <cstdint>

#include "parsers/bytes/cursor.hpp"
#include "parsers/bytes/text.hpp"

namespace rdpdx::ntp {

inline constexpr std::uint16_t kPort = 123;

// [RFC 5905] 7.3. Modes: 1 symmetric active, 2 symmetric passive, 3 client, 4 server.
struct Packet {
    std::uint8_t leap{}, version{}, mode{};
    std::uint8_t stratum{};                         // of the sender; 0 and 16: not synchronized
    std::uint64_t origin{}, receive{}, transmit{};  // seconds since 1900 and their fraction, 32 bits each

    bool asks() const noexcept { return mode == 1 || mode == 3; }
    bool answers() const noexcept { return mode == 2 || mode == 4; }
    bool synchronized() const noexcept { return leap != 3 && stratum > 0 && stratum < 16; }
};
bytes::Parsed<Packet> parse_packet(bytes::View datagram, std::size_t base = 0);

// Of a timestamp in the era that has it between 1968 and 2104 ([RFC 4330] 3).
bytes::Time time_of(std::uint64_t timestamp) noexcept;

}  // namespace rdpdx::ntp
