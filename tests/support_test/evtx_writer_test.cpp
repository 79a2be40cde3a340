// What the writer of event logs promises to tests: the layout that Windows has, and faults exactly where they are asked
// for.
#include "tests/support/evtx_writer.hpp"

#include <set>
#include <stdexcept>

#include "tests/support/bytes.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/evtx_chunk.hpp"

using namespace rdpdx;
using test::Bytes;
using namespace test::evtx;

namespace {

bytes::Cursor at(const Bytes& log, std::size_t offset) { return bytes::Cursor{bytes::View{log}.subspan(offset)}; }
std::uint32_t u32(const Bytes& log, std::size_t offset) { return at(log, offset).u32le("u32"); }
std::uint64_t u64(const Bytes& log, std::size_t offset) { return at(log, offset).u64le("u64"); }
std::uint16_t u16(const Bytes& log, std::size_t offset) { return at(log, offset).u16le("u16"); }

Bytes chunk_of(const Bytes& log, std::size_t number) {
    return test::first(test::after(log, kFileHeaderSize + number * kChunkSize), kChunkSize);
}

struct ChunkHeader {
    std::uint64_t first_number{}, last_number{}, first_id{}, last_id{};
    std::uint32_t header_size{}, last_record{}, free{}, records_checksum{}, header_checksum{};
};
ChunkHeader header_of(const Bytes& chunk) {
    return {u64(chunk, 0x08), u64(chunk, 0x10), u64(chunk, 0x18), u64(chunk, 0x20), u32(chunk, 0x28),
            u32(chunk, 0x2C), u32(chunk, 0x30), u32(chunk, 0x34), u32(chunk, 0x7C)};
}
bool records_checksum_right(const Bytes& chunk) {
    const auto header = header_of(chunk);
    return crc32(bytes::View{chunk}.subspan(kChunkHeaderSize, header.free - kChunkHeaderSize)) ==
           header.records_checksum;
}
bool header_checksum_right(const Bytes& chunk) {
    const auto covered = test::join({test::first(chunk, 0x78), test::after(test::first(chunk, 0x200), 0x80)});
    return crc32(covered) == header_of(chunk).header_checksum;
}
bool file_checksum_right(const Bytes& log) { return crc32(test::first(log, 0x78)) == u32(log, 0x7C); }

std::vector<std::uint32_t> record_offsets(const Bytes& chunk) {
    std::vector<std::uint32_t> out;
    for (std::uint32_t offset = kChunkHeaderSize; offset < header_of(chunk).free; offset += u32(chunk, offset + 4)) {
        out.push_back(offset);
        if (u32(chunk, offset + 4) == 0) throw std::logic_error{"a record without a size"};
    }
    return out;
}

// Of the frame of the record at `record`: after the record's header, the fragment's, and the token with the short id.
std::uint32_t definition_of(const Bytes& chunk, std::uint32_t record) { return u32(chunk, record + 24 + 4 + 6); }

LogEvent event(std::string value = "10.0.0.7") {
    return {.provider = "Microsoft-Windows-RemoteDesktopServices-RdpCoreTS",
            .provider_guid = "1139c61b-b549-4251-8ed3-27250a1edec8",
            .id = 140,
            .level = 3,
            .channel = "Microsoft-Windows-RemoteDesktopServices-RdpCoreTS/Operational",
            .computer = "srv",
            .user_sid = "S-1-5-20",
            .data = {{"IPString", unicode_string(value)}}};
}
std::vector<LogEvent> events(std::size_t count) {
    std::vector<LogEvent> out;
    for (std::size_t i = 0; i < count; ++i) out.push_back(event());
    return out;
}

}  // namespace

TEST_CASE("the file's header names its chunks, the next record and its own checksum") {
    const Bytes log = write_log(events(5), {.records_per_chunk = 2});
    REQUIRE(log.size() == 0x1000 + 3 * 0x10000);
    CHECK(bytes::text_of(bytes::View{log}.first(8)) == std::string_view{"ElfFile\0", 8});
    CHECK(u64(log, 0x08) == 0);       // first chunk
    CHECK(u64(log, 0x10) == 2);       // last chunk
    CHECK(u64(log, 0x18) == 6);       // next record
    CHECK(u32(log, 0x20) == 0x80);    // header size
    CHECK(u16(log, 0x24) == 1);       // minor version
    CHECK(u16(log, 0x26) == 3);       // major version
    CHECK(u16(log, 0x28) == 0x1000);  // header block size
    CHECK(u16(log, 0x2A) == 3);       // chunks
    CHECK(u32(log, 0x78) == 0);       // flags
    CHECK(file_checksum_right(log));
    CHECK(chunks_in(log) == 3);
}

TEST_CASE("the checksum is that of zip") {
    CHECK(crc32(bytes::view_of("123456789")) == 0xCBF43926);
    CHECK(crc32(bytes::view_of("56789"), crc32(bytes::view_of("1234"))) == 0xCBF43926);
}

