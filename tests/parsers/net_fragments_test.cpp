#include <algorithm>

#include "tests/support/bytes.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/decoding.hpp"
#include "tests/support/packets.hpp"

using namespace rdpdx;
using test::be;
using test::Bytes;

namespace {

using std::chrono::seconds;

// Numbered bytes, so that a wrong place shows.
Bytes numbered(std::size_t n) {
    Bytes out(n);
    for (std::size_t i = 0; i < n; ++i) out[i] = static_cast<std::byte>(i % 251);
    return out;
}

struct Piece {
    std::size_t begin, end;
};

// Those bytes of `datagram` as IPv4 fragments.
Bytes ipv4_piece(const Bytes& datagram, Piece piece, std::uint16_t id = 7, std::uint8_t ttl = 60) {
    return test::ipv4({.protocol = 17,
                       .ttl = ttl,
                       .id = id,
                       .more_fragments = piece.end < datagram.size(),
                       .fragment_offset = static_cast<std::uint16_t>(piece.begin)},
                      test::after(test::first(datagram, piece.end), piece.begin));
}
Bytes ipv6_piece(const Bytes& datagram, Piece piece, std::uint32_t id = 7) {
    const unsigned more = piece.end < datagram.size() ? 1 : 0;
    return test::ipv6({.next_header = 44}, test::join({be(1, 17), be(1, 0), be(2, piece.begin | more), be(4, id),
                                                       test::after(test::first(datagram, piece.end), piece.begin)}));
}

net::Decoded decode(net::Decoder& decoder, const Bytes& packet, seconds time = {}, std::uint32_t original_length = 0) {
    auto given = test::packet_of(packet, 101, original_length);
    given.time = bytes::Time{time};
    return decoder.decode(given);
}

bool is_whole(const net::Decoded& decoded, const Bytes& payload) {
    const auto* datagram = std::get_if<net::Datagram>(&decoded);
    return datagram && datagram->ip.reassembled && datagram->payload_length == payload.size() &&
           std::ranges::equal(datagram->payload, payload);
}

const Bytes kPayload = numbered(56);
const Bytes kDatagram = test::udp({}, kPayload);  // 64 bytes

}  // namespace

TEST_CASE("fragments of both versions are put together in any order") {
    std::vector<Piece> pieces{{0, 16}, {16, 40}, {40, 48}, {48, 64}};
    do {
        net::Decoder four, six;
        for (std::size_t i = 0; i < pieces.size(); ++i) {
            const auto v4 = decode(four, ipv4_piece(kDatagram, pieces[i]));
            const auto v6 = decode(six, ipv6_piece(kDatagram, pieces[i]));
            const bool last = i + 1 == pieces.size();
            CHECK(is_whole(v4, kPayload) == last);
            CHECK(is_whole(v6, kPayload) == last);
            CHECK(std::holds_alternative<net::Nothing>(v4) == !last);
            CHECK(four.losses().fragments_never_completed == (last ? 0 : 1));
        }
    } while (std::next_permutation(pieces.begin(), pieces.end(), [](Piece a, Piece b) { return a.begin < b.begin; }));
}

TEST_CASE("a reassembled datagram carries the first fragment's identification and hop limit") {
    net::Decoder decoder;
    decode(decoder, ipv4_piece(kDatagram, {32, 64}, 99, 33));
    const auto decoded = decode(decoder, ipv4_piece(kDatagram, {0, 32}, 99, 44));
    REQUIRE(is_whole(decoded, kPayload));
    const auto& ip = std::get<net::Datagram>(decoded).ip;
    CHECK(ip.identification == 99);
    CHECK(ip.hop_limit == 44);
}

TEST_CASE("where fragments overlap the first one wins") {
    Bytes evil = kDatagram;
    std::fill(evil.begin() + 8, evil.end(), std::byte{0xEE});
    struct Row {
        std::vector<std::pair<Piece, bool>> pieces;  // and whether they are evil
    };
    const std::vector<Row> rows{
        {{{{0, 32}, false}, {{0, 32}, true}, {{32, 64}, false}}},
        {{{{0, 32}, false}, {{16, 32}, true}, {{32, 64}, false}}},
        {{{{0, 32}, false}, {{40, 64}, false}, {{24, 48}, false}}},
        {{{{32, 64}, false}, {{0, 32}, false}}},
        {{{{8, 24}, false}, {{32, 64}, false}, {{8, 24}, true}, {{24, 32}, false}, {{0, 8}, false}}},
    };
    for (const Row& row : rows) {
        net::Decoder decoder;
        net::Decoded last;
        for (const auto& [piece, is_evil] : row.pieces) {
            CHECK(std::holds_alternative<net::Nothing>(last));
            last = decode(decoder, ipv4_piece(is_evil ? evil : kDatagram, piece));
        }
        CHECK(is_whole(last, kPayload));
    }
}

TEST_CASE("fragments of different datagrams do not mix") {
    net::Decoder decoder;
    const Bytes other = test::udp({}, numbered(40));
    CHECK(std::holds_alternative<net::Nothing>(decode(decoder, ipv4_piece(kDatagram, {0, 32}, 1))));
    CHECK(std::holds_alternative<net::Nothing>(decode(decoder, ipv4_piece(other, {32, 48}, 2))));
    CHECK(std::holds_alternative<net::Nothing>(decode(decoder, ipv6_piece(kDatagram, {32, 64}, 1))));
    CHECK(is_whole(decode(decoder, ipv4_piece(other, {0, 32}, 2)), numbered(40)));
    CHECK(is_whole(decode(decoder, ipv4_piece(kDatagram, {32, 64}, 1)), kPayload));
    CHECK(decoder.losses().fragments_never_completed == 1);
}

