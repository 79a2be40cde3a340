// Which attempt an event belongs to that names no connection of its own.
#include "src/correlate/log_events.hpp"

#include "tests/support/attempts.hpp"
#include "tests/support/catch.hpp"

using namespace rdpdx;
using correlate::Tie;
using test::at;

namespace {

constexpr const char* kServer = "RDSH1.lab.example";

// From `begin` to `end` by the packets' clock, with a log of the server's own stack.
model::Attempt attempt(double begin, double end, std::uint16_t port, double server_ahead = 0) {
    model::Track wire = test::wire_track({test::saw("tcp.syn", 1)});
    wire.client.port = port;
    wire.started = at(begin);
    wire.ended = at(end);
    model::Track log;
    log.origin = model::Origin::server_log;
    log.input = 1;
    log.client = {"198.51.100.10", port, ""};
    log.server.name = kServer;
    log.activity_id = "act-" + std::to_string(port);
    log.started = at(begin + server_ahead);
    log.ended = at(end + server_ahead);
    log.clock = model::Clock{at(server_ahead) - model::Time{}, std::chrono::milliseconds{250}, 1};
    model::Attempt a = test::attempt_of({wire, log});
    a.client.port = port;
    return a;
}

model::LogEvent event(double time) {
    model::LogEvent e;
    e.time = at(time);
    e.input = 2;
    e.server = true;
    e.id = 4625;
    e.provider = "Microsoft-Windows-Security-Auditing";
    e.machine = kServer;
    return e;
}

std::vector<correlate::PlacedEvent> placed(const std::vector<model::Attempt>& attempts,
                                           const std::vector<model::LogEvent>& events) {
    return correlate::place(attempts, events);
}

}  // namespace

TEST_CASE("an event with nothing but its time belongs to the only attempt of its machine at that time") {
    const auto out = placed({attempt(100, 110, 50000), attempt(200, 210, 50001)}, {event(205)});
    REQUIRE(out.size() == 1);
    CHECK(out[0].attempt == 1);
    CHECK(out[0].tie == Tie::time);
    CHECK(out[0].origin == model::Origin::server_log);
}

TEST_CASE("an event that fits two attempts equally well belongs to neither") {
    CHECK(placed({attempt(100, 110, 50000), attempt(105, 115, 50001)}, {event(107)}).empty());
}

TEST_CASE("of two attempts an event belongs to the one in whose own time it lies") {
    const auto out = placed({attempt(100, 101, 50000), attempt(102, 110, 50001)}, {event(102.5)});
    REQUIRE(out.size() == 1);
    CHECK(out[0].attempt == 1);
}

TEST_CASE("activity, the client's port, address with user, and address tell attempts at the same time apart") {
    std::vector<model::Attempt> attempts{attempt(100, 110, 50000), attempt(100, 110, 50001)};
    attempts[0].user = "alice";
    attempts[1].user = "bob";
    auto e = event(105);
    e.address = "198.51.100.10";
    SECTION("activity") {
        e.activity = "act-50001";
        REQUIRE(placed(attempts, {e}).size() == 1);
        CHECK(placed(attempts, {e})[0].attempt == 1);
        CHECK(placed(attempts, {e})[0].tie == Tie::activity);
    }
    SECTION("port") {
        e.port = 50000;
        REQUIRE(placed(attempts, {e}).size() == 1);
        CHECK(placed(attempts, {e})[0].attempt == 0);
        CHECK(placed(attempts, {e})[0].tie == Tie::port);
    }
    SECTION("address and user") {
        e.user = "LAB\\Bob";
        REQUIRE(placed(attempts, {e}).size() == 1);
        CHECK(placed(attempts, {e})[0].attempt == 1);
        CHECK(placed(attempts, {e})[0].tie == Tie::address_and_user);
    }
    SECTION("an address that both have") { CHECK(placed(attempts, {e}).empty()); }
}

TEST_CASE("an event of another address, port, user, session or machine belongs to no attempt") {
    std::vector<model::Attempt> attempts{attempt(100, 110, 50000)};
    attempts[0].user = "alice";
    auto session = test::saw("event", 3, model::Effect::noted, {}, {{"session", test::s("2")}});
    attempts[0].tracks[1].seen.push_back(session);
    auto e = event(105);
    SECTION("address") { e.address = "198.51.100.99"; }
    SECTION("port, as a file share's logon has it") {
        e.address = "198.51.100.10";
        e.port = 50777;
    }
    SECTION("user") { e.user = "DWM-2"; }
    SECTION("session") { e.session = "3"; }
    SECTION("machine") { e.machine = "RDSH2.lab.example"; }
    SECTION("only clients tell it") {
        e.server = false;
        e.client = true;
    }
    CHECK(placed(attempts, {e}).empty());
}

