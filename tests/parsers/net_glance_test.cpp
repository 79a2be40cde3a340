// The short way through a packet says what the long one says, or nothing.
#include "parsers/net/glance.hpp"

#include "tests/support/bytes.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/decoding.hpp"

using namespace rdpdx;
using test::be;
using test::Bytes;
using test::join;

namespace {

Bytes framed(const test::Ipv4& ip, const Bytes& payload) { return test::ethernet(0x0800, test::ipv4(ip, payload)); }

Bytes segment(const test::Tcp& tcp = {}, const Bytes& payload = test::text("payload")) {
    return framed({}, test::tcp(tcp, payload));
}

std::optional<net::Glance> glance(const capture::Packet& packet) {
    net::Glance seen;
    return net::glance(packet, seen) ? std::optional{seen} : std::nullopt;
}

// Behind a VLAN tag every packet goes the long way.
Bytes tagged(const Bytes& frame) {
    return join({test::first(frame, 12), be(2, 0x8100), be(2, 7), test::after(frame, 12)});
}

void same(const net::IpInfo& a, const net::IpInfo& b) {
    CHECK(a.source == b.source);
    CHECK(a.destination == b.destination);
    CHECK(a.hop_limit == b.hop_limit);
    CHECK(a.identification == b.identification);
    CHECK(a.dont_fragment == b.dont_fragment);
    CHECK(a.reassembled == b.reassembled);
    CHECK(a.tunnelled == b.tunnelled);
    CHECK(a.source_mac == b.source_mac);
    CHECK(a.destination_mac == b.destination_mac);
}

}  // namespace

TEST_CASE("a segment is decoded to the same whether its headers are plain or not") {
    const auto frame = GENERATE(values<Bytes>({
        segment(),
        segment({.sequence = 7, .acknowledgment = 0xFFFFFFFF, .syn = true, .ack = true, .options = be(4, 0x020405B4)}),
        segment({.rst = true}, {}),
        framed({.source = "255.1.2.3", .destination = "0.0.0.1", .ttl = 1, .id = 65535, .dont_fragment = true},
               test::tcp({.fin = true, .psh = true}, test::text("x"))),
        framed({.total_length = 43}, test::tcp({}, test::text("three and padding"))),
        framed({.total_length = 30}, test::tcp({})),
        framed({}, test::tcp({.options = be(2, 0x0204)})),
    }));
    const auto plain = test::decode_one(frame), tag = test::decode_one(tagged(frame));
    CHECK(plain.losses.malformed == tag.losses.malformed);
    CHECK(plain.losses.cut_by_snap_length == tag.losses.cut_by_snap_length);
    const auto *a = std::get_if<net::Segment>(&plain.value), *b = std::get_if<net::Segment>(&tag.value);
    REQUIRE((a == nullptr) == (b == nullptr));
    if (!a) return;
    same(a->ip, b->ip);
    CHECK(a->source == b->source);
    CHECK(a->destination == b->destination);
    CHECK(a->sequence == b->sequence);
    CHECK(a->acknowledgment == b->acknowledgment);
    CHECK(a->window == b->window);
    CHECK(a->mss == b->mss);
    CHECK(std::tuple{a->syn, a->ack, a->fin, a->rst, a->psh} == std::tuple{b->syn, b->ack, b->fin, b->rst, b->psh});
    CHECK(Bytes(a->payload.begin(), a->payload.end()) == Bytes(b->payload.begin(), b->payload.end()));
    CHECK(a->payload_length == b->payload_length);
}

TEST_CASE("a datagram is decoded to the same whether its headers are plain or not") {
    const auto frame = GENERATE(values<Bytes>({
        framed({.protocol = 17}, test::udp({}, test::text("datagram"))),
        framed({.protocol = 17}, test::udp({.length = 9}, test::text("one and padding"))),
        framed({.protocol = 17}, test::udp({.length = 900}, test::text("too short"))),
        framed({.protocol = 17, .total_length = 24}, test::udp({}, test::text("too short"))),
    }));
    const auto plain = test::decode_one(frame), tag = test::decode_one(tagged(frame));
    CHECK(plain.losses.malformed == tag.losses.malformed);
    const auto *a = std::get_if<net::Datagram>(&plain.value), *b = std::get_if<net::Datagram>(&tag.value);
    REQUIRE((a == nullptr) == (b == nullptr));
    if (!a) return;
    same(a->ip, b->ip);
    CHECK(a->source == b->source);
    CHECK(a->destination == b->destination);
    CHECK(Bytes(a->payload.begin(), a->payload.end()) == Bytes(b->payload.begin(), b->payload.end()));
    CHECK(a->payload_length == b->payload_length);
}

