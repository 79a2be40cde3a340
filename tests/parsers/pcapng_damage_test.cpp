#include "tests/support/captures.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/packets.hpp"

using namespace rdpdx;
using test::Bytes;
using test::PcapngFile;

namespace {

constexpr std::size_t kPacketsStart = 28 + 20, kPacketBlock = 32 + 8;

// Three packets of eight bytes.
Bytes three_packets() {
    PcapngFile file;
    file.section().interface(1);
    for (const char* data : {"packet 1", "packet 2", "packet 3"}) file.packet(1, test::text(data));
    return file.bytes();
}

void put(Bytes& file, std::size_t at, std::uint32_t value) {
    for (unsigned i = 0; i < 4; ++i) file[at + i] = static_cast<std::byte>(value >> (8 * i) & 0xFF);
}

std::string text_of(const Bytes& data) { return std::string{bytes::text_of(data)}; }

}  // namespace

TEST_CASE("a pcapng file cut after n bytes gives the packets before and says what is missing") {
    const auto whole = three_packets();
    REQUIRE(whole.size() == kPacketsStart + 3 * kPacketBlock);
    for (std::size_t n = 1; n <= whole.size(); ++n) {
        CAPTURE(n);
        const auto file = test::first(whole, n);
        bytes::MemorySource source{file};
        const auto seen = test::read_all(source, capture::Format::pcapng);
        CHECK(seen.packets.size() == (n < kPacketsStart ? 0 : (n - kPacketsStart) / kPacketBlock));
        const bool at_a_boundary = n == 28 || (n >= kPacketsStart && (n - kPacketsStart) % kPacketBlock == 0);
        CHECK(seen.notices.empty() == at_a_boundary);
        if (n == kPacketsStart + kPacketBlock + 30) {
            REQUIRE(seen.notices.size() == 1);
            CHECK(seen.notices[0].text == "expected 40 bytes of Enhanced Packet Block, 30 left");
            CHECK(seen.notices[0].file_offset == kPacketsStart + kPacketBlock);
            CHECK(seen.notices[0].damaged);
        }
    }
}

TEST_CASE("lengths that disagree are told, and the packet counts when the next block follows") {
    auto file = three_packets();
    put(file, kPacketsStart + kPacketBlock - 4, 44);
    const auto seen = test::read_all(file);
    CHECK(seen.packets.size() == 3);
    REQUIRE(seen.notices.size() == 1);
    CHECK(seen.notices[0].text == "Enhanced Packet Block is 40 bytes long by its start and 44 by its end");
    CHECK(seen.notices[0].file_offset == kPacketsStart);
}

TEST_CASE("reading goes on at the next blocks that agree with themselves") {
    struct Row {
        std::uint32_t length;
        const char* notice;
    };
    const auto row = GENERATE(values<Row>({
        {0, "Enhanced Packet Block of 0 bytes; 40 bytes were skipped"},
        {11, "Enhanced Packet Block of 11 bytes; 40 bytes were skipped"},
        {60, "Enhanced Packet Block is 60 bytes long by its start and 1 by its end; 40 bytes were skipped"},
        {1000, "expected 1000 bytes of Enhanced Packet Block, 120 left; 40 bytes were skipped"},
    }));
    CAPTURE(row.length);
    auto file = three_packets();
    put(file, kPacketsStart + 4, row.length);
    const auto seen = test::read_all(file);
    REQUIRE(seen.packets.size() == 2);
    CHECK(text_of(seen.packets[0].data) == "packet 2");
    REQUIRE(seen.notices.size() == 1);
    CHECK(seen.notices[0].text == row.notice);
}

TEST_CASE("bytes that were lost in the middle cost one packet") {
    auto file = three_packets();
    file.erase(file.begin() + kPacketsStart + 30, file.begin() + kPacketsStart + 33);
    const auto seen = test::read_all(file);
    REQUIRE(seen.packets.size() == 2);
    CHECK(text_of(seen.packets[0].data) == "packet 2");
    CHECK(seen.notices.size() == 1);
}

TEST_CASE("a packet that carries pcapng blocks is not taken for one of the file when it is cut") {
    PcapngFile inner;
    inner.section().interface(1).packet(1, test::text("not ours"));
    PcapngFile file;
    file.section().interface(1).packet(1, test::join({inner.bytes(), Bytes(100)}));
    const auto seen = test::read_all(test::first(file.bytes(), file.bytes().size() - 50));
    CHECK(seen.packets.empty());
    CHECK(seen.notices.size() == 1);
}

