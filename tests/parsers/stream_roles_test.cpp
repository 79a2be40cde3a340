// Which packets make a connection, who is its client, and how it begins.
#include "tests/support/catch.hpp"
#include "tests/support/segments.hpp"

using namespace rdpdx;
using stream::Side;
using test::Tcp;
using test::Wire;

TEST_CASE("a handshake names roles, marks and options") {
    Wire w;
    w.handshake();
    const auto& flow = w.finish();
    CHECK(flow.id == 1);
    CHECK(flow.client == w.client);
    CHECK(flow.server == w.server);
    CHECK(flow.roles_certain);
    CHECK_FALSE(flow.starts_midway);
    REQUIRE((flow.syn && flow.syn_ack && flow.handshake_ack));
    CHECK(flow.syn->frame == 1);
    CHECK(flow.syn_ack->frame == 2);
    CHECK(flow.handshake_ack->frame == 3);
    CHECK(flow.syn_count == 1);
    CHECK(flow.from_client.mss == 1460);
    CHECK(flow.from_server.mss == 1440);
    CHECK(flow.from_client.packets == 2);
    CHECK(flow.from_server.packets == 1);
    CHECK(flow.first.frame == 1);
    CHECK(flow.last.frame == 3);
    CHECK(flow.from_client.keep_alives == 0);
    CHECK(w.heard.flows[1].asked == 0);
}

TEST_CASE("a SYN-ACK alone names the server, whatever the ports") {
    Wire w;
    w.server.port = 60000;
    w.send({.from_client = false, .sequence = 5000, .acknowledgment = 1001, .flags = "SA"});
    w.from_client(1001, "hello");
    const auto& flow = w.finish();
    CHECK(flow.server == w.server);
    CHECK(flow.roles_certain);
    CHECK_FALSE(flow.starts_midway);
    CHECK_FALSE(flow.syn);
    CHECK(w.heard.client() == "hello");
}

TEST_CASE("a SYN that the capture shows after its SYN-ACK is of the same connection") {
    Wire w;
    w.send({.from_client = false, .sequence = 5000, .acknowledgment = 1001, .flags = "SA"});
    w.send({.from_client = true, .sequence = 1000, .flags = "S"});
    w.client_acks(5001);
    w.from_client(1001, "hello");
    const auto& flow = w.finish();
    CHECK(w.heard.ended.size() == 1);
    REQUIRE(flow.syn);
    CHECK(flow.syn->frame == 2);
    CHECK(flow.handshake_ack->frame == 3);
    CHECK(w.heard.client() == "hello");
}

TEST_CASE("midway the ports say who is the server") {
    struct Row {
        std::uint16_t source, destination;
        bool sender_is_client;
    };
    const auto row = GENERATE(values<Row>({
        {50000, 3389, true},
        {3389, 50000, false},
        {1024, 3389, true},
        {3389, 1024, false},
        {50000, 443, true},
        {443, 50000, false},
        {4000, 4000, true},
        {3389, 3389, true},
    }));
    Wire w;
    w.client.port = row.source;
    w.server.port = row.destination;
    w.send({.sequence = 77, .acknowledgment = 1, .payload = "x"});
    const auto& flow = w.finish();
    CHECK(flow.starts_midway);
    CHECK_FALSE(flow.roles_certain);
    CHECK((flow.client == w.client) == row.sender_is_client);
}

TEST_CASE("midway the listener may reverse the roles") {
    Wire w;
    w.heard.answer = stream::Listener::Interest::roles_reversed;
    w.client.port = 3000;
    w.server.port = 4000;  // the ports take the sender for the server
    w.send({.sequence = 100, .acknowledgment = 900, .payload = "request"});
    w.send({.from_client = false, .sequence = 900, .acknowledgment = 107, .payload = "answer"});
    const auto& flow = w.finish();
    CHECK(flow.roles_certain);
    CHECK(flow.client == w.client);
    CHECK(w.heard.client() == "request");
    CHECK(w.heard.server() == "answer");
    CHECK(flow.from_client.payload_bytes == 7);
    CHECK(flow.from_server.payload_bytes == 6);
    CHECK(flow.from_client.first_payload->frame == 1);
}

TEST_CASE("roles that a SYN proved are not reversed") {
    Wire w;
    w.heard.answer = stream::Listener::Interest::roles_reversed;
    w.handshake();
    w.from_client(1001, "request");
    CHECK(w.finish().client == w.client);
    CHECK(w.heard.client() == "request");
}

TEST_CASE("the capture may begin within a stream, and bytes from before that do not count") {
    Wire w;
    w.send({.sequence = 2000, .acknowledgment = 900, .payload = "middle"});
    w.send({.sequence = 1990, .acknowledgment = 900, .payload = "earlier..."});
    w.send({.sequence = 1995, .acknowledgment = 900, .payload = "er...middle+more"});
    const auto& flow = w.finish();
    CHECK(w.heard.client() == "middle+more");
    CHECK(flow.from_client.payload_bytes == 11);
    CHECK(flow.from_client.gaps == 0);
    CHECK(flow.from_client.retransmissions == 0);
    CHECK(w.heard.offsets_fit);
}

