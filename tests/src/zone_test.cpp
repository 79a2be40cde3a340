#include "src/app/zone.hpp"

#include <cstdlib>

#include "tests/support/catch.hpp"

using namespace rdpdx;
using namespace std::chrono_literals;
using app::zone_named;
using model::Time;

namespace {

const Time kMarch = Time{} + 1774746000s;    // 2026-03-29T01:00:00Z: forward in Berlin
const Time kOctober = Time{} + 1792890000s;  // 2026-10-25T01:00:00Z: back

bool have_database() {
    if (zone_named("Europe/Berlin", {}, {})) return true;
    WARN("no zone database (Debian's package tzdata): not looked at");
    return false;
}

}  // namespace

TEST_CASE("an offset, UTC and nothing need no database") {
    CHECK(zone_named("", {}, {})->changes.empty());
    CHECK(zone_named("UTC", {}, {})->changes.empty());
    struct Row {
        const char* text;
        int minutes;
    };
    const auto row = GENERATE(values<Row>(
        {{"+02:00", 120}, {"-05:30", -330}, {"+0545", 345}, {"-08", -480}, {"+00:00", 0}, {"+14:00", 840}}));
    INFO(row.text);
    const auto zone = zone_named(row.text, {}, {});
    REQUIRE(zone);
    CHECK(zone->changes.at(0).ahead == std::chrono::minutes{row.minutes});
}

TEST_CASE("what is no zone is none, whatever the C library would make of it") {
    const char* name =
        GENERATE("Europe/Nowhere", "+2", "+24:00", "+02:60", "+02:0", "+02:000", "../etc/passwd", "/etc/localtime",
                 "Europe", ":Europe/Berlin", "CET-1CEST", "Europe/Berlin\n", "+ab:cd", "zone.tab", "x y");
    INFO(name);
    CHECK_FALSE(zone_named(name, {}, {}));
}

TEST_CASE("changes of daylight saving are found to the second") {
    if (!have_database()) return;
    const auto zone = zone_named("Europe/Berlin", kMarch - 24h * 60, kOctober + 24h * 10);
    REQUIRE(zone);
    REQUIRE(zone->changes.size() == 3);
    CHECK(zone->changes[0].abbreviation == "CET");
    CHECK(zone->changes[1].from == kMarch);
    CHECK(zone->changes[1].ahead == 2h);
    CHECK(zone->changes[2].from == kOctober);
    CHECK(zone->changes[2].ahead == 1h);
    CHECK(model::to_second(kMarch, *zone) == "2026-03-29T03:00:00+02:00");
    CHECK(model::to_second(kMarch - 1s, *zone) == "2026-03-29T01:59:59+01:00");
}

TEST_CASE("a zone that does not change in the time asked for has one offset") {
    if (!have_database()) return;
    CHECK(zone_named("Asia/Kolkata", kMarch, kOctober)->changes.size() == 1);
    CHECK(zone_named("Europe/Berlin", kMarch, kMarch)->changes.size() == 1);
    CHECK(zone_named("Europe/Berlin", kMarch, kMarch)->changes[0].ahead == 2h);
    CHECK(zone_named("Asia/Kolkata", kMarch, kOctober)->changes[0].ahead == 330min);
}

TEST_CASE("centuries are no trouble") {
    if (!have_database()) return;
    const auto zone = zone_named("America/New_York", Time{} - 24h * 365 * 70, Time{} + 24h * 365 * 190);
    REQUIRE(zone);
    CHECK(zone->changes.size() > 300);
    CHECK(zone->changes.size() < 700);
}

TEST_CASE("local is the zone of the environment") {
    if (!have_database()) return;
    setenv("TZ", "Asia/Tokyo", 1);
    const auto zone = zone_named("local", kMarch, kMarch);
    REQUIRE(zone);
    CHECK(model::to_text(*zone) == "local time (JST, UTC+09:00)");
}