TEST_CASE("a section with an unknown byte-order magic is left for the next one") {
    auto first = three_packets();
    const auto broken = first.size() + 8;
    auto file = test::join({first, three_packets(), three_packets()});
    put(file, broken, 0x11223344);
    const auto seen = test::read_all(file);
    // The blocks after a section that cannot be read are taken for the one before it.
    CHECK(seen.packets.size() == 9);
    REQUIRE(seen.notices.size() == 1);
    CHECK(seen.notices[0].file_offset == first.size());
}

TEST_CASE("a length that is no multiple of four is understood with and without padding") {
    const bool padded = GENERATE(true, false);
    const Bytes body =
        test::join({test::le(4, 0), test::le(8, 0), test::le(4, 6), test::le(4, 6), test::text("sixish")});
    const auto length = test::le(4, 12 + body.size());
    PcapngFile file;
    file.section().interface(1);
    file.raw(test::join({test::le(4, 6), length, body, padded ? Bytes(2) : Bytes{}, length}));
    file.packet(1, test::text("next"));
    const auto seen = test::read_all(file.bytes());
    REQUIRE(seen.packets.size() == 2);
    CHECK(text_of(seen.packets[0].data) == "sixish");
    CHECK(text_of(seen.packets[1].data) == "next");
}

TEST_CASE("a block beyond all measure is skipped without being kept") {
    // 65 MiB that are made up while they are read.
    struct Source final : bytes::Source {
        Bytes head, tail;
        std::uint64_t zeros = 65U << 20;
        std::size_t at = 0;
        std::size_t read(std::span<std::byte> into) override {
            std::size_t done = 0;
            for (; done < into.size(); ++done) {
                if (at < head.size()) {
                    into[done] = head[at++];
                } else if (zeros > 0) {
                    into[done] = std::byte{};
                    --zeros;
                } else if (at < head.size() + tail.size()) {
                    into[done] = tail[at++ - head.size()];
                } else {
                    break;
                }
            }
            return done;
        }
    } source;
    PcapngFile start, end;
    start.section().interface(1);
    const auto length = test::le(4, 12 + source.zeros);
    source.head = test::join({start.bytes(), test::le(4, 0xBAD), length});
    source.tail = test::join({length, end.packet(1, test::text("after")).bytes()});
    const auto seen = test::read_all(source, capture::Format::pcapng);
    REQUIRE(seen.packets.size() == 1);
    CHECK(text_of(seen.packets[0].data) == "after");
    CHECK(seen.packets[0].file_offset == kPacketsStart + 12 + (65U << 20));
    REQUIRE(seen.notices.size() == 1);
    CHECK(seen.notices[0].text == "Custom Block of 68157452 bytes is longer than 67108864 and was skipped");
}

TEST_CASE("an endless length at the end of the file says how much was there") {
    auto file = three_packets();
    put(file, kPacketsStart + 2 * kPacketBlock + 4, 0xFFFFFFF0);
    const auto seen = test::read_all(file);
    CHECK(seen.packets.size() == 2);
    REQUIRE(seen.notices.size() == 1);
    CHECK(seen.notices[0].text == "expected 4294967280 bytes of Enhanced Packet Block, 40 left");
}

TEST_CASE("fifty notices are kept and the rest is counted") {
    PcapngFile file;
    file.section().interface(1);
    for (int i = 0; i < 60; ++i) file.packet(1, test::text("x"), 9);
    const auto seen = test::read_all(file.bytes());
    CHECK(seen.packets.empty());
    REQUIRE(seen.notices.size() == 51);
    CHECK(seen.notices.back().text == "10 more notices like these, the first of them here");
    CHECK(seen.notices.back().damaged);
}

TEST_CASE("secrets beyond the cap are told and not kept") {
    PcapngFile file;
    file.section();
    const Bytes big(33U << 20);
    const auto body = test::join({test::le(4, 0x544C534B), test::le(4, big.size()), big});
    file.block(0xA, body).block(0xA, body).block(0xA, body);
    const auto seen = test::read_all(file.bytes());
    CHECK(seen.secrets.size() == 1);
    CHECK(seen.notices.size() == 1);
}
