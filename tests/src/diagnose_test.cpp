#include "src/diagnose/diagnose.hpp"
#include "src/diagnose/assess.hpp"
#include "tests/support/attempts.hpp"
#include "tests/support/catch.hpp"

using namespace rdpdx;
using model::Basis;
using model::Effect;
using model::Outcome;
using model::Party;
using model::Stage;
using model::StageStatus;
using test::n;
using test::s;
using test::saw;

namespace {

using Seen = std::vector<model::Observation>;

model::Observation syn(std::int64_t count = 1) {
    return saw("tcp.syn", 1, Effect::noted, Stage::tcp_connect, {{"count", n(count)}}, Party::client);
}
model::Observation connected() { return saw("tcp.connected", 3, Effect::passed, Stage::tcp_connect); }
model::Observation request() {
    return saw("x224.connection-request", 4, Effect::noted, Stage::x224_negotiation, {}, Party::client);
}
model::Observation confirm() {
    return saw("x224.connection-confirm", 5, Effect::passed, Stage::x224_negotiation, {}, Party::server);
}
model::Observation hello() {
    return saw("tls.client-hello", 6, Effect::noted, Stage::tls_handshake, {}, Party::client);
}

model::Wire wire_of(const char* selected = nullptr) {
    model::Wire w;
    w.connected = true;
    w.capture_end = test::at(100);
    w.client.payload_bytes = 47;
    w.server.payload_bytes = 19;
    if (selected) w.negotiation.selected = selected;
    w.negotiation.requested = {"SSL", "HYBRID"};
    return w;
}

model::Attempt assessed(Seen seen, model::Wire wire) {
    auto a = test::attempt_of({test::wire_track(std::move(seen), std::move(wire))});
    diagnose::assess(a);
    return a;
}

StageStatus status(const model::Attempt& a, Stage stage) { return a.stages[static_cast<std::size_t>(stage)].status; }

}  // namespace

TEST_CASE("a refused negotiation fails there, by the server, as observed") {
    auto w = wire_of();
    w.client.closing = test::closing(7);
    const auto a = assessed(
        {syn(), connected(), request(),
         saw("x224.negotiation-failure", 5, Effect::failed, Stage::x224_negotiation, {{"code", n(5)}}, Party::server),
         saw("tcp.fin", 7)},
        w);
    CHECK(a.outcome == Outcome::failed);
    CHECK(a.stage == Stage::x224_negotiation);
    CHECK(a.basis == Basis::observed);
    CHECK(a.ended_by == Party::server);
    CHECK(a.end_kind == "refusal");
    REQUIRE(a.codes.size() == 1);
    CHECK(a.codes[0].name == "nego_failure");
    CHECK(status(a, Stage::tls_handshake) == StageStatus::not_reached);
    CHECK(status(a, Stage::rd_gateway) == StageStatus::skipped);
}

TEST_CASE("the first FIN or RST says who ended a connection without a refusal") {
    auto w = wire_of("SSL");
    w.tls_seen = true;
    w.server.closing = test::closing(8);
    w.client.closing = test::closing(9);
    const auto a =
        assessed({syn(), connected(), request(), confirm(), hello(), saw("tcp.fin", 8), saw("tcp.fin", 9)}, w);
    CHECK(a.stage == Stage::tls_handshake);
    CHECK(a.ended_by == Party::server);
    CHECK(a.end_kind == "fin");
    const auto& ended = a.tracks[0].seen.back();
    CHECK(ended.kind == "attempt.ended");
    CHECK(ended.string("after") == "tls.client-hello");
}

TEST_CASE("a client that waited three seconds for an acknowledged request did not end it: the silent server did") {
    auto w = wire_of();
    w.server.payload_bytes = 0;
    w.client.last_payload = test::at(4);
    w.client.closing = test::closing(8);
    const auto waited = assessed({syn(), connected(), request(), saw("tcp.fin", 8)}, w);
    CHECK(waited.ended_by == Party::server);
    CHECK(waited.end_kind == "silence");

    w.client.unacknowledged = 47;
    const auto lost = assessed({syn(), connected(), request(), saw("tcp.fin", 8)}, w);
    CHECK(lost.ended_by == Party::unknown);

    w.client.unacknowledged = 0;
    w.client.closing = test::closing(6);
    const auto hasty = assessed({syn(), connected(), request(), saw("tcp.fin", 6)}, w);
    CHECK(hasty.ended_by == Party::client);
}

