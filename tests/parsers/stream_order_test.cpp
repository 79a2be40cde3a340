// Bytes in order: what comes late, twice, in part or never.
#include "parsers/stream/half_stream.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/segments.hpp"

using namespace rdpdx;
using stream::Side;
using test::Wire;

TEST_CASE("bytes in order are handed on at once, with the packet that carried them") {
    Wire w;
    w.handshake();
    w.from_client(1001, "one");
    w.from_server(5001, "two", 1004);
    w.from_client(1004, "three", 5004);
    const auto& heard = w.heard.flows[1];
    REQUIRE(heard.chunks.size() == 3);
    CHECK(heard.chunks[2].offset == 3);
    CHECK(heard.chunks[2].mark.frame == 6);
    CHECK(heard.first == "one");
    CHECK(heard.asked == 1);
    const auto& flow = w.finish();
    CHECK(flow.from_client.payload_bytes == 8);
    CHECK(flow.from_client.first_payload->frame == 4);
    CHECK(flow.from_client.last_payload->frame == 6);
    CHECK(flow.from_client.unacknowledged == 5);
    CHECK(flow.from_client.first_unacknowledged->frame == 6);
    CHECK(flow.from_server.unacknowledged == 0);
    CHECK_FALSE(flow.from_server.first_unacknowledged);
    CHECK(flow.from_server.last_acknowledging->frame == 5);
    CHECK(flow.from_client.last_acknowledging->frame == 6);
}

TEST_CASE("sequence numbers wrap") {
    Wire w;
    w.send({.sequence = 0xFFFFFFFD, .flags = "S"});
    w.send({.from_client = false, .sequence = 0xFFFFFFFF, .acknowledgment = 0xFFFFFFFE, .flags = "SA"});
    w.from_client(0xFFFFFFFE, "abcd", 0);
    w.from_server(0, "wxyz", 2);
    w.from_client(2, "efgh", 4);
    const auto& flow = w.finish();
    CHECK(w.heard.client() == "abcdefgh");
    CHECK(w.heard.server() == "wxyz");
    CHECK(flow.from_client.unacknowledged == 4);
    CHECK(flow.from_client.gaps == 0);
}

TEST_CASE("a packet that was overtaken takes its place, and counts as out of order") {
    Wire w;
    w.handshake();
    w.send({.sequence = 1001, .acknowledgment = 5001, .payload = "one", .identification = 10});
    w.send({.sequence = 1007, .acknowledgment = 5001, .payload = "three", .identification = 12});
    CHECK(w.heard.client() == "one");
    CHECK(w.table.pending() > 0);
    w.send({.sequence = 1004, .acknowledgment = 5001, .payload = "two", .identification = 11});
    CHECK(w.heard.client() == "onetwothree");
    CHECK(w.table.pending() == 0);
    REQUIRE(w.heard.flows[1].chunks.size() == 3);
    CHECK(w.heard.flows[1].chunks[2].mark.frame == 5);
    const auto& flow = w.finish();
    CHECK(flow.from_client.out_of_order == 1);
    CHECK(flow.from_client.retransmissions == 0);
    CHECK(flow.from_client.gaps == 0);
}

TEST_CASE("a hole filled later was sent again; identification or time tells") {
    struct Row {
        const char* what;
        int first_id, fill_id;
        std::int64_t wait_ms;
        std::uint32_t retransmissions, out_of_order;
    };
    const auto row = GENERATE(values<Row>({
        {"a newer packet", 12, 13, 2, 1, 0},
        {"an older packet", 12, 11, 300, 0, 1},
        {"no identification, soon", 0, 0, 2, 0, 1},
        {"no identification, late", 0, 0, 300, 1, 0},
    }));
    INFO(row.what);
    Wire w;
    w.handshake();
    w.send({.sequence = 1004, .acknowledgment = 5001, .payload = "two", .at_ms = 10, .identification = row.first_id});
    w.send({.sequence = 1001,
            .acknowledgment = 5001,
            .payload = "one",
            .at_ms = 10 + row.wait_ms,
            .identification = row.fill_id});
    const auto& flow = w.finish();
    CHECK(w.heard.client() == "onetwo");
    CHECK(flow.from_client.retransmissions == row.retransmissions);
    CHECK(flow.from_client.out_of_order == row.out_of_order);
    CHECK(flow.from_client.gaps == 0);
}