TEST_CASE("a fragment that comes too late, or in another time altogether, starts anew") {
    struct Row {
        seconds first, second;
        bool whole;
    };
    const auto row = GENERATE(values<Row>({
        {seconds{100}, seconds{130}, true},
        {seconds{100}, seconds{131}, false},
        {seconds{131}, seconds{100}, false},
        {seconds{9'000'000'000}, seconds{-9'000'000'000}, false},
    }));
    net::Decoder decoder;
    decode(decoder, ipv4_piece(kDatagram, {0, 32}), row.first);
    CHECK(is_whole(decode(decoder, ipv4_piece(kDatagram, {32, 64}), row.second), kPayload) == row.whole);
    CHECK(decoder.losses().fragments_never_completed == (row.whole ? 0 : 2));
}

TEST_CASE("the oldest of too many pending datagrams goes first") {
    net::Decoder decoder;
    for (std::uint16_t id = 0; id < 1025; ++id) decode(decoder, ipv4_piece(kDatagram, {0, 32}, id));
    CHECK(std::holds_alternative<net::Nothing>(decode(decoder, ipv4_piece(kDatagram, {32, 64}, 0))));
    CHECK(is_whole(decode(decoder, ipv4_piece(kDatagram, {32, 64}, 1024)), kPayload));
}

TEST_CASE("pending bytes are bounded too") {
    net::Decoder decoder;
    const Bytes big = test::udp({}, numbered(65'000));
    for (std::uint16_t id = 0; id < 1000; ++id) decode(decoder, ipv4_piece(big, {40'000, 65'008}, id));
    CHECK(std::holds_alternative<net::Nothing>(decode(decoder, ipv4_piece(big, {0, 40'000}, 0))));
    CHECK(is_whole(decode(decoder, ipv4_piece(big, {0, 40'000}, 999)), numbered(65'000)));
}

TEST_CASE("a datagram of a thousand holes is given up, and one beyond 65535 bytes never begins") {
    net::Decoder decoder;
    const Bytes big = test::udp({}, numbered(60'000));
    for (std::size_t at = 0; at + 8 < 60'000; at += 16) decode(decoder, ipv4_piece(big, {at, at + 8}));
    CHECK(decoder.losses().fragments_never_completed == 1);
    CHECK(std::holds_alternative<net::Nothing>(
        decode(decoder, test::ipv4({.protocol = 17, .id = 8, .fragment_offset = 65'528}, numbered(100)))));
    CHECK(decoder.losses().fragments_never_completed == 1);
}

TEST_CASE("a first fragment that the snap length cut still tells its ports") {
    net::Decoder decoder;
    const Bytes packet = ipv4_piece(kDatagram, {0, 32});
    const auto length = static_cast<std::uint32_t>(packet.size());
    const auto decoded = decode(decoder, test::first(packet, 40), {}, length);
    REQUIRE(std::holds_alternative<net::Datagram>(decoded));
    CHECK(std::get<net::Datagram>(decoded).destination.port == 3389);
    CHECK(std::get<net::Datagram>(decoded).payload.size() == 12);
    CHECK(std::get<net::Datagram>(decoded).payload_length == 24);
    const Bytes later = ipv4_piece(kDatagram, {32, 64});
    CHECK(std::holds_alternative<net::Nothing>(
        decode(decoder, test::first(later, 40), {}, static_cast<std::uint32_t>(later.size()))));
    CHECK(decoder.losses().cut_by_snap_length == 2);
    CHECK(decoder.losses().fragments_never_completed == 0);
}

TEST_CASE("an atomic fragment waits for nobody") {
    net::Decoder decoder;
    const auto decoded = decode(decoder, ipv6_piece(kDatagram, {0, 64}));
    REQUIRE(std::holds_alternative<net::Datagram>(decoded));
    CHECK_FALSE(std::get<net::Datagram>(decoded).ip.reassembled);
    CHECK(decoder.losses().fragments_never_completed == 0);
}

TEST_CASE("a tunnel in fragments whose packet is in fragments is put together twice") {
    net::Decoder decoder;
    const auto tunnel = [](const Bytes& inner) {
        return test::udp({.destination = 4789},
                         test::join({test::from_hex("08000000 00000100"), test::ethernet(0x0800, inner)}));
    };
    const Bytes first = tunnel(ipv4_piece(kDatagram, {0, 32}, 1)), second = tunnel(ipv4_piece(kDatagram, {32, 64}, 1));
    for (const Bytes& piece : {ipv4_piece(first, {0, 48}, 10), ipv4_piece(first, {48, first.size()}, 10),
                               ipv4_piece(second, {48, second.size()}, 11)})
        CHECK(std::holds_alternative<net::Nothing>(decode(decoder, piece)));
    const auto decoded = decode(decoder, ipv4_piece(second, {0, 48}, 11));
    REQUIRE(is_whole(decoded, kPayload));
    CHECK(std::get<net::Datagram>(decoded).ip.tunnelled);
}

TEST_CASE("a reassembled tunnel payload that decodes to nothing stays a datagram that can be read") {
    net::Decoder decoder;
    const Bytes broken = test::ipv4({}, test::first(test::tcp({}), 10));
    const Bytes outer = test::udp({.destination = 4789},
                                  test::join({test::from_hex("08000000 00000100"), test::ethernet(0x0800, broken)}));
    decode(decoder, ipv4_piece(outer, {0, 24}));
    const auto decoded = decode(decoder, ipv4_piece(outer, {24, outer.size()}));
    REQUIRE(std::holds_alternative<net::Datagram>(decoded));
    CHECK(std::ranges::equal(std::get<net::Datagram>(decoded).payload, test::after(outer, 8)));
}
