#include "src/correlate/correlate.hpp"
#include "tests/support/attempts.hpp"
#include "tests/support/catch.hpp"

using namespace rdpdx;
using namespace std::chrono_literals;
using model::Origin;
using model::Track;

namespace {

Track wire(double from, double to, std::uint16_t port = 50000, std::uint32_t input = 0) {
    Track t = test::wire_track({});
    t.client.port = port;
    t.input = input;
    t.started = test::at(from);
    t.ended = test::at(to);
    return t;
}

Track client_log(double from, double to, std::string server, std::string target = {}) {
    Track t;
    t.origin = Origin::client_log;
    t.input = 9;
    t.server.address = std::move(server);
    t.target = std::move(target);
    t.started = test::at(from);
    t.ended = test::at(to);
    return t;
}

// A server's log of a connection that the clock of that machine dates from `from` to `to`.
Track server_log(double from, double to, std::uint16_t port = 50000, std::string name = "RDSH1.lab.example") {
    Track t;
    t.origin = Origin::server_log;
    t.input = 10;
    t.client = {"198.51.100.10", port, ""};
    t.server.name = std::move(name);
    t.started = test::at(from);
    t.ended = test::at(to);
    return t;
}

}  // namespace

TEST_CASE("a client's log joins the connection to the server that it names, at its time") {
    const auto attempts = correlate::correlate({wire(100, 101), client_log(99.9, 101.2, "203.0.113.20")});
    REQUIRE(attempts.size() == 1);
    CHECK(attempts[0].tracks.size() == 2);
    CHECK(attempts[0].started == test::at(99.9));
    CHECK(attempts[0].ended == test::at(101.2));
}

TEST_CASE("a log of another server, or of another hour, stays an attempt of its own") {
    CHECK(correlate::correlate({wire(100, 101), client_log(100, 101, "203.0.113.99")}).size() == 2);
    CHECK(correlate::correlate({wire(100, 101), client_log(3700, 3701, "203.0.113.20")}).size() == 2);
    Track named = wire(100, 101);
    named.target = "rdsh1";
    CHECK(correlate::correlate({named, client_log(100, 101, "", "fileserver")}).size() == 2);
}

TEST_CASE("a log that knows only a name joins by the server name of TLS, short or full") {
    Track t = wire(100, 101);
    t.target = "RDSH1.lab.example";
    CHECK(correlate::correlate({t, client_log(100, 101, "", "rdsh1")}).size() == 1);
    CHECK(correlate::correlate({t, client_log(100, 101, "", "203.0.113.20")}).size() == 1);
}

TEST_CASE("an address that the user typed is not the server's name") {
    Track log = client_log(100, 101, "", "203.0.113.20");
    log.server.name = log.target;
    const auto attempts = correlate::correlate({wire(100, 101), log});
    REQUIRE(attempts.size() == 1);
    CHECK(attempts[0].server.name.empty());
}

TEST_CASE("of two tries the log of one connection describes the one that ended with it") {
    const auto attempts =
        correlate::correlate({wire(100, 101, 50000), wire(101.5, 104, 50001), client_log(99.9, 104.1, "203.0.113.20")});
    REQUIRE(attempts.size() == 2);
    CHECK(attempts[0].tracks.size() + attempts[1].tracks.size() == 3);
    const auto& described = attempts[0].tracks.size() == 2 ? attempts[0] : attempts[1];
    CHECK(described.client.port == 50001);
}

TEST_CASE("a server's log joins the connection of its client's address and port, wherever its clock stands") {
    struct Row {
        double ahead;
        double corrected;
    };
    const Row row = GENERATE(values<Row>({
        {-10800, -10800},  // a time zone
        {400, 400},
        {-3.25, -3.25},
        {0.2, 0},  // no more than the server's own delay
    }));
    const auto attempts = correlate::correlate({wire(20000, 20001), server_log(20000 + row.ahead, 20001 + row.ahead)});
    REQUIRE(attempts.size() == 1);
    REQUIRE(attempts[0].tracks.size() == 2);
    const Track& log = attempts[0].tracks[1];
    REQUIRE(log.clock);
    CHECK(log.clock->ahead == test::at(row.corrected) - test::at(0));
    CHECK(log.clock->anchors == 1);
    CHECK(log.started == test::at(20000 + row.ahead));
    CHECK(attempts[0].started == test::at(20000));
    CHECK(attempts[0].client.port == 50000);
    CHECK(attempts[0].server.name == "RDSH1.lab.example");
}

