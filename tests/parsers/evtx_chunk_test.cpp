#include "parsers/evtx/chunk.hpp"

#include "parsers/evtx/log.hpp"
#include "tests/support/bytes.hpp"
#include "tests/support/catch.hpp"

using namespace rdpdx;

namespace {

const char* const kHeader = R"(
    45 6c 66 43 68 6e 6b 00   # signature
    01 00 00 00 00 00 00 00   # firstEventRecordNumber
    02 00 00 00 00 00 00 00   # lastEventRecordNumber
    0b 00 00 00 00 00 00 00   # firstEventRecordIdentifier
    0c 00 00 00 00 00 00 00   # lastEventRecordIdentifier
    80 00 00 00               # headerSize
    20 02 00 00               # lastEventRecordDataOffset
    40 02 00 00               # freeSpaceOffset
    11 22 33 44               # eventRecordsChecksum
)";
const char* const kRecord = R"(
    2a 2a 00 00               # signature
    20 00 00 00               # size
    0b 00 00 00 00 00 00 00   # event record identifier
    00 80 3e d5 de b1 9d 01   # written
    0f 01 01 00               # BinXML
    20 00 00 00               # size again
)";

std::vector<std::byte> chunk_of(std::initializer_list<const char*> parts, std::uint8_t flags = 4) {
    auto out = test::from_hex(kHeader);
    out.resize(512);
    out[120] = static_cast<std::byte>(flags);
    for (const char* part : parts) {
        const auto bytes = test::from_hex(part);
        out.insert(out.end(), bytes.begin(), bytes.end());
    }
    return out;
}

std::vector<std::uint64_t> walk(bytes::View bytes, std::vector<evtx::Notice>& notices,
                                evtx::Recover recover = evtx::Recover::off) {
    evtx::RecordWalker walker{{bytes, 1000, 7, false, false, true}, recover, notices};
    std::vector<std::uint64_t> ids;
    for (evtx::RawRecord record; walker.next(record);) ids.push_back(record.id + (record.recovered ? 1000 : 0));
    return ids;
}

}  // namespace

TEST_CASE("a chunk header is its fields") {
    const auto bytes = chunk_of({}, 5);
    bytes::Cursor in{bytes};
    const auto header = evtx::parse_chunk_header(in);
    REQUIRE(header);
    CHECK(header->firstEventRecordNumber == 1);
    CHECK(header->lastEventRecordNumber == 2);
    CHECK(header->firstEventRecordIdentifier == 11);
    CHECK(header->lastEventRecordIdentifier == 12);
    CHECK(header->headerSize == 128);
    CHECK(header->lastEventRecordDataOffset == 0x220);
    CHECK(header->freeSpaceOffset == 0x240);
    CHECK(header->eventRecordsChecksum == 0x44332211);
    CHECK(header->flags == 5);
    CHECK(in.position() == 512);
}

TEST_CASE("a chunk header cut after n bytes names the field that is missing") {
    struct Row {
        std::size_t n;
        const char* field;
        std::size_t offset;
    };
    const auto row = GENERATE(values<Row>({{0, "signature", 0},
                                           {7, "signature", 0},
                                           {8, "firstEventRecordNumber", 8},
                                           {23, "lastEventRecordNumber", 16},
                                           {24, "firstEventRecordIdentifier", 24},
                                           {39, "lastEventRecordIdentifier", 32},
                                           {40, "headerSize", 40},
                                           {47, "lastEventRecordDataOffset", 44},
                                           {48, "freeSpaceOffset", 48},
                                           {55, "eventRecordsChecksum", 52},
                                           {56, "unknown", 56},
                                           {120, "flags", 120},
                                           {127, "checksum", 124},
                                           {128, "common string offsets", 128},
                                           {511, "template pointers", 384}}));
    const auto bytes = chunk_of({});
    bytes::Cursor in{bytes::View{bytes}.first(row.n)};
    const auto header = evtx::parse_chunk_header(in);
    REQUIRE_FALSE(header);
    CHECK(header.error().field == row.field);
    CHECK(header.error().offset == row.offset);
    // A walk over it finds nothing, and says so once.
    std::vector<evtx::Notice> notices;
    CHECK(walk(bytes::View{bytes}.first(row.n), notices).empty());
    CHECK(notices.size() <= 1);
}

