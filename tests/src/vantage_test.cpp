// Two captures of one connection: which packets left and never arrived, and which arrived and never left.
#include "tests/support/catch.hpp"
#include "tests/support/two_ends.hpp"

using namespace rdpdx;
using model::Party;
using test::Fate;
using test::TwoEnds;

namespace {

std::size_t count(const model::Attempt& a, std::string_view kind) {
    std::size_t n = 0;
    for (const auto& t : a.tracks)
        n += static_cast<std::size_t>(std::ranges::count(t.seen, kind, &model::Observation::kind));
    return n;
}

// The client's hello never arrives, three times; then the client gives up.
TwoEnds hello_lost() {
    TwoEnds w;
    w.negotiate();
    for (const double at : {0.1, 0.4, 1.0}) w.client_hello(at, Fate::lost);
    w.send(6.0, true, {.sequence = 1220, .acknowledgment = 5020, .ack = true, .fin = true});
    w.send(6.1, false, {.sequence = 5020, .acknowledgment = 1020, .ack = true});
    return w;
}

const model::Attempt& only(const model::Report& r) {
    REQUIRE(r.attempts.size() == 1);
    return r.attempts.front();
}

}  // namespace

TEST_CASE("what left and never arrived ends the attempt in the network's name, with frames of both captures") {
    const TwoEnds w = hello_lost();
    const auto files = GENERATE_COPY(false, true) ? std::vector{TwoEnds::file(w.at_client), TwoEnds::file(w.at_server)}
                                                  : std::vector{TwoEnds::file(w.at_server), TwoEnds::file(w.at_client)};
    const bool client_first = files.front() == TwoEnds::file(w.at_client);
    const auto report = test::analyze_captures(files);
    const auto& a = only(report);
    CHECK(a.ended_by == Party::network);
    CHECK(a.stage == model::Stage::tls_handshake);
    REQUIRE(a.path.size() == 1);
    CHECK(a.path[0].near_client == (client_first ? 0U : 1U));
    CHECK(a.path[0].near_server == (client_first ? 1U : 0U));
    CHECK(a.path[0].told_by == "hop limits");
    const auto& way = a.path[0].from_client;
    CHECK(way.lost == 3);
    CHECK(way.lost_bytes == 600);
    CHECK(way.never_arrived == 200);
    CHECK(way.smallest_lost == 200);
    CHECK(way.largest_passed == 19);
    REQUIRE(way.lost_packets.size() == 3);
    CHECK(way.lost_packets[0].sent ==
          model::Evidence{client_first ? 0U : 1U, model::Evidence::Kind::packet, 7, way.lost_packets[0].sent.offset});
    REQUIRE(way.lost_packets[0].last);
    CHECK(way.lost_packets[0].last->number == 4);
    CHECK(a.path[0].from_server.lost == 0);
    CHECK(way.forged == 0);
    CHECK(count(a, "path.lost") == 1);
}

TEST_CASE("one capture alone cannot tell where the hello went") {
    const TwoEnds w = hello_lost();
    const auto from = GENERATE_COPY(false, true);
    const auto report = test::analyze_captures({TwoEnds::file(from ? w.at_client : w.at_server)});
    const auto& a = only(report);
    CHECK(a.path.empty());
    CHECK(a.ended_by != Party::network);
}

TEST_CASE("clocks that are hours apart are aligned by packets that both captures have") {
    TwoEnds w;
    w.server_clock = GENERATE(std::int64_t{-7'200'123'000'000}, std::int64_t{10'800'000'500'000});
    w.negotiate();
    for (const double at : {0.1, 0.4, 1.0}) w.client_hello(at, Fate::lost);
    w.send(6.0, true, {.sequence = 1220, .acknowledgment = 5020, .ack = true, .fin = true});
    w.send(6.1, false, {.sequence = 5020, .acknowledgment = 1020, .ack = true});
    const auto report = test::analyze_captures({TwoEnds::file(w.at_client), TwoEnds::file(w.at_server)});
    const auto& a = only(report);
    CHECK(a.ended_by == Party::network);
    REQUIRE(a.tracks.size() == 2);
    REQUIRE(a.tracks[1].clock);
    const auto off = a.tracks[1].clock->ahead - model::Duration{w.server_clock};
    CHECK(std::chrono::abs(off) <= a.tracks[1].clock->error);
    CHECK(a.tracks[1].clock->error <= std::chrono::milliseconds{6});
    CHECK(a.ended - a.started < std::chrono::seconds{10});
}

