#include "parsers/proxy/socks.hpp"

#include "tests/support/cuts.hpp"
#include "tests/support/packets.hpp"

using namespace rdpdx;
using proxy::Side;
using proxy::SocksReader;
using test::from_hex;

namespace {

const auto kRequest4a = from_hex(R"(
    04                # VN
    01                # CD: CONNECT
    0d 3d             # DSTPORT
    00 00 00 01       # DSTIP: the name follows
    61 6c 69 00       # USERID
    72 64 70 00       # host
    )");

const auto kRequest5 = from_hex(R"(
    05                # VER
    01                # CMD: CONNECT
    00                # RSV
    03                # ATYP: name
    03                # length
    72 64 70          # DST.ADDR
    0d 3d             # DST.PORT
    )");

const auto kReply5 = from_hex(R"(
    05                # VER
    05                # REP: connection refused
    00                # RSV
    01                # ATYP
    00 00 00 00       # BND.ADDR
    00 00             # BND.PORT
    )");

auto parse_request(bytes::View data, std::size_t base = 0) {
    bytes::Cursor in{data, base};
    return proxy::parse_socks_request(in);
}
auto parse_reply(bytes::View data, std::size_t base = 0) {
    bytes::Cursor in{data, base};
    return proxy::parse_socks_reply(in, 5);
}

}  // namespace

TEST_CASE("a SOCKS request names its target as an address or as a name") {
    struct Row {
        std::vector<std::byte> bytes;
        const char* host;
    };
    const auto row = GENERATE(values<Row>({
        {kRequest4a, "rdp"},
        {kRequest5, "rdp"},
        {from_hex("04 01 0d 3d c0 00 02 01 00"), "192.0.2.1"},
        {from_hex("05 01 00 01 c0 00 02 01 0d 3d"), "192.0.2.1"},
        {from_hex("05 01 00 04 20 01 0d b8 00 00 00 00 00 00 00 00 00 00 00 01 0d 3d"), "2001:db8:0:0:0:0:0:1"},
    }));
    const auto request = parse_request(row.bytes);
    REQUIRE(request);
    CHECK(request->host == row.host);
    CHECK(request->port == 3389);
    CHECK(request->command == 1);
}

TEST_CASE("a SOCKS reply says why, and an unknown code stays a number") {
    const auto reply = parse_reply(kReply5);
    REQUIRE(reply);
    CHECK_FALSE(reply->granted());
    CHECK(proxy::socks_reply_name(5, reply->code) == "connection refused");
    CHECK(proxy::socks_reply_name(4, 90) == "granted");
    CHECK(proxy::socks_reply_name(5, 77).empty());
}

TEST_CASE("a cut SOCKS message says which field is missing") {
    test::check_cuts(parse_request, kRequest5,
                     {{0, "VER", 0},
                      {1, "CMD", 1},
                      {2, "RSV", 2},
                      {3, "ATYP", 3},
                      {4, "length", 4},
                      {7, "DST.ADDR", 5},
                      {9, "DST.PORT", 8}});
    test::check_cuts(
        parse_request, kRequest4a,
        {{0, "VER", 0}, {1, "CMD", 1}, {3, "DSTPORT", 2}, {7, "address", 7}, {11, "USERID", 11}, {15, "host", 15}});
    test::check_cuts(
        parse_reply, kReply5,
        {{0, "VER", 0}, {1, "REP", 1}, {2, "RSV", 2}, {3, "ATYP", 3}, {7, "address", 7}, {9, "DST.PORT", 8}});
}

TEST_CASE("a dialogue may come byte by byte, with a password that nobody keeps") {
    SocksReader reader;
    const auto feed = [&](Side side, const std::vector<std::byte>& all) {
        for (const std::byte b : all) reader.feed(side, bytes::View{&b, 1});
    };
    feed(Side::client, from_hex("05 02 00 02"));
    feed(Side::server, from_hex("05 02"));
    feed(Side::client, from_hex("01 03 61 6c 69 02 70 77"));
    feed(Side::server, from_hex("01 00"));
    feed(Side::client, kRequest5);
    CHECK(reader.state() == SocksReader::State::talking);
    reader.feed(Side::server, from_hex("05 00 00 01 00 00 00 00 00 00 03 00"));
    CHECK(reader.state() == SocksReader::State::open);
    CHECK(reader.rest(Side::server).size() == 2);
    CHECK(reader.request()->host == "rdp");
}

TEST_CASE("a refusal may come before any request") {
    struct Row {
        const char *method, *status;
        std::uint16_t code;
    };
    const auto row = GENERATE(
        values<Row>({{"05 ff", "", SocksReader::kNoMethod}, {"05 02", "01 01", SocksReader::kNotAuthenticated}}));
    SocksReader reader;
    reader.feed(Side::client, from_hex("05 01 02"));
    reader.feed(Side::server, from_hex(row.method));
    reader.feed(Side::client, from_hex("01 01 61 01 62"));
    reader.feed(Side::server, from_hex(row.status));
    CHECK(reader.state() == SocksReader::State::refused);
    CHECK(reader.code() == row.code);
}

TEST_CASE("what is not a dialogue, or is longer than one, is given up") {
    SocksReader reader;
    reader.feed(Side::client, test::Bytes(proxy::kMostSocks + 1, std::byte{5}));
    CHECK(reader.state() == SocksReader::State::lost);
    SocksReader other;
    other.feed(Side::client, from_hex("05 01 00"));
    other.feed(Side::server, test::text("HTTP/1.1 400"));
    CHECK(other.state() == SocksReader::State::lost);
}

TEST_CASE("the first bytes tell a SOCKS client from others") {
    CHECK(proxy::begins_socks(from_hex("05 01 00")));
    CHECK(proxy::begins_socks(from_hex("05 02 00 02")));
    CHECK(proxy::begins_socks(kRequest4a));
    CHECK_FALSE(proxy::begins_socks(from_hex("05 01")));
    CHECK_FALSE(proxy::begins_socks(from_hex("05 01 00 00")));
    CHECK_FALSE(proxy::begins_socks(from_hex("04 01 0d 3d c0 00 02 01 01")));
    CHECK_FALSE(proxy::begins_socks(from_hex("03 00 00 13")));
}
