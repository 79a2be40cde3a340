#include "tests/support/bytes.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/decoding.hpp"
#include "tests/support/packets.hpp"

using namespace rdpdx;
using test::be;
using test::Bytes;
using test::decode_one;
using test::from_hex;

namespace {

Bytes inner4() { return test::ipv4({.source = "172.16.0.1", .ttl = 9, .id = 42}, test::tcp({.sequence = 77})); }
Bytes inner6() { return test::ipv6({.source = "2001:db8:1::1"}, test::tcp({.sequence = 77})); }
Bytes over(std::uint8_t protocol, const Bytes& payload) { return test::ipv4({.protocol = protocol}, payload); }
Bytes to_port(std::uint16_t port, const Bytes& payload) {
    return over(17, test::udp({.source = 60000, .destination = port}, payload));
}

}  // namespace

TEST_CASE("a tunnel gives the innermost segment, and says that it was one") {
    const Bytes frame = test::ethernet(0x0800, inner4()),
                tagged = test::ethernet(0x8100, test::join({be(4, 0x00640800), inner4()}));
    struct Row {
        const char* name;
        Bytes packet;
        bool ipv6 = false;
    };
    const std::vector<Row> rows{
        {"IP in IP", over(4, inner4())},
        {"IPv6 in IP", over(41, inner6()), true},
        {"IP in IPv6", test::ipv6({.next_header = 4}, inner4())},
        {"IPv6 in IPv6", test::ipv6({.next_header = 41}, inner6()), true},
        {"GRE", over(47, test::join({from_hex("0000 0800"), inner4()}))},
        {"GRE with IPv6", over(47, test::join({from_hex("0000 86dd"), inner6()})), true},
        {"GRE with checksum, key and sequence",
         over(47, test::join({from_hex("b000 0800 00000000 00000001 00000002"), inner4()}))},
        {"GRE with Ethernet", over(47, test::join({from_hex("2000 6558 00000001"), tagged}))},
        {"NVGRE inside of GRE inside of IPv6",
         test::ipv6({.next_header = 47}, test::join({from_hex("0000 6558"), frame}))},
        {"PPTP", over(47, test::join({from_hex("3081 880b 002c 0001 00000001 00000001 ff03 0021"), inner4()}))},
        {"ERSPAN type I", over(47, test::join({from_hex("0000 88be"), frame}))},
        {"ERSPAN type II", over(47, test::join({from_hex("1000 88be 00000001 1001000000000000"), frame}))},
        {"ERSPAN type III", over(47, test::join({from_hex("1000 22eb 00000001 200100000000000000000000"), frame}))},
        {"ERSPAN type III with a subheader",
         over(47, test::join({from_hex("1000 22eb 00000001 200100000000000000000001 0000000000000000"), frame}))},
        {"VXLAN", to_port(4789, test::join({from_hex("08000000 00000100"), frame}))},
        {"VXLAN, port of old", to_port(8472, test::join({from_hex("08000000 00000100"), tagged}))},
        {"VXLAN with group policy", to_port(4789, test::join({from_hex("88000001 00000100"), frame}))},
        {"Geneve", to_port(6081, test::join({from_hex("0000 6558 00000100"), frame}))},
        {"Geneve with options", to_port(6081, test::join({from_hex("0200 0800 00000100 0102030405060708"), inner4()}))},
        {"VXLAN inside of GRE",
         over(47,
              test::join({from_hex("0000 0800"), to_port(4789, test::join({from_hex("08000000 00000100"), frame}))}))},
    };
    for (const Row& row : rows) {
        CAPTURE(row.name);
        const auto decoded = decode_one(row.packet, 101);
        REQUIRE(std::holds_alternative<net::Segment>(decoded.value));
        const auto& segment = std::get<net::Segment>(decoded.value);
        CHECK(segment.sequence == 77);
        CHECK(segment.ip.tunnelled);
        CHECK(net::to_text(segment.source.address) == (row.ipv6 ? "2001:db8:1::1" : "172.16.0.1"));
        CHECK(segment.ip.hop_limit == (row.ipv6 ? 64 : 9));
        CHECK(segment.ip.identification == (row.ipv6 ? 0 : 42));
        CHECK(decoded.losses.malformed == 0);
        CHECK(decoded.losses.cut_by_snap_length == 0);
    }
}