TEST_CASE("behind a translator of addresses a connection is the same by its initial sequence numbers") {
    TwoEnds w;
    w.client_at_server = "198.51.100.7";
    w.client_port_at_server = 61000;
    w.negotiate();
    w.client_hello(0.1);
    w.server_hello(0.2, Fate::lost);
    w.server_hello(0.8, Fate::lost);
    w.send(6.0, true, {.sequence = 1220, .acknowledgment = 5020, .ack = true, .fin = true});
    const auto report = test::analyze_captures({TwoEnds::file(w.at_client), TwoEnds::file(w.at_server)});
    const auto& a = only(report);
    CHECK(a.client.address == "192.0.2.10");
    REQUIRE(a.path.size() == 1);
    CHECK(a.path[0].from_server.lost == 2);
    CHECK(a.path[0].from_client.lost == 0);
    CHECK(a.ended_by == Party::network);
}

TEST_CASE("through a box that counts sequence numbers anew a connection is the same by the payload of both sides") {
    TwoEnds w;
    w.client_at_server = "198.51.100.7";
    w.client_shift = 0x9000'0000;
    w.server_shift = 0x4000'0001;
    w.negotiate();
    w.client_hello(0.1);
    w.server_hello(0.2);
    w.send(0.3, true, {.sequence = 1220, .acknowledgment = 6220, .ack = true, .rst = true}, {}, Fate::lost);
    const auto report = test::analyze_captures({TwoEnds::file(w.at_client), TwoEnds::file(w.at_server)});
    const auto& a = only(report);
    REQUIRE(a.path.size() == 1);
    CHECK(a.path[0].from_client.compared == 3);  // the server's capture ends before the reset would have come
    CHECK(a.path[0].from_client.lost == 0);
    CHECK(a.path[0].from_server.lost == 0);
    CHECK(a.path[0].from_server.forged == 0);
}

TEST_CASE("two clients behind one address stay two connections") {
    TwoEnds one, two;
    two.client_port_at_server = 50001;
    two.client_shift = 12345;
    two.server_shift = 777;
    one.negotiate();
    two.negotiate();
    for (auto* w : {&one, &two}) w->client_hello(0.1);
    const auto report = test::analyze_captures({TwoEnds::file(one.at_client), TwoEnds::file(two.at_server)});
    CHECK(report.attempts.size() == 2);
}