TEST_CASE("before a connection stands, refusal, ICMP and silence are told apart") {
    model::Wire w;
    w.capture_end = test::at(20);
    w.refused = true;
    const auto refused =
        assessed({syn(), saw("tcp.refused", 2, Effect::failed, Stage::tcp_connect, {}, Party::server)}, w);
    CHECK(refused.outcome == Outcome::failed);
    CHECK(refused.stage == Stage::tcp_connect);
    CHECK(refused.ended_by == Party::server);
    w.refused = false;
    const auto icmp =
        assessed({syn(), saw("icmp.error", 2, Effect::failed, Stage::tcp_connect, {}, Party::network)}, w);
    CHECK(icmp.ended_by == Party::network);
    const auto silent = assessed({syn(3)}, w);
    CHECK(silent.outcome == Outcome::failed);
    CHECK(silent.ended_by == Party::unknown);
    CHECK(silent.end_kind == "no-answer");
    w.capture_end = test::at(1.5);
    CHECK(assessed({syn()}, w).outcome == Outcome::incomplete);
}

TEST_CASE("a reset over another number of hops than the SYN-ACK is not called the server's") {
    auto w = wire_of("SSL");
    w.server.closing = test::closing(8, true);
    auto reset =
        saw("tcp.reset", 8, Effect::noted, {},
            {{"from", s("server")}, {"hop_limit", n(64)}, {"expected_hop_limit", n(63)}, {"hop_limit_differs", n(1)}});
    reset.evidence = w.server.closing->evidence;
    CHECK(assessed({syn(), connected(), request(), confirm(), hello(), reset}, w).ended_by == Party::network);
    reset.fields.edit().back().value = n(0);
    CHECK(assessed({syn(), connected(), request(), confirm(), hello(), reset}, w).ended_by == Party::server);
}

TEST_CASE("what fails inside TLS without keys is inferred, and names the first stage that fits") {
    auto w = wire_of("HYBRID");
    w.tls_seen = w.tls_finished = true;
    w.client.encrypted_records = 2;
    w.server.closing = test::closing(9);
    auto tls = saw("tls.finished", 7, Effect::passed, Stage::tls_handshake);
    const auto a = assessed({syn(), connected(), request(), confirm(), hello(), tls, saw("tcp.fin", 9)}, w);
    CHECK(a.outcome == Outcome::failed);
    CHECK(a.stage == Stage::credssp);
    CHECK(a.basis == Basis::inferred);
    CHECK(a.possible_stages.front() == Stage::mcs_connect);
    CHECK(status(a, Stage::early_authorization) == StageStatus::skipped);

    w.client.encrypted_records = 30;
    const auto long_one = assessed({syn(), connected(), request(), confirm(), hello(), tls, saw("tcp.fin", 9)}, w);
    CHECK(long_one.outcome == Outcome::incomplete);
    CHECK(long_one.possible_stages.back() == Stage::session);
}

TEST_CASE("a connection without a byte that its client closes is a port check, not a failure") {
    model::Wire w;
    w.connected = true;
    w.capture_end = test::at(20);
    w.client.closing = test::closing(4);
    CHECK(assessed({syn(), connected(), saw("tcp.fin", 4)}, w).outcome == Outcome::not_rdp);
    w.client.closing.reset();
    w.server.closing = test::closing(4);
    const auto by_server = assessed({syn(), connected(), saw("tcp.fin", 4)}, w);
    CHECK(by_server.outcome == Outcome::failed);
    CHECK(by_server.stage == Stage::x224_negotiation);
}

TEST_CASE("a capture that begins in mid-stream or ends before anything ended it gives no failure") {
    auto w = wire_of("SSL");
    CHECK(assessed({syn(), connected(), request(), confirm(), hello()}, w).outcome == Outcome::incomplete);
    model::Wire midway;
    midway.connected = midway.starts_midway = true;
    midway.client.payload_bytes = 100;
    midway.client.closing = test::closing(9);
    CHECK(assessed({connected(), saw("tcp.fin", 9)}, midway).outcome == Outcome::incomplete);
}

TEST_CASE("a client's log alone tells what it can, as inferred") {
    model::Track log;
    log.origin = model::Origin::client_log;
    auto security = saw("event", 2, Effect::failed, Stage::tls_handshake);
    auto bye = saw("event", 3, Effect::noted, {}, {{"name", s("disconnected")}, {"code", n(2308)}});
    log.seen = {security, bye};
    auto a = test::attempt_of({log});
    diagnose::assess(a);
    CHECK(a.outcome == Outcome::failed);
    CHECK(a.stage == Stage::tls_handshake);
    CHECK(a.ended_by == Party::unknown);
    CHECK(status(a, Stage::tcp_connect) == StageStatus::passed);
    CHECK(a.stages[static_cast<std::size_t>(Stage::tcp_connect)].basis == Basis::inferred);
}

TEST_CASE("what a log lets one infer does not weaken what packets show") {
    model::Wire w;
    w.capture_end = test::at(60);
    auto a = test::attempt_of({test::wire_track({syn()}, w)});
    model::Track log;
    log.origin = model::Origin::client_log;
    auto bye = saw("event", 30, Effect::failed, Stage::tcp_connect, {{"name", s("disconnected")}, {"code", n(264)}});
    bye.basis = Basis::inferred;
    bye.evidence.kind = model::Evidence::Kind::event;
    log.seen = {bye};
    a.tracks.push_back(log);
    diagnose::assess(a);
    CHECK(a.stage == Stage::tcp_connect);
    CHECK(a.basis == Basis::observed);
}

