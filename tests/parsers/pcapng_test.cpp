#include "tests/support/bytes.hpp"
#include "tests/support/captures.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/packets.hpp"

using namespace rdpdx;
using test::Bytes;
using test::PcapngFile;

namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

using test::text;

}  // namespace

TEST_CASE("a pcapng file is read in both byte orders") {
    const bool big = GENERATE(false, true);
    PcapngFile file{big};
    file.section().interface(1).packet(5'123'456, text("abc")).packet(6'000'000, text("defgh"), 0, {}, 1500);
    const auto seen = test::read_all(file.bytes());
    REQUIRE(seen.packets.size() == 2);
    CHECK(seen.notices.empty());
    CHECK(seen.packets[0].number == 1);
    CHECK(seen.packets[0].file_offset == 28 + 20);
    CHECK(seen.packets[0].nanos == 5 * kSecond + 123'456'000);
    CHECK(seen.packets[0].data == text("abc"));
    CHECK(seen.packets[0].original_length == 3);
    CHECK(seen.packets[1].data == text("defgh"));
    CHECK(seen.packets[1].original_length == 1500);
    CHECK(seen.packets[1].link_type == capture::LinkType::ethernet);
}

TEST_CASE("the blocks of a section are spelled as the draft says") {
    const auto file = test::from_hex(R"(
        0a 0d 0d 0a  1c 00 00 00  # Section Header Block, Block Total Length
        4d 3c 2b 1a               # Byte-Order Magic
        01 00 00 00               # Major Version, Minor Version
        ff ff ff ff ff ff ff ff   # Section Length
        1c 00 00 00               # Block Total Length
        01 00 00 00  20 00 00 00  # Interface Description Block
        65 00 00 00               # LinkType 101, Reserved
        00 00 04 00               # SnapLen
        09 00 01 00 09 00 00 00   # if_tsresol: nanoseconds
        00 00 00 00               # opt_endofopt
        20 00 00 00
        06 00 00 00  30 00 00 00  # Enhanced Packet Block
        00 00 00 00               # Interface ID
        01 00 00 00 02 00 00 00   # Timestamp (Upper), Timestamp (Lower)
        02 00 00 00               # Captured Packet Length
        03 00 00 00               # Original Packet Length
        aa bb 00 00               # Packet Data
        01 00 02 00 68 69 00 00   # opt_comment
        00 00 00 00               # opt_endofopt
        30 00 00 00)");
    const auto seen = test::read_all(file);
    REQUIRE(seen.packets.size() == 1);
    CHECK(seen.packets[0].nanos == 0x100000002);
    CHECK(seen.packets[0].data == test::from_hex("aa bb"));
    CHECK(seen.packets[0].original_length == 3);
    CHECK(seen.packets[0].comment == "hi");
    CHECK(seen.packets[0].link_type == capture::LinkType::raw);
    REQUIRE(seen.interfaces.size() == 1);
    CHECK(seen.interfaces[0].nanoseconds);
    CHECK(seen.interfaces[0].snap_length == 0x40000);
}

TEST_CASE("sections change the byte order and start interfaces anew, which count on over the file") {
    PcapngFile file;
    file.section().interface(1).interface(101).packet(1, text("a"), 1);
    file.section(true).interface(113).packet(2, text("b"), 0).section(false).interface(0).packet(3, text("c"), 0);
    const auto seen = test::read_all(file.bytes());
    REQUIRE(seen.packets.size() == 3);
    CHECK(seen.interfaces.size() == 4);
    CHECK(seen.packets[0].interface == 1);
    CHECK(seen.packets[0].link_type == capture::LinkType::raw);
    CHECK(seen.packets[1].interface == 2);
    CHECK(seen.packets[1].link_type == capture::LinkType::linux_sll);
    CHECK(seen.packets[1].nanos == 2000);
    CHECK(seen.packets[2].interface == 3);
    CHECK(seen.packets[2].number == 3);
    CHECK(seen.notices.empty());
}