TEST_CASE("bytes sent again are handed on once") {
    Wire w;
    w.handshake();
    w.from_client(1001, "hello");
    w.now_ms = 300;
    w.from_client(1001, "hello");
    w.now_ms = 900;
    w.from_client(1001, "hello world");  // sent again with more
    const auto& flow = w.finish();
    CHECK(w.heard.client() == "hello world");
    CHECK(flow.from_client.retransmissions == 2);
    CHECK(flow.from_client.duplicates == 0);
    CHECK(flow.from_client.payload_bytes == 11);
    CHECK(flow.from_client.unacknowledged == 11);
    CHECK(flow.from_client.first_unacknowledged->frame == 4);
    CHECK(flow.from_client.last_payload->frame == 6);
    CHECK(flow.from_client.last_packet->frame == 6);
}

TEST_CASE("of two copies that differ the first one counts") {
    Wire w;
    w.handshake();
    w.from_client(1004, "BBB");
    w.from_client(1001, "aaabbbccc");
    CHECK(w.heard.client() == "aaaBBBccc");
    CHECK(w.heard.offsets_fit);
}

TEST_CASE("a packet captured twice is a duplicate, a packet sent twice is not") {
    struct Row {
        const char* what;
        int first_id, second_id;
        std::int64_t after_ms;
        std::uint8_t first_hops, second_hops;
        std::uint32_t duplicates;
    };
    const auto row = GENERATE(values<Row>({
        {"a mirror port's copy", 7, 7, 0, 128, 128, 1},
        {"behind a router", 7, 7, 40, 128, 127, 1},
        {"sent again", 7, 8, 0, 128, 128, 0},
        {"the same identification too late", 7, 7, 1000, 128, 128, 0},
        {"a hop limit that rose", 7, 7, 5, 127, 128, 0},
        {"no identification, at once", 0, 0, 0, 128, 128, 1},
        {"no identification, later", 0, 0, 200, 128, 128, 0},
        {"no identification, behind a router", 0, 0, 20, 128, 127, 1},
    }));
    INFO(row.what);
    Wire w;
    w.handshake();
    w.send({.sequence = 1001,
            .acknowledgment = 5001,
            .payload = "hello",
            .at_ms = 10,
            .hop_limit = row.first_hops,
            .identification = row.first_id});
    w.send({.sequence = 1001,
            .acknowledgment = 5001,
            .payload = "hello",
            .at_ms = 10 + row.after_ms,
            .hop_limit = row.second_hops,
            .identification = row.second_id});
    const auto& flow = w.finish();
    CHECK(w.heard.client() == "hello");
    CHECK(flow.from_client.duplicates == row.duplicates);
    CHECK(flow.from_client.retransmissions == 1 - row.duplicates);
    CHECK(flow.from_client.packets == 4 - row.duplicates);
    CHECK(flow.last.frame == 5);
}

TEST_CASE("a whole connection captured twice has the facts of one") {
    Wire w;
    const auto twice = [&w](test::Tcp t) {
        t.identification = static_cast<int>(w.frame) + 100;
        t.at_ms = ++w.now_ms;
        w.send(t);
        w.send(t);
    };
    twice({.sequence = 1000, .flags = "S"});
    twice({.from_client = false, .sequence = 5000, .acknowledgment = 1001, .flags = "SA"});
    twice({.sequence = 1001, .acknowledgment = 5001});
    twice({.sequence = 1001, .acknowledgment = 5001, .payload = "hello"});
    twice({.from_client = false, .sequence = 5001, .acknowledgment = 1006, .flags = "FA"});
    twice({.sequence = 1006, .acknowledgment = 5002, .flags = "RA"});
    const auto& flow = w.finish();
    CHECK(w.heard.ended.size() == 1);
    CHECK(w.heard.client() == "hello");
    CHECK(flow.syn_count == 1);
    CHECK(flow.from_client.packets == 4);
    CHECK(flow.from_client.duplicates == 4);
    CHECK(flow.from_server.duplicates == 2);
    CHECK(flow.from_client.retransmissions + flow.from_server.retransmissions == 0);
}

