// What a capture could not see is said, and not held against anybody.
#include "tests/support/catch.hpp"
#include "tests/support/two_ends.hpp"

using namespace rdpdx;
using model::Outcome;
using model::Party;
using test::TwoEnds;

namespace {

const model::Attempt& only(const model::Report& r) {
    REQUIRE(r.attempts.size() == 1);
    return r.attempts.front();
}
bool misses(const model::Attempt& a, std::string_view what) {
    return std::ranges::any_of(a.missing,
                               [&](const model::Missing& m) { return m.what.find(what) != std::string::npos; });
}
bool notes(const model::Report& r, std::string_view what) {
    return std::ranges::any_of(r.inputs.at(0).notes,
                               [&](const std::string& n) { return n.find(what) != std::string::npos; });
}
std::size_t count(const model::Attempt& a, std::string_view kind) {
    return static_cast<std::size_t>(std::ranges::count(a.tracks.at(0).seen, kind, &model::Observation::kind));
}
model::Report report_of(const std::vector<TwoEnds::Packet>& packets) {
    return test::analyze_captures({TwoEnds::file(packets)});
}

// The client's hello is acknowledged, nothing comes, and after six seconds the client leaves: the server's fault.
TwoEnds no_answer_to_hello() {
    TwoEnds w;
    w.negotiate();
    w.client_hello(0.1);
    w.send(0.15, false, {.sequence = 5020, .acknowledgment = 1220, .ack = true});
    w.send(6.0, true, {.sequence = 1220, .acknowledgment = 5020, .ack = true, .fin = true});
    return w;
}
// As the client's capture has them.
std::vector<TwoEnds::Packet> of_side(bool client) {
    TwoEnds w = no_answer_to_hello();
    std::erase_if(w.at_client, [&](const TwoEnds::Packet& p) {
        const bool from_client = p.data.at(22) == std::byte{64};  // its hop limit is whole
        return from_client != client;
    });
    return w.at_client;
}

}  // namespace

TEST_CASE("a server that acknowledges and never answers is to blame, where the capture is whole") {
    const auto report = report_of(no_answer_to_hello().at_client);
    const auto& a = only(report);
    CHECK(a.outcome == Outcome::failed);
    CHECK(a.ended_by == Party::server);
    REQUIRE(a.cause);
    CHECK(a.cause->id == "server-unresponsive");
}

TEST_CASE("of a capture with one direction alone nothing is concluded but what is missing") {
    const bool client = GENERATE(true, false);
    const auto report = report_of(of_side(client));
    const auto& a = only(report);
    CHECK(a.outcome == Outcome::incomplete);
    CHECK(a.ended_by == Party::unknown);
    CHECK_FALSE(a.cause);
    CHECK(a.stage > model::Stage::tcp_connect);
    CHECK(misses(a, "one direction"));
}

TEST_CASE("a SYN-ACK that the capture missed came, as both sides go on") {
    TwoEnds w = no_answer_to_hello();
    w.at_client.erase(w.at_client.begin() + 1);
    const auto report = report_of(w.at_client);
    const auto& a = only(report);
    CHECK(a.stage == model::Stage::tls_handshake);
    CHECK(a.end_kind == "silence");
    CHECK(a.stages[static_cast<std::size_t>(model::Stage::tcp_connect)].basis == model::Basis::inferred);
}

TEST_CASE("an export without SYN, of packets with payload alone, has no fault of its own") {
    TwoEnds w;
    w.negotiate();
    w.client_hello(0.1);
    w.server_hello(0.2);
    std::erase_if(w.at_client, [](const TwoEnds::Packet& p) { return p.data.size() <= 54; });
    REQUIRE(w.at_client.size() == 4);
    const auto report = report_of(w.at_client);
    const auto& a = only(report);
    CHECK(a.outcome == Outcome::incomplete);
    CHECK_FALSE(a.cause);
    CHECK(misses(a, "no SYN"));
}

TEST_CASE("packets from the middle of a connection that nobody can read tell not how far it came") {
    TwoEnds w;
    w.negotiate();
    w.client_hello(0.1);
    w.server_hello(0.2);
    w.at_client.erase(w.at_client.begin(), w.at_client.end() - 2);
    for (TwoEnds::Packet& p : w.at_client) std::fill(p.data.begin() + 54, p.data.end(), std::byte{0x5A});
    const auto report = report_of(w.at_client);
    CHECK(only(report).outcome == Outcome::incomplete);
    CHECK(report.verdict.sentence ==
          "The evidence begins after the connection did, and nothing in it tells how far that came.");
}

