#include "parsers/capture/reader.hpp"

#include <stdexcept>

#include "tests/support/bytes.hpp"
#include "tests/support/captures.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/in_place.hpp"
#include "tests/support/packets.hpp"

using namespace rdpdx;
using test::be;
using test::Bytes;
using test::join;
using test::le;

namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

}  // namespace

TEST_CASE("captures are recognised by their first four bytes") {
    struct Row {
        const char* head;
        std::optional<capture::Format> format;
    };
    const auto row = GENERATE(values<Row>({
        {"d4 c3 b2 a1", capture::Format::pcap},
        {"a1 b2 c3 d4", capture::Format::pcap},
        {"4d 3c b2 a1", capture::Format::pcap},
        {"a1 b2 3c 4d", capture::Format::pcap},
        {"34 cd b2 a1", capture::Format::pcap},
        {"a1 b2 cd 34", capture::Format::pcap},
        {"0a 0d 0d 0a 1c 00 00 00", capture::Format::pcapng},
        {"0a 0d 0d", std::nullopt},
        {"", std::nullopt},
        {"1f 8b 08 00", std::nullopt},
        {"73 6e 6f 6f 70", std::nullopt},
    }));
    CAPTURE(row.head);
    CHECK(capture::recognise(test::from_hex(row.head)) == row.format);
}

TEST_CASE("a classic capture gives packets with number, offset, time and both lengths") {
    test::PcapFile file;
    file.add(5 * kSecond + 123'456'000, test::text("abc")).add(6 * kSecond, test::text("defg"), 1500);
    const auto seen = test::read_all(file.bytes());
    REQUIRE(seen.packets.size() == 2);
    CHECK(seen.notices.empty());
    CHECK(seen.packets[0].number == 1);
    CHECK(seen.packets[0].file_offset == 24);
    CHECK(seen.packets[0].nanos == 5 * kSecond + 123'456'000);
    CHECK(seen.packets[0].data == test::text("abc"));
    CHECK(seen.packets[0].original_length == 3);
    CHECK(seen.packets[1].number == 2);
    CHECK(seen.packets[1].file_offset == 24 + 16 + 3);
    CHECK(seen.packets[1].original_length == 1500);
    REQUIRE(seen.interfaces.size() == 1);
    CHECK(seen.interfaces[0].link_type == capture::LinkType::ethernet);
    CHECK(seen.interfaces[0].snap_length == 262144);
    CHECK_FALSE(seen.interfaces[0].nanoseconds);
}

TEST_CASE("the magic number says whether the fraction counts micro- or nanoseconds") {
    test::PcapFile file{101, true};
    file.add(5 * kSecond + 123'456'789, test::text("abc"));
    const auto seen = test::read_all(file.bytes());
    REQUIRE(seen.packets.size() == 1);
    CHECK(seen.packets[0].nanos == 5 * kSecond + 123'456'789);
    CHECK(seen.packets[0].link_type == capture::LinkType::raw);
    CHECK(seen.interfaces[0].nanoseconds);
}

TEST_CASE("a big-endian capture and the modified variant are read") {
    const auto big = test::from_hex(R"(
        a1 b2 c3 d4              # Magic Number
        00 02 00 04              # Major Version, Minor Version
        00 00 00 00 00 00 00 00  # Reserved1, Reserved2
        00 00 ff ff              # SnapLen
        00 00 00 71              # LinkType
        00 00 00 01 00 00 00 02  # Timestamp
        00 00 00 02 00 00 00 03  # Captured Packet Length, Original Packet Length
        aa bb)");
    const auto modified = test::from_hex(R"(
        34 cd b2 a1              # Magic Number
        02 00 04 00              # Major Version, Minor Version
        00 00 00 00 00 00 00 00  # Reserved1, Reserved2
        ff ff 00 00              # SnapLen
        71 00 00 00              # LinkType
        01 00 00 00 02 00 00 00  # Timestamp
        02 00 00 00 03 00 00 00  # Captured Packet Length, Original Packet Length
        01 00 00 00 00 08 00 00  # interface, protocol, packet type, padding
        aa bb)");
    for (const auto& file : {big, modified}) {
        const auto seen = test::read_all(file);
        REQUIRE(seen.packets.size() == 1);
        CHECK(seen.packets[0].nanos == kSecond + 2000);
        CHECK(seen.packets[0].data == test::from_hex("aa bb"));
        CHECK(seen.packets[0].original_length == 3);
        CHECK(seen.packets[0].link_type == capture::LinkType::linux_sll);
        CHECK(seen.interfaces[0].snap_length == 65535);
    }
}