TEST_CASE("a chunk's header counts its records and has a checksum of them and of itself") {
    auto written = events(5);
    written[0].record = 1000;
    const Bytes log = write_log(written, {.records_per_chunk = 2});
    struct Row {
        std::size_t chunk;
        std::uint64_t first_number, last_number, first_id, last_id;
    };
    const auto row = GENERATE(values<Row>({{0, 1, 2, 1000, 1001}, {1, 3, 4, 1002, 1003}, {2, 5, 5, 1004, 1004}}));
    const Bytes chunk = chunk_of(log, row.chunk);
    const ChunkHeader header = header_of(chunk);
    CHECK(bytes::text_of(bytes::View{chunk}.first(8)) == std::string_view{"ElfChnk\0", 8});
    CHECK(header.header_size == 0x80);
    CHECK(header.first_number == row.first_number);
    CHECK(header.last_number == row.last_number);
    CHECK(header.first_id == row.first_id);
    CHECK(header.last_id == row.last_id);
    CHECK(header.last_record == record_offsets(chunk).back());
    CHECK(records_checksum_right(chunk));
    CHECK(header_checksum_right(chunk));
}

TEST_CASE("a log without events has one empty chunk") {
    const Bytes log = write_log({});
    REQUIRE(log.size() == 0x11000);
    const Bytes chunk = chunk_of(log, 0);
    CHECK(header_of(chunk).free == 0x200);
    CHECK(header_of(chunk).last_number == 0);
    CHECK(records_checksum_right(chunk));
    CHECK(header_checksum_right(chunk));
    CHECK(u64(log, 0x18) == 1);
}

TEST_CASE("events fill a chunk and then go on in the next, which defines its templates anew") {
    const Bytes log = write_log(events(400));
    REQUIRE(chunks_in(log) > 1);
    std::uint64_t expected = 1;
    for (std::size_t i = 0; i < chunks_in(log); ++i) {
        const Bytes chunk = chunk_of(log, i);
        const auto offsets = record_offsets(chunk);
        REQUIRE_FALSE(offsets.empty());
        CHECK(definition_of(chunk, offsets.front()) == offsets.front() + 38);
        for (const auto offset : offsets) CHECK(u64(chunk, offset + 8) == expected++);
        if (i + 1 < chunks_in(log)) CHECK(header_of(chunk).free > kChunkSize - 0x1000);
    }
    CHECK(expected == 401);
}

TEST_CASE("a record begins at a multiple of eight, and its size stands at both ends") {
    const Bytes chunk = chunk_of(write_log({event("1"), event("22"), event("333"), event("4444")}), 0);
    const auto offsets = record_offsets(chunk);
    REQUIRE(offsets.size() == 4);
    for (const auto offset : offsets) {
        CHECK(offset % 8 == 0);
        CHECK(u32(chunk, offset) == 0x2A2A);
        const auto size = u32(chunk, offset + 4);
        CHECK(u32(chunk, offset + size - 4) == size);
    }
}

TEST_CASE("a template is defined where it is used first, and afterwards named by its offset") {
    const Bytes chunk = chunk_of(write_log(events(3)), 0);
    const auto offsets = record_offsets(chunk);
    REQUIRE(offsets.size() == 3);
    CHECK(definition_of(chunk, offsets[0]) == offsets[0] + 38);
    CHECK(definition_of(chunk, offsets[1]) == definition_of(chunk, offsets[0]));
    CHECK(definition_of(chunk, offsets[2]) == definition_of(chunk, offsets[0]));
    CHECK(u32(chunk, offsets[1] + 4) < u32(chunk, offsets[0] + 4) / 2);
    // The short id is the beginning of the definition's GUID.
    CHECK(u32(chunk, offsets[1] + 30) == u32(chunk, definition_of(chunk, offsets[0]) + 4));
}

TEST_CASE("equal definitions have the same id in every chunk, others another") {
    const Bytes log = write_log(events(2), {.records_per_chunk = 1});
    CHECK(u32(chunk_of(log, 0), 0x200 + 30) == u32(chunk_of(log, 1), 0x200 + 30));
    auto elsewhere = event();
    elsewhere.computer = "other";  // literal text of the frame, as in real logs
    CHECK(u32(chunk_of(write_log({elsewhere}), 0), 0x200 + 30) != u32(chunk_of(log, 0), 0x200 + 30));
}

