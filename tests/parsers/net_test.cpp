#include "parsers/net/decode.hpp"

#include "tests/support/bytes.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/decoding.hpp"
#include "tests/support/packets.hpp"

using namespace rdpdx;
using test::Bytes;
using test::decode_one;
using test::from_hex;

TEST_CASE("addresses are written as RFC 5952 asks and read back") {
    const auto text = GENERATE("192.0.2.1", "0.0.0.0", "255.255.255.255", "2001:db8::1", "::", "::1",
                               "fe80::", "2001:db8:0:1:1:1:1:1", "1:0:0:2::3", "::ffff:192.0.2.1", "1:2:3:4:5:6:7:8",
                               "2001:db8::a:0:0:1");
    const auto address = net::parse_address(text);
    REQUIRE(address);
    CHECK(net::to_text(*address) == text);
}

TEST_CASE("an address may be written in more than one way") {
    struct Row {
        const char *written, *text;
    };
    const auto row = GENERATE(values<Row>({
        {"2001:DB8:0:0:0:0:0:1", "2001:db8::1"},
        {"0:0:0:0:0:0:0:0", "::"},
        {"1:0:0:2:0:0:0:3", "1:0:0:2::3"},
        {"2001:0db8::0001", "2001:db8::1"},
        {"64:ff9b::192.0.2.1", "64:ff9b::c000:201"},
        {"1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304"},
        {"1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"},
    }));
    const auto address = net::parse_address(row.written);
    REQUIRE(address);
    CHECK(net::to_text(*address) == row.text);
}

TEST_CASE("what is not an address is not taken for one") {
    const auto text =
        GENERATE("", "1.2.3", "1.2.3.4.5", "256.1.1.1", "01.2.3.4", "1.2.3.", "a.b.c.d", ":", ":::", "1::2::3",
                 "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "12345::", "g::", "1:", ":1", "::1:", "fe80::1%eth0", "::1.2.3",
                 "1.2.3.4::", "1:2:3:4:5:6:7:1.2.3.4", "1:2:3:4:5:6:7::8", " 1.2.3.4");
    CAPTURE(text);
    CHECK_FALSE(net::parse_address(text));
}

TEST_CASE("only four and sixteen octets are an address, and endpoints are written with their port") {
    CHECK(net::address_of(from_hex("c0 00 02 01")).family == 4);
    CHECK(net::address_of(from_hex("c0 00 02")).family == 0);
    CHECK(net::to_text(net::Address{}).empty());
    CHECK(net::to_text(net::Endpoint{test::address("192.0.2.1"), 3389}) == "192.0.2.1:3389");
    CHECK(net::to_text(net::Endpoint{test::address("2001:db8::1"), 3389}) == "[2001:db8::1]:3389");
}