TEST_CASE("the verdict speaks of the latest incident that did not succeed, and of its furthest attempt") {
    model::Report report;
    const auto add = [&](Outcome outcome, Stage stage, double at) {
        model::Attempt a;
        a.id = "A" + std::to_string(report.attempts.size() + 1);
        a.outcome = outcome;
        a.stage = stage;
        a.started = a.ended = test::at(at);
        report.attempts.push_back(a);
        return report.attempts.size() - 1;
    };
    const auto far = add(Outcome::failed, Stage::credssp, 10), refused = add(Outcome::failed, Stage::tcp_connect, 12);
    const auto first = add(Outcome::failed, Stage::x224_negotiation, 100),
               second = add(Outcome::succeeded, Stage::session, 101);
    report.incidents = {{"I1", {far, refused}, {}}, {"I2", {first, second}, {}}};
    diagnose::conclude(report);
    CHECK(report.incidents[1].outcome == Outcome::succeeded);
    CHECK(report.verdict.attempt == far);
    CHECK(report.verdict.outcome == Outcome::failed);
    CHECK(report.verdict.sentence.find("CredSSP") != std::string::npos);

    report.incidents = {{"I2", {first, second}, {}}};
    diagnose::conclude(report);
    CHECK(report.verdict.attempt == second);
    report.incidents.clear();
    diagnose::conclude(report);
    CHECK_FALSE(report.verdict.attempt);
}

TEST_CASE("the verdict speaks of what a capture or a client's log shows before what only a server's log knows") {
    model::Report report;
    const auto add = [&](model::Origin origin, std::string client, Outcome outcome, double started) {
        model::Attempt a;
        a.client.address = std::move(client);
        a.outcome = outcome;
        a.stage = Stage::x224_negotiation;
        a.started = test::at(started);
        a.tracks.emplace_back();
        a.tracks.back().origin = origin;
        report.attempts.push_back(std::move(a));
        report.incidents.push_back({"I", {report.attempts.size() - 1}, {}});
    };
    add(model::Origin::client_log, "198.51.100.10", Outcome::succeeded, 10);
    add(model::Origin::server_log, "192.0.2.77", Outcome::failed, 20);
    diagnose::conclude(report);
    CHECK(report.verdict.attempt == 0U);

    add(model::Origin::server_log, "198.51.100.10", Outcome::failed, 5);  // of a client that the capture knows
    diagnose::conclude(report);
    CHECK(report.verdict.attempt == 2U);

    report.attempts.erase(report.attempts.begin());
    report.incidents = {{"I1", {0}, {}}, {"I2", {1}, {}}};
    diagnose::conclude(report);
    CHECK(report.verdict.attempt == 0U);  // servers' logs only: the latest
}

TEST_CASE("what is missing is named with the command that collects it") {
    auto w = wire_of("HYBRID");
    w.tls_seen = w.tls_finished = true;
    w.client.encrypted_records = 2;
    w.server.closing = test::closing(9);
    auto a = assessed({syn(), connected(), request(), confirm(), hello(),
                       saw("tls.finished", 7, Effect::passed, Stage::tls_handshake), saw("tcp.fin", 9)},
                      w);
    diagnose::explain(a, {});
    CHECK_FALSE(a.cause);
    REQUIRE(a.missing.size() >= 3);
    CHECK(a.missing[0].what.find("RdpCoreTS") != std::string::npos);
    for (const auto& m : a.missing) CHECK_FALSE(m.how.empty());
}

TEST_CASE("a Security log that goes on throughout and has no logon tells that logons are not audited") {
    const auto asked = [](bool logon, double log_ends, model::Party ended_by) {
        auto a = test::attempt_of({test::wire_track({syn(), saw("tcp.fin", 9)})});
        a.outcome = model::Outcome::failed;
        a.stage = Stage::credssp;
        a.ended_by = ended_by;
        a.stages = {{Stage::credssp, model::StageStatus::failed, model::Basis::observed, {}, ""}};
        a.logs = {{1, "RDSH1", "Security", model::Origin::server_log, test::at(0), test::at(log_ends)}};
        if (logon)
            a.tracks[0].seen.push_back(saw("event", 8, Effect::noted, {}, {{"name", test::s("network-logon-failed")}}));
        diagnose::explain(a, {});
        return std::ranges::any_of(
            a.missing, [](const auto& m) { return m.what.find("auditing of logons is off") != std::string::npos; });
    };
    CHECK(asked(false, 100, model::Party::server));
    CHECK_FALSE(asked(true, 100, model::Party::server));
    CHECK_FALSE(asked(false, 5, model::Party::server));
    CHECK_FALSE(asked(false, 100, model::Party::client));
}