TEST_CASE("a glance tells addresses, ports, sequence number, SYN and RST") {
    const auto frame = segment({.source = 49152, .destination = 443, .sequence = 0xFEDCBA98, .syn = true});
    const auto seen = glance(test::packet_of(frame));
    REQUIRE(seen);
    CHECK(seen->source_port == 49152);
    CHECK(seen->destination_port == 443);
    CHECK(seen->sequence == 0xFEDCBA98);
    CHECK(seen->syn);
    CHECK_FALSE(seen->rst);
    CHECK(seen->source != seen->destination);
    const auto reset = segment({.rst = true});
    CHECK(glance(test::packet_of(reset))->rst);
}

TEST_CASE("a glance at a datagram tells what decoding it tells") {
    const auto frame = GENERATE(values<Bytes>({
        framed({.protocol = 17}, test::udp({.source = 49152, .destination = 53}, test::text("datagram"))),
        framed({.protocol = 17}, test::udp({.length = 9}, test::text("one and padding"))),
        framed({.protocol = 17}, test::udp({.length = 8}, test::text("padding"))),
        framed({.protocol = 17}, test::udp({.source = 4789, .destination = 9}, test::text("from VXLAN's port"))),
        framed({.protocol = 17}, test::udp({}, {})),
    }));
    const auto seen = glance(test::packet_of(frame));
    const auto decoded = test::decode_one(frame);
    const auto* datagram = std::get_if<net::Datagram>(&decoded.value);
    REQUIRE(seen);
    REQUIRE(datagram);
    CHECK(seen->datagram);
    CHECK(seen->source_port == datagram->source.port);
    CHECK(seen->destination_port == datagram->destination.port);
    CHECK(seen->payload_length == datagram->payload_length);
    CHECK(decoded.losses.malformed + decoded.losses.cut_by_snap_length == 0);
}

TEST_CASE("what is not plain, not whole, a tunnel's or neither TCP nor UDP is left to the decoder") {
    struct Row {
        const char* what;
        Bytes frame;
    };
    const auto row = GENERATE(values<Row>({
        {"VLAN tag", tagged(segment())},
        {"IPv6", test::ethernet(0x86DD, test::ipv6({}, test::tcp({})))},
        {"IPv4 options", framed({.options = be(4, 0x01010101)}, test::tcp({}))},
        {"first fragment", framed({.more_fragments = true}, test::tcp({}, test::text("payload")))},
        {"later fragment", framed({.fragment_offset = 8}, test::tcp({}, test::text("payload")))},
        {"cut", test::first(segment(), 60)},
        {"length of zero, as offload leaves it", framed({.total_length = 0}, test::tcp({}))},
        {"header longer than the packet", framed({.total_length = 39}, test::tcp({}))},
        {"options that were not sent", framed({.total_length = 40}, test::tcp({.options = be(4, 0)}))},
        {"ICMP", framed({.protocol = 1}, Bytes(40))},
        {"a datagram shorter than its header", framed({.protocol = 17, .total_length = 27}, test::udp({}, Bytes(40)))},
        {"a length less than a header", framed({.protocol = 17}, test::udp({.length = 7}, Bytes(40)))},
        {"a length of more than there is", framed({.protocol = 17}, test::udp({.length = 49}, Bytes(40)))},
        {"VXLAN", framed({.protocol = 17}, test::udp({.destination = 4789}, Bytes(40)))},
        {"old VXLAN", framed({.protocol = 17}, test::udp({.destination = 8472}, Bytes(40)))},
        {"Geneve", framed({.protocol = 17}, test::udp({.destination = 6081}, Bytes(40)))},
    }));
    CAPTURE(row.what);
    CHECK_FALSE(glance(test::packet_of(row.frame)));
}

TEST_CASE("a frame cut anywhere in its headers is left to the decoder") {
    const auto frame = segment({}, {});
    REQUIRE(frame.size() == 54);
    for (std::size_t n = 0; n < frame.size(); ++n) CHECK_FALSE(glance(test::packet_of(test::first(frame, n))));
    CHECK(glance(test::packet_of(frame)));
    CHECK_FALSE(glance(test::packet_of(frame, 101)));
}