TEST_CASE("equal acknowledgments without identification are not duplicates") {
    Wire w;
    w.handshake();
    for (int i = 0; i < 3; ++i) w.send({.sequence = 1001, .acknowledgment = 5001, .at_ms = 10, .identification = 0});
    CHECK(w.finish().from_client.duplicates == 0);
}

TEST_CASE("acknowledged bytes that the capture missed become a gap after some packets") {
    Wire w;
    w.handshake();
    w.from_client(1001, "one");
    w.from_client(1014, "four");
    w.server_acks(1018);
    for (unsigned i = 0; i < stream::kPacketsAfterAcknowledgment - 1; ++i) w.server_acks(1018);
    CHECK(w.heard.client() == "one");
    w.server_acks(1018);
    CHECK(w.heard.client() == "one[10]four");
    const auto& flow = w.finish();
    CHECK(flow.from_client.gaps == 1);
    CHECK(flow.from_client.gap_bytes == 10);
    CHECK(flow.from_client.unacknowledged == 0);
    CHECK(w.heard.offsets_fit);
}

TEST_CASE("acknowledged bytes that the capture missed become a gap after some time") {
    Wire w;
    w.handshake();
    w.from_client(1001, "one");
    w.from_client(1014, "four");
    w.server_acks(1018);
    w.now_ms += 250;
    w.from_server(5001, "answer", 1018);
    CHECK(w.heard.client() == "one[10]four");
}

TEST_CASE("acknowledged bytes with nothing after them become a gap before the next ones") {
    Wire w;
    w.handshake();
    w.server_acks(1101);
    w.now_ms += 250;
    w.from_server(5001, "answer", 1101);
    w.from_client(1101, "next", 5007);
    CHECK(w.heard.client() == "[100]next");
    CHECK(w.finish().from_client.gap_bytes == 100);
}

TEST_CASE("an acknowledgment that the capture shows before its bytes makes no gap") {
    Wire w;
    w.handshake();
    w.server_acks(1006);
    w.from_server(5001, "answer", 1006);
    w.from_client(1001, "hello");
    w.now_ms += 1000;
    w.from_client(1006, " world", 5007);
    CHECK(w.heard.client() == "hello world");
    const auto& flow = w.finish();
    CHECK(flow.from_client.gaps == 0);
    CHECK(flow.from_client.out_of_order == 0);
}

TEST_CASE("an acknowledgment that the next one takes back makes no gap") {
    Wire w;
    w.handshake();
    w.server_acks(9001);  // somebody's forgery
    for (int i = 0; i < 20; ++i) w.server_acks(1001);
    w.from_client(1001, "hello");
    CHECK(w.heard.client() == "hello");
    CHECK(w.finish().from_client.gaps == 0);
}

TEST_CASE("a reset proves no bytes that nobody saw") {
    Wire w;
    w.handshake();
    w.from_client(1001, "hello");
    w.send({.from_client = false, .sequence = 5001, .acknowledgment = 9999, .flags = "RA"});
    const auto& flow = w.finish();
    CHECK(flow.from_client.gap_bytes == 0);
    CHECK(flow.from_client.unacknowledged == 5);
}

TEST_CASE("without acknowledgments a hole is given up after much later data or long") {
    Wire w;
    w.handshake();
    w.from_client(1004, "later");
    SECTION("packets") {
        for (std::uint32_t i = 0; i < stream::kPacketsWithoutAcknowledgment; ++i) w.from_client(1009 + i, "x");
    }
    SECTION("time") {
        w.now_ms += 31'000;
        w.from_client(1009, "x");
    }
    CHECK(w.heard.client().substr(0, 9) == "[3]laterx");
    CHECK(w.table.pending() == 0);
}

