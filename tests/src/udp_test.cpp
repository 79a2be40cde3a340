// From RDP-UDP conversations to what they say of an attempt.
#include "src/correlate/udp.hpp"
#include "src/diagnose/assess.hpp"
#include "src/diagnose/udp.hpp"
#include "tests/support/attempts.hpp"
#include "tests/support/catch.hpp"

using namespace rdpdx;
using model::Effect;
using model::Outcome;
using model::Party;
using model::Stage;
using model::StageStatus;
using test::at;
using test::saw;

namespace {

// A session from second 1 on that the client closes at `end`.
model::Track session(std::uint64_t end, std::uint32_t input = 0) {
    model::Wire wire;
    wire.connected = wire.tls_seen = wire.tls_finished = wire.opened = true;
    wire.negotiation.correlation_id = "c0ffee";
    wire.client.closing = test::closing(end);
    wire.client.last_payload = wire.server.last_payload = at(static_cast<double>(end) - 0.5);
    wire.client.payload_bytes = wire.server.payload_bytes = 5000;
    wire.capture_end = at(static_cast<double>(end) + 1);
    auto track = test::wire_track({saw("tcp.connected", 1, Effect::passed, Stage::tcp_connect),
                                   saw("rdp.session-info", 3, Effect::passed, Stage::session),
                                   saw("tcp.fin", end, Effect::noted, {}, {}, Party::client)},
                                  wire);
    track.input = input;
    return track;
}

// A side channel that began in second 2; the last datagrams of its sides came at these seconds.
model::Track side_channel(double client_last, double server_last, std::string version = "2", std::uint32_t input = 0) {
    auto track = test::wire_track({saw("udp.handshake", 2, Effect::passed, Stage::udp_handshake)});
    track.wire.reset();
    track.input = input;
    track.client.port = 51000;
    model::UdpTransport udp;
    udp.version = std::move(version);
    udp.outcome = "tunnel-created";
    udp.established = true;
    udp.initial_sequence = 7;
    udp.client.first = udp.server.first = at(2);
    udp.client.last = at(client_last);
    udp.server.last = at(server_last);
    track.udp = udp;
    return track;
}

model::Attempt assessed(model::Track tcp, model::Track udp) {
    std::vector<model::Attempt> attempts{test::attempt_of({std::move(tcp)})};
    correlate::join_udp(attempts, {std::move(udp)});
    REQUIRE(attempts.size() == 1);
    diagnose::assess(attempts[0]);
    return attempts[0];
}

model::Track unanswered() {
    auto track = side_channel(2, 2);
    track.seen = {saw("udp.handshake", 2, Effect::failed, Stage::udp_handshake)};
    track.udp->established = false;
    track.udp->outcome = "no-answer";
    track.udp->server = {};
    return track;
}

}  // namespace

TEST_CASE("a session that is closed when UDP had been dead for as long as its version waits was dropped") {
    struct Row {
        double client_last, server_last;
        std::string version;
        Outcome outcome;
    };
    const auto row = GENERATE(values<Row>({
        {99, 35, "2", Outcome::dropped},    // the server's datagrams stop 65 s before
        {99, 84, "3", Outcome::dropped},    // 16 s before, with version 3
        {99, 84, "2", Outcome::succeeded},  // 16 s say nothing of version 2
        {99, 35, "3", Outcome::succeeded},  // nor 65 s of version 3
        {99, 60, "2", Outcome::succeeded},  // another time altogether
        {99, 99, "2", Outcome::succeeded},  // both were heard to the end
        {35, 35, "2", Outcome::dropped},    // both fell silent
        {35, 99, "2", Outcome::succeeded},  // the one who closes heard the other to the end
    }));
    INFO(row.client_last << " " << row.server_last << " version " << row.version);
    const auto a = assessed(session(100), side_channel(row.client_last, row.server_last, row.version));
    CHECK(a.outcome == row.outcome);
    CHECK(a.ended_by == (row.outcome == Outcome::dropped ? Party::unknown : Party::client));
    CHECK(a.stage == Stage::session);
}