TEST_CASE("an earlier try that a wrong clock dates like this one is not taken for it") {
    const auto attempts =
        correlate::correlate({wire(20000, 20001), server_log(20011, 20012, 49874), server_log(20400, 20401, 50000)});
    REQUIRE(attempts.size() == 2);
    CHECK(attempts[0].client.port == 49874);
    CHECK(attempts[0].started == test::at(19611));  // by the packets' clock
    CHECK(attempts[1].tracks.size() == 2);
}

TEST_CASE("a port that comes again hours later is another connection") {
    CHECK(correlate::correlate({wire(20000, 20001), server_log(30000, 30060)}).size() == 2);  // lasted too long
    CHECK(correlate::correlate({wire(20000, 20001), server_log(20000 + 27 * 3600.0, 20001 + 27 * 3600.0)}).size() == 2);
    const auto twice = correlate::correlate({wire(20000, 20001), server_log(10000, 10001), server_log(26000, 26001)});
    REQUIRE(twice.size() == 3);  // which of them, if any?
    CHECK_FALSE(twice[0].tracks[0].clock);
    const auto in_time = correlate::correlate({wire(20000, 20001), server_log(10000, 10001), server_log(20003, 20004)});
    REQUIRE(in_time.size() == 2);
    CHECK(in_time[1].tracks.size() == 2);
}