TEST_CASE("what waits at the end is handed on with its gap, before the end") {
    Wire w;
    w.handshake();
    w.from_client(1004, "later");
    w.from_client(1012, "last");
    CHECK(w.heard.client().empty());
    const auto& flow = w.finish();
    CHECK(w.heard.client() == "[3]later[3]last");
    CHECK(w.heard.flows[1].first == "later");
    CHECK(flow.from_client.gaps == 2);
    CHECK(flow.from_client.gap_bytes == 6);
}

TEST_CASE("bytes acknowledged and never seen count at the end, a missed FIN does not") {
    struct Row {
        std::uint32_t acknowledgment;
        std::uint64_t gap_bytes;
    };
    const auto row = GENERATE(values<Row>({{1001, 0}, {1002, 0}, {1003, 2}, {1101, 100}}));
    Wire w;
    w.handshake();
    w.server_acks(row.acknowledgment);
    const auto& flow = w.finish();
    CHECK(flow.from_client.gap_bytes == row.gap_bytes);
    CHECK(flow.from_client.gaps == (row.gap_bytes > 0 ? 1 : 0));
}

TEST_CASE("what the snap length cut off is a gap before the next bytes") {
    Wire w;
    w.handshake();
    w.send({.sequence = 1001, .acknowledgment = 5001, .payload = "abc", .sent = 10});
    w.send({.sequence = 1011, .acknowledgment = 5001, .payload = "def", .sent = 10});
    const auto& flow = w.finish();
    CHECK(w.heard.client() == "abc[7]def");
    CHECK(flow.from_client.payload_bytes == 20);
    CHECK(flow.from_client.gap_bytes == 14);
    CHECK(flow.from_client.gaps == 2);
    CHECK(w.heard.offsets_fit);
}

TEST_CASE("a capture of headers alone has payload and one gap, and asks nobody") {
    Wire w;
    w.handshake();
    for (std::uint32_t i = 0; i < 5; ++i) w.send({.sequence = 1001 + 100 * i, .acknowledgment = 5001, .sent = 100});
    w.send({.sequence = 1501 + 100, .acknowledgment = 5001, .sent = 100});  // after a hole
    const auto& flow = w.finish();
    CHECK(w.heard.flows[1].asked == 0);
    CHECK(flow.from_client.payload_bytes == 600);
    CHECK(flow.from_client.gap_bytes == 700);
    CHECK(flow.from_client.gaps == 1);
    CHECK(flow.from_client.first_payload->frame == 4);
}

TEST_CASE("pending bytes are bounded, and the gap is declared when they are too many") {
    Wire w;
    w.handshake();
    const std::string block(10'000, 'x');
    std::uint32_t at = 1101;
    for (int i = 0; i < 200; ++i, at += 10'000) {
        w.from_client(at, block);
        CHECK(w.table.pending() <= stream::kMaxPending);
    }
    const auto& flow = w.finish();
    CHECK(w.heard.client().size() == std::string_view{"[100]"}.size() + 200 * 10'000);
    CHECK(flow.from_client.gaps == 1);
    CHECK(flow.from_client.gap_bytes == 100);
}

TEST_CASE("pending bytes of all connections together are bounded") {
    Wire w;
    const std::string block(60'000, 'x');
    for (std::uint16_t port = 1; port <= 100; ++port) {
        w.client.port = port;
        w.handshake();
        for (std::uint32_t i = 0; i < 17; ++i) w.from_client(1101 + 60'000 * i, block);
        REQUIRE(w.table.pending() <= stream::kMaxPendingTogether);
    }
    w.table.finish();
    CHECK(w.table.pending() == 0);
    CHECK(w.heard.ended.size() == 100);
}

TEST_CASE("a hundred thousand one-byte pieces with holes between cost no more than the bound") {
    Wire w;
    w.handshake();
    for (std::uint32_t i = 0; i < 100'000; ++i) w.from_client(1002 + 2 * i, "x");
    CHECK(w.table.pending() <= stream::kMaxPending);
    const auto& flow = w.finish();
    CHECK(flow.from_client.payload_bytes == 100'000);
    CHECK(flow.from_client.gap_bytes == 100'000);
}
