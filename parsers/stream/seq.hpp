// Arithmetic on what wraps: sequence numbers, and times that hostile files choose freely.
#pragma once

#include <chrono>
#include <cstdint>
#include <limits>

#include "parsers/bytes/text.hpp"

namespace rdpdx::stream {

// [RFC 9293] 3.4: how far `to` lies after `from`, negative when before. True while they are less than 2^31 apart.
inline std::int32_t distance(std::uint32_t from, std::uint32_t to) noexcept {
    return static_cast<std::int32_t>(to - from);
}

// Zero when `to` is earlier, as in files whose packets are not in order of time.
inline std::chrono::nanoseconds elapsed(bytes::Time from, bytes::Time to) noexcept {
    if (to <= from) return {};
    const auto begin = static_cast<std::uint64_t>(from.time_since_epoch().count());
    const auto end = static_cast<std::uint64_t>(to.time_since_epoch().count());
    constexpr std::uint64_t most = std::numeric_limits<std::int64_t>::max();
    const std::uint64_t span = end - begin;  // of unsigned numbers: the signed difference could overflow
    return std::chrono::nanoseconds{static_cast<std::int64_t>(span < most ? span : most)};
}

}  // namespace rdpdx::stream
