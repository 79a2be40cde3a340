#include "src/model/observation.hpp"
#include "tests/support/catch.hpp"

using namespace rdpdx::model;
using namespace std::chrono_literals;

TEST_CASE("times are written with the digits that their source has") {
    const Time t = Time{} + 1600487533993400950ns;
    CHECK(to_rfc3339(t, Precision::micro) == "2020-09-19T03:52:13.993400Z");
    CHECK(to_rfc3339(t, Precision::hundred_nanos) == "2020-09-19T03:52:13.9934009Z");
    CHECK(to_rfc3339(t, Precision::nano) == "2020-09-19T03:52:13.993400950Z");
    CHECK(to_rfc3339(Time{} - 1ns, Precision::nano) == "1969-12-31T23:59:59.999999999Z");
    CHECK(to_clock(t) == "03:52:13.993");
    CHECK(to_rfc3339(Time::min(), Precision::nano) == "1677-09-21T00:12:43.145224192Z");
    CHECK(to_rfc3339(Time::max(), Precision::nano) == "2262-04-11T23:47:16.854775807Z");
}

TEST_CASE("spans of time read well at every size") {
    CHECK(to_text(250us) == "250 \u00b5s");
    CHECK(to_text(4ms) == "4 ms");
    CHECK(to_text(1250ms) == "1.25 s");
    CHECK(to_text(125s) == "2 min 5 s");
    CHECK(to_text(3h + 10min) == "3 h 10 min");
    CHECK(to_text(-4ms) == "-4 ms");
}

TEST_CASE("every stage has an id that leads back to it") {
    for (std::size_t i = 0; i < kStages; ++i) {
        const auto stage = static_cast<Stage>(i);
        REQUIRE_FALSE(id(stage).empty());
        CHECK(stage_by_id(id(stage)) == stage);
        CHECK_FALSE(title(stage).empty());
    }
    CHECK(id(Stage::x224_negotiation) == "x224-negotiation");
    CHECK(id(Stage::udp_tunnel) == "udp-tunnel");
    CHECK_FALSE(stage_by_id("tls"));
    CHECK(main_track(Stage::session));
    CHECK_FALSE(main_track(Stage::multitransport_request));
    CHECK(inside_tls(Stage::credssp));
    CHECK_FALSE(inside_tls(Stage::tls_handshake));
}

TEST_CASE("kinds of observations are found by name") {
    REQUIRE(find_kind("tls.alert"));
    CHECK(find_kind("tls.alert")->fields.find("description") != std::string_view::npos);
    CHECK_FALSE(find_kind("tls.alarm"));
}
