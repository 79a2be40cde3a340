// How a connection ends, what it says while it is silent, and how long the table keeps it.
#include "tests/support/catch.hpp"
#include "tests/support/segments.hpp"

using namespace rdpdx;
using stream::Side;
using test::Wire;

TEST_CASE("the first FIN and the first RST of each side are kept") {
    Wire w;
    w.handshake();
    w.from_client(1001, "hello");
    w.send({.from_client = false,
            .sequence = 5001,
            .acknowledgment = 1006,
            .flags = "FA",
            .window = 77,
            .hop_limit = 64,
            .identification = 9});
    w.send({.from_client = false, .sequence = 5001, .acknowledgment = 1006, .flags = "FA", .at_ms = 2500});
    w.send({.sequence = 1006, .acknowledgment = 5002, .flags = "FA"});
    w.send({.from_client = false, .sequence = 5002, .flags = "R"});
    w.send({.from_client = false, .sequence = 5002, .flags = "R", .at_ms = 4000});
    const auto& flow = w.finish();
    REQUIRE((flow.from_server.fin && flow.from_client.fin && flow.from_server.rst));
    CHECK(flow.from_server.fin->mark.frame == 5);
    CHECK(flow.from_server.fin->window == 77);
    CHECK(flow.from_server.fin->hop_limit == 64);
    CHECK(flow.from_server.fin->ip_identification == 9);
    CHECK(flow.from_server.fin->sequence == 5001);
    CHECK_FALSE(flow.from_server.fin->reset);
    CHECK(flow.from_client.fin->mark.frame == 7);
    CHECK(flow.from_server.rst->mark.frame == 8);
    CHECK_FALSE(flow.from_client.rst);
    CHECK(flow.from_server.retransmissions == 0);
    CHECK(flow.from_client.unacknowledged == 0);
}

TEST_CASE("a FIN carries the last bytes, and nothing comes after it") {
    Wire w;
    w.handshake();
    w.send({.sequence = 1001, .acknowledgment = 5001, .flags = "FPA", .payload = "last"});
    w.from_client(1005, "after");
    w.from_client(1001, "last and more");
    const auto& flow = w.finish();
    CHECK(w.heard.client() == "last");
    CHECK(flow.from_client.unacknowledged == 4);
    CHECK(flow.from_client.payload_bytes == 4);
}

TEST_CASE("an acknowledged FIN is no missing byte") {
    Wire w;
    w.handshake();
    w.send({.sequence = 1001, .acknowledgment = 5001, .flags = "FA"});
    for (int i = 0; i < 20; ++i) w.server_acks(1002);
    const auto& flow = w.finish();
    CHECK(flow.from_client.gaps == 0);
    CHECK(flow.from_client.unacknowledged == 0);
}

TEST_CASE("an RST with a wrong number is kept too") {
    Wire w;
    w.handshake();
    w.send({.from_client = false, .sequence = 0x90000000, .flags = "R", .hop_limit = 250});
    const auto& flow = w.finish();
    REQUIRE(flow.from_server.rst);
    CHECK(flow.from_server.rst->sequence == 0x90000000);
    CHECK(flow.from_server.rst->hop_limit == 250);
    CHECK(flow.from_server.hop_limit == 128);
}