TEST_CASE("a TCP segment over IPv4 over Ethernet is decoded field by field") {
    const auto frame = from_hex(R"(
        00 11 22 33 44 55  66 77 88 99 aa bb  # destination, source
        08 00                    # type
        45 00 00 3e              # Version and IHL, Type of Service, Total Length
        ab cd 40 00              # Identification, Flags and Fragment Offset
        7f 06 00 00              # Time to Live, Protocol, Header Checksum
        c0 00 02 01  c6 33 64 02 # Source Address, Destination Address
        c3 50 0d 3d              # Source Port, Destination Port
        00 00 00 05 80 00 00 00  # Sequence Number, Acknowledgment Number
        a0 1a ff ff              # Data Offset, Control bits, Window
        00 00 00 00              # Checksum, Urgent Pointer
        02 04 05 b4              # MSS
        04 02                    # SACK permitted
        08 0a 00 00 00 01 00 00 00 00  # Timestamps
        01                       # No-Operation
        03 03 08                 # Window Scale
        68 69                    # payload
        00 00 00 00)");  // Ethernet padding
    const auto decoded = decode_one(frame);
    REQUIRE(std::holds_alternative<net::Segment>(decoded.value));
    const auto& segment = std::get<net::Segment>(decoded.value);
    CHECK(net::to_text(segment.source) == "192.0.2.1:50000");
    CHECK(net::to_text(segment.destination) == "198.51.100.2:3389");
    CHECK(segment.sequence == 5);
    CHECK(segment.acknowledgment == 0x80000000);
    CHECK(segment.syn);
    CHECK(segment.ack);
    CHECK(segment.psh);
    CHECK_FALSE(segment.fin);
    CHECK_FALSE(segment.rst);
    CHECK(segment.window == 65535);
    CHECK(segment.mss == 1460);
    CHECK(segment.window_scale == 8);
    CHECK(segment.sack_permitted);
    CHECK(bytes::text_of(segment.payload) == "hi");
    CHECK(segment.payload_length == 2);
    CHECK(segment.ip.hop_limit == 127);
    CHECK(segment.ip.identification == 0xABCD);
    CHECK(segment.ip.dont_fragment);
    CHECK_FALSE(segment.ip.tunnelled);
    CHECK_FALSE(segment.ip.reassembled);
    CHECK(segment.ip.source_mac == net::MacAddress{{0x66, 0x77, 0x88, 0x99, 0xAA, 0xBB}, true});
    CHECK(segment.ip.destination_mac == net::MacAddress{{0x00, 0x11, 0x22, 0x33, 0x44, 0x55}, true});
    CHECK(decoded.losses.malformed == 0);
}

TEST_CASE("every link type leads to the segment inside") {
    const Bytes v4 = test::ipv4({}, test::tcp({.sequence = 77}, test::text("x")));
    const Bytes v6 = test::ipv6({}, test::tcp({.sequence = 77}, test::text("x")));
    struct Row {
        std::uint32_t link_type;
        const char* head;
        bool ipv6;
    };
    const auto row = GENERATE(values<Row>({
        {1, "020000000002 020000000001 0800", false},
        {1, "020000000002 020000000001 86dd", true},
        {1, "020000000002 020000000001 8100 0064 0800", false},
        {1, "020000000002 020000000001 88a8 0064 8100 0065 86dd", true},
        {1, "020000000002 020000000001 9100 0064 9100 0065 0800", false},
        {1, "020000000002 020000000001 0031 aaaa03 000000 0800", false},
        {1, "020000000002 020000000001 8847 00010040 00020140", false},
        {1, "020000000002 020000000001 8847 00010140 00000000 020000000002 020000000001 0800", false},
        {1, "020000000002 020000000001 8864 11 00 0001 002b 0021", false},
        {1, "020000000002 020000000001 8864 11 00 0001 003f 0057", true},
        {9, "ff03 0021", false},
        {9, "0021", false},
        {9, "21", false},
        {50, "ff03 0057", true},
        {50, "0f00 0800", false},
        {51, "11 00 0001 002b 0021", false},
        {104, "8f00 86dd", true},
        {12, "", false},
        {14, "", true},
        {101, "", false},
        {101, "", true},
        {228, "", false},
        {229, "", true},
        {0, "02000000", false},
        {0, "00000002", false},
        {0, "18000000", true},
        {0, "1c000000", true},
        {0, "1e000000", true},
        {0, "0000001e", true},
        {0, "0a000000", true},
        {108, "00000002", false},
        {108, "00000018", true},
        {113, "0000 0001 0006 020000000001 0000 0800", false},
        {113, "0000 0001 0006 020000000001 0000 86dd", true},
        {113, "0000 0001 0006 020000000001 0000 0004 aaaa03 000000 0800", false},
        {276, "0800 0000 00000002 0001 00 06 020000000001 0000", false},
        {276, "8100 0000 00000002 0001 00 06 020000000001 0000 0064 86dd", true},
        {258, "10000000 01000000 01000000 00000000 020000000002 020000000001 0800", false},
    }));
    CAPTURE(row.link_type, row.head);
    const auto decoded = decode_one(test::join({from_hex(row.head), row.ipv6 ? v6 : v4}), row.link_type);
    REQUIRE(std::holds_alternative<net::Segment>(decoded.value));
    const auto& segment = std::get<net::Segment>(decoded.value);
    CHECK(segment.source.address.family == (row.ipv6 ? 6 : 4));
    CHECK(segment.sequence == 77);
    CHECK(bytes::text_of(segment.payload) == "x");
    CHECK(segment.payload_length == 1);
    CHECK(decoded.losses.malformed == 0);
    CHECK_FALSE(segment.ip.tunnelled);
}