TEST_CASE("times after 2038 and microseconds of more than a second are kept as they stand") {
    struct Row {
        std::uint32_t seconds, micros;
        std::int64_t nanos;
    };
    const auto row = GENERATE(values<Row>({
        {0x80000000, 0, 0x80000000 * kSecond},
        {0xFFFFFFFF, 999'999, 0xFFFFFFFF * kSecond + 999'999'000},
        {1, 2'500'000, 3 * kSecond + 500'000'000},
        {1, 0xFFFFFFFF, kSecond + 0xFFFFFFFF * std::int64_t{1000}},
    }));
    const auto record = test::join({le(4, row.seconds), le(4, row.micros), le(4, 1), le(4, 1), test::text("x")});
    const auto seen = test::read_all(test::join({test::PcapFile{}.bytes(), record}));
    REQUIRE(seen.packets.size() == 1);
    CHECK(seen.packets[0].nanos == row.nanos);
}

TEST_CASE("a packet longer than the snap length of the header is given whole") {
    auto file = test::PcapFile{}.add(0, Bytes(3000, std::byte{7})).bytes();
    file[16] = std::byte{96}, file[17] = std::byte{0}, file[18] = std::byte{0};  // SnapLen
    const auto seen = test::read_all(file);
    REQUIRE(seen.packets.size() == 1);
    CHECK(seen.packets[0].data.size() == 3000);
    CHECK(seen.interfaces[0].snap_length == 96);
}

TEST_CASE("a classic capture cut after n bytes gives the packets before and says what is missing") {
    struct Row {
        std::size_t n, packets;
        const char* notice;
        std::uint64_t offset;
    };
    const auto row = GENERATE(values<Row>({
        {0, 0, "expected 24 bytes of file header, 0 left", 0},
        {23, 0, "expected 24 bytes of file header, 23 left", 0},
        {24, 0, "", 0},
        {25, 0, "expected 16 bytes of record header for frame 1, 1 left", 24},
        {40, 0, "expected 4 bytes of packet data for frame 1, 0 left", 24},
        {43, 0, "expected 4 bytes of packet data for frame 1, 3 left", 24},
        {44, 1, "", 0},
        {59, 1, "expected 16 bytes of record header for frame 2, 15 left", 44},
        {65, 1, "expected 10 bytes of packet data for frame 2, 5 left", 44},
        {70, 2, "", 0},
    }));
    CAPTURE(row.n);
    const auto file = test::PcapFile{}.add(0, test::text("four")).add(0, test::text("and ten...")).bytes();
    REQUIRE(file.size() == 70);
    const auto seen = test::read_all(test::first(file, row.n));
    CHECK(seen.packets.size() == row.packets);
    if (std::string_view{row.notice}.empty()) {
        CHECK(seen.notices.empty());
        return;
    }
    REQUIRE(seen.notices.size() == 1);
    CHECK(seen.notices[0].text == row.notice);
    CHECK(seen.notices[0].file_offset == row.offset);
    CHECK(seen.notices[0].damaged);
}

TEST_CASE("a senseless length ends the packets and is told") {
    const auto record = test::join({le(8, 0), le(4, 0x7FFFFFFF), le(4, 0x7FFFFFFF), Bytes(100)});
    const auto seen = test::read_all(test::join({test::PcapFile{}.add(0, test::text("x")).bytes(), record}));
    CHECK(seen.packets.size() == 1);
    REQUIRE(seen.notices.size() == 1);
    CHECK(seen.notices[0].text ==
          "frame 2 cannot be read: it has 2147483647 bytes, and more than 262144 are impossible");
    CHECK(seen.notices[0].file_offset == 41);
}

TEST_CASE("packets are the same wherever the blocks end that are read, and their views hold until the next") {
    test::PcapFile file;
    for (unsigned i = 0; i < 300; ++i) file.add(i, Bytes(i * i % 90'001, static_cast<std::byte>(i)));
    const auto seen = test::read_all(file.bytes());
    CHECK(seen.notices.empty());
    REQUIRE(seen.packets.size() == 300);
    std::uint64_t offset = 24;
    for (unsigned i = 0; i < 300; ++i) {
        CHECK(seen.packets[i].file_offset == offset);
        CHECK(seen.packets[i].data == Bytes(i * i % 90'001, static_cast<std::byte>(i)));
        offset += 16 + i * i % 90'001;
    }
}

TEST_CASE("a run of packets is what one after the other gives, however the file ends") {
    test::PcapFile file;
    for (int i = 0; i < 40; ++i) file.add(i * kSecond, Bytes(static_cast<std::size_t>(i) * 600, std::byte{1}), 900);
    const Bytes whole = file.bytes();
    REQUIRE(whole.size() > 256 * 1024);  // more than is read at once
    const auto cut = GENERATE(range(0, 60));
    const Bytes bytes = test::first(whole, whole.size() - static_cast<std::size_t>(cut * 797));
    const auto one_by_one = test::read_all(bytes);
    for (const std::size_t run : {1U, 3U, 32U, 64U}) {
        bytes::MemorySource source{bytes};
        const auto seen = test::read_all(source, capture::Format::pcap, run);
        CHECK(seen.packets == one_by_one.packets);
        REQUIRE(seen.notices.size() == one_by_one.notices.size());
        if (!seen.notices.empty()) CHECK(seen.notices[0].text == one_by_one.notices[0].text);
    }
}

TEST_CASE("packets are the same whether the file is read or looked at where it lies") {
    test::PcapFile file;
    for (int i = 0; i < 90; ++i)
        file.add(i * kSecond, Bytes(static_cast<std::size_t>(i) * 300 + 1, std::byte{1}), 90000);
    const Bytes whole = file.bytes();
    REQUIRE(whole.size() > 1024 * 1024);  // more than is looked at together
    const auto cut = GENERATE(0, 1, 16, 26690, 26701, 26717);
    const Bytes bytes = test::first(whole, whole.size() - static_cast<std::size_t>(cut));
    const auto read = test::read_all(bytes);
    for (const std::size_t run : {0U, 1U, 32U}) {
        test::InPlace source{bytes};
        const auto seen = test::read_all(source, capture::Format::pcap, run);
        CHECK(seen.packets == read.packets);
        REQUIRE(seen.notices.size() == read.notices.size());
        if (!seen.notices.empty()) CHECK(seen.notices[0].text == read.notices[0].text);
    }
}

TEST_CASE("records that look as if they stood inside of packets mislead nobody") {
    // Each payload is full of what could be records, of which some reach beyond all that there is.
    test::PcapFile file;
    const auto inner = [](std::uint32_t length) { return join({le(4, 7), le(4, 0), le(4, length), le(4, 262'144)}); };
    const Bytes payload = join({Bytes(5), inner(0), inner(13), inner(200'000), inner(0), Bytes(300), inner(1)});
    for (int i = 0; i < 1200; ++i) file.add(7 * kSecond, test::first(payload, static_cast<std::size_t>(i) % 400), 900);
    const Bytes whole = file.bytes();
    for (const std::size_t left_out : {0U, 1U, 500U, 60'000U}) {
        const Bytes bytes = test::first(whole, whole.size() - left_out);
        const auto read = test::read_all(bytes);
        test::InPlace source{bytes};
        const auto seen = test::read_all(source, capture::Format::pcap, 32);
        CHECK(seen.packets == read.packets);
        CHECK(seen.notices.size() == read.notices.size());
    }
}

TEST_CASE("a senseless length ends a run too, and is told") {
    test::PcapFile file;
    file.add(kSecond, test::text("abc")).add(kSecond, test::text("abc"));
    Bytes bytes = file.bytes();
    const Bytes senseless = join({le(4, 0), le(4, 0), le(4, 262145), le(4, 0)});
    bytes.insert(bytes.end(), senseless.begin(), senseless.end());
    bytes::MemorySource source{bytes};
    const auto seen = test::read_all(source, capture::Format::pcap, 8);
    CHECK(seen.packets.size() == 2);
    REQUIRE(seen.notices.size() == 1);
    CHECK(seen.notices[0].text == test::read_all(bytes).notices[0].text);
}

TEST_CASE("a packet of the greatest length there can be is read, one byte more is not") {
    const auto file = [](std::size_t length) { return test::PcapFile{}.add(0, Bytes(length)).bytes(); };
    CHECK(test::read_all(file(262'144)).packets.size() == 1);
    CHECK(test::read_all(file(262'145)).packets.empty());
}

TEST_CASE("variants that only libpcap reads are left to it") {
    struct Row {
        const char* what;
        std::size_t at;
        std::vector<std::byte> bytes;
        std::size_t packets;
    };
    const auto row = GENERATE(values<Row>({
        {"version 2.2", 6, {std::byte{2}}, 1},
        {"D-Bus, whose messages may be long", 20, {std::byte{231}}, 1},
        {"version 543.0", 4, {std::byte{0x1F}, std::byte{2}, std::byte{0}}, 1},
        {"version 2.9", 6, {std::byte{9}}, 0},
    }));
    CAPTURE(row.what);
    auto file = test::PcapFile{}.add(7 * kSecond, test::text("abc")).bytes();
    std::ranges::copy(row.bytes, file.begin() + static_cast<std::ptrdiff_t>(row.at));
    const auto seen = test::read_all(file);
    REQUIRE(seen.packets.size() == row.packets);
    CHECK(seen.notices.size() == 1 - row.packets);
    if (seen.packets.empty()) return;
    CHECK(seen.packets[0].nanos == 7 * kSecond);
    CHECK(seen.packets[0].file_offset == 24);
    CHECK(seen.packets[0].data == test::text("abc"));
}

TEST_CASE("a version that libpcap does not read is a notice, not packets") {
    auto file = test::PcapFile{}.add(0, test::text("x")).bytes();
    file[4] = std::byte{1};  // Major Version
    const auto seen = test::read_all(file);
    CHECK(seen.packets.empty());
    REQUIRE(seen.notices.size() == 1);
    CHECK(seen.notices[0].text.starts_with("the file header cannot be read: "));
}

TEST_CASE("a source that throws is not swallowed, neither by our reader nor by libpcap") {
    struct Broken final : bytes::Source {
        Bytes head = test::PcapFile{}.bytes();
        std::size_t left = 2;  // full reads before the fire
        std::size_t read(std::span<std::byte> into) override {
            if (left-- == 0) throw std::runtime_error{"disk on fire"};
            std::ranges::fill(into, std::byte{});
            if (left == 1) std::ranges::copy(head, into.begin());
            return into.size();
        }
    } source;
    source.head[6] = GENERATE(std::byte{4}, std::byte{2});  // Minor Version
    CHECK_THROWS_WITH(test::read_all(source, capture::Format::pcap), "disk on fire");
}

TEST_CASE("a filter is libpcap's, compiled for each link type met") {
    auto compiled = capture::Filter::compile("tcp port 3389");
    REQUIRE(std::holds_alternative<capture::Filter>(compiled));
    auto& filter = std::get<capture::Filter>(compiled);
    const auto wanted = test::ipv4({}, test::tcp({.destination = 3389})),
               other = test::ipv4({}, test::tcp({.destination = 80}));
    const auto matches = [&](capture::LinkType link_type, const Bytes& data) {
        capture::Packet packet;
        packet.link_type = link_type;
        packet.data = data;
        packet.original_length = static_cast<std::uint32_t>(data.size());
        return filter.matches(packet);
    };
    CHECK(matches(capture::LinkType::ethernet, test::ethernet(0x0800, wanted)));
    CHECK_FALSE(matches(capture::LinkType::ethernet, test::ethernet(0x0800, other)));
    CHECK(matches(capture::LinkType::raw, wanted));
    CHECK_FALSE(matches(capture::LinkType::raw, other));
    CHECK(matches(capture::LinkType::linux_sll,
                  test::join({be(2, 0), be(2, 1), be(2, 6), be(8, 0), be(2, 0x0800), wanted})));
    CHECK_FALSE(matches(capture::LinkType::raw, {}));
    CHECK(filter.unusable().empty());
    CHECK_FALSE(matches(capture::LinkType{195}, wanted));  // IEEE 802.15.4
    CHECK_FALSE(matches(capture::LinkType{195}, wanted));
    REQUIRE(filter.unusable().size() == 1);
    CHECK(filter.unusable()[0].first == capture::LinkType{195});
    CHECK_FALSE(filter.unusable()[0].second.empty());
}

TEST_CASE("a filter that is no expression gives libpcap's sentence") {
    const auto compiled = capture::Filter::compile("tcp prt 3389");
    REQUIRE(std::holds_alternative<std::string>(compiled));
    CHECK(std::get<std::string>(compiled).find("syntax error") != std::string::npos);
}

TEST_CASE("a filter for another link layer than Ethernet compiles") {
    CHECK(std::holds_alternative<capture::Filter>(capture::Filter::compile("wlan type mgt")));
}
