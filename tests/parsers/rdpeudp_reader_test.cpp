#include "parsers/rdpeudp/reader.hpp"

#include "parsers/bytes/overload.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/rdpeudp.hpp"

using namespace rdpdx;
using namespace std::chrono_literals;
using rdpeudp::Side;
using test::rdpudp::Bytes;

namespace {

std::string_view kind(const rdpeudp::Item& item) {
    return std::visit(bytes::Overload{
                          [](const tls::ClientHello&) { return "ClientHello"; },
                          [](const tls::ServerHello&) { return "ServerHello"; },
                          [](const tls::ApplicationData&) { return "data"; },
                          [](const rdpeudp::Unparsed&) { return "unparsed"; },
                          [](const auto&) { return "other"; },
                      },
                      item.body);
}

// One conversation; a millisecond passes between datagrams.
struct Talk {
    std::vector<std::string> items;
    std::vector<std::uint64_t> frames;
    rdpeudp::Reader reader{[this](const rdpeudp::Item& item) {
                               items.emplace_back(kind(item));
                               frames.push_back(item.mark.frame);
                           },
                           {}};
    bytes::Time now{};
    std::uint64_t frame{};

    void wait(bytes::Time::duration span) { now += span; }
    void say(Side from, const Bytes& payload, std::size_t cut = 0) {
        now += 1ms;
        reader.datagram(from, bytes::View{payload}.first(payload.size() - cut), payload.size(), {now, ++frame, 0});
    }
    void client(const Bytes& payload) { say(Side::client, payload); }
    void server(const Bytes& payload) { say(Side::server, payload); }
    void connect(std::uint16_t version = rdpeudp::kVersion2, std::uint16_t flags = rdpeudp::kSyn) {
        client(test::rdpudp::syn({.number = 1000, .flags = flags, .version = version}));
        wait(19ms);
        server(test::rdpudp::syn_ack({.ack = 1000, .number = 5000, .flags = 0, .version = version}));
    }
    const rdpeudp::Conversation& end() {
        reader.finish();
        return reader.conversation();
    }
};

Bytes record(std::size_t length) {
    Bytes out = test::from_hex("17 03 03");
    test::rdpudp::put(out, length, 2, true);
    out.resize(out.size() + length, std::byte{0xEE});
    return out;
}

}  // namespace

TEST_CASE("the handshake tells version, MTUs, mode and round trip") {
    Talk talk;
    talk.client(
        test::rdpudp::syn({.number = 1000, .version = rdpeudp::kVersion3, .correlation = Bytes(16, std::byte{7})}));
    talk.wait(19ms);
    talk.server(
        test::rdpudp::syn_ack({.ack = 1000, .number = 5000, .flags = 0, .version = rdpeudp::kVersion2, .mtu = 1200}));
    talk.client(test::rdpudp::ack(5000, {}));
    const auto& c = talk.end();
    CHECK(c.offered_version == rdpeudp::kVersion3);
    CHECK(c.version == rdpeudp::kVersion2);
    CHECK(c.syn->uUpStreamMtu == 1232);
    CHECK(c.syn_ack->uUpStreamMtu == 1200);
    CHECK_FALSE(c.lossy);
    CHECK(c.round_trip == 20ms);
    CHECK(c.correlation_id->front() == 7);
    CHECK(c.cookie_hash->front() == 0xC0);
    REQUIRE(c.established);
    CHECK(c.established->frame == 3);
}

TEST_CASE("a SYN+ACK that says nothing of versions means version 1") {
    Talk talk;
    talk.connect(rdpeudp::kVersion1);
    CHECK(talk.end().version == rdpeudp::kVersion1);
}

TEST_CASE("SYNs that nobody answers are counted, those captured twice once") {
    Talk talk;
    for (int n = 0; n < 4; ++n) {
        talk.client(test::rdpudp::syn({.number = 1000}));
        talk.client(test::rdpudp::syn({.number = 1000}));
        talk.wait(800ms);
    }
    const auto& c = talk.end();
    CHECK(c.syns == 4);
    CHECK(c.client.duplicates == 4);
    CHECK_FALSE(c.syn_ack);
    CHECK_FALSE(c.established);
    CHECK(c.last_syn->frame == 7);
}