TEST_CASE("a capture that starts late, or ends early, lets nothing be concluded for the time that it does not cover") {
    TwoEnds w = hello_lost();
    SECTION("starts after the loss") {
        std::erase_if(w.at_server, [](const auto& p) { return p.time < TwoEnds::kStart + 5'000'000'000; });
    }
    SECTION("ends before it") {
        std::erase_if(w.at_server, [](const auto& p) { return p.time > TwoEnds::kStart + 90'000'000; });
    }
    REQUIRE(!w.at_server.empty());
    const auto report = test::analyze_captures({TwoEnds::file(w.at_client), TwoEnds::file(w.at_server)});
    for (const auto& a : report.attempts) {
        CHECK(a.ended_by != Party::network);
        CHECK(count(a, "path.lost") == 0);
    }
}

TEST_CASE("copies made by a mirror port are neither lost nor forged packets") {
    TwoEnds w;
    w.negotiate();
    w.client_hello(0.1);
    w.server_hello(0.2);
    w.send(0.3, false, {.sequence = 6220, .acknowledgment = 1220, .ack = true, .fin = true});
    w.send(0.4, true, {.sequence = 1220, .acknowledgment = 6221, .ack = true, .fin = true});
    auto& mirrored = GENERATE(false, true) ? w.at_client : w.at_server;
    const auto originals = mirrored;
    for (auto p : originals) {
        p.time += 10'000;
        mirrored.push_back(std::move(p));
    }
    const auto report = test::analyze_captures({TwoEnds::file(w.at_client), TwoEnds::file(w.at_server)});
    const auto& a = only(report);
    REQUIRE(a.path.size() == 1);
    for (const auto* way : {&a.path[0].from_client, &a.path[0].from_server}) {
        CHECK(way->compared == 4);
        CHECK(way->lost == 0);
        CHECK(way->forged == 0);
    }
    CHECK(count(a, "path.lost") + count(a, "path.forged") == 0);
}

TEST_CASE("a reset that arrives and was never sent was made on the way, whatever its hop limit is") {
    TwoEnds w;
    w.negotiate();
    w.client_hello(0.1);
    w.send(0.15, false, {.sequence = 5020, .acknowledgment = 1220, .ack = true, .rst = true}, {}, Fate::forged);
    w.server_hello(0.2, Fate::lost);
    w.server_hello(2.5, Fate::lost);
    const auto report = test::analyze_captures({TwoEnds::file(w.at_client), TwoEnds::file(w.at_server)});
    const auto& a = only(report);
    CHECK(a.ended_by == Party::network);
    CHECK(a.end_kind == "reset");
    REQUIRE(a.path.size() == 1);
    CHECK(a.path[0].from_server.forged == 1);
    CHECK(count(a, "path.forged") == 1);
}

TEST_CASE("a reset with another hop limit that the server's own capture shows is the server's") {
    TwoEnds w;
    w.negotiate();
    w.client_hello(0.1);
    w.send(0.15, false, {.sequence = 5020, .acknowledgment = 1220, .ack = true, .rst = true}, {}, Fate::arrives, 255);
    const auto alone = test::analyze_captures({TwoEnds::file(w.at_client)});
    CHECK(only(alone).ended_by == Party::network);
    const auto both = test::analyze_captures({TwoEnds::file(w.at_client), TwoEnds::file(w.at_server)});
    CHECK(only(both).ended_by == Party::server);
}

TEST_CASE("a segment that a network card cut in pieces, or put together, arrived") {
    TwoEnds w;
    w.negotiate();
    w.client_hello(0.1);
    const auto whole = TwoEnds::hello(2, 1200);
    w.send(0.2, false, {.sequence = 5020, .acknowledgment = 1220, .ack = true}, whole, Fate::lost);
    for (const std::uint32_t at : {0U, 600U})
        w.send(0.2, false, {.sequence = 5020 + at, .acknowledgment = 1220, .ack = true},
               test::first(test::after(whole, at), 600), Fate::forged);
    w.send(2.0, true, {.sequence = 1220, .acknowledgment = 6220, .ack = true, .fin = true});
    const auto report = test::analyze_captures({TwoEnds::file(w.at_client), TwoEnds::file(w.at_server)});
    const auto& a = only(report);
    REQUIRE(a.path.size() == 1);
    CHECK(a.path[0].from_server.lost == 0);
    CHECK(a.path[0].from_server.forged == 0);
}

TEST_CASE("what was acknowledged arrived, although the other capture missed it") {
    TwoEnds w;
    w.negotiate();
    w.client_hello(0.1, Fate::lost);
    w.send(0.2, false, {.sequence = 5020, .acknowledgment = 1220, .ack = true});
    w.server_hello(0.3);
    w.send(2.0, true, {.sequence = 1220, .acknowledgment = 6220, .ack = true, .fin = true});
    const auto report = test::analyze_captures({TwoEnds::file(w.at_client), TwoEnds::file(w.at_server)});
    const auto& a = only(report);
    REQUIRE(a.path.size() == 1);
    CHECK(a.path[0].from_client.lost == 0);
    CHECK(a.path[0].from_client.missed == 1);
}

TEST_CASE("the same capture given twice is one vantage point") {
    const TwoEnds w = hello_lost();
    const auto report = test::analyze_captures({TwoEnds::file(w.at_client), TwoEnds::file(w.at_client)});
    const auto& a = only(report);
    CHECK(a.path.empty());
    CHECK(a.ended_by != Party::network);
}

TEST_CASE("a connection that the server's capture does not show was lost only if that capture ran and sees all") {
    TwoEnds asked;  // this one is dropped; another client gets through, and shows where the capture was taken
    for (const double at : {10.0, 11.0, 13.0}) asked.send(at, true, {.sequence = 77, .syn = true}, {}, Fate::lost);
    asked.send(40, true, {.sequence = 99}, {}, Fate::lost);
    TwoEnds other;
    other.client = other.client_at_server = "192.0.2.77";
    other.negotiate();
    other.client_hello(0.1);
    other.server_hello(0.2);
    const bool ran = GENERATE(true, false);
    if (ran) other.send(30.0, true, {.sequence = 1220, .acknowledgment = 6220, .ack = true, .fin = true});
    const auto report = test::analyze_captures({TwoEnds::file(asked.at_client), TwoEnds::file(other.at_server)});
    REQUIRE(report.attempts.size() == 2);
    const auto& a = report.attempts[0].client.address == asked.client ? report.attempts[0] : report.attempts[1];
    CHECK(a.end_kind == "no-answer");
    CHECK(a.ended_by == (ran ? Party::network : Party::unknown));
    CHECK(a.path.size() == (ran ? 1U : 0U));
    if (ran) CHECK(a.path[0].assumption == "its clock agrees with the other capture's");
}
