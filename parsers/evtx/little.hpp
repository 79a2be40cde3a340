// Checked little-endian loads at an offset. BinXML points around inside its chunk, so a cursor alone does not do.
#pragma once

#include <cstdint>

#include "parsers/bytes/cursor.hpp"

namespace rdpdx::evtx {

// Whether `n` bytes lie at `at`. The sum is never formed, so it cannot wrap.
constexpr bool fits(bytes::View in, std::size_t at, std::size_t n) noexcept {
    return at <= in.size() && n <= in.size() - at;
}

// Zero where the bytes are not there. Spelled out, because compilers make one load of this and none of a loop.
constexpr std::uint8_t u8_at(bytes::View in, std::size_t at) noexcept {
    return at < in.size() ? std::to_integer<std::uint8_t>(in[at]) : std::uint8_t{};
}
constexpr std::uint16_t u16_at(bytes::View in, std::size_t at) noexcept {
    if (!fits(in, at, 2)) return 0;
    const std::byte* const b = in.data() + at;
    return static_cast<std::uint16_t>(std::to_integer<unsigned>(b[0]) | std::to_integer<unsigned>(b[1]) << 8);
}
constexpr std::uint32_t u32_at(bytes::View in, std::size_t at) noexcept {
    if (!fits(in, at, 4)) return 0;
    const std::byte* const b = in.data() + at;
    return std::to_integer<std::uint32_t>(b[0]) | std::to_integer<std::uint32_t>(b[1]) << 8 |
           std::to_integer<std::uint32_t>(b[2]) << 16 | std::to_integer<std::uint32_t>(b[3]) << 24;
}
constexpr std::uint64_t u64_at(bytes::View in, std::size_t at) noexcept {
    if (!fits(in, at, 8)) return 0;
    const std::byte* const b = in.data() + at;
    return std::to_integer<std::uint64_t>(b[0]) | std::to_integer<std::uint64_t>(b[1]) << 8 |
           std::to_integer<std::uint64_t>(b[2]) << 16 | std::to_integer<std::uint64_t>(b[3]) << 24 |
           std::to_integer<std::uint64_t>(b[4]) << 32 | std::to_integer<std::uint64_t>(b[5]) << 40 |
           std::to_integer<std::uint64_t>(b[6]) << 48 | std::to_integer<std::uint64_t>(b[7]) << 56;
}

constexpr bytes::View window(bytes::View in, std::size_t at, std::size_t n) noexcept {
    return fits(in, at, n) ? in.subspan(at, n) : bytes::View{};
}

}  // namespace rdpdx::evtx