TEST_CASE("a UDP payload that is no frame stays a datagram of the outer addresses") {
    struct Row {
        std::uint16_t port;
        const char* payload;
    };
    const auto row = GENERATE(values<Row>({
        {4789, ""},
        {4789, "08000000 000001"},
        {4789, "00000000 00000100 020000000002 020000000001 0800 45000014000000004006000 00a0000010a000002"},
        {4789, "08000000 00000100 020000000002 020000000001 0806 00010800"},
        {4789, "08000000 00000100 020000000002 020000000001 0800 45"},
        {6081, "4000 6558 00000100 020000000002"},
        {6081, "3f00 6558 00000100 020000000002"},
        {6081, "0000 0100 00000100 020000000002"},
    }));
    CAPTURE(row.port, row.payload);
    const Bytes payload = from_hex(row.payload);
    const auto decoded = decode_one(test::ethernet(0x0800, to_port(row.port, payload)));
    REQUIRE(std::holds_alternative<net::Datagram>(decoded.value));
    const auto& datagram = std::get<net::Datagram>(decoded.value);
    CHECK(net::to_text(datagram.source) == "10.0.0.1:60000");
    CHECK(datagram.destination.port == row.port);
    CHECK(datagram.payload.size() == payload.size());
    CHECK_FALSE(datagram.ip.tunnelled);
    CHECK(decoded.losses.malformed == 0);
}

TEST_CASE("the addresses of a mirrored frame are those of the outer Ethernet header") {
    Bytes inside = test::ethernet(0x0800, inner4());
    inside[0] = std::byte{0xEE};
    const auto decoded = decode_one(test::ethernet(0x0800, over(47, test::join({from_hex("0000 88be"), inside}))));
    REQUIRE(std::holds_alternative<net::Segment>(decoded.value));
    CHECK(std::get<net::Segment>(decoded.value).ip.destination_mac.octets[0] == 0x02);
}

TEST_CASE("GRE that is not understood is nothing") {
    const char* head = GENERATE("4000 0800", "0001 0800", "0007 0800", "0000 0026", "0000 6559");
    const auto decoded = decode_one(over(47, test::join({from_hex(head), inner4()})), 101);
    CHECK(std::holds_alternative<net::Nothing>(decoded.value));
}

TEST_CASE("tunnels inside of tunnels end somewhere") {
    Bytes packet = inner4();
    for (int depth = 1; depth <= 20; ++depth) {
        CAPTURE(depth);
        const auto decoded = decode_one(packet, 101);
        CHECK(std::holds_alternative<net::Segment>(decoded.value) == (depth <= 8));
        CHECK(decoded.losses.malformed == (depth <= 8 ? 0 : 1));
        packet = over(4, packet);
    }
    Bytes frame = test::ethernet(0x0800, inner4());
    for (int depth = 0; depth < 1000; ++depth)
        frame = test::ethernet(0x8847, test::join({from_hex("00010140 00000000"), frame}));
    CHECK(decode_one(frame).losses.malformed == 1);
}

TEST_CASE("a tunnel cut after n bytes never gives the inner packet's neighbours") {
    const Bytes whole = over(47, test::join({from_hex("2000 6558 00000001"), test::ethernet(0x0800, inner4())}));
    for (std::size_t n = 0; n < whole.size(); ++n) {
        CAPTURE(n);
        const auto decoded = decode_one(test::first(whole, n), 101, static_cast<std::uint32_t>(whole.size()));
        CHECK(std::holds_alternative<net::Nothing>(decoded.value));
        CHECK(decoded.losses.cut_by_snap_length == 1);
        CHECK(decoded.losses.malformed == 0);
    }
}
