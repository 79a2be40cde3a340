// The two numbers of the client's dialog, and what attempts by name and by address tell together.
#include "src/diagnose/diagnose.hpp"
#include "src/diagnose/other_way.hpp"
#include "src/diagnose/two_numbers.hpp"
#include "tests/support/attempts.hpp"
#include "tests/support/catch.hpp"

using namespace rdpdx;
using model::Outcome;
using model::Stage;

namespace {

model::Attempt closed_at(Stage stage, model::Basis basis = model::Basis::observed) {
    auto a = test::attempt_of({test::wire_track({test::saw("tls.client-hello", 3)})});
    a.outcome = Outcome::failed;
    a.stage = stage;
    a.basis = basis;
    a.end_kind = "fin";
    a.ended_by = model::Party::server;
    a.codes.push_back({"disconnect_reason", test::n(2308)});
    return a;
}

model::Track server_log(const char* name, std::int64_t code) {
    model::Track t;
    t.origin = model::Origin::server_log;
    t.seen.push_back(
        test::saw("event", 4, model::Effect::noted, {}, {{"name", test::s(name)}, {"code", test::n(code)}}));
    return t;
}

std::string meaning(const model::Attempt& attempt) {
    auto a = attempt;
    diagnose::explain_numbers(a);
    std::string out;
    for (const auto& sentence : a.codes_meaning) out += sentence + '\n';
    return out;
}

bool has(const std::string& text, const char* part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("0x904 is how the client noticed the end, with the stage at which it was") {
    const auto said = meaning(closed_at(Stage::tls_handshake));
    CHECK(has(said, "FD_CLOSE"));
    CHECK(has(said, "and not why"));
    CHECK(has(said, "at the stage TLS handshake (observed), ended by server (fin)"));
}

TEST_CASE("before the channels are joined no server can have said 7") {
    CHECK(has(meaning(closed_at(Stage::tls_handshake)), "before a server can send error information at all"));
    CHECK_FALSE(has(meaning(closed_at(Stage::licensing)), "before a server can send"));
}

TEST_CASE("whoever says 7 is named: the PDU, RdpCoreTS 72, LocalSessionManager 40") {
    auto pdu = closed_at(Stage::client_info);
    pdu.tracks[0].seen.push_back(test::saw("rdp.error-info", 4, model::Effect::failed, {}, {{"code", test::n(7)}}));
    CHECK(has(meaning(pdu), "the server said so itself in a Set Error Info PDU"));
    auto core = closed_at(Stage::client_info);
    core.tracks.push_back(server_log("error-info-set", 7));
    CHECK(has(meaning(core), "in its log (RdpCoreTS 72"));
    auto session = closed_at(Stage::client_info);
    session.tracks.push_back(server_log("session-end-reason", 7));
    CHECK(has(meaning(session), "in its log (LocalSessionManager 40)"));
    diagnose::explain_numbers(session);
    CHECK(session.codes.back().name == "extended");
    CHECK(session.codes.back().value == test::n(7));
}

TEST_CASE("a 7 that nobody but the dialog shows proves nothing") {
    auto locked = closed_at(Stage::client_info, model::Basis::inferred);
    locked.tracks[0].wire->tls_seen = true;
    CHECK(has(meaning(locked), "cannot be read"));
    CHECK(has(meaning(locked), "proves nothing"));
    auto silent = closed_at(Stage::client_info);
    silent.tracks.push_back(server_log("error-info-set", 0));
    CHECK(has(meaning(silent), "hold no such statement"));
    // Another reason, or an internal number of LocalSessionManager, is no 7.
    auto other = closed_at(Stage::session);
    other.tracks.push_back(server_log("error-info-set", 0xC));
    CHECK(has(meaning(other), "gave the reason 0xC"));
    auto internal = closed_at(Stage::session);
    internal.tracks.push_back(server_log("session-end-reason", 0xD0000001));
    CHECK(has(meaning(internal), "proves nothing"));
}

TEST_CASE("the two numbers never make a cause by themselves") {
    auto a = closed_at(Stage::licensing);
    diagnose::explain(a, {});
    CHECK_FALSE(a.cause);
    CHECK_FALSE(a.codes_meaning.empty());
}

namespace {

model::Attempt called(const char* sni, double begins, Outcome outcome, Stage stage) {
    auto a = test::attempt_of({test::wire_track({test::saw("tls.client-hello", 3)})});
    a.started = test::at(begins);
    a.tls.version = "TLS 1.2";
    a.tls.sni = sni;
    a.outcome = outcome;
    a.stage = stage;
    return a;
}

const model::Observation* other_way(const model::Attempt& a) {
    for (const auto& o : a.tracks.front().seen)
        if (o.kind == "attempt.other-way") return &o;
    return nullptr;
}

}  // namespace

TEST_CASE("an attempt by name knows of the one by address beside it") {
    std::vector<model::Attempt> list{called("host.example", 10, Outcome::failed, Stage::credssp),
                                     called("", 60, Outcome::succeeded, Stage::session)};
    diagnose::compare_ways(list);
    REQUIRE(other_way(list[0]));
    CHECK(other_way(list[0])->string("this") == "name");
    CHECK(other_way(list[0])->number("other_worked") == 1);
    REQUIRE(other_way(list[1]));
    CHECK(other_way(list[1])->number("other_worked") == 0);
}

TEST_CASE("attempts far apart, of other peers, or called alike say nothing of each other") {
    std::vector<model::Attempt> far{called("host", 10, Outcome::failed, Stage::credssp),
                                    called("", 1000, Outcome::succeeded, Stage::session)};
    diagnose::compare_ways(far);
    CHECK_FALSE(other_way(far[0]));
    std::vector<model::Attempt> peers{called("host", 10, Outcome::failed, Stage::credssp),
                                      called("", 20, Outcome::succeeded, Stage::session)};
    peers[1].server.address = "203.0.113.99";
    diagnose::compare_ways(peers);
    CHECK_FALSE(other_way(peers[0]));
    std::vector<model::Attempt> alike{called("host", 10, Outcome::failed, Stage::credssp),
                                      called("host", 20, Outcome::succeeded, Stage::session)};
    diagnose::compare_ways(alike);
    CHECK_FALSE(other_way(alike[0]));
}
