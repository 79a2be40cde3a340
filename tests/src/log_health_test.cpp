// What a log covers and went through.
#include "src/observe/log_health.hpp"
#include "src/correlate/logs.hpp"
#include "tests/support/attempts.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/knowledge.hpp"

using namespace rdpdx;

namespace {

events::Event event_of(const char* provider, std::uint32_t id, double time, std::vector<events::Field> fields = {},
                       const char* channel = "System") {
    events::Event e;
    e.provider = provider;
    e.id = id;
    e.time = test::at(time);
    e.record = static_cast<std::uint64_t>(time);
    e.channel = channel;
    e.computer = "HOST";
    e.fields = std::move(fields);
    return e;
}

void add(observe::LogHealth& health, const events::Event& e) {
    static const auto knowledge = test::shipped_knowledge();
    const catalogue::Getter field = [&](std::string_view name) { return e.field(name); };
    const auto* entry = knowledge.events.find(e.provider, e.id, field);
    REQUIRE(entry);
    health.add(e, *entry, field);
}

model::Attempt attempt_at(double begins) {
    auto a = test::attempt_of({test::wire_track({test::saw("tcp.connected", 1)})});
    a.server.name = "host.example";
    a.started = test::at(begins);
    a.ended = test::at(begins + 1);
    return a;
}

model::LogCover cover(const char* channel, double first, double last) {
    return {1, "HOST", channel, model::Origin::other_log, test::at(first), test::at(last)};
}

}  // namespace

TEST_CASE("sleep, waking, a restart and a cleared log are told, each with its record") {
    observe::LogHealth health{3};
    add(health, event_of("Microsoft-Windows-Kernel-Power", 42, 10));
    add(health, event_of("Microsoft-Windows-Kernel-Power", 107, 20));
    add(health, event_of("EventLog", 6008, 30));
    add(health, event_of("Microsoft-Windows-Kernel-Power", 105, 40));
    const auto notes = health.take();
    REQUIRE(notes.size() == 3);
    CHECK(notes[0].kind == "slept");
    CHECK(notes[1].kind == "resumed");
    CHECK(notes[2].kind == "restarted");
    REQUIRE(notes[0].evidence);
    CHECK(notes[0].evidence->input == 3);
    CHECK(notes[0].evidence->number == 10);
}

TEST_CASE("a clock that jumped is told, one that was trimmed is not") {
    observe::LogHealth health{0};
    const auto set = [&](const char* from, const char* to) {
        add(health, event_of("Microsoft-Windows-Kernel-General", 1, 5, {{"NewTime", to}, {"OldTime", from}}));
    };
    set("2026-11-21T05:39:00.0Z", "2026-11-21T05:39:00.4Z");
    set("2026-11-21T05:39:00.0Z", "2026-11-21T05:30:00.0Z");
    const auto notes = health.take();
    REQUIRE(notes.size() == 1);
    CHECK(notes[0].kind == "clock-changed");
    CHECK(notes[0].text == "The clock was set back by 9 min 0 s.");
}

TEST_CASE("records that are not there are counted, in a log of one channel") {
    observe::LogHealth health{0};
    add(health, event_of("Microsoft-Windows-Kernel-Power", 105, 1));
    for (const std::uint64_t number : {12U, 10U, 11U, 20U}) health.record(number);
    const auto notes = health.take();
    REQUIRE(notes.size() == 1);
    CHECK(notes[0].kind == "records-missing");
    CHECK(notes[0].text.rfind("7 of the records from 10 to 20 are not in this file", 0) == 0);

    observe::LogHealth whole{0};
    for (std::uint64_t number = 10; number < 20; ++number) whole.record(number);
    CHECK(whole.take().empty());
}

TEST_CASE("a log of one channel covers all its events, of several channels what is known of each") {
    observe::LogHealth one{0};
    add(one, event_of("Microsoft-Windows-Kernel-Power", 105, 10));
    REQUIRE(one.covers(test::at(1), test::at(99)).size() == 1);
    CHECK(one.covers(test::at(1), test::at(99))[0].first == test::at(1));
    add(one, event_of("EventLog", 1102, 30, {}, "Security"));
    const auto two = one.covers(test::at(1), test::at(99));
    REQUIRE(two.size() == 2);
    CHECK(two[1].first == test::at(10));
    CHECK(two[1].last == test::at(10));
}

TEST_CASE("an attempt knows the logs of its machines, by the corrected clock, and no others") {
    std::vector<model::Attempt> list{attempt_at(100)};
    model::Track log;
    log.origin = model::Origin::server_log;
    log.server.name = "host.example";
    log.clock = model::Clock{std::chrono::seconds{50}, {}, 1};
    list[0].tracks.push_back(log);
    auto other = cover("System", 0, 500);
    other.computer = "HOST2";
    correlate::add_logs(list, {cover("System", 60, 500), other});
    REQUIRE(list[0].logs.size() == 1);
    CHECK(list[0].logs[0].origin == model::Origin::server_log);
    CHECK(list[0].logs[0].first == test::at(10));
}

TEST_CASE("a log that begins after an attempt, or ends before it, is told once") {
    std::vector<model::Attempt> list{attempt_at(100), attempt_at(200)};
    list[1].id = "A2";
    correlate::add_logs(list, {cover("System", 250, 500), cover("Security", 1, 150)});
    const auto notes = correlate::judge_logs(list);
    REQUIRE(notes.size() == 2);
    CHECK(notes[0].kind == "ends-early");
    CHECK(notes[0].text == "The log Security ends before attempt A2 began.");
    CHECK(notes[1].kind == "begins-late");
    CHECK(notes[1].text.find("attempt A1 and 1 more had begun") != std::string::npos);
}
