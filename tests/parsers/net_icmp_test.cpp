#include "tests/support/bytes.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/decoding.hpp"
#include "tests/support/packets.hpp"

using namespace rdpdx;
using test::be;
using test::Bytes;
using test::decode_one;

namespace {

Bytes icmp(unsigned type, unsigned code, std::uint32_t rest, const Bytes& quoted) {
    return test::join({be(1, type), be(1, code), be(2, 0), be(4, rest), quoted});
}

test::DecodedOne over_ipv4(const Bytes& message) {
    return decode_one(test::ipv4({.source = "10.0.0.254", .destination = "10.0.0.1", .protocol = 1}, message), 101);
}
test::DecodedOne over_ipv6(const Bytes& message) {
    return decode_one(test::ipv6({.source = "fe80::1", .destination = "2001:db8::1", .next_header = 58}, message), 101);
}

const Bytes kQuoted4 = test::ipv4({}, test::tcp({.sequence = 0x01020304}));
const Bytes kQuoted6 = test::ipv6({}, test::tcp({.sequence = 0x01020304}));

}  // namespace

TEST_CASE("an ICMP error names the packet it is about") {
    struct Row {
        unsigned type, code;
        std::uint32_t rest, mtu;
    };
    const auto row = GENERATE(values<Row>({
        {3, 1, 0, 0},
        {3, 3, 1400, 0},
        {3, 4, 1400, 1400},
        {3, 13, 0, 0},
        {4, 0, 0, 0},
        {5, 1, 0x0A0000FE, 0},
        {11, 0, 0, 0},
        {12, 0, 0, 0},
    }));
    const auto decoded = over_ipv4(icmp(row.type, row.code, row.rest, test::first(kQuoted4, 28)));
    REQUIRE(std::holds_alternative<net::IcmpError>(decoded.value));
    const auto& error = std::get<net::IcmpError>(decoded.value);
    CHECK(error.type == row.type);
    CHECK(error.code == row.code);
    CHECK(error.next_hop_mtu == row.mtu);
    CHECK(net::to_text(error.ip.source) == "10.0.0.254");
    CHECK(error.protocol == 6);
    CHECK(net::to_text(error.source) == "10.0.0.1:50000");
    CHECK(net::to_text(error.destination) == "10.0.0.2:3389");
    CHECK(error.sequence == 0x01020304U);
}

TEST_CASE("an ICMPv6 error names the packet it is about, beyond extension headers") {
    struct Row {
        unsigned type;
        std::uint32_t rest, mtu;
    };
    const auto row = GENERATE(values<Row>({{1, 0, 0}, {2, 1280, 1280}, {3, 0, 0}, {4, 40, 0}}));
    const Bytes fragmented = test::ipv6(
        {.next_header = 44}, test::join({test::from_hex("06 00 0001 00000009"), test::tcp({.sequence = 0x01020304})}));
    for (const Bytes& quoted : {kQuoted6, fragmented}) {
        const auto decoded = over_ipv6(icmp(row.type, 4, row.rest, quoted));
        REQUIRE(std::holds_alternative<net::IcmpError>(decoded.value));
        const auto& error = std::get<net::IcmpError>(decoded.value);
        CHECK(error.type == row.type);
        CHECK(error.next_hop_mtu == row.mtu);
        CHECK(error.protocol == 6);
        CHECK(net::to_text(error.source) == "[2001:db8::1]:50000");
        CHECK(net::to_text(error.destination) == "[2001:db8::2]:3389");
        CHECK(error.sequence == 0x01020304U);
    }
}

TEST_CASE("other ICMP messages are nothing") {
    for (const unsigned type : {0U, 8U, 13U, 200U})
        CHECK(std::holds_alternative<net::Nothing>(over_ipv4(icmp(type, 0, 0, kQuoted4)).value));
    for (const unsigned type : {0U, 128U, 133U, 137U})
        CHECK(std::holds_alternative<net::Nothing>(over_ipv6(icmp(type, 0, 0, kQuoted6)).value));
}

TEST_CASE("a quoted packet cut after n bytes gives what is there") {
    for (std::size_t n = 0; n <= kQuoted4.size(); ++n) {
        CAPTURE(n);
        const auto decoded = over_ipv4(icmp(3, 3, 0, test::first(kQuoted4, n)));
        REQUIRE(std::holds_alternative<net::IcmpError>(decoded.value));
        const auto& error = std::get<net::IcmpError>(decoded.value);
        CHECK(error.source.address.family == (n < 20 ? 0 : 4));
        CHECK(error.protocol == (n < 20 ? 0 : 6));
        CHECK(error.destination.port == (n < 24 ? 0 : 3389));
        CHECK(error.sequence.has_value() == (n >= 28));
    }
    for (std::size_t n = 0; n <= kQuoted6.size(); ++n) {
        CAPTURE(n);
        const auto decoded = over_ipv6(icmp(1, 4, 0, test::first(kQuoted6, n)));
        REQUIRE(std::holds_alternative<net::IcmpError>(decoded.value));
        const auto& error = std::get<net::IcmpError>(decoded.value);
        CHECK(error.source.address.family == (n < 40 ? 0 : 6));
        CHECK(error.destination.port == (n < 44 ? 0 : 3389));
        CHECK(error.sequence.has_value() == (n >= 48));
    }
}

TEST_CASE("a quoted later fragment has no ports") {
    const auto decoded = over_ipv4(icmp(11, 1, 0, test::ipv4({.protocol = 17, .fragment_offset = 1480}, Bytes(20))));
    REQUIRE(std::holds_alternative<net::IcmpError>(decoded.value));
    const auto& error = std::get<net::IcmpError>(decoded.value);
    CHECK(error.protocol == 17);
    CHECK(error.source.port == 0);
    CHECK_FALSE(error.sequence);
}