TEST_CASE("every name is found through the bucket of its hash") {
    const Bytes chunk = chunk_of(write_log(events(1)), 0);
    std::set<std::string> names;
    for (std::uint32_t bucket = 0; bucket < 64; ++bucket) {
        for (auto offset = u32(chunk, 0x80 + 4 * bucket); offset != 0; offset = u32(chunk, offset)) {
            CHECK(u32(chunk, offset) < offset);
            CHECK(u16(chunk, offset + 4) % 64 == bucket);
            const auto text = bytes::View{chunk}.subspan(offset + 8, std::size_t{2} * u16(chunk, offset + 6));
            names.insert(bytes::utf16le_to_utf8(text));
        }
    }
    CHECK(names == std::set<std::string>{"ActivityID",
                                         "Channel",
                                         "Computer",
                                         "Correlation",
                                         "Data",
                                         "Event",
                                         "EventData",
                                         "EventID",
                                         "EventRecordID",
                                         "Execution",
                                         "Guid",
                                         "Keywords",
                                         "Level",
                                         "Name",
                                         "Opcode",
                                         "ProcessID",
                                         "Provider",
                                         "Qualifiers",
                                         "RelatedActivityID",
                                         "Security",
                                         "System",
                                         "SystemTime",
                                         "Task",
                                         "ThreadID",
                                         "TimeCreated",
                                         "UserID",
                                         "Version",
                                         "xmlns"});
}

TEST_CASE("the templates of a chunk are found through its buckets") {
    const Bytes chunk = chunk_of(write_log(events(2)), 0);
    std::set<std::uint32_t> found;
    for (std::uint32_t bucket = 0; bucket < 32; ++bucket)
        for (auto offset = u32(chunk, 0x180 + 4 * bucket); offset != 0; offset = u32(chunk, offset))
            found.insert(offset);
    CHECK(found.size() == 2);
    CHECK(found.contains(definition_of(chunk, 0x200)));
}

TEST_CASE("the same events give the same bytes") {
    CHECK(write_log({event("a"), event("b")}) == write_log({event("a"), event("b")}));
}

TEST_CASE("what no log can hold is refused") {
    CHECK_THROWS_AS(write_log({event(std::string(40'000, 'x'))}), std::length_error);
    auto wrong = event();
    wrong.activity_id = "not-a-guid";
    CHECK_THROWS_AS(write_log({wrong}), std::invalid_argument);
    wrong.activity_id.clear();
    wrong.user_sid = "S-1";
    CHECK_THROWS_AS(write_log({wrong}), std::invalid_argument);
}

TEST_CASE("a dirty log says so, and its header knows less than there is") {
    const Bytes log = mark_dirty(write_log(events(3), {.records_per_chunk = 1}), 1);
    CHECK(u32(log, 0x78) == 1);
    CHECK(u16(log, 0x2A) == 1);
    CHECK(u64(log, 0x10) == 0);
    CHECK(u64(log, 0x18) == 1);
    CHECK(file_checksum_right(log));
    CHECK(chunks_in(log) == 3);
}

TEST_CASE("a header can count chunks that are not there") {
    const Bytes log = set_chunk_count(write_log(events(1)), 77);
    CHECK(u16(log, 0x2A) == 77);
    CHECK(file_checksum_right(log));
}

TEST_CASE("a fault breaks one thing of one chunk") {
    const Bytes whole = write_log(events(2), {.records_per_chunk = 1});
    struct Row {
        Bytes (*fault)(Bytes, std::size_t);
        bool magic, header, records;
    };
    const auto row = GENERATE(values<Row>({{break_header_checksum, true, false, true},
                                           {break_records_checksum, true, true, false},
                                           {break_chunk_magic, false, false, true}}));
    const Bytes broken = row.fault(whole, 1);
    CHECK(broken.size() == whole.size());
    CHECK(test::first(broken, 0x11000) == test::first(whole, 0x11000));
    const Bytes chunk = chunk_of(broken, 1);
    CHECK((chunk[0] == std::byte{'E'}) == row.magic);
    CHECK(header_checksum_right(chunk) == row.header);
    CHECK(records_checksum_right(chunk) == row.records);
    CHECK(test::after(chunk, 0x200) == test::after(chunk_of(whole, 1), 0x200));
}

TEST_CASE("a cut log keeps what was asked for of its last chunk") {
    const Bytes whole = write_log(events(2), {.records_per_chunk = 1});
    CHECK(cut_last_chunk(whole, 700) == test::first(whole, 0x11000 + 700));
    CHECK(cut_last_chunk(whole, kChunkSize) == whole);
    CHECK(chunks_in(cut_last_chunk(whole, 700)) == 2);
}

TEST_CASE("stale records lie behind the free space, and nothing counts them") {
    const Bytes log = write_log(events(5), {.stale_records = 2});
    const Bytes chunk = chunk_of(log, 0);
    CHECK(record_offsets(chunk).size() == 3);
    CHECK(header_of(chunk).last_id == 3);
    CHECK(u64(log, 0x18) == 4);
    CHECK(records_checksum_right(chunk));
    CHECK(header_checksum_right(chunk));
    const auto stale = header_of(chunk).free;
    CHECK(u32(chunk, stale) == 0x2A2A);
    CHECK(u64(chunk, stale + 8) == 4);
    CHECK(test::first(chunk, stale).size() > 0x200);
    CHECK(test::first(test::after(chunk, 0x200), stale - 0x200) ==
          test::first(test::after(chunk_of(write_log(events(3)), 0), 0x200), stale - 0x200));
}