TEST_CASE("time stamps follow the resolution and offset of their interface") {
    struct Row {
        unsigned tsresol;
        std::uint64_t ticks;
        std::int64_t offset, nanos;
        bool finer;
    };
    const auto row = GENERATE(values<Row>({
        {0, 7, 0, 7 * kSecond, false},
        {3, 1'234, 0, kSecond + 234'000'000, false},
        {6, 1'000'001, 0, kSecond + 1000, false},
        {6, 1'000'001, -1, 1000, false},
        {6, 1'000'001, 1'500'000'000, 1'500'000'001 * kSecond + 1000, false},
        {7, 10'000'001, 0, kSecond + 100, true},
        {9, 1'700'000'000'123'456'789, 0, 1'700'000'000'123'456'789, true},
        {12, 1'000'000'001'999, 0, kSecond + 1, true},
        {19, 10'000'000'000'000'000'000U, 0, kSecond, true},
        {20, 10'000'000'000'000'000'000U, 0, 100'000'000, true},
        {28, 10'000'000'000'000'000'000U, 0, 1, true},
        {29, UINT64_MAX, 0, 0, true},
        {127, UINT64_MAX, 0, 0, true},
        {0x80, 5, 0, 5 * kSecond, false},
        {0x8A, 1536, 0, kSecond + 500'000'000, false},
        {0x94, 1U << 20, 0, kSecond, true},
        {0xA0, 3ULL << 31, 0, kSecond + 500'000'000, true},
        {0xBF, 1ULL << 62, 0, 500'000'000, true},
        {0xC0, 1ULL << 63, 0, 500'000'000, true},
        {0xFF, UINT64_MAX, 0, 0, true},
    }));
    CAPTURE(row.tsresol, row.ticks);
    PcapngFile file;
    file.section();
    const auto options = test::join({file.option(9, test::le(1, row.tsresol)),
                                     file.option(14, test::le(8, static_cast<std::uint64_t>(row.offset)))});
    file.interface(1, options).packet(row.ticks, text("x"));
    const auto seen = test::read_all(file.bytes());
    REQUIRE(seen.packets.size() == 1);
    CHECK(seen.packets[0].nanos == row.nanos);
    CHECK(seen.interfaces[0].nanoseconds == row.finer);
    CHECK(seen.notices.empty());
}

TEST_CASE("a time outside of what differences can hold is clamped, and told once an interface") {
    const std::int64_t earliest = bytes::kEarliest.time_since_epoch().count();
    const std::int64_t latest = bytes::kLatest.time_since_epoch().count();
    struct Row {
        std::uint64_t ticks;
        std::int64_t offset, nanos;
    };
    const auto row = GENERATE_COPY(values<Row>({
        {UINT64_MAX, 0, latest},
        {9'223'372'036, 0, latest},
        {0, INT64_MAX, latest},
        {UINT64_MAX, INT64_MAX, latest},
        {0, INT64_MIN, earliest},
    }));
    PcapngFile file;
    file.section();
    file.interface(1, test::join({file.option(9, test::le(1, 0)),
                                  file.option(14, test::le(8, static_cast<std::uint64_t>(row.offset)))}));
    file.packet(row.ticks, text("x")).packet(row.ticks, text("y"));
    const auto seen = test::read_all(file.bytes());
    REQUIRE(seen.packets.size() == 2);
    CHECK(seen.packets[1].nanos == row.nanos);
    REQUIRE(seen.notices.size() == 1);
    CHECK(seen.notices[0].text == "the time of frame 1 lies outside of the years 1900 to 2189");
}

TEST_CASE("simple packets take their length from the snap length and have no time") {
    PcapngFile file;
    file.section().interface(1, {}, 4);
    file.block(3, test::join({test::le(4, 9), text("abcd")})).block(3, test::join({test::le(4, 3), text("xyz")}));
    const auto seen = test::read_all(file.bytes());
    REQUIRE(seen.packets.size() == 2);
    CHECK(seen.packets[0].data == text("abcd"));
    CHECK(seen.packets[0].original_length == 9);
    CHECK(seen.packets[0].nanos == 0);
    CHECK(seen.packets[1].data == text("xyz"));
    REQUIRE(seen.notices.size() == 1);
    CHECK(seen.notices[0].text == "packets without a time stamp, the first of them here");
    CHECK_FALSE(seen.notices[0].damaged);
}

TEST_CASE("the obsolete packet block is read") {
    PcapngFile file;
    file.section().interface(1).interface(101);
    file.block(2, test::join({test::le(2, 1), test::le(2, 7), test::le(4, 0), test::le(4, 5), test::le(4, 3),
                              test::le(4, 60), PcapngFile::padded(text("abc")), file.option(1, text("old"))}));
    const auto seen = test::read_all(file.bytes());
    REQUIRE(seen.packets.size() == 1);
    CHECK(seen.packets[0].interface == 1);
    CHECK(seen.packets[0].nanos == 5000);
    CHECK(seen.packets[0].data == text("abc"));
    CHECK(seen.packets[0].original_length == 60);
    CHECK(seen.packets[0].comment == "old");
}

TEST_CASE("comments, packet identity, verdict, names, drops and secrets are kept") {
    PcapngFile file;
    file.section(std::nullopt, test::join({file.option(1, text("of the lab")), file.option(4, text("dumpcap"))}));
    file.interface(1, test::join({file.option(2, text("eth0")), file.option(0, {})}));
    file.packet(
        1, text("x"), 0,
        test::join({file.option(2, test::le(4, 1)), file.option(1, text("first")), file.option(1, text("second")),
                    file.option(5, test::le(8, 77)), file.option(7, test::from_hex("01 aa"))}));
    file.block(5, test::join({test::le(4, 0), test::le(8, 0), file.option(5, test::le(8, 3)),
                              file.option(7, test::le(8, 4))}));
    file.block(0xA, test::join({test::le(4, 0x544C534B), test::le(4, 5), text("key 1")}));
    const auto seen = test::read_all(file.bytes());
    CHECK(seen.comments == std::vector<std::string>{"of the lab"});
    REQUIRE(seen.packets.size() == 1);
    CHECK(seen.packets[0].comment == "first");
    CHECK(seen.packets[0].packet_id == 77U);
    CHECK(seen.packets[0].verdict == test::from_hex("01 aa"));
    CHECK(seen.interfaces[0].name == "eth0");
    CHECK(seen.interfaces[0].dropped == 7U);
    REQUIRE(seen.secrets.size() == 1);
    CHECK(seen.secrets[0].type == 0x544C534B);
    CHECK(seen.secrets[0].data == "key 1");
    CHECK(seen.notices.empty());
}

TEST_CASE("statistics tell when it was captured, in the interface's resolution or in dumpcap's microseconds") {
    struct Row {
        std::uint8_t resolution;
        std::uint64_t ticks;
        std::optional<std::int64_t> seconds;
    };
    const Row row = GENERATE(values<Row>({
        {6, 1'795'231'728'000'000, 1'795'231'728},
        {9, 1'795'231'728'000'000'000, 1'795'231'728},
        {9, 1'795'231'728'000'000, 1'795'231'728},  // what dumpcap writes
        {6, 1'795'231'728, std::nullopt},           // seconds, which nobody writes
        {0, UINT64_MAX, std::nullopt},
    }));
    PcapngFile file;
    const auto time = [&](std::uint16_t code) {
        return file.option(code, test::join({test::le(4, row.ticks >> 32), test::le(4, row.ticks & 0xFFFFFFFF)}));
    };
    file.section().interface(1, test::join({file.option(9, test::le(1, row.resolution)),
                                            file.option(11, text(std::string{"\0tcp port 3389", 14}))}));
    file.block(5, test::join({test::le(4, 0), test::le(8, 0), time(2), time(3)}));
    const auto seen = test::read_all(file.bytes());
    REQUIRE(seen.interfaces.size() == 1);
    CHECK(seen.interfaces[0].filter == "tcp port 3389");
    CHECK(seen.interfaces[0].started.has_value() == row.seconds.has_value());
    if (row.seconds) CHECK(seen.interfaces[0].ended == bytes::Time{std::chrono::seconds{*row.seconds}});
    CHECK(seen.notices.empty());
}

TEST_CASE("blocks that are not ours are skipped; custom blocks and journal entries count as frames") {
    PcapngFile file;
    file.section().interface(1);
    file.block(4, test::le(4, 0)).block(0xBAD, text("custom")).block(0x40000BAD, text("custom"));
    file.block(0xABCD, text("?")).block(9, text("MESSAGE=x")).packet(1, text("x"));
    const auto seen = test::read_all(file.bytes());
    REQUIRE(seen.packets.size() == 1);
    CHECK(seen.packets[0].number == 4);
    CHECK(seen.notices.empty());
}

TEST_CASE("a packet of an interface that is not there is told, and its number stays taken") {
    PcapngFile file;
    file.section().interface(1).packet(1, text("x"), 3).packet(1, text("y"), 0);
    const auto seen = test::read_all(file.bytes());
    REQUIRE(seen.packets.size() == 1);
    CHECK(seen.packets[0].number == 2);
    REQUIRE(seen.notices.size() == 1);
    CHECK(seen.notices[0].text == "Enhanced Packet Block names interface 3, but its section has 1");
    CHECK(seen.notices[0].file_offset == 48);
}

TEST_CASE("a packet longer than its block gives what is there") {
    PcapngFile file;
    file.section().interface(1);
    file.block(6, test::join({test::le(4, 0), test::le(8, 0), test::le(4, 100), test::le(4, 100), text("only")}));
    const auto seen = test::read_all(file.bytes());
    REQUIRE(seen.packets.size() == 1);
    CHECK(seen.packets[0].data == text("only"));
    REQUIRE(seen.notices.size() == 1);
    CHECK(seen.notices[0].text == "expected 100 bytes of packet data for frame 1, 4 left in its block");
}

TEST_CASE("an option that does not fit ends the options, not the packet") {
    PcapngFile file;
    file.section().interface(1);
    file.packet(1, text("four"), 0, test::join({file.option(1, text("kept")), test::le(2, 1), test::le(2, 500)}));
    const auto seen = test::read_all(file.bytes());
    REQUIRE(seen.packets.size() == 1);
    CHECK(seen.packets[0].comment == "kept");
    REQUIRE(seen.notices.size() == 1);
    CHECK(seen.notices[0].text == "Enhanced Packet Block: field 'Option Value' at offset 92 needs 500 bytes, 0 left");
}

TEST_CASE("block bodies cut short name the field") {
    struct Row {
        std::uint32_t type;
        std::size_t size;
        const char* notice;
    };
    const auto row = GENERATE(values<Row>({
        {1, 4, "Interface Description Block: field 'SnapLen' at offset 60 needs 4 bytes, 0 left"},
        {2, 8, "Packet Block: field 'Timestamp (Lower)' at offset 64 needs 4 bytes, 0 left"},
        {3, 0, "Simple Packet Block: field 'Original Packet Length' at offset 56 needs 4 bytes, 0 left"},
        {5, 4, "Interface Statistics Block: field 'Timestamp' at offset 60 needs 8 bytes, 0 left"},
        {6, 16, "Enhanced Packet Block: field 'Original Packet Length' at offset 72 needs 4 bytes, 0 left"},
        {0xA, 4, "Decryption Secrets Block: field 'Secrets Length' at offset 60 needs 4 bytes, 0 left"},
    }));
    PcapngFile file;
    file.section().interface(1).block(row.type, Bytes(row.size)).packet(1, text("x"));
    const auto seen = test::read_all(file.bytes());
    REQUIRE(seen.notices.size() >= 1);
    CHECK(seen.notices.back().text == row.notice);
    CHECK(seen.packets.size() == 1);
}

TEST_CASE("a pcapng file that does not begin well is told and gives no packets") {
    struct Row {
        const char* head;
        const char* notice;
    };
    const auto row = GENERATE(values<Row>({
        {"", ""},
        {"0a 0d 0d 0a", "expected 12 bytes of a block's header, 4 left"},
        {"0a 0d 0d 0a 1c 00 00 00 4d 3c 2b", "expected 12 bytes of a block's header, 11 left"},
        {"0a 0d 0d 0a 1c 00 00 00 4d 3c 2b 1a", "expected 28 bytes of Section Header Block, 12 left"},
        {"0a 0d 0d 0a 1c 00 00 00 4d 3c 2b 1b 00 00",
         "the byte-order magic of a Section Header Block is that of neither order"},
        {"06 00 00 00 0c 00 00 00 0c 00 00 00", "the file does not begin with a Section Header Block"},
    }));
    CAPTURE(row.head);
    const auto file = test::from_hex(row.head);
    bytes::MemorySource source{file};
    const auto seen = test::read_all(source, capture::Format::pcapng);
    CHECK(seen.packets.empty());
    if (file.empty()) {
        CHECK(seen.notices.empty());
        return;
    }
    REQUIRE(seen.notices.size() == 1);
    CHECK(seen.notices[0].text == row.notice);
}
