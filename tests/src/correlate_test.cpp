#include "src/correlate/correlate.hpp"
#include "tests/support/attempts.hpp"
#include "tests/support/catch.hpp"

using namespace rdpdx;
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
    CHECK(correlate::correlate({wire(100, 101), client_log(100, 101, "", "fileserver")}).size() == 2);
}

TEST_CASE("a log that knows only a name joins by the server name of TLS, short or full") {
    Track t = wire(100, 101);
    t.target = "RDSH1.lab.example";
    CHECK(correlate::correlate({t, client_log(100, 101, "", "rdsh1")}).size() == 1);
    CHECK(correlate::correlate({t, client_log(100, 101, "", "203.0.113.20")}).size() == 1);
}

TEST_CASE("of two tries the log of one connection describes the one that ended with it") {
    const auto attempts =
        correlate::correlate({wire(100, 101, 50000), wire(101.5, 104, 50001), client_log(99.9, 104.1, "203.0.113.20")});
    REQUIRE(attempts.size() == 2);
    CHECK(attempts[0].tracks.size() + attempts[1].tracks.size() == 3);
    const auto& described = attempts[0].tracks.size() == 2 ? attempts[0] : attempts[1];
    CHECK(described.client.port == 50001);
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