TEST_CASE("a SYN+ACK that is not acknowledged leaves the connection unestablished") {
    Talk talk;
    talk.connect();
    talk.wait(800ms);
    talk.server(test::rdpudp::syn_ack({.ack = 1000, .number = 5000, .flags = 0}));
    const auto& c = talk.end();
    CHECK(c.syn_acks == 2);
    CHECK_FALSE(c.established);
}

TEST_CASE("payloads are put in order and told by the datagram that brought them") {
    Talk talk;
    talk.connect();
    const Bytes hello = test::rdpudp::hello(1);
    const Bytes first{hello.begin(), hello.begin() + 20}, second{hello.begin() + 20, hello.end()};
    talk.client(test::rdpudp::data(5000, 1001, 1002, second));  // frame 3
    CHECK(talk.items.empty());
    talk.client(test::rdpudp::data(5000, 1002, 1001, first));  // frame 4
    CHECK(talk.items == std::vector<std::string>{"ClientHello"});
    CHECK(talk.frames == std::vector<std::uint64_t>{4});
    talk.client(test::rdpudp::data(5000, 1003, 1002, second));  // again
    talk.client(test::rdpudp::data(5000, 1003, 1002, second));  // captured twice
    const auto& c = talk.end();
    CHECK(talk.items.size() == 1);
    CHECK(c.client.packets == 2);
    CHECK(c.client.retransmissions == 1);
    CHECK(c.client.duplicates == 1);
}

TEST_CASE("version 3 tells a retransmission by the channel's number, and finds where the stream begins") {
    Talk talk;
    talk.connect(rdpeudp::kVersion3);
    const Bytes hello = test::rdpudp::hello(2);
    const Bytes first{hello.begin(), hello.begin() + 20}, second{hello.begin() + 20, hello.end()};
    talk.server(test::rdpudp::data3(8, 66, second));
    talk.server(test::rdpudp::data3(9, 65, first));
    talk.server(test::rdpudp::data3(10, 66, second));
    talk.client(test::rdpudp::ack3(9));
    const auto& c = talk.end();
    CHECK(talk.items == std::vector<std::string>{"ServerHello"});
    CHECK(c.server.packets == 2);
    CHECK(c.server.retransmissions == 1);
    CHECK(c.server.since_acknowledged == 1);
    CHECK(c.established);
}

TEST_CASE("in version 3 an acknowledgement may still have the older form") {
    Talk talk;
    talk.connect(rdpeudp::kVersion3);
    talk.client(test::rdpudp::ack(5000, {}));
    CHECK(talk.end().established);
}

TEST_CASE("numbers may wrap around") {
    Talk talk;
    talk.client(test::rdpudp::syn({.number = 0xFFFFFFFE}));
    talk.server(test::rdpudp::syn_ack({.ack = 0xFFFFFFFE, .number = 5000, .flags = 0}));
    const Bytes hello = test::rdpudp::hello(1);
    const Bytes a{hello.begin(), hello.begin() + 20}, b{hello.begin() + 20, hello.begin() + 30},
        c{hello.begin() + 30, hello.end()};
    talk.client(test::rdpudp::data(5000, 0xFFFFFFFF, 0xFFFFFFFF, a));
    talk.client(test::rdpudp::data(5000, 1, 1, c));
    talk.client(test::rdpudp::data(5000, 0, 0, b));
    talk.server(test::rdpudp::ack(1));
    CHECK(talk.items == std::vector<std::string>{"ClientHello"});
    CHECK(talk.end().client.since_acknowledged == 0);
}

TEST_CASE("what the other side says is missing is counted") {
    Talk talk;
    talk.connect();
    talk.server(test::rdpudp::data(1000, 5001, 5001, record(40)));
    talk.server(test::rdpudp::data(1000, 5004, 5004, record(40)));
    talk.client(test::rdpudp::ack(5004, test::from_hex("00 c1 00"), rdpeudp::kCn));
    talk.server(test::rdpudp::data(1000, 5005, 5002, record(40), rdpeudp::kCwr));
    talk.client(test::rdpudp::ack(5004, test::from_hex("01 c0 00"), rdpeudp::kCn));
    const auto& c = talk.end();
    CHECK(c.client.loss_reports == 2);
    CHECK(c.client.most_missing == 2);
    CHECK(c.server.window_reductions == 1);
    CHECK(c.server.loss_reports == 0);
}

