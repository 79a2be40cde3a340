// ARP and Neighbor Discovery: who says that an address is his, and who asks.
#include "tests/support/bytes.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/decoding.hpp"

using namespace rdpdx;
using test::address;
using test::Bytes;
using test::decode_one;
using test::from_hex;

namespace {

const net::MacAddress kMac{{0x02, 0, 0, 0, 0, 0x0A}, true};

struct Arp {
    std::uint16_t operation = 1;
    std::string_view sender = "192.0.2.10", target = "192.0.2.20";
};
Bytes arp(const Arp& a) {
    return test::ethernet(0x0806, test::join({
                                      from_hex("00 01 08 00 06 04"),  // ar$hrd: Ethernet, ar$pro: IPv4, ar$hln, ar$pln
                                      test::be(2, a.operation),       // ar$op
                                      from_hex("02 00 00 00 00 0a"),  // ar$sha
                                      test::octets(a.sender),         // ar$spa
                                      from_hex("00 00 00 00 00 00"),  // ar$tha
                                      test::octets(a.target),         // ar$tpa
                                  }));
}

Bytes discovery(std::uint8_t type, const char* flags, const char* options, std::string_view source = "2001:db8::10") {
    const Bytes message = test::join({test::be(1, type), test::be(1, 0), test::be(2, 0), from_hex(flags),
                                      test::octets("2001:db8::20"), from_hex(options)});
    return test::ethernet(0x86DD, test::ipv6({.source = source, .next_header = 58}, message));
}

net::Neighbour neighbour(const Bytes& frame) {
    const auto decoded = decode_one(frame);
    CHECK(decoded.losses.malformed == 0);
    const auto* found = std::get_if<net::Neighbour>(&decoded.value);
    REQUIRE(found);
    return *found;
}

}  // namespace

TEST_CASE("an ARP request asks for one address and says whose the asker's is") {
    const auto n = neighbour(arp({}));
    CHECK(n.claimed == address("192.0.2.10"));
    CHECK(n.asked == address("192.0.2.20"));
    CHECK(n.mac == kMac);
    CHECK_FALSE(n.announced);
}

TEST_CASE("an ARP reply says whose the address is, and asks nothing") {
    const auto n = neighbour(arp({.operation = 2, .sender = "192.0.2.20", .target = "192.0.2.10"}));
    CHECK(n.claimed == address("192.0.2.20"));
    CHECK(n.asked.family == 0);
    CHECK_FALSE(n.announced);
}

TEST_CASE("an ARP announcement asks for nobody's address but its own, a probe has none yet") {
    const auto operation = GENERATE(std::uint16_t{1}, std::uint16_t{2});
    const auto n = neighbour(arp({.operation = operation, .target = "192.0.2.10"}));
    CHECK(n.claimed == address("192.0.2.10"));
    CHECK(n.asked.family == 0);
    CHECK(n.announced);
    const auto probe = neighbour(arp({.sender = "0.0.0.0"}));
    CHECK(probe.claimed.family == 0);
    CHECK(probe.asked == address("192.0.2.20"));
}

TEST_CASE("ARP for other networks and other operations is nothing") {
    const auto row = GENERATE(values<const char*>(
        {"00 06 08 00 06 04 00 01", "00 01 86 dd 06 04 00 01", "00 01 08 00 08 04 00 01", "00 01 08 00 06 04 00 03"}));
    const auto decoded = decode_one(test::ethernet(0x0806, test::join({from_hex(row), Bytes(40)})));
    CHECK(std::holds_alternative<net::Nothing>(decoded.value));
    CHECK(decoded.losses.malformed == 0);
}

TEST_CASE("a solicitation asks, an advertisement answers, and an unsolicited one announces") {
    const auto asks = neighbour(discovery(135, "00 00 00 00", "01 01 02 00 00 00 00 0a"));
    CHECK(asks.claimed == address("2001:db8::10"));
    CHECK(asks.asked == address("2001:db8::20"));
    CHECK(asks.mac == kMac);
    const auto answers = neighbour(discovery(136, "60 00 00 00", "02 01 02 00 00 00 00 0a"));
    CHECK(answers.claimed == address("2001:db8::20"));
    CHECK(answers.asked.family == 0);
    CHECK_FALSE(answers.announced);
    CHECK(neighbour(discovery(136, "20 00 00 00", "02 01 02 00 00 00 00 0a")).announced);
}

TEST_CASE("a solicitation without an address of its own or of its card claims nothing") {
    CHECK(neighbour(discovery(135, "00 00 00 00", "01 01 02 00 00 00 00 0a", "::")).claimed.family == 0);
    CHECK(neighbour(discovery(135, "00 00 00 00", "")).claimed.family == 0);
    CHECK(neighbour(discovery(135, "00 00 00 00", "0e 00 02")).claimed.family == 0);
    CHECK(neighbour(discovery(135, "00 00 00 00", "0e 01 00 00 00 00 00 00 01 01 02 00 00 00 00 0a")).mac == kMac);
}

TEST_CASE("ARP and Neighbor Discovery cut after n bytes are cut, never malformed") {
    const Bytes frames[]{arp({}), discovery(135, "00 00 00 00", "")};
    for (const Bytes& frame : frames)
        for (std::size_t n = 0; n < frame.size(); ++n) {
            CAPTURE(frame.size(), n);
            const auto decoded = decode_one(test::first(frame, n), 1, static_cast<std::uint32_t>(frame.size()));
            CHECK(std::holds_alternative<net::Nothing>(decoded.value));
            CHECK(decoded.losses.malformed == 0);
            CHECK(decoded.losses.cut_by_snap_length == 1);
        }
}