TEST_CASE("what is not IP is nothing, and only an unknown link type is a loss") {
    struct Row {
        std::uint32_t link_type;
        const char* frame;
        std::uint64_t unknown;
    };
    const auto row = GENERATE(values<Row>({
        {1, "ffffffffffff 020000000001 88cc 0001 0800 06 04 0001", 0},
        {1, "0180c2000000 020000000001 0026 424203 0000", 0},
        {9, "ff03 c021 0101", 0},
        {0, "07000000 00", 0},
        {113, "0000 0001 0006 020000000001 0000 88cc 00", 0},
        {105, "0800", 1},
        {258, "0c000000 01000000 02010000", 1},
    }));
    const auto decoded = decode_one(from_hex(row.frame), row.link_type);
    CHECK(std::holds_alternative<net::Nothing>(decoded.value));
    CHECK(decoded.losses.unknown_link_type == row.unknown);
    CHECK(decoded.losses.malformed == 0);
}

TEST_CASE("TCP options that make no sense end the options, not the segment") {
    struct Row {
        const char* options;
        std::optional<std::uint16_t> mss;
        std::optional<std::uint8_t> window_scale;
        bool sack_permitted;
    };
    const auto row = GENERATE(values<Row>({
        {"", std::nullopt, std::nullopt, false},
        {"02 04 05 b4", 1460, std::nullopt, false},
        {"02 03 05 01", std::nullopt, std::nullopt, false},
        {"04 02 03 00", std::nullopt, std::nullopt, true},
        {"04 02 03 01", std::nullopt, std::nullopt, true},
        {"04 02 03 ff", std::nullopt, std::nullopt, true},
        {"04 02 01 03", std::nullopt, std::nullopt, true},
        {"01 01 01 01 03 03 07 00", std::nullopt, 7, false},
        {"00 02 04 05 b4 00 00 00", std::nullopt, std::nullopt, false},
        {"fe 04 00 00 02 04 02 00", 512, std::nullopt, false},
    }));
    CAPTURE(row.options);
    const auto decoded = decode_one(test::ipv4({}, test::tcp({.sequence = 9, .options = from_hex(row.options)})), 101);
    REQUIRE(std::holds_alternative<net::Segment>(decoded.value));
    const auto& segment = std::get<net::Segment>(decoded.value);
    CHECK(segment.sequence == 9);
    CHECK(segment.mss == row.mss);
    CHECK(segment.window_scale == row.window_scale);
    CHECK(segment.sack_permitted == row.sack_permitted);
}

TEST_CASE("UDP datagrams are bounded by their own length") {
    struct Row {
        std::optional<std::uint16_t> length;
        std::size_t payload;
        std::uint64_t malformed;
    };
    const auto row = GENERATE(values<Row>({
        {std::nullopt, 6, 0},
        {std::uint16_t{8}, 0, 0},
        {std::uint16_t{11}, 3, 0},
        {std::uint16_t{0}, 6, 0},
        {std::uint16_t{7}, 6, 1},
        {std::uint16_t{15}, 6, 1},
    }));
    const auto frame = test::ipv4({.protocol = 17}, test::udp({.length = row.length}, test::text("abcdef")));
    const auto decoded = decode_one(frame, 101);
    REQUIRE(std::holds_alternative<net::Datagram>(decoded.value));
    const auto& datagram = std::get<net::Datagram>(decoded.value);
    CHECK(net::to_text(datagram.source) == "10.0.0.1:50000");
    CHECK(net::to_text(datagram.destination) == "10.0.0.2:3389");
    CHECK(datagram.payload.size() == row.payload);
    CHECK(datagram.payload_length == row.payload);
    CHECK(decoded.losses.malformed == row.malformed);
}