TEST_CASE("a clock that drifts is told for each connection as it stood then") {
    const double drift = GENERATE(60e-6, -120e-6);
    std::vector<Track> tracks;
    for (std::uint16_t i = 0; i < 24; ++i) {  // one an hour, and the clock is read 40 ms early or late
        const double at = 100'000 + 3600.0 * i;
        const double ahead = 90 + drift * 3600 * i + (i % 2 ? 0.04 : -0.04);
        tracks.push_back(wire(at, at + 20, static_cast<std::uint16_t>(50000 + i)));
        tracks.push_back(server_log(at + ahead, at + ahead + 20, static_cast<std::uint16_t>(50000 + i)));
    }
    const auto strays = GENERATE(0, 5);  // ports that were used again
    for (std::uint16_t i = 0; i < strays; ++i)
        tracks.push_back(server_log(103'000 + 9000.0 * i, 103'020 + 9000.0 * i, static_cast<std::uint16_t>(50000 + i)));
    const auto attempts = correlate::correlate(tracks);
    CHECK(attempts.size() == 24U + static_cast<unsigned>(strays));
    std::size_t drifting = 0;
    for (const auto& a : attempts) {
        if (a.tracks.size() != 2) continue;
        const auto& clock = a.tracks[1].clock;
        REQUIRE(clock);
        CHECK(clock->drift_ppb / 1000 == Approx(drift * 1e6).margin(2));
        const auto true_ahead = 90 + drift * std::chrono::duration<double>(a.started - test::at(100'000)).count();
        CHECK(std::chrono::duration<double>(clock->ahead).count() == Approx(true_ahead).margin(0.1));
        CHECK(clock->error < 400ms);
        ++drifting;
    }
    CHECK(drifting == 24);
}

TEST_CASE("a clock that stays is told without a drift, and less exactly far from what told it") {
    const Track far = server_log(400'005, 400'006, 60000);
    const auto attempts = correlate::correlate({wire(20'000, 20'010), server_log(20'005, 20'015), far});
    REQUIRE(attempts.size() == 2);
    REQUIRE(attempts[0].tracks[1].clock);
    CHECK(attempts[0].tracks[1].clock->drift_ppb == 0);
    CHECK(attempts[0].tracks[1].clock->error == correlate::kClockError);
    REQUIRE(attempts[1].tracks[0].clock);
    CHECK(attempts[1].tracks[0].clock->error == correlate::kClockError + 19s);  // 50 millionths of 380,000 s
}

TEST_CASE("what is told before a clock was set says nothing of it afterwards") {
    // Two connections while it was an hour ahead; then it was set right, and another one.
    const std::vector<Track> tracks{wire(20'000, 20'010, 50000),       server_log(23'600, 23'610, 50000),
                                    wire(21'000, 21'010, 50001),       server_log(24'600, 24'610, 50001),
                                    wire(60'000, 60'010, 50002),       server_log(60'000, 60'010, 50002),
                                    server_log(90'000, 90'010, 50003), server_log(22'000, 22'010, 50004)};
    const correlate::ClockJump set_right{"rdsh1.LAB.example", test::at(55'000)};
    const auto attempts = correlate::correlate(tracks, std::span{&set_right, 1});
    REQUIRE(attempts.size() == 5);
    CHECK(attempts[0].started == test::at(18'400));  // of a log alone, by the clock as it was
    CHECK(attempts[1].tracks[1].clock->ahead == 3600s);
    CHECK(attempts[1].tracks[1].clock->anchors == 2);
    CHECK_FALSE(attempts[1].tracks[1].clock->since);
    CHECK(attempts[3].tracks[1].clock->ahead == 0s);
    CHECK(attempts[3].tracks[1].clock->anchors == 1);
    CHECK(attempts[3].tracks[1].clock->since == set_right.to);
    CHECK(attempts[4].started == test::at(90'000));

    const auto other = correlate::correlate(tracks, std::vector<correlate::ClockJump>{{"RDSH2", test::at(55'000)}});
    REQUIRE(other.size() == 6);  // most say an hour, and the third one does not fit that
    CHECK(other[5].started == test::at(86'400));
}

TEST_CASE("many connections agree on a clock, and one that does not is left out") {
    std::vector<Track> tracks;
    for (std::uint16_t i = 0; i < 5; ++i) {
        tracks.push_back(wire(1000.0 * i, 1000.0 * i + 90, static_cast<std::uint16_t>(50000 + i)));
        tracks.push_back(server_log(1000.0 * i + 7200, 1000.0 * i + 7201, static_cast<std::uint16_t>(50000 + i)));
    }
    tracks[9] = server_log(4000, 4001, 50004);  // as written it would fit
    const auto attempts = correlate::correlate(tracks);
    CHECK(attempts.size() == 9);  // only that one: the others' ends do not fit such an offset
    for (std::size_t i = 1; i < 9; i += 2) tracks[i].ended = tracks[i].started + (test::at(90) - test::at(0));
    const auto agreed = correlate::correlate(tracks);
    CHECK(agreed.size() == 6);
    for (const auto& a : agreed)
        for (const Track& t : a.tracks)
            if (t.clock) CHECK(t.clock->anchors == 4);
}

TEST_CASE("logs of both sides without packets join where they name the same server, and else stay apart") {
    const Track named = client_log(100, 101, "203.0.113.20", "rdsh1");
    CHECK(correlate::correlate({named, server_log(100, 101)}).size() == 1);
    CHECK(correlate::correlate({server_log(100, 101), named}).size() == 1);
    CHECK(correlate::correlate({named, server_log(100, 101, 50000, "RDSH2.lab.example")}).size() == 2);
    CHECK(correlate::correlate({named, server_log(500, 501)}).size() == 2);  // nothing tells the offset
    CHECK(correlate::correlate({client_log(100, 101, "203.0.113.20"), server_log(100, 101)}).size() == 2);
}

TEST_CASE("captures from both ends show one connection, two connections in one capture are two") {
    CHECK(correlate::correlate({wire(100, 101, 50000, 0), wire(100.1, 101.1, 50000, 1)}).size() == 1);
    CHECK(correlate::correlate({wire(100, 101, 50000, 0), wire(101.5, 102, 50000, 0)}).size() == 2);
}

TEST_CASE("tries that follow within thirty seconds are one incident") {
    auto attempts = correlate::correlate({wire(100, 101, 50000), wire(130.9, 132, 50001), wire(163, 164, 50002)});
    const auto incidents = correlate::incidents(attempts);
    REQUIRE(incidents.size() == 2);
    CHECK(incidents[0].attempts.size() == 2);
    CHECK(attempts[0].incident == "I1");
    CHECK(attempts[1].incident == "I1");
    CHECK(attempts[2].incident == "I2");
}

TEST_CASE("other clients and other servers are other incidents") {
    Track other_client = wire(100, 101, 50001);
    other_client.client.address = "198.51.100.11";
    Track other_server = wire(100, 101, 50002);
    other_server.server.address = "203.0.113.21";
    auto attempts = correlate::correlate({wire(100, 101), other_client, other_server});
    CHECK(correlate::incidents(attempts).size() == 3);
}

TEST_CASE("the order in which tracks are given does not matter") {
    const std::vector<Track> tracks{wire(100, 101, 50000), wire(101.5, 104, 50001),
                                    client_log(99.9, 104.1, "203.0.113.20")};
    const auto one = correlate::correlate(tracks);
    const auto other = correlate::correlate({tracks[2], tracks[0], tracks[1]});
    REQUIRE(one.size() == other.size());
    for (std::size_t i = 0; i < one.size(); ++i) {
        CHECK(one[i].client.port == other[i].client.port);
        CHECK(one[i].tracks.size() == other[i].tracks.size());
    }
}

namespace {

// With the moments that both can date: the answer to the negotiation 0.1 s after the start, and the end.
Track dated(Track t) {
    auto answer = test::saw("x224.connection-confirm", 1, model::Effect::passed, model::Stage::x224_negotiation);
    answer.time = t.started + 100ms;
    t.seen.push_back(answer);
    if (t.wire) {
        t.wire->server.closing = test::closing(1);
        t.wire->server.closing->time = t.ended;
    } else {
        t.seen.push_back(test::saw("event", 2, model::Effect::noted, {}, {{"name", test::s("disconnected")}}));
        t.seen.back().time = t.ended;
    }
    return t;
}

}  // namespace

TEST_CASE("a client's log whose moments lie as far apart as the packets' tells how far its clock is ahead") {
    const double ahead = GENERATE(-312.5, 61.4, 400.0, 0.1);
    const auto attempts = correlate::correlate(
        {dated(wire(20000, 20007)), dated(client_log(20000 + ahead, 20007 + ahead, "203.0.113.20"))});
    REQUIRE(attempts.size() == 1);
    const auto& clock = attempts[0].tracks[1].clock;
    REQUIRE(clock);
    CHECK(std::chrono::abs(clock->ahead - (test::at(ahead) - test::at(0))) <= clock->error);
}

TEST_CASE("one connection of the same length hours away tells no clock of a client, two that agree do") {
    const auto first = dated(wire(20000, 20007)), log = dated(client_log(30800, 30807, "203.0.113.20"));
    CHECK(correlate::correlate({first, log}).size() == 2);
    const auto second = dated(wire(20100, 20112, 50001)), another = dated(client_log(30900, 30912, "203.0.113.20"));
    const auto attempts = correlate::correlate({first, second, log, another});
    REQUIRE(attempts.size() == 2);
    CHECK(attempts[0].tracks.size() == 2);
    CHECK(attempts[1].tracks[1].clock->ahead == 10800s);
}

TEST_CASE("a client's log of a connection that lasted longer tells no clock") {
    const auto attempts =
        correlate::correlate({dated(wire(20000, 20007)), dated(client_log(20061, 20071, "203.0.113.20"))});
    CHECK(attempts.size() == 2);
}

TEST_CASE("a client's log of a name joins the only connection without one that begins right then") {
    const auto log = client_log(100, 106, "", "rdsh1.lab.example");
    const auto attempts = correlate::correlate({wire(100.1, 105), log});
    REQUIRE(attempts.size() == 1);
    CHECK(attempts[0].server.name == "rdsh1.lab.example");
    CHECK(correlate::correlate({wire(103, 105), log}).size() == 2);                             // too late
    CHECK(correlate::correlate({wire(100.1, 105), wire(100.4, 105, 50001), log}).size() == 3);  // which one?
    auto named = wire(100.1, 105);
    named.target = "fileserver";
    CHECK(correlate::correlate({named, log}).size() == 2);
    CHECK(correlate::correlate({wire(100.1, 105), client_log(100, 106, "", "192.0.2.9")}).size() == 2);
}
