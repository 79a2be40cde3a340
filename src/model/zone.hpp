// Time zones as values: how far ahead of UTC clocks are there, and from when on.
#pragma once

#include <string>
#include <vector>

#include "src/model/time.hpp"

namespace rdpdx::model {

struct Zone {
    struct Change {
        Time from{};
        std::chrono::minutes ahead{};
        std::string abbreviation;  // "CEST", or empty
    };
    std::string name{"UTC"};      // "Europe/Berlin"
    std::vector<Change> changes;  // by time; what comes before the first is as the first. None: UTC

    // Null where it is UTC.
    const Change* at(Time time) const noexcept;
};

// RFC 3339 in the zone: "2026-11-21T06:39:00.123456+01:00".
std::string to_rfc3339(Time time, Precision precision, const Zone& zone);

// "2026-11-21T06:39:00+01:00"
std::string to_second(Time time, const Zone& zone);

// "06:39:00.123"; with "CET" or "+01:00" behind it where the zone's clocks change in the time that it covers.
std::string to_clock(Time time, const Zone& zone);

// "UTC", "Europe/Berlin (CET, UTC+01:00)", "Europe/Berlin (CEST, UTC+02:00; from 2026-10-25T01:00:00Z CET, UTC+01:00)"
std::string to_text(const Zone& zone);

}  // namespace rdpdx::model