TEST_CASE("keep-alives are counted and carry nothing") {
    struct Row {
        std::string_view payload;
        std::uint32_t sequence;
        std::uint32_t keep_alives, retransmissions;
    };
    const auto row = GENERATE(values<Row>({
        {std::string_view{"\0", 1}, 1005, 1, 0},
        {"", 1005, 1, 0},
        {"", 1006, 0, 0},    // a plain acknowledgment
        {"lo", 1004, 0, 1},  // two bytes
    }));
    Wire w;
    w.handshake();
    w.from_client(1001, "hello");
    w.server_acks(1006);
    w.send({.sequence = row.sequence, .acknowledgment = 5001, .payload = row.payload, .at_ms = 60'000});
    const auto& flow = w.finish();
    CHECK(w.heard.client() == "hello");
    CHECK(flow.from_client.keep_alives == row.keep_alives);
    CHECK(flow.from_client.retransmissions == row.retransmissions);
    CHECK(flow.from_client.last_payload->frame == 4);
}

TEST_CASE("the last byte sent again before it was acknowledged is no keep-alive") {
    Wire w;
    w.handshake();
    w.from_client(1001, "h");
    w.now_ms = 400;
    w.from_client(1001, "h");
    const auto& flow = w.finish();
    CHECK(flow.from_client.keep_alives == 0);
    CHECK(flow.from_client.retransmissions == 1);
}

TEST_CASE("a window of zero counts, but not that of a SYN or an RST") {
    Wire w;
    w.send({.sequence = 1000, .flags = "S", .window = 0});
    w.send({.from_client = false, .sequence = 5000, .acknowledgment = 1001, .flags = "SA"});
    w.send({.sequence = 1001, .acknowledgment = 5001, .window = 0});
    w.send({.sequence = 1001, .acknowledgment = 5001, .flags = "RA", .window = 0});
    CHECK(w.finish().from_client.zero_windows == 1);
}

TEST_CASE("a SYN-ACK sent again counts as a retransmission") {
    Wire w;
    w.send({.sequence = 1000, .flags = "S"});
    w.send({.from_client = false, .sequence = 5000, .acknowledgment = 1001, .flags = "SA"});
    w.send({.from_client = false, .sequence = 5000, .acknowledgment = 1001, .flags = "SA", .at_ms = 1000});
    const auto& flow = w.finish();
    CHECK(flow.from_server.retransmissions == 1);
    CHECK(flow.syn_ack->frame == 2);
    CHECK_FALSE(flow.handshake_ack);
}

TEST_CASE("the oldest unacknowledged bytes are marked, though many more were sent") {
    Wire w;
    w.handshake();
    std::uint64_t marked = 0;
    for (std::uint32_t i = 0; i < 300; ++i) {
        const auto frame = w.from_client(1001 + 10 * i, "0123456789");
        if (i == 250) marked = frame;
    }
    w.server_acks(1001 + 2500);
    const auto& flow = w.finish();
    CHECK(flow.from_client.unacknowledged == 500);
    REQUIRE(flow.from_client.first_unacknowledged);
    CHECK(flow.from_client.first_unacknowledged->frame == marked);
}

TEST_CASE("with nobody acknowledging, the first of very many bytes stays marked") {
    Wire w;
    w.handshake();
    const auto first = w.from_client(1001, "x");
    for (std::uint32_t i = 1; i < 5000; ++i) w.from_client(1001 + i, "x");
    const auto& flow = w.finish();
    CHECK(flow.from_client.unacknowledged == 5000);
    CHECK(flow.from_client.first_unacknowledged->frame == first);
}

TEST_CASE("a connection that nobody wants is asked about once, kept small and ended") {
    Wire w;
    w.heard.answer = stream::Listener::Interest::none;
    w.handshake();
    w.from_client(1001, "GET /");
    w.from_client(2001, "with a hole");
    w.from_server(5001, "answer");
    CHECK(w.table.pending() == 0);
    const auto& flow = w.finish();
    const auto& heard = w.heard.flows[1];
    CHECK(heard.asked == 1);
    CHECK(heard.chunks.empty());
    CHECK(heard.ends == 1);
    CHECK(flow.client == w.client);
    CHECK(flow.server == w.server);
    CHECK(flow.roles_certain);
    CHECK(flow.syn->frame == 1);
    CHECK(flow.last.frame == 6);
    CHECK(flow.from_client.packets == 4);
    CHECK(flow.from_server.packets == 2);
    REQUIRE(flow.from_client.first_payload);
    CHECK(flow.from_client.first_payload->frame == 4);
}

TEST_CASE("a new connection on the addresses of one that nobody wanted is asked about again") {
    Wire w;
    w.heard.answer = stream::Listener::Interest::none;
    w.handshake();
    w.from_client(1001, "GET /");
    w.send({.sequence = 1000, .flags = "S"});  // the old one's again
    CHECK(w.heard.ended.empty());
    w.heard.answer = stream::Listener::Interest::follow;
    w.send({.sequence = 7000, .flags = "S"});
    w.from_client(7001, "hello");
    w.table.finish();
    CHECK(w.heard.ended == std::vector<std::uint64_t>{1, 2});
    CHECK(w.heard.client(2) == "hello");
}

TEST_CASE("silent connections end while the capture goes on, each kind after its time") {
    struct Row {
        const char* kind;
        std::int64_t kept_s, ended_s;
    };
    const auto row = GENERATE(values<Row>({
        {"unanswered", 59, 121},
        {"closed", 119, 241},
        {"declined", 119, 241},
        {"open", 7'199, 14'401},
    }));
    INFO(row.kind);
    const std::string_view kind = row.kind;
    Wire w;
    if (kind == "declined") w.heard.answer = stream::Listener::Interest::none;
    if (kind == "unanswered") {
        w.send({.sequence = 1000, .flags = "S"});
    } else {
        w.handshake();
        w.from_client(1001, "hello");
        if (kind == "closed") w.send({.from_client = false, .sequence = 5001, .flags = "R"});
    }
    w.client.port = 999;  // another connection, which shows that time goes by
    const auto tick = [&w](std::int64_t second) { w.send({.sequence = 1, .flags = "S", .at_ms = second * 1000}); };
    for (std::int64_t s = 1; s <= row.kept_s; s += 58) tick(s);
    CHECK(w.heard.flows[1].ends == 0);
    for (std::int64_t s = row.kept_s + 1; s <= row.ended_s + 116; s += 58) tick(s);
    CHECK(w.heard.flows[1].ends == 1);
    w.table.finish();
    CHECK(w.heard.flows[1].ends == 1);
}

TEST_CASE("stragglers after the end belong to the connection that ended") {
    Wire w;
    w.handshake();
    w.send({.sequence = 1001, .acknowledgment = 5001, .flags = "FA"});
    w.send({.from_client = false, .sequence = 5001, .acknowledgment = 1002, .flags = "FA"});
    w.client_acks(5002, 1002);
    w.send({.from_client = false, .sequence = 5002, .flags = "R", .at_ms = 60'000});
    w.table.finish();
    CHECK(w.heard.ended.size() == 1);
    CHECK(w.heard.flows[1].flow.from_server.rst);
}

TEST_CASE("packets with a time far in the future do not end connections") {
    const std::int64_t future = 4'000'000'000'000;
    Wire w;
    SECTION("one, before the handshake is done") {
        w.send({.sequence = 1000, .flags = "S"});
        w.send({.from_client = false, .sequence = 5000, .acknowledgment = 1001, .flags = "SA", .at_ms = future});
        w.now_ms = 2;
        w.client_acks(5001);
        w.from_client(1001, "one");
    }
    SECTION("two in a row, when it is open") {
        w.handshake();
        w.from_client(1001, "one");
        w.send({.from_client = false, .sequence = 5001, .acknowledgment = 1004, .at_ms = future});
        w.send({.from_client = false, .sequence = 5001, .acknowledgment = 1004, .at_ms = future + 1});
        w.now_ms = 10;
    }
    w.from_client(1004, "two", 5001);
    w.table.finish();
    CHECK(w.heard.ended.size() == 1);
    CHECK(w.heard.client() == "onetwo");
}

TEST_CASE("times at the ends of their range are survived") {
    test::Heard heard;
    stream::Table table{heard};
    Wire w;
    std::uint64_t frame = 0;
    for (int i = 0; i < 100; ++i)
        table.add(w.segment({.sequence = 1000U + static_cast<std::uint32_t>(i), .payload = "x"}),
                  {i % 2 == 0 ? bytes::Time::min() : bytes::Time::max(), ++frame});
    table.finish();
    CHECK(heard.client().size() == 100);
}

TEST_CASE("the end is told in order of the first packets") {
    Wire w;
    for (std::uint16_t port = 100; port > 0; --port) {
        w.client.port = port;
        w.send({.sequence = 1000, .flags = "S"});
    }
    w.table.finish();
    REQUIRE(w.heard.ended.size() == 100);
    CHECK(std::is_sorted(w.heard.ended.begin(), w.heard.ended.end()));
    CHECK(w.table.live() == 0);
    w.table.finish();
    CHECK(w.heard.ended.size() == 100);
}

namespace {
// Counts ends only, so that a flood does not fill the test's own memory.
struct Counter final : stream::Listener {
    std::uint64_t ends = 0, last = 0;
    Interest first_payload(const stream::Flow&, stream::Side, bytes::View) override { return Interest::none; }
    void data(const stream::Flow&, const stream::Chunk&) override {}
    void end(const stream::Flow&) override { ++ends; }
};
}  // namespace

TEST_CASE("a flood of a million connections keeps a bounded number") {
    const bool with_payload = GENERATE(false, true);
    Counter counter;
    stream::Table table{counter};
    Wire w;
    std::size_t most = 0;
    for (std::uint32_t i = 0; i < 1'000'000; ++i) {
        w.client.address.octets[2] = static_cast<std::uint8_t>(i >> 16);
        w.client.address.octets[3] = static_cast<std::uint8_t>(i >> 8);
        w.client.port = static_cast<std::uint16_t>(i & 0xFF);
        const auto segment =
            with_payload ? w.segment({.sequence = i, .payload = "x"}) : w.segment({.sequence = i, .flags = "S"});
        table.add(segment, {bytes::Time{std::chrono::microseconds{i}}, i + 1});
        most = std::max(most, table.live());
    }
    CHECK(most <= 131'073);
    CHECK(counter.ends + table.live() == 1'000'000);
    table.finish();
    CHECK(counter.ends == 1'000'000);
}