TEST_CASE("what is sent in vain shows: nothing of it was acknowledged since") {
    Talk talk;
    talk.connect();
    talk.client(test::rdpudp::data(5000, 1001, 1001, record(40)));
    talk.server(test::rdpudp::ack(1001));
    const auto acknowledged = talk.frame;
    for (std::uint32_t n = 0; n < 5; ++n) {
        talk.client(test::rdpudp::data(5000, 1002 + n, 1002, record(40)));
        talk.server(test::rdpudp::ack(1001));
    }
    const auto& c = talk.end();
    CHECK(c.client.since_acknowledged == 5);
    CHECK(c.client.retransmissions == 4);
    CHECK(c.client.acknowledged->frame == acknowledged);
    CHECK(c.server.since_acknowledged == 0);
}

TEST_CASE("lossy mode carries DTLS, and each datagram as it comes") {
    Talk talk;
    talk.connect(rdpeudp::kVersion2, rdpeudp::kSyn | rdpeudp::kSynLossy);
    // [RFC 6347] 4.1, 4.2.2: a ClientHello of DTLS 1.2 in one fragment.
    Bytes hello = test::rdpudp::hello(1);
    const Bytes body{hello.begin() + 9, hello.end()};
    Bytes with_cookie{body.begin(), body.begin() + 35};
    test::rdpudp::put(with_cookie, 0, 1, true);  // cookie
    with_cookie.insert(with_cookie.end(), body.begin() + 35, body.end());
    Bytes dtls = test::from_hex("16 fe fd  00 00  00 00 00 00 00 00");
    test::rdpudp::put(dtls, with_cookie.size() + 12, 2, true);
    test::rdpudp::put(dtls, 1, 1, true);
    test::rdpudp::put(dtls, with_cookie.size(), 3, true);
    dtls.resize(dtls.size() + 5);  // message_seq, fragment_offset
    test::rdpudp::put(dtls, with_cookie.size(), 3, true);
    dtls.insert(dtls.end(), with_cookie.begin(), with_cookie.end());
    talk.client(test::rdpudp::data(5000, 1001, 1001, dtls));
    const auto& c = talk.end();
    CHECK(c.lossy);
    CHECK(talk.items == std::vector<std::string>{"ClientHello"});
    CHECK(talk.frames == std::vector<std::uint64_t>{3});
}

TEST_CASE("a packet that never comes is not waited for for ever") {
    Talk talk;
    talk.connect();
    talk.client(test::rdpudp::data(5000, 1001, 1001, test::rdpudp::hello(1)));
    // 1002 is missing.
    std::uint32_t n = 1003;
    for (; n < 1003 + rdpeudp::Order::kMostHeld + 1; ++n) talk.client(test::rdpudp::data(5000, n, n, record(20)));
    CHECK(talk.items.size() > rdpeudp::Order::kMostHeld / 2);
    CHECK(talk.items[1] == "data");
}

TEST_CASE("a SYN with another number begins another conversation") {
    Talk talk;
    talk.connect();
    CHECK_FALSE(talk.reader.another(Side::client, test::rdpudp::syn({.number = 1000})));
    CHECK(talk.reader.another(Side::client, test::rdpudp::syn({.number = 1001})));
    CHECK_FALSE(talk.reader.another(Side::client, test::rdpudp::data(5000, 1001, 1001, record(20))));
}

TEST_CASE("a conversation of which only the server's half was captured is read as far as it goes") {
    Talk talk;
    talk.server(test::rdpudp::syn_ack({.ack = 1000, .number = 5000, .flags = 0}));
    talk.server(test::rdpudp::data(1000, 5001, 5001, test::rdpudp::hello(2)));
    const auto& c = talk.end();
    CHECK(c.syns == 0);
    CHECK(c.version == rdpeudp::kVersion2);
    CHECK(talk.items == std::vector<std::string>{"ServerHello"});
    CHECK_FALSE(c.round_trip);
}

TEST_CASE("a payload cut by the snap length leaves a gap of known length") {
    Talk talk;
    talk.connect();
    talk.client(test::rdpudp::data(5000, 1001, 1001, test::rdpudp::hello(1)));
    talk.say(Side::client, test::rdpudp::data(5000, 1002, 1002, record(100)), 50);
    talk.client(test::rdpudp::data(5000, 1003, 1003, record(20)));
    talk.reader.finish();
    CHECK(talk.items == std::vector<std::string>{"ClientHello", "data", "data"});
}
