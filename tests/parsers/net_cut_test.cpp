// What the snap length, padding, offload and damage do to a packet.
#include "tests/support/bytes.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/decoding.hpp"
#include "tests/support/packets.hpp"

using namespace rdpdx;
using test::Bytes;
using test::decode_one;

namespace {

Bytes text_of_size(std::size_t n) { return Bytes(n, std::byte{'x'}); }

}  // namespace

TEST_CASE("a packet cut after n bytes by the snap length counts as cut, never as malformed") {
    const Bytes options = test::from_hex("02 04 05 b4 04 02 03 00");
    struct Row {
        const char* name;
        Bytes frame;
        std::size_t header;  // up to where the transport header is enough
    };
    const std::vector<Row> rows{
        {"tcp4", test::ethernet(0x0800, test::ipv4({}, test::tcp({.options = options}, text_of_size(30)))),
         14 + 20 + 20},
        {"tcp6", test::ethernet(0x86DD, test::ipv6({}, test::tcp({.options = options}, text_of_size(30)))),
         14 + 40 + 20},
        {"udp4", test::ethernet(0x0800, test::ipv4({.protocol = 17}, test::udp({}, text_of_size(30)))), 14 + 20 + 8},
        {"udp6", test::ethernet(0x86DD, test::ipv6({.next_header = 17}, test::udp({}, text_of_size(30)))), 14 + 40 + 8},
    };
    for (const Row& row : rows)
        for (std::size_t n = 0; n < row.frame.size(); ++n) {
            CAPTURE(row.name, n);
            const auto decoded = decode_one(test::first(row.frame, n), 1, static_cast<std::uint32_t>(row.frame.size()));
            CHECK(std::holds_alternative<net::Nothing>(decoded.value) == (n < row.header));
            CHECK(decoded.losses.malformed == 0);
            CHECK(decoded.losses.cut_by_snap_length == 1);
            if (const auto* segment = std::get_if<net::Segment>(&decoded.value)) {
                CHECK(segment->payload_length == 30);
                CHECK(segment->payload.size() == (n <= row.header + 8 ? 0 : n - row.header - 8));
            }
            if (const auto* datagram = std::get_if<net::Datagram>(&decoded.value)) {
                CHECK(datagram->payload_length == 30);
                CHECK(datagram->payload.size() == n - row.header);
            }
        }
}

TEST_CASE("a packet that ends after n bytes although all of it was captured is malformed") {
    const Bytes frame = test::ethernet(0x0800, test::ipv4({}, test::tcp({})));
    for (std::size_t n = 0; n < 34; ++n) {
        CAPTURE(n);
        const auto decoded = decode_one(test::first(frame, n));
        CHECK(std::holds_alternative<net::Nothing>(decoded.value));
        CHECK(decoded.losses.malformed == 1);
    }
}

TEST_CASE("options cut by the snap length still give the ones that are there") {
    const Bytes options = test::from_hex("02 04 05 b4 04 02 03 00");
    const Bytes packet = test::ipv4({}, test::tcp({.syn = true, .options = options}));
    const auto decoded = decode_one(test::first(packet, 45), 101, static_cast<std::uint32_t>(packet.size()));
    REQUIRE(std::holds_alternative<net::Segment>(decoded.value));
    const auto& segment = std::get<net::Segment>(decoded.value);
    CHECK(segment.mss == 1460);
    CHECK_FALSE(segment.sack_permitted);
    CHECK(segment.payload_length == 0);
}

TEST_CASE("Ethernet padding is not payload") {
    const Bytes packet = test::ipv4({}, test::tcp({.ack = true}));
    const auto decoded = decode_one(test::ethernet(0x0800, test::join({packet, Bytes(6)})));
    REQUIRE(std::holds_alternative<net::Segment>(decoded.value));
    CHECK(std::get<net::Segment>(decoded.value).payload.empty());
    CHECK(std::get<net::Segment>(decoded.value).payload_length == 0);
}