TEST_CASE("a session's number, or a name cut to the cookie's nine characters, is the attempt's own") {
    std::vector<model::Attempt> attempts{attempt(100, 110, 50000)};
    attempts[0].user = "administr";
    attempts[0].tracks[1].seen.push_back(test::saw("event", 3, model::Effect::noted, {}, {{"session", test::s("2")}}));
    auto e = event(105);
    e.session = "2";
    auto f = event(106);
    f.user = "Administrator";
    const auto out = placed(attempts, {e, f});
    REQUIRE(out.size() == 2);
    CHECK(out[0].tie == Tie::session);
    CHECK(out[1].tie == Tie::user);
}

TEST_CASE("times of a machine are compared by its own clock") {
    const std::vector<model::Attempt> attempts{attempt(100, 110, 50000, -10800)};
    CHECK(placed(attempts, {event(105)}).empty());
    CHECK(placed(attempts, {event(105 - 10800)}).size() == 1);
}

TEST_CASE("in the middle of a long session a time says nothing, and an address does") {
    const std::vector<model::Attempt> attempts{attempt(0, 36000, 50000)};
    CHECK(placed(attempts, {event(18000)}).empty());
    auto e = event(18000);
    e.address = "198.51.100.10";
    CHECK(placed(attempts, {e}).size() == 1);
}

TEST_CASE("what happens to the machine belongs to every attempt shortly after, and a state until it is told anew") {
    const std::vector<model::Attempt> attempts{attempt(1000, 1001, 50000), attempt(1010, 1011, 50001),
                                               attempt(9000, 9001, 50002)};
    auto crash = event(950);
    crash.scope = model::EventScope::machine;
    auto old = event(100), newer = event(5000);
    old.scope = newer.scope = model::EventScope::state;
    old.id = newer.id = 1057;
    const auto out = placed(attempts, {old, crash, newer});
    std::vector<std::tuple<std::size_t, std::size_t, Tie>> got;
    for (const auto& p : out) got.emplace_back(p.attempt, p.event, p.tie);
    CHECK(got == std::vector<std::tuple<std::size_t, std::size_t, Tie>>{{0, 0, Tie::standing},
                                                                        {0, 1, Tie::nearby},
                                                                        {1, 0, Tie::standing},
                                                                        {1, 1, Tie::nearby},
                                                                        {2, 2, Tie::standing}});
}

TEST_CASE("a state of more than a month ago stands no longer") {
    auto e = event(0);
    e.scope = model::EventScope::state;
    CHECK(placed({attempt(31 * 86400.0, 31 * 86400.0 + 1, 50000)}, {e}).empty());
}

TEST_CASE("without a log of the server's own stack its other logs are known by the server's name") {
    model::Track wire = test::wire_track({test::saw("tcp.syn", 1)});
    wire.started = at(100);
    wire.ended = at(110);
    model::Attempt a = test::attempt_of({wire});
    a.server.name = "rdsh1";
    auto e = event(105);
    e.address = "198.51.100.10";
    const auto out = placed({a}, {e});
    REQUIRE(out.size() == 1);
    CHECK(out[0].tie == Tie::address);
    a.server.name = "rdsh9";
    CHECK(placed({a}, {e}).empty());
}

TEST_CASE("a state stands until another word on it, and what is told nearby goes before what is older") {
    auto stopped = event(100), started = event(200), again = event(980);
    for (auto* e : {&stopped, &started, &again}) {
        e->scope = model::EventScope::state;
        e->state = "listener";
    }
    stopped.id = again.id = 259;
    started.id = 258;
    const auto out = placed({attempt(1000, 1001, 50000)}, {stopped, started});
    REQUIRE(out.size() == 1);
    CHECK(out[0].event == 1);
    CHECK(out[0].tie == Tie::standing);
    const auto near = placed({attempt(1000, 1001, 50000)}, {stopped, started, again});
    REQUIRE(near.size() == 1);
    CHECK(near[0].event == 2);
    CHECK(near[0].tie == Tie::nearby);
}
