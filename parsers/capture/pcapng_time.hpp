// Inside parsers/capture only: what a pcapng time stamp means.
#pragma once

#include <cstdint>

#include "parsers/bytes/text.hpp"

namespace rdpdx::capture {

// draft-ietf-opsawg-pcapng section 4.2, if_tsresol and if_tsoffset
struct Clock {
    std::uint8_t if_tsresol =
        6;                       // ticks a second: 10 to this power, or 2 to the lower seven bits if the top bit is set
    std::int64_t if_tsoffset{};  // seconds
    bool finer_than_microseconds() const noexcept;
};

struct Stamp {
    bytes::Time time{};
    bool clamped{};  // to bytes::kEarliest or kLatest
};
// Exact to the nanosecond below; every resolution and offset is defined.
Stamp time_of(std::uint64_t ticks, const Clock& clock) noexcept;

}  // namespace rdpdx::capture