TEST_CASE("a length of zero means segmentation offload: all that was captured") {
    const Bytes payload = text_of_size(70'000);
    const Bytes v4 = test::ipv4({.total_length = std::uint16_t{0}}, test::tcp({}, payload));
    const Bytes v6 = test::ipv6({.payload_length = std::uint16_t{0}}, test::tcp({}, payload));
    for (const Bytes& packet : {v4, v6}) {
        const auto decoded = decode_one(packet, 101);
        REQUIRE(std::holds_alternative<net::Segment>(decoded.value));
        CHECK(std::get<net::Segment>(decoded.value).payload.size() == 70'000);
        CHECK(std::get<net::Segment>(decoded.value).payload_length == 70'000);
    }
}

TEST_CASE("a packet sliced on the way says by its IP header what was sent") {
    const Bytes packet = test::ipv4({}, test::tcp({}, text_of_size(1000)));
    const auto decoded = decode_one(test::ethernet(0x0800, test::first(packet, 100)));
    REQUIRE(std::holds_alternative<net::Segment>(decoded.value));
    CHECK(std::get<net::Segment>(decoded.value).payload.size() == 60);
    CHECK(std::get<net::Segment>(decoded.value).payload_length == 1000);
    CHECK(decoded.losses.cut_by_snap_length == 1);
}

TEST_CASE("inside of PPPoE the IP header cannot claim more than PPPoE says") {
    const Bytes packet = test::ipv4({.total_length = std::uint16_t{46}}, test::tcp({}));
    const Bytes frame = test::ethernet(0x8864, test::join({test::from_hex("11 00 0001 002a 0021"), packet, Bytes(6)}));
    const auto decoded = decode_one(frame);
    REQUIRE(std::holds_alternative<net::Segment>(decoded.value));
    CHECK(std::get<net::Segment>(decoded.value).payload_length == 0);
}

TEST_CASE("headers that contradict themselves are malformed") {
    struct Row {
        const char* packet;
    };
    const auto row = GENERATE(values<Row>({
        {"44 00 0014 0000 0000 40 06 0000 0a000001 0a000002"},  // IHL 16
        {"45 00 0013 0000 0000 40 06 0000 0a000001 0a000002"},  // length 19
        {"35 00 0014 0000 0000 40 06 0000 0a000001 0a000002"},  // version 3
        {"45 00 0028 0000 0000 40 06 0000 0a000001 0a000002 c350 0d3d 00000000 00000000 40 02 ffff 00000000"},
        {"45 00 0028 0000 0000 40 06 0000 0a000001 0a000002 c350 0d3d 00000000 00000000 f0 02 ffff 00000000"},
    }));
    CAPTURE(row.packet);
    const auto decoded = decode_one(test::from_hex(row.packet), 101);
    CHECK(std::holds_alternative<net::Nothing>(decoded.value));
    CHECK(decoded.losses.malformed == 1);
}

TEST_CASE("extension headers are walked, but not without end") {
    const Bytes hop = test::from_hex("2b 00 00000000 0000"), routing = test::from_hex("3c 00 00000000 0000"),
                destination = test::from_hex("33 01 00000000 0000 0000000000000000"),
                authentication = test::from_hex("06 04 0000 00000001 00000001 000000000000000000000000");
    const Bytes segment = test::tcp({.sequence = 3});
    const auto decoded = decode_one(
        test::ipv6({.next_header = 0}, test::join({hop, routing, destination, authentication, segment})), 101);
    REQUIRE(std::holds_alternative<net::Segment>(decoded.value));
    CHECK(std::get<net::Segment>(decoded.value).sequence == 3);

    for (const char* header : {"00 00 00000000 0000", "2c 00 0000 00000001"}) {  // hop-by-hop; atomic fragments
        const Bytes one = test::from_hex(header);
        Bytes many;
        for (int i = 0; i < 8000; ++i) many.insert(many.end(), one.begin(), one.end());
        const auto endless = decode_one(
            test::ipv6({.next_header = std::to_integer<std::uint8_t>(one[0])}, test::join({many, segment})), 101);
        CHECK(std::holds_alternative<net::Nothing>(endless.value));
        CHECK(endless.losses.malformed == 1);
    }
}

TEST_CASE("IPv4 options and the authentication header of IPv4 are skipped") {
    const Bytes authentication = test::from_hex("06 04 0000 00000001 00000001 000000000000000000000000");
    const auto decoded = decode_one(test::ipv4({.protocol = 51, .options = test::from_hex("94 04 00 00")},
                                               test::join({authentication, test::tcp({.sequence = 4})})),
                                    101);
    REQUIRE(std::holds_alternative<net::Segment>(decoded.value));
    CHECK(std::get<net::Segment>(decoded.value).sequence == 4);
}
