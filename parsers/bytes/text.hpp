// Text as evidence carries it, made into UTF-8 that is safe to hand on.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "parsers/bytes/cursor.hpp"

namespace rdpdx::bytes {

// Nanoseconds since 1970, UTC.
using Time = std::chrono::sys_time<std::chrono::nanoseconds>;

// Evidence is not dated before or behind these: any two such times, and a year on top, lie no further apart than
// nanoseconds can count, so nobody who subtracts times has to think of it.
inline constexpr Time kEarliest = std::chrono::sys_days{std::chrono::year{1900} / 1 / 1};
inline constexpr Time kLatest = std::chrono::sys_days{std::chrono::year{2190} / 1 / 1};

// UTF-16LE to UTF-8. A lone surrogate becomes U+FFFD; an odd last byte is dropped.
std::string utf16le_to_utf8(View utf16);
// UTF-16 of either byte order, without its byte order mark.
std::string utf16_to_utf8(View utf16, bool big_endian);

// The same text if it is UTF-8, otherwise each byte that is not becomes U+FFFD.
std::string valid_utf8(std::string_view text);

// Lower-case hex, no separators.
std::string hex(View bytes);

// "2026-11-21T05:39:00.123456700Z", with or without T, Z, offset and fraction (up to nine digits count). Nothing for
// what is not a time or lies outside of kEarliest and kLatest.
std::optional<Time> parse_time(std::string_view text);

}  // namespace rdpdx::bytes
