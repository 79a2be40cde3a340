#include "src/model/zone.hpp"
#include "tests/support/catch.hpp"

using namespace rdpdx::model;
using namespace std::chrono_literals;

namespace {

// 2026-10-25T01:00:00Z, when clocks in Berlin go back an hour.
const Time kBack = Time{} + 1792890000s;
const Zone kBerlin{"Europe/Berlin", {{kBack - 24h, 120min, "CEST"}, {kBack, 60min, "CET"}}};

}  // namespace

TEST_CASE("without changes a zone is UTC and says so as before") {
    CHECK(to_rfc3339(kBack, Precision::micro, Zone{}) == to_rfc3339(kBack, Precision::micro));
    CHECK(to_second(kBack, Zone{}) == "2026-10-25T01:00:00Z");
    CHECK(to_clock(kBack, Zone{}) == "01:00:00.000");
    CHECK(to_text(Zone{}) == "UTC");
}

TEST_CASE("an hour that comes twice is told apart by its offset") {
    CHECK(to_rfc3339(kBack - 1s, Precision::micro, kBerlin) == "2026-10-25T02:59:59.000000+02:00");
    CHECK(to_rfc3339(kBack, Precision::hundred_nanos, kBerlin) == "2026-10-25T02:00:00.0000000+01:00");
    CHECK(to_second(kBack + 1h, kBerlin) == "2026-10-25T03:00:00+01:00");
    CHECK(to_clock(kBack - 1s, kBerlin) == "02:59:59.000 CEST");
    CHECK(to_clock(kBack, kBerlin) == "02:00:00.000 CET");
    CHECK(to_text(kBerlin) == "Europe/Berlin (CEST, UTC+02:00; from 2026-10-25T01:00:00Z CET, UTC+01:00)");
}

TEST_CASE("what comes before a zone's first change has its offset") {
    CHECK(to_second(kBack - 48h, kBerlin) == "2026-10-23T03:00:00+02:00");
}

TEST_CASE("a zone with one offset leaves clocks without a mark") {
    const Zone fixed{"fixed offset", {{Time{}, -210min, {}}}};
    CHECK(to_clock(kBack, fixed) == "21:30:00.000");
    CHECK(to_rfc3339(kBack, Precision::micro, fixed) == "2026-10-24T21:30:00.000000-03:30");
    CHECK(to_text(fixed) == "fixed offset (UTC-03:30)");
}

TEST_CASE("the ends of time do not run over") {
    const Zone east{"x", {{Time::min(), 840min, {}}}}, west{"x", {{Time::min(), -840min, {}}}};
    CHECK_FALSE(to_second(Time::max(), east).empty());
    CHECK_FALSE(to_second(Time::min(), west).empty());
}

TEST_CASE("of many changes a zone names the first, and how many more there are") {
    Zone many{"x", {}};
    for (int i = 0; i < 6; ++i) many.changes.push_back({Time{} + i * 24h, i % 2 * 60min, {}});
    CHECK(
        to_text(many) ==
        "x (UTC+00:00; from 1970-01-02T00:00:00Z UTC+01:00; from 1970-01-03T00:00:00Z UTC+00:00; and 3 more changes)");
}
