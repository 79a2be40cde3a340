// Many flows at once, and flows that nobody wants: what the table keeps, and what it may pass over.
#include <bit>

#include "tests/support/catch.hpp"
#include "tests/support/segments.hpp"

using namespace rdpdx;
using Interest = stream::Listener::Interest;

namespace {

// Counts only, since a million flows are more than a test wants to keep.
struct Counting final : stream::Listener {
    Interest answer = Interest::none;
    std::uint64_t asked = 0, ended = 0, packets = 0;
    Interest first_payload(const stream::Flow&, stream::Side, bytes::View) override { return ++asked, answer; }
    void data(const stream::Flow&, const stream::Chunk&) override {}
    void end(const stream::Flow& flow) override {
        ++ended;
        packets += flow.from_client.packets + flow.from_server.packets;
    }
};

struct Many {
    Counting heard;
    stream::Table table{heard};
    std::uint64_t frame = 0;
    std::size_t most_live = 0, most_pending = 0;

    static net::Endpoint client(std::uint32_t number) {
        net::Endpoint out = test::endpoint(0, 50000);
        out.address.octets = {10, static_cast<std::uint8_t>(number >> 16), static_cast<std::uint8_t>(number >> 8),
                              static_cast<std::uint8_t>(number)};
        return out;
    }
    void send(std::uint32_t number, bool from_client, bool syn, std::uint32_t sequence, std::string_view payload) {
        net::Segment s;
        const net::Endpoint server = test::endpoint(2, 3389);
        s.source = from_client ? client(number) : server;
        s.destination = from_client ? server : client(number);
        s.syn = syn;
        s.ack = !syn || !from_client;
        s.sequence = sequence;
        s.window = 8192;
        s.payload = bytes::view_of(payload);
        s.payload_length = static_cast<std::uint32_t>(payload.size());
        table.add(s, next());
        most_live = std::max(most_live, table.live());
        most_pending = std::max(most_pending, table.pending());
    }
    stream::Mark next() { return {bytes::Time{std::chrono::microseconds{++frame}}, frame}; }
};

std::uint32_t raw(const net::Address& address) {
    return std::bit_cast<std::array<std::uint32_t, 4>>(address.octets)[0];
}

net::Glance glance_of(const net::Segment& s) {
    return {.source = raw(s.source.address),
            .destination = raw(s.destination.address),
            .source_port = s.source.port,
            .destination_port = s.destination.port,
            .sequence = s.sequence,
            .syn = s.syn,
            .rst = s.rst};
}

bool pass(stream::Table& table, const net::Segment& segment, const stream::Mark& mark) {
    const net::Glance glance = glance_of(segment);
    stream::Table::Place place;
    table.place(glance, place);
    table.approach(place);
    return table.pass(glance, place, mark);
}

}  // namespace

TEST_CASE("of a million SYNs that nobody answers, only so many are kept, and each has its end") {
    constexpr std::uint32_t kFlood = 1'000'000;
    Many many;
    for (std::uint32_t i = 0; i < kFlood; ++i) many.send(i, true, true, i, {});
    CHECK(many.most_live <= 16'384);
    CHECK(many.most_pending == 0);
    many.table.finish();
    CHECK(many.heard.ended == kFlood);
    CHECK(many.heard.packets == kFlood);
    CHECK(many.table.live() == 0);
}

TEST_CASE("of ten thousand flows at once that miss a byte, what waits is bounded together") {
    constexpr std::uint32_t kFlows = 10'000;
    Many many;
    many.heard.answer = Interest::follow;
    const std::string bytes(1400, 'x');
    for (std::uint32_t i = 0; i < kFlows; ++i) {
        many.send(i, true, true, 0, {});
        many.send(i, false, true, 0, {});
        many.send(i, true, false, 1, "a");
    }
    for (std::uint32_t round = 0; round < 10; ++round)
        for (std::uint32_t i = 0; i < kFlows; ++i) many.send(i, true, false, 3 + round * 1400, bytes);
    CHECK(many.most_live == kFlows);
    CHECK(many.most_pending <= std::size_t{65} << 20);
    many.table.finish();
    CHECK(many.heard.ended == kFlows);
    CHECK(many.table.pending() == 0);
}

TEST_CASE("a flow that is not wanted is passed over and still counted, until another begins in its place") {
    test::Wire w;
    const auto glance = [&w](const test::Tcp& t) {
        return pass(w.table, w.segment(t), {bytes::Time{std::chrono::milliseconds{++w.now_ms}}, ++w.frame});
    };
    w.heard.answer = Interest::none;
    CHECK_FALSE(glance({.sequence = 1000, .flags = "S"}));  // not known yet
    w.handshake();
    CHECK_FALSE(glance({.sequence = 1001}));  // nobody was asked yet
    w.from_client(1001, "GET / HTTP/1.1");
    CHECK(glance({.sequence = 1015}));
    CHECK(glance({.from_client = false, .sequence = 5001}));
    CHECK(glance({.sequence = 1000, .flags = "S"}));  // its own SYN again
    CHECK_FALSE(glance({.sequence = 9000, .flags = "S"}));
    w.send({.sequence = 9000, .flags = "S"});
    w.table.finish();
    REQUIRE(w.heard.ended.size() == 2);
    const auto& flow = w.heard.flows[1].flow;
    CHECK(flow.from_client.packets == 5);
    CHECK(flow.from_server.packets == 2);
    CHECK(flow.last.frame == 9);
}

TEST_CASE("a flow that is wanted is never passed over") {
    test::Wire w;
    w.handshake();
    w.from_client(1001, "hello");
    CHECK_FALSE(pass(w.table, w.segment({.sequence = 1006}), {bytes::Time{}, 5}));
    CHECK(w.finish().from_client.packets == 3);
}

TEST_CASE("a flow that was silent for too long is not passed over but begins anew") {
    test::Wire w;
    w.heard.answer = Interest::none;
    w.handshake();
    w.from_client(1001, "GET / HTTP/1.1");
    const auto late = [&w](std::int64_t seconds) {
        return pass(w.table, w.segment({.sequence = 1015}), {bytes::Time{std::chrono::seconds{seconds}}, 9});
    };
    CHECK(late(100));
    // Two packets have to agree on how late it is.
    CHECK(late(1000));
    CHECK_FALSE(late(1001));
    CHECK(w.heard.ended.size() == 1);
}

TEST_CASE("a connection that begins after a long silence of the capture is one from its SYN on") {
    test::Wire w;
    w.handshake();
    w.from_client(1001, "before");
    w.client.port = 50001;
    const std::int64_t later = GENERATE(70'000, 90LL * 86'400'000);
    w.send({.from_client = true, .sequence = 7000, .flags = "S", .at_ms = later});
    w.send({.from_client = false, .sequence = 8000, .acknowledgment = 7001, .flags = "SA"});
    w.from_client(7001, "after", 8001);
    const stream::Flow& flow = w.finish(2);
    CHECK(w.heard.flows.size() == 2);
    CHECK(flow.syn_ack.has_value());
    CHECK(w.heard.client(2) == "after");
}
