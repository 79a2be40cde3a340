#include "parsers/capture/pcapng_time.hpp"

#include <limits>

namespace rdpdx::capture {
namespace {

constexpr std::uint64_t kNanos = 1'000'000'000;
constexpr std::uint8_t kPowerOfTwo = 0x80;

struct Split {
    std::uint64_t seconds{}, nanos{};
};

std::uint64_t ten_to(unsigned exponent) noexcept {
    std::uint64_t value = 1;
    for (unsigned i = 0; i < exponent; ++i) value *= 10;
    return value;
}

// 64 bits of ticks hold less than 10^20 of them.
Split split_decimal(std::uint64_t ticks, unsigned exponent) noexcept {
    if (exponent > 28) return {};
    if (exponent > 19) return {0, ticks / ten_to(exponent - 9)};
    const std::uint64_t a_second = ten_to(exponent), rest = ticks % a_second;
    return {ticks / a_second, exponent <= 9 ? rest * ten_to(9 - exponent) : rest / ten_to(exponent - 9)};
}

// 34 bits of fraction are finer than a nanosecond, and times 10^9 they still fit into 64.
Split split_binary(std::uint64_t ticks, unsigned exponent) noexcept {
    constexpr unsigned kFraction = 34;
    std::uint64_t seconds = 0;
    if (exponent < 64) {
        seconds = ticks >> exponent;
        ticks -= seconds << exponent;
    }
    if (exponent <= kFraction) return {seconds, ticks * kNanos >> exponent};
    const unsigned drop = exponent - kFraction;
    return {seconds, drop < 64 ? (ticks >> drop) * kNanos >> kFraction : 0};
}

}  // namespace

bool Clock::finer_than_microseconds() const noexcept {
    const unsigned exponent = if_tsresol & 0x7FU;
    return (if_tsresol & kPowerOfTwo) != 0 ? exponent >= 20 : exponent > 6;
}

Stamp time_of(std::uint64_t ticks, const Clock& clock) noexcept {
    const unsigned exponent = clock.if_tsresol & 0x7FU;
    const Split split =
        (clock.if_tsresol & kPowerOfTwo) != 0 ? split_binary(ticks, exponent) : split_decimal(ticks, exponent);
    // Offsets of either sign: far outside of the range there is nothing to add up.
    constexpr std::int64_t kFar = std::numeric_limits<std::int64_t>::max() / 4;
    const std::int64_t seconds = split.seconds > kFar ? kFar : static_cast<std::int64_t>(split.seconds);
    const std::int64_t offset = clock.if_tsoffset < -kFar ? -kFar : clock.if_tsoffset > kFar ? kFar : clock.if_tsoffset;
    const std::int64_t sum = seconds + offset;
    const auto in_seconds = [](bytes::Time t) {
        return std::chrono::floor<std::chrono::seconds>(t.time_since_epoch()).count();
    };
    if (sum >= in_seconds(bytes::kLatest)) return {bytes::kLatest, true};
    if (sum < in_seconds(bytes::kEarliest)) return {bytes::kEarliest, true};
    const std::int64_t nanos = sum * static_cast<std::int64_t>(kNanos) + static_cast<std::int64_t>(split.nanos);
    return {bytes::Time{std::chrono::nanoseconds{nanos}}, false};
}

}  // namespace rdpdx::capture
