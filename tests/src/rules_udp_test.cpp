// The shipped cause for side channels over UDP: what names it, how surely, and what is only near to it.
#include <algorithm>

#include "src/diagnose/assess.hpp"
#include "src/diagnose/udp.hpp"
#include "src/rules/evaluate.hpp"
#include "tests/support/attempts.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/knowledge.hpp"

using namespace rdpdx;
using model::Confidence;
using model::Effect;
using model::Outcome;
using model::Party;
using model::Stage;
using test::at;
using test::n;
using test::s;
using test::saw;

namespace {

// A session that the client closes in second 80 with a FIN, and its conversation over UDP from second 10 on.
struct Case {
    const char* version = "2";
    double client_last = 79, server_last = 15;  // the server's datagrams stop 65 s before
    const char* outcome = "tunnel-created";
    double tcp_end = 80;
    bool again = false, without = false, without_fails = false;  // other attempts of the incident
    std::vector<model::Observation> more = {};
};

model::Track session(double end, std::vector<model::Observation> more, bool reset) {
    model::Wire wire;
    wire.connected = wire.tls_seen = wire.tls_finished = wire.opened = true;
    wire.client.closing = test::closing(static_cast<std::uint64_t>(end), reset);
    wire.client.last_payload = wire.server.last_payload = at(end - 0.5);
    wire.client.payload_bytes = wire.server.payload_bytes = 5000;
    wire.capture_end = at(end + 1);
    more.insert(more.begin(), {saw("tcp.connected", 1, Effect::passed, Stage::tcp_connect),
                               saw("rdp.session-info", 3, Effect::passed, Stage::session)});
    return test::wire_track(more, wire);
}

model::Attempt attempt(const Case& c, bool udp) {
    auto out = test::attempt_of({session(c.tcp_end, c.more, true)});
    if (!udp) return out;
    auto track = test::wire_track({saw("udp.handshake", 10, Effect::noted, Stage::udp_handshake)});
    track.wire.reset();
    track.udp.emplace();
    track.udp->version = c.version;
    track.udp->outcome = c.outcome;
    track.udp->established = std::string_view{c.outcome} == "tunnel-created";
    track.udp->client.first = track.udp->server.first = at(10);
    track.udp->client.last = at(c.client_last);
    track.udp->server.last = at(c.server_last);
    out.udp.push_back(*track.udp);
    out.tracks.push_back(track);
    return out;
}

Confidence sureness(const Case& c) {
    std::vector<model::Attempt> attempts{attempt(c, true)};
    if (c.again) attempts.push_back(attempt(c, true));
    if (c.without_fails) attempts.push_back(attempt(c, false));
    if (c.without) {
        attempts.push_back(attempt({}, false));
        attempts.back().tracks[0].wire->client.closing->reset = false;
    }
    model::Incident incident;
    for (std::size_t i = 0; i < attempts.size(); ++i) {
        diagnose::assess(attempts[i]);
        incident.attempts.push_back(i);
    }
    diagnose::compare_udp(attempts, std::span{&incident, 1});
    const auto found = rules::evaluate(test::shipped_causes(), attempts[0]);
    const auto cause = std::ranges::find(found, "udp-transport-loss", &model::Finding::id);
    return cause == found.end() ? Confidence::undetermined : cause->confidence;
}

}  // namespace

TEST_CASE("a session that died with its side channel is likely its victim, and certainly where it lives without") {
    CHECK(sureness({}) == Confidence::likely);
    CHECK(sureness({.without = true}) == Confidence::confirmed);
    CHECK(sureness({.version = "3", .server_last = 64}) == Confidence::likely);
    CHECK(sureness({.client_last = 15}) == Confidence::possible);  // both are silent
    CHECK(sureness({.without_fails = true}) == Confidence::possible);
}

TEST_CASE("what is only near to a dead side channel does not name it") {
    CHECK(sureness({.server_last = 79}) == Confidence::undetermined);                   // heard to the end
    CHECK(sureness({.version = "3", .server_last = 15}) == Confidence::undetermined);   // the other version's timer
    CHECK(sureness({.server_last = 40, .without = true}) == Confidence::undetermined);  // no timer at all
}

TEST_CASE("a side channel that never stood is a suspect only if TCP ends at once, again and again, and works without") {
    const Case blocked{.client_last = 13, .server_last = 10, .outcome = "no-answer", .tcp_end = 14};
    auto c = blocked;
    CHECK(sureness(c) == Confidence::undetermined);
    c.again = true;
    CHECK(sureness(c) == Confidence::undetermined);
    c.without = true;
    CHECK(sureness(c) == Confidence::likely);
    c.outcome = "unacknowledged";  // the way back is blocked
    CHECK(sureness(c) == Confidence::likely);
    c.again = false;
    CHECK(sureness(c) == Confidence::undetermined);
    c.again = true;
    c.tcp_end = 40;
    CHECK(sureness(c) == Confidence::undetermined);
}

TEST_CASE("a server that says why, or goes on with TCP, is not the victim of a side channel") {
    Case c{.client_last = 13, .server_last = 10, .outcome = "no-answer", .tcp_end = 14, .again = true, .without = true};
    c.more = {saw("rdp.error-info", 13, Effect::failed, {}, {{"code", n(7)}}, Party::server)};
    CHECK(sureness(c) == Confidence::undetermined);
    c.more = {saw("event", 12, Effect::noted, Stage::multitransport_request, {{"name", s("udp-fallback")}})};
    CHECK(sureness(c) == Confidence::possible);
}
