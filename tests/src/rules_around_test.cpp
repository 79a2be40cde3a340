// The shipped causes against what was seen around a connection, and what is only near to it.
#include <algorithm>

#include "src/diagnose/assess.hpp"
#include "src/rules/evaluate.hpp"
#include "tests/support/attempts.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/knowledge.hpp"

using namespace rdpdx;
using model::Confidence;
using model::Effect;
using model::Party;
using model::Stage;
using test::n;
using test::s;
using test::saw;

namespace {

// A SYN that nobody answers, or a connection that the server resets after its request.
Confidence sureness(const model::Observation& around, const char* cause, bool connected) {
    std::vector<model::Observation> seen{
        around, saw("tcp.syn", 2, Effect::noted, Stage::tcp_connect, {{"count", n(3)}}, Party::client)};
    model::Wire w;
    w.capture_end = test::at(100);
    if (connected) {
        seen.push_back(saw("tcp.connected", 3, Effect::passed, Stage::tcp_connect));
        seen.push_back(saw("x224.connection-request", 4, Effect::noted, Stage::x224_negotiation, {}, Party::client));
        w.connected = true;
        w.client.payload_bytes = 19;
        w.server.closing = test::closing(90);
    }
    auto attempt = test::attempt_of({test::wire_track(seen, w)});
    diagnose::assess(attempt);
    std::vector<yaml::Problem> problems;
    static const auto causes = rules::load(test::rule_files("causes"), problems);
    REQUIRE(problems.empty());
    const auto found = rules::evaluate(causes, attempt);
    const auto at = std::ranges::find(found, cause, &model::Finding::id);
    return at == found.end() ? Confidence::undetermined : at->confidence;
}

model::Observation told(std::int64_t matches, std::int64_t other_works) {
    return saw("dns.answer", 1, Effect::noted, Stage::name_resolution,
               {{"name", s("rdp.lab.example")}, {"matches", n(matches)}, {"other_works", n(other_works)}});
}
model::Observation conflict(const char* of, const char* how) {
    return saw("arp.conflict", 1, Effect::noted, {}, {{"of", s(of)}, {"how", s(how)}});
}

}  // namespace

TEST_CASE("a stale answer is a cause where the address is dead and another one lives") {
    const char* cause = "name-resolution-failure";
    CHECK(sureness(told(1, 1), cause, false) == Confidence::likely);
    CHECK(sureness(told(1, 0), cause, false) == Confidence::undetermined);
    CHECK(sureness(told(0, 1), cause, false) == Confidence::undetermined);
    CHECK(sureness(told(1, 1), cause, true) == Confidence::undetermined);
    CHECK(sureness(saw("dns.failure", 1, Effect::noted, Stage::name_resolution, {{"reason", s("NXDOMAIN")}}), cause,
                   false) == Confidence::undetermined);
}

TEST_CASE("two machines under one address are likely the cause, one that follows the other possibly") {
    const char* cause = "duplicate-address";
    const bool connected = GENERATE(false, true);
    CHECK(sureness(conflict("server", "both-answer"), cause, connected) == Confidence::likely);
    CHECK(sureness(conflict("server", "alternating"), cause, connected) == Confidence::likely);
    CHECK(sureness(conflict("client", "both-answer"), cause, connected) == Confidence::possible);
    CHECK(sureness(conflict("server", "changed"), cause, connected) == Confidence::possible);
    CHECK(sureness(conflict("client", "changed"), cause, connected) == Confidence::undetermined);
    CHECK(sureness(saw("arp.unanswered", 1, Effect::noted, Stage::tcp_connect, {{"count", n(2)}}), cause, connected) ==
          Confidence::undetermined);
}