TEST_CASE("a file header cut after n bytes names the field that is missing") {
    auto bytes = test::from_hex(R"(
        45 6c 66 46 69 6c 65 00   # signature
        01 00 00 00 00 00 00 00   # firstChunkNumber
        02 00 00 00 00 00 00 00   # lastChunkNumber
        03 00 00 00 00 00 00 00   # nextRecordIdentifier
        80 00 00 00               # headerSize
        01 00 03 00               # minorVersion, majorVersion
        00 10 03 00               # headerBlockSize, numberOfChunks
    )");
    bytes.resize(128);
    bytes[120] = std::byte{3};
    bytes::Cursor in{bytes};
    const auto header = evtx::parse_file_header(in);
    REQUIRE(header);
    CHECK(header->firstChunkNumber == 1);
    CHECK(header->nextRecordIdentifier == 3);
    CHECK(header->majorVersion == 3);
    CHECK(header->numberOfChunks == 3);
    CHECK(evtx::notes_of(*header).size() == 2);
    struct Row {
        std::size_t n;
        const char* field;
    };
    for (const Row& row :
         {Row{7, "signature"}, Row{15, "firstChunkNumber"}, Row{23, "lastChunkNumber"}, Row{31, "nextRecordIdentifier"},
          Row{35, "headerSize"}, Row{37, "minorVersion"}, Row{39, "majorVersion"}, Row{41, "headerBlockSize"},
          Row{43, "numberOfChunks"}, Row{119, "unknown"}, Row{123, "flags"}, Row{127, "checksum"}}) {
        bytes::Cursor cut{bytes::View{bytes}.first(row.n)};
        const auto parsed = evtx::parse_file_header(cut);
        REQUIRE_FALSE(parsed);
        CHECK(parsed.error().field == row.field);
    }
}

TEST_CASE("records follow each other up to the free space") {
    std::vector<evtx::Notice> notices;
    CHECK(walk(chunk_of({kRecord, kRecord}), notices) == std::vector<std::uint64_t>{11, 11});
    CHECK(notices.empty());
    // Behind it are older records.
    CHECK(walk(chunk_of({kRecord, kRecord, kRecord}), notices) == std::vector<std::uint64_t>{11, 11});
    CHECK(walk(chunk_of({kRecord, kRecord, kRecord}), notices, evtx::Recover::slack) ==
          std::vector<std::uint64_t>{11, 11, 1011});
}

TEST_CASE("a checksum that is wrong is a notice, unless the chunk says that it has none") {
    std::vector<evtx::Notice> notices;
    CHECK(walk(chunk_of({kRecord, kRecord}, 1), notices).size() == 2);
    REQUIRE(notices.size() == 2);
    CHECK(notices[0] == evtx::Notice{1124, 7, "the checksum of a chunk header does not match"});
    CHECK(notices[1] == evtx::Notice{1052, 7, "the checksum of a chunk's records does not match"});
}

TEST_CASE("what is no record is skipped, named and got over") {
    std::vector<evtx::Notice> notices;
    auto bytes = chunk_of({"ff ff ff ff ff ff ff ff", kRecord, "2a 2a 00 00 ff ff 00 00", kRecord});
    bytes[48] = std::byte{0x50};  // freeSpaceOffset
    CHECK(walk(bytes, notices) == std::vector<std::uint64_t>{11, 11});
    REQUIRE(notices.size() == 2);
    CHECK(notices[0] == evtx::Notice{1512, 7, "8 bytes that are no record were skipped"});
    CHECK(notices[1] == evtx::Notice{1552, 7, "8 bytes that are no record were skipped"});
}

TEST_CASE("fewer records than the header promises are a notice") {
    std::vector<evtx::Notice> notices;
    auto bytes = chunk_of({kRecord});
    bytes[48] = std::byte{0x20};  // freeSpaceOffset
    CHECK(walk(bytes, notices).size() == 1);
    REQUIRE(notices.size() == 1);
    CHECK(notices[0].text == "a chunk header promises 2 records, 1 were found");
}