TEST_CASE("a capture that begins with a keep-alive does not take its byte for the stream's") {
    const bool with_byte = GENERATE(true, false);
    Wire w;
    w.send({.sequence = 1999,
            .acknowledgment = 900,
            .payload = with_byte ? std::string_view{"\0", 1} : std::string_view{}});
    w.send({.from_client = false, .sequence = 900, .acknowledgment = 2000});
    w.send({.sequence = 2000, .acknowledgment = 900, .flags = "PA", .payload = "data"});
    const auto& flow = w.finish();
    CHECK(w.heard.client() == "data");
    CHECK(w.heard.flows[1].first == "data");
    CHECK(flow.from_client.gaps == 0);
    CHECK(flow.from_client.unacknowledged == 4);
}

TEST_CASE("a retransmitted SYN is counted, not a new connection") {
    Wire w;
    w.send({.sequence = 1000, .flags = "S", .at_ms = 0});
    w.send({.sequence = 1000, .flags = "S", .at_ms = 3000});
    w.send({.sequence = 1000, .flags = "S", .at_ms = 9000});
    const auto& flow = w.finish();
    CHECK(w.heard.ended.size() == 1);
    CHECK(flow.syn_count == 3);
    CHECK(flow.syn->frame == 1);
    CHECK_FALSE(flow.refused);
    CHECK(flow.from_server.packets == 0);
}