TEST_CASE("a capture that stops after the first packet does not say that it begins late") {
    TwoEnds w;
    w.negotiate();
    w.at_client.resize(1);
    const auto report = report_of(w.at_client);
    CHECK(only(report).outcome == Outcome::incomplete);
    CHECK(report.verdict.sentence.find("The evidence ends before the outcome shows") == 0);
}

TEST_CASE("a capture that stops while the client still waits says so") {
    TwoEnds w = no_answer_to_hello();
    w.at_client.pop_back();
    const auto report = report_of(w.at_client);
    const auto& a = only(report);
    CHECK(a.outcome == Outcome::incomplete);
    CHECK_FALSE(a.cause);
    CHECK(misses(a, "The capture stops"));
}

TEST_CASE("in a file spliced from captures months apart a silence ends where its part ends") {
    TwoEnds w = no_answer_to_hello();
    w.at_client.pop_back();
    TwoEnds later;
    later.client_port = 50001;
    later.negotiate();
    const std::int64_t apart = GENERATE(std::int64_t{90}, std::int64_t{-90}) * 86'400'000'000'000;
    test::PcapFile file{1, true};
    for (const auto& p : w.at_client) file.add(p.time, p.data);
    for (const auto& p : later.at_client) file.add(p.time + apart, p.data);
    const auto report = test::analyze_captures({file.bytes()});
    REQUIRE(report.attempts.size() == 2);
    for (const auto& a : report.attempts) {
        CHECK(a.outcome == Outcome::incomplete);
        CHECK_FALSE(a.cause);
    }
    CHECK(notes(report, apart > 0 ? "Nothing was captured from" : "Times go back 1 time"));
}

TEST_CASE("packets that a queue mixed by milliseconds are no clock that was set back") {
    TwoEnds w = no_answer_to_hello();
    test::PcapFile file{1, true};
    std::swap(w.at_client[3], w.at_client[4]);
    for (const auto& p : w.at_client) file.add(p.time, p.data);
    CHECK_FALSE(notes(test::analyze_captures({file.bytes()}), "go back"));
}

TEST_CASE("where the capturing machine dropped packets a missing answer is nobody's") {
    const std::uint64_t dropped = GENERATE(0U, 12U);
    test::PcapngFile file;
    file.section().interface(1);
    for (const auto& p : no_answer_to_hello().at_client) file.packet(static_cast<std::uint64_t>(p.time / 1000), p.data);
    file.block(5, test::join({test::le(4, 0), test::le(8, 0), file.option(5, test::le(8, dropped))}));
    const auto report = test::analyze_captures({file.bytes()});
    const auto& a = only(report);
    CHECK(a.ended_by == (dropped > 0 ? Party::unknown : Party::server));
    CHECK(a.cause.has_value() == (dropped == 0));
    CHECK(misses(a, "dropped packets") == (dropped > 0));
}

TEST_CASE("packets cut by the snap length are named as missing") {
    test::PcapFile file{1, true};
    for (const auto& p : no_answer_to_hello().at_client)
        file.add(p.time, test::first(p.data, 96), static_cast<std::uint32_t>(p.data.size()));
    const auto report = test::analyze_captures({file.bytes()});
    CHECK(misses(only(report), "snap length"));
}

TEST_CASE("copies made by a mirror port are no retransmissions") {
    TwoEnds w = no_answer_to_hello();
    const auto plain = report_of(w.at_client);
    for (auto p : std::vector{w.at_client}) {
        p.time += 20'000;
        w.at_client.push_back(std::move(p));
    }
    const auto report = report_of(w.at_client);
    const auto& a = only(report);
    CHECK(count(a, "tcp.retransmissions") == 0);
    CHECK(a.outcome == only(plain).outcome);
    CHECK(a.ended_by == Party::server);
}

TEST_CASE("a stream of Kerberos that was exported without SYN is no attempt") {
    TwoEnds w;
    test::Tcp t;
    t.source = 50000;
    t.destination = 88;
    t.sequence = 1;
    t.ack = true;
    const auto packet = [&](const test::Bytes& data) {
        return test::ethernet(0x0800,
                              test::ipv4({.source = "192.0.2.10", .destination = "192.0.2.5"}, test::tcp(t, data)));
    };
    w.at_client.push_back({TwoEnds::kStart, packet(test::from_hex("00 00 00 04 6a 02 30 00"))});
    w.at_client.push_back({TwoEnds::kStart + 1'000'000, packet(test::from_hex("00 00 00 04 6a 02 30 00"))});
    CHECK(report_of(w.at_client).attempts.empty());
}