TEST_CASE("a side channel that failed is a warning, and what would have come after it is not reached") {
    const auto a = assessed(session(10), unanswered());
    CHECK(a.outcome == Outcome::succeeded);
    CHECK(a.stages[static_cast<std::size_t>(Stage::udp_handshake)].status == StageStatus::failed);
    CHECK(a.stages[static_cast<std::size_t>(Stage::udp_handshake)].note.find("warning") != std::string::npos);
    CHECK(a.stages[static_cast<std::size_t>(Stage::udp_tunnel)].status == StageStatus::not_reached);
}

TEST_CASE("a conversation belongs to the connection of the same peers that was there then") {
    std::vector<model::Attempt> attempts{test::attempt_of({session(100)}), test::attempt_of({session(100)})};
    attempts[1].client.address = attempts[1].tracks[0].client.address = "198.51.100.99";
    correlate::join_udp(attempts, {side_channel(90, 90)});
    REQUIRE(attempts.size() == 2);
    CHECK(attempts[0].udp.size() == 1);
    CHECK(attempts[1].udp.empty());
}

TEST_CASE("a correlation id finds the connection behind other addresses") {
    std::vector<model::Attempt> attempts{test::attempt_of({session(100)})};
    auto udp = side_channel(90, 90);
    udp.client.address = "192.0.2.77";
    udp.udp->correlation_id = "c0ffee";
    correlate::join_udp(attempts, {udp});
    REQUIRE(attempts.size() == 1);
    CHECK(attempts[0].udp.size() == 1);
}

TEST_CASE("the hash of the cookie that the server gave finds the connection before anything else does") {
    const std::string hash(64, 'c');
    auto cookie = session(100), correlation = session(100);
    cookie.wire->negotiation.correlation_id.clear();
    cookie.seen.push_back(saw("rdp.multitransport-request", 2, Effect::noted, Stage::multitransport_request,
                              {{"request", test::n(1)}, {"cookie_hash", test::s(hash)}}));
    std::vector<model::Attempt> attempts{test::attempt_of({cookie}), test::attempt_of({correlation})};
    auto udp = side_channel(90, 90);
    udp.client.address = "192.0.2.77";  // behind another address
    udp.udp->correlation_id = "c0ffee";
    udp.udp->cookie_hash = hash;
    correlate::join_udp(attempts, {udp});
    REQUIRE(attempts.size() == 2);
    CHECK(attempts[0].udp.size() == 1);
    CHECK(attempts[1].udp.empty());
}

TEST_CASE("one conversation in two captures is one transport") {
    std::vector<model::Attempt> attempts{test::attempt_of({session(100), session(100, 1)})};
    correlate::join_udp(attempts, {side_channel(90, 90), side_channel(90, 90, "2", 1)});
    REQUIRE(attempts[0].udp.size() == 1);
    CHECK(attempts[0].udp[0].captures == 2);
    CHECK(attempts[0].tracks.size() == 4);
}

TEST_CASE("SYNs that another capture does not have were lost on the way to it") {
    std::vector<model::Attempt> attempts{test::attempt_of({session(100), session(100, 1)})};
    correlate::join_udp(attempts, {unanswered()});
    REQUIRE(attempts[0].udp.size() == 1);
    CHECK(attempts[0].udp[0].note.find("unless it was told to keep TCP only") != std::string::npos);
}

TEST_CASE("a conversation without its connection is no failed attempt") {
    std::vector<model::Attempt> attempts;
    correlate::join_udp(attempts, {unanswered()});
    REQUIRE(attempts.size() == 1);
    diagnose::assess(attempts[0]);
    CHECK(attempts[0].outcome == Outcome::incomplete);
    CHECK(attempts[0].stage == Stage::udp_handshake);
    for (std::size_t i = 0; i < model::kMainStages; ++i) CHECK(attempts[0].stages[i].status == StageStatus::not_seen);
}
