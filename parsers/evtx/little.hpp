// Checked little-endian loads at an offset. BinXML points around inside its chunk, so a cursor alone does not do.
#pragma once

#include <cstdint>

#include "parsers/bytes/cursor.hpp"

namespace rdpdx::evtx {

// Whether `n` bytes lie at `at`. The sum is never formed, so it cannot wrap.
constexpr bool fits(bytes::View in, std::size_t at, std::size_t n) noexcept {
    return at <= in.size() && n <= in.size() - at;
}

// Zero where the bytes are not there. Compilers make one load of the loop.
template <class T>
constexpr T little_at(bytes::View in, std::size_t at) noexcept {
    if (!fits(in, at, sizeof(T))) return 0;
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < sizeof(T); ++i) value |= std::to_integer<std::uint64_t>(in[at + i]) << (8 * i);
    return static_cast<T>(value);
}
constexpr std::uint8_t u8_at(bytes::View in, std::size_t at) noexcept { return little_at<std::uint8_t>(in, at); }
constexpr std::uint16_t u16_at(bytes::View in, std::size_t at) noexcept { return little_at<std::uint16_t>(in, at); }
constexpr std::uint32_t u32_at(bytes::View in, std::size_t at) noexcept { return little_at<std::uint32_t>(in, at); }
constexpr std::uint64_t u64_at(bytes::View in, std::size_t at) noexcept { return little_at<std::uint64_t>(in, at); }

constexpr bytes::View window(bytes::View in, std::size_t at, std::size_t n) noexcept {
    return fits(in, at, n) ? in.subspan(at, n) : bytes::View{};
}

}  // namespace rdpdx::evtx