TEST_CASE("a SYN with another number after the end is a new connection") {
    struct Row {
        const char* why;
        std::string_view end_flags;
        std::int64_t at_ms;
    };
    const auto row = GENERATE(values<Row>({
        {"reset", "RA", 20},
        {"silent for long", "A", 40'000},
    }));
    INFO(row.why);
    Wire w;
    w.handshake();
    w.from_client(1001, "one");
    w.send({.from_client = false, .sequence = 5001, .acknowledgment = 1004, .flags = row.end_flags});
    w.send({.sequence = 4000, .flags = "S", .at_ms = row.at_ms});
    w.send({.from_client = false, .sequence = 9000, .acknowledgment = 4001, .flags = "SA"});
    w.from_client(4001, "two", 9001);
    w.table.finish();
    CHECK(w.heard.ended == std::vector<std::uint64_t>{1, 2});
    CHECK(w.heard.client(1) == "one");
    CHECK(w.heard.client(2) == "two");
    CHECK(w.heard.flows[2].flow.syn->frame == 6);
}

TEST_CASE("a SYN far outside the window is a new connection though the old one never ended") {
    Wire w;
    w.handshake();
    w.from_client(1001, "one");
    w.send({.sequence = 0x80000000, .flags = "S"});
    w.from_client(0x80000001, "two");
    w.table.finish();
    CHECK(w.heard.client(1) == "one");
    CHECK(w.heard.client(2) == "two");
}

TEST_CASE("a SYN within the window of a living connection changes nothing") {
    Wire w;
    w.handshake();
    w.from_client(1001, "one");
    w.send({.sequence = 2000, .flags = "S"});
    w.from_client(1004, "two");
    w.table.finish();
    CHECK(w.heard.ended.size() == 1);
    CHECK(w.heard.client() == "onetwo");
}

TEST_CASE("the same connection once more in a spliced file is told once more") {
    Wire w;
    for (const std::int64_t start : {0, 100}) {
        w.send({.sequence = 1000, .flags = "S", .at_ms = start, .identification = 1});
        w.send({.from_client = false, .sequence = 5000, .acknowledgment = 1001, .flags = "SA"});
        w.client_acks(5001);
        for (std::uint32_t i = 0; i < 10; ++i) w.from_client(1001 + i, "x");
        w.send({.from_client = false, .sequence = 5001, .acknowledgment = 1011, .flags = "RA"});
        w.now_ms += 2000;
    }
    w.table.finish();
    CHECK(w.heard.ended == std::vector<std::uint64_t>{1, 2});
    CHECK(w.heard.client(1) == w.heard.client(2));
}

TEST_CASE("a refused connection, tried again with the same number, is one connection") {
    Wire w;
    w.send({.sequence = 1000, .flags = "S"});
    w.send({.from_client = false, .sequence = 0, .acknowledgment = 1001, .flags = "RA", .hop_limit = 63});
    w.send({.sequence = 1000, .flags = "S", .at_ms = 500});
    w.send({.from_client = false, .sequence = 0, .acknowledgment = 1001, .flags = "RA"});
    const auto& flow = w.finish();
    CHECK(flow.refused);
    CHECK(flow.syn_count == 2);
    REQUIRE(flow.from_server.rst);
    CHECK(flow.from_server.rst->mark.frame == 2);
    CHECK(flow.from_server.rst->reset);
    CHECK(flow.from_server.rst->hop_limit == 63);
    CHECK(w.heard.flows[1].asked == 0);
    CHECK(w.heard.flows[1].ends == 1);
}

TEST_CASE("a refused connection, tried again with another number, is another one") {
    Wire w;
    w.send({.sequence = 1000, .flags = "S"});
    w.send({.from_client = false, .sequence = 0, .acknowledgment = 1001, .flags = "RA"});
    w.send({.sequence = 1500, .flags = "S", .at_ms = 500});
    w.send({.from_client = false, .sequence = 0, .acknowledgment = 1501, .flags = "RA"});
    w.table.finish();
    REQUIRE(w.heard.ended.size() == 2);
    CHECK(w.heard.flows[1].flow.refused);
    CHECK(w.heard.flows[2].flow.refused);
    CHECK(w.heard.flows[2].flow.syn_count == 1);
}

TEST_CASE("refused first and accepted at the second SYN is not refused") {
    Wire w;
    w.send({.sequence = 1000, .flags = "S"});
    w.send({.from_client = false, .sequence = 0, .acknowledgment = 1001, .flags = "RA"});
    w.now_ms = 500;
    w.handshake();
    w.from_client(1001, "hello");
    const auto& flow = w.finish();
    CHECK_FALSE(flow.refused);
    CHECK_FALSE(flow.from_server.rst);
    CHECK(flow.syn_count == 2);
    CHECK(w.heard.client() == "hello");
}

TEST_CASE("a reset after the SYN-ACK is no refusal") {
    Wire w;
    w.handshake();
    w.send({.from_client = false, .sequence = 5001, .flags = "R"});
    const auto& flow = w.finish();
    CHECK_FALSE(flow.refused);
    CHECK(flow.from_server.rst);
}

TEST_CASE("a reset by the client is no refusal") {
    Wire w;
    w.send({.sequence = 1000, .flags = "S"});
    w.send({.sequence = 1001, .flags = "R"});
    const auto& flow = w.finish();
    CHECK_FALSE(flow.refused);
    CHECK(flow.from_client.rst);
}

TEST_CASE("three packets far outside the window are another connection, one is not") {
    struct Row {
        int strangers;
        std::size_t connections;
    };
    const auto row = GENERATE(values<Row>({{1, 1}, {2, 1}, {3, 2}}));
    Wire w;
    w.handshake();
    w.from_client(1001, "one");
    for (int i = 0; i < row.strangers; ++i) w.from_client(0x70000000 + static_cast<std::uint32_t>(i), "s");
    w.table.finish();
    CHECK(w.heard.ended.size() == row.connections);
    CHECK(w.heard.client(1) == "one");
    if (row.connections == 2) CHECK(w.heard.flows[2].flow.starts_midway);
}

TEST_CASE("an ICMP error is kept with the connection it quotes, the first one only") {
    Wire w;
    w.send({.sequence = 1000, .flags = "S"});
    net::IcmpError error;
    error.type = 3;
    error.code = 13;
    error.protocol = 6;
    error.source = w.client;
    error.destination = w.server;
    w.table.add(error, {bytes::Time{}, 2});
    error.code = 1;
    w.table.add(error, {bytes::Time{}, 3});
    error.protocol = 17;
    w.table.add(error, {bytes::Time{}, 4});
    const auto& flow = w.finish();
    REQUIRE(flow.icmp_error);
    CHECK(flow.icmp_error->code == 13);
    CHECK(flow.icmp_mark->frame == 2);
    CHECK(w.heard.ended.size() == 1);
}

TEST_CASE("an ICMP error about no known connection begins none") {
    Wire w;
    net::IcmpError error;
    error.protocol = 6;
    error.source = w.client;
    error.destination = w.server;
    w.table.add(error, {});
    CHECK(w.table.live() == 0);
}

TEST_CASE("IPv6 connections are connections like others") {
    Wire w;
    w.client.address.family = w.server.address.family = 6;
    w.client.address.octets[15] = 1;
    w.handshake();
    w.from_client(1001, "hello");
    const auto& flow = w.finish();
    CHECK(flow.client == w.client);
    CHECK(flow.server == w.server);
    CHECK(w.heard.client() == "hello");
}

TEST_CASE("an endpoint that talks to itself is survived") {
    Wire w;
    w.server = w.client;
    w.send({.sequence = 1000, .flags = "S"});
    w.from_client(1001, "hello");
    const auto& flow = w.finish();
    CHECK(flow.client == flow.server);
    CHECK(w.heard.client() == "hello");
    CHECK(w.heard.ended.size() == 1);
}
