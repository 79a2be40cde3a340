#include "tests/support/catch.hpp"
#include "tests/support/segments.hpp"

using namespace rdpdx;
using stream::Side;

TEST_CASE("the trail of a followed flow has each packet once, as it was captured") {
    test::Wire w;
    w.handshake();
    w.from_client(1001, "hello");
    w.send({.from_client = true,
            .sequence = 1001,
            .acknowledgment = 5001,
            .flags = "PA",
            .payload = "hello",
            .identification = 1003});  // a mirror port's copy
    w.send(
        {.from_client = false, .sequence = 5001, .acknowledgment = 1006, .flags = "RA", .window = 0, .hop_limit = 64});
    const stream::Trail& trail = w.finish().trail;
    REQUIRE(trail.first.size() == 5);
    CHECK(trail.last.empty());
    CHECK(trail.first[0].syn);
    CHECK(trail.first[0].from == Side::client);
    CHECK(trail.first[1].sequence == 5000);
    CHECK(trail.first[1].acknowledgment == 1001);
    CHECK(trail.first[3].length == 5);
    CHECK(trail.first[3].digest != 0);
    CHECK(trail.first[3].mark.frame == 4);
    CHECK(trail.first[4].rst);
    CHECK(trail.first[4].hop_limit == 64);
    CHECK(trail.first[4].digest == 0);
}

TEST_CASE("a long flow keeps its first packets and its last, in order, and says how many are between") {
    constexpr std::uint64_t kMore = 100;
    test::Wire w;
    w.handshake();
    const std::uint64_t all = stream::TrailLength{}.first + stream::TrailLength{}.last + kMore;
    for (std::uint64_t i = 3; i < all; ++i) w.from_client(static_cast<std::uint32_t>(1001 + i), "x");
    const stream::Trail& trail = w.finish().trail;
    CHECK(trail.first.size() == stream::TrailLength{}.first);
    REQUIRE(trail.last.size() == stream::TrailLength{}.last);
    CHECK(trail.between == kMore);
    CHECK(trail.last.front().mark.frame == all - stream::TrailLength{}.last + 1);
    CHECK(trail.last.back().mark.frame == all);
}

TEST_CASE("a payload that was cut by the snap length has no digest, one that is cut behind its digest has") {
    const std::string payload(stream::kDigested, 'x');
    test::Wire w;
    w.handshake();
    w.send({.sequence = 1001, .acknowledgment = 5001, .payload = std::string_view{payload}.substr(1), .sent = 500});
    w.send({.sequence = 1501, .acknowledgment = 5001, .payload = payload, .sent = 500});
    const stream::Trail& trail = w.finish().trail;
    CHECK(trail.first[3].digest == 0);
    CHECK(trail.first[4].digest != 0);
}

TEST_CASE("a flow that is not wanted leaves no trail") {
    test::Wire w;
    w.heard.answer = stream::Listener::Interest::none;
    w.handshake();
    w.from_client(1001, "GET / HTTP/1.1");
    CHECK(w.finish().trail.first.empty());
}

TEST_CASE("roles that turn out reversed are reversed in the trail") {
    test::Wire w;
    w.heard.answer = stream::Listener::Interest::roles_reversed;
    w.from_server(5001, "a client on port 3389");
    const stream::Flow& flow = w.finish();
    REQUIRE(flow.trail.first.size() == 1);
    CHECK(flow.trail.first[0].from == Side::client);
}
