// Points in time as evidence has them: UTC, to the nanosecond.
#pragma once

#include <chrono>
#include <string>

namespace rdpdx::model {

using Time = std::chrono::sys_time<std::chrono::nanoseconds>;
using Duration = std::chrono::nanoseconds;

// How many digits after the second the source wrote: event logs have 7 (100 ns), captures 6 or 9.
enum class Precision : std::uint8_t { micro = 6, hundred_nanos = 7, nano = 9 };

// RFC 3339: "2026-11-21T05:39:00.123456Z"
std::string to_rfc3339(Time time, Precision precision);

// "05:39:00.123"
std::string to_clock(Time time);

// For people: "4 ms", "1.25 s", "2 min 5 s", "3 h 10 min". Negative spans carry a minus sign.
std::string to_text(Duration span);

}  // namespace rdpdx::model
