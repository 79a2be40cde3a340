// What --recover brings up, and how logs look that nobody closed.
#include "parsers/evtx/record_keys.hpp"
#include "tests/support/bytes.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/evtx_logs.hpp"
#include "tests/support/evtx_writer.hpp"

using namespace rdpdx;
namespace writer = test::evtx;
using Bytes = std::vector<std::byte>;

namespace {

constexpr std::size_t kHead = evtx::kFileHeaderBlock, kChunk = evtx::kChunkSize;

std::vector<writer::LogEvent> some_events(std::size_t n) {
    std::vector<writer::LogEvent> out;
    for (std::size_t i = 0; i < n; ++i) {
        writer::LogEvent e;
        e.provider = "Microsoft-Windows-Security-Auditing";
        e.id = 4625;
        e.time = *bytes::parse_time("2019-03-18T17:22:42.1234567Z") + std::chrono::seconds{i};
        e.channel = "Security";
        e.computer = "PC";  // a fixed text of the template, as Windows has it
        e.data = {{"User", writer::unicode_string("u" + std::to_string(i))}};
        out.push_back(e);
    }
    return out;
}

std::vector<std::uint64_t> ids(const test::SeenLog& log) {
    std::vector<std::uint64_t> out;
    for (const auto& r : log.records) out.push_back(r.frame.id);
    return out;
}

std::size_t at_of(const test::SeenLog& log, std::size_t record) {
    return static_cast<std::size_t>(log.records[record].frame.offset);
}

void put(Bytes& bytes, std::size_t at, std::initializer_list<unsigned> what) {
    for (const unsigned b : what) bytes[at++] = static_cast<std::byte>(b);
}

// Zeros before `front` and as many bytes as anybody asks for.
class SparseSource final : public bytes::Source {
public:
    SparseSource(bytes::View head, std::uint64_t hole, bytes::View tail) : head_{head}, hole_{hole}, tail_{tail} {}
    std::size_t read(std::span<std::byte> into) override {
        std::size_t done = 0;
        while (done < into.size()) {
            const std::size_t room = into.size() - done;
            std::size_t n = std::min(room, head_.size());
            if (n > 0) {
                std::ranges::copy(head_.first(n), into.begin() + static_cast<std::ptrdiff_t>(done));
                head_ = head_.subspan(n);
            } else if (hole_ > 0) {
                n = static_cast<std::size_t>(std::min<std::uint64_t>(room, hole_));
                std::ranges::fill(into.subspan(done, n), std::byte{});
                hole_ -= n;
            } else {
                n = std::min(room, tail_.size());
                if (n == 0) break;
                std::ranges::copy(tail_.first(n), into.begin() + static_cast<std::ptrdiff_t>(done));
                tail_ = tail_.subspan(n);
            }
            done += n;
        }
        return done;
    }

private:
    bytes::View head_;
    std::uint64_t hole_;
    bytes::View tail_;
};

}  // namespace

TEST_CASE("a log that was not closed gives the records that its headers do not count") {
    auto log = writer::write_log(some_events(6), {.stale_records = 2});
    const auto seen = test::read_log(writer::mark_dirty(log, 0));
    CHECK(ids(seen) == std::vector<std::uint64_t>{1, 2, 3, 4, 5, 6});
    CHECK(std::ranges::none_of(seen.records, [](const auto& r) { return r.frame.recovered; }));
    CHECK(seen.has_notice(0, "more records than its header says"));
    SECTION("also behind one of them that was hit") {
        put(log, at_of(seen, 4), {0xFF, 0xFF});
        const auto hit = test::read_log(log);
        CHECK(ids(hit) == std::vector<std::uint64_t>{1, 2, 3, 4, 6});
        CHECK(hit.has_notice(0, "bytes that are no record were skipped"));
    }
    SECTION("the last of them half written") {
        const auto copy = at_of(seen, 5) + evtx::u32_at(log, at_of(seen, 5) + 4) - 4;
        put(log, copy, {0, 0, 0, 0});
        const auto hit = test::read_log(log);
        REQUIRE(hit.records.size() == 6);
        CHECK(hit.records[5].frame.damaged);
        CHECK_FALSE(hit.records[4].frame.damaged);
        CHECK(hit.has_notice(0, "record 6 is not whole"));
    }
}

TEST_CASE("a chunk that was only half written gives its first half") {
    auto log = writer::write_log(some_events(60), {.records_per_chunk = 30});
    const auto whole = test::read_log(log);
    const std::size_t from = at_of(whole, 50);
    std::fill(log.begin() + static_cast<std::ptrdiff_t>(from), log.end(), std::byte{});
    const auto seen = test::read_log(log);
    CHECK(seen.records.size() == 50);
    CHECK(std::ranges::any_of(seen.notices, [&](const auto& n) { return n.chunk == 1 && n.offset == from; }));
}

TEST_CASE("a log that is full says so, and is no damage") {
    auto log = writer::write_log(some_events(3));
    put(log, 120, {2});
    bytes::Cursor in{log};
    const auto header = evtx::parse_file_header(in);
    REQUIRE(header);
    CHECK(header->full());
    CHECK(evtx::notes_of(*header).size() == 1);
    CHECK(test::read_log(log).records.size() == 3);
}

TEST_CASE("chunks of a log that went round come in the order of the file, older ones too") {
    const auto first = writer::write_log(some_events(8), {.records_per_chunk = 4});
    Bytes log(first.begin(), first.begin() + kHead);
    log.insert(log.end(), first.begin() + kHead + kChunk, first.end());
    log.insert(log.end(), first.begin() + kHead, first.begin() + kHead + kChunk);
    const auto seen = test::read_log(log);
    CHECK(ids(seen) == std::vector<std::uint64_t>{5, 6, 7, 8, 1, 2, 3, 4});
    CHECK(seen.notices.empty());
}

TEST_CASE("header counts of zero are not believed") {
    auto log = writer::write_log(some_events(8), {.records_per_chunk = 4});
    std::fill(log.begin() + 8, log.begin() + 32, std::byte{});
    put(log, 42, {0, 0});
    CHECK(test::read_log(log).records.size() == 8);
}

TEST_CASE("a file that ends before its header says is a loss with a place") {
    const auto log = writer::write_log(some_events(12), {.records_per_chunk = 4});
    const auto seen = test::read_log(bytes::View{log}.first(kHead + kChunk));
    CHECK(seen.records.size() == 4);
    REQUIRE(seen.notices.size() == 1);
    CHECK(seen.notices[0] ==
          evtx::Notice{kHead + kChunk, 1, "the file ends here, with 1 of the 3 chunks that its header counts"});
}

TEST_CASE("a file whose first bytes were written over is still known by its first chunk") {
    auto log = writer::write_log(some_events(3));
    put(log, 0, {0, 0, 0, 0});
    CHECK(evtx::is_evtx(log));
    CHECK_FALSE(evtx::is_evtx(bytes::View{log}.first(kHead)));
    CHECK(test::read_log(log).records.size() == 3);
}

TEST_CASE("a chunk header that cannot be relied on loses no record and lets in no older one") {
    auto log = writer::write_log(some_events(8), {.stale_records = 3});
    const auto all = test::read_log(log, evtx::Recover::slack);
    REQUIRE(all.records.size() == 8);
    // Older records with lower numbers, as a chunk has them that was used before.
    for (std::size_t i = 5; i < 8; ++i) put(log, at_of(all, i) + 8, {static_cast<unsigned>(i + 20), 0});
    for (std::size_t i = 0; i < 5; ++i) put(log, at_of(all, i) + 8, {static_cast<unsigned>(i + 100), 0});
    struct Row {
        const char* what;
        std::size_t at;
    };
    const auto row = GENERATE(values<Row>({{"checksum", 124}, {"free space offset", 49}, {"signature", 0}}));
    INFO(row.what);
    put(log, kHead + row.at, {0x7E});
    const auto seen = test::read_log(log);
    CHECK(ids(seen) == std::vector<std::uint64_t>{100, 101, 102, 103, 104});
    const auto slack = test::read_log(log, evtx::Recover::slack);
    CHECK(slack.records.size() == 8);
    CHECK(slack.records[7].frame.recovered);
}

TEST_CASE("offsets behind 4 GiB are told as they are") {
    const auto log = writer::write_log(some_events(4), {.records_per_chunk = 2});
    // A hole of whole chunks between the log's two.
    const std::uint64_t hole = (std::uint64_t{5} << 30) / kChunk * kChunk;
    const bytes::View all{log};
    SparseSource source{all.first(kHead + kChunk), hole, all.subspan(kHead + kChunk)};
    evtx::TemplateCache templates;
    evtx::ChunkReader reader{templates, {}};
    evtx::LogReader reading{source, evtx::Recover::off};
    std::vector<std::uint64_t> offsets;
    for (evtx::Batch batch; reading.next(batch);)
        for (const auto& chunk : batch.chunks()) {
            // Everybody skips zeros; reading them all would take a debug build half a minute.
            if (!evtx::has_chunk_magic(chunk.bytes)) continue;
            for (reader.open(chunk); reader.next();) offsets.push_back(reader.event().offset);
        }
    REQUIRE(offsets.size() == 4);
    CHECK(offsets[1] < kHead + kChunk);
    CHECK(offsets[2] == kHead + kChunk + hole + 512);
    CHECK(offsets[3] > std::uint64_t{5} << 30);
    CHECK(reading.size() == log.size() + hole);
}

TEST_CASE("a record whose template is gone says what its values say, and what is missing") {
    auto log = writer::write_log(some_events(3));
    const auto whole = test::read_log(log);
    REQUIRE(whole.records.size() == 3);
    // The size of the first definition, which all three share, becomes more than there is.
    const std::size_t definition = at_of(whole, 0) + evtx::kRecordHeaderSize + 14;
    put(log, definition + 20, {0xFF, 0xFF, 0xFF, 0x7F});
    const auto seen = test::read_log(log);
    REQUIRE(seen.records.size() >= 2);
    const auto& last = seen.records.back();
    CHECK(last.frame.id == 3);
    CHECK(last.frame.damaged);
    CHECK(last.event.record == 3);
    CHECK(last.event.time == whole.records[2].event.time);
    CHECK(last.json.find("\"value\":\"u2\"") != std::string::npos);
    CHECK(last.json.find("\"damaged\":true") != std::string::npos);
    CHECK(last.xml.find("u2") != std::string::npos);
    CHECK(seen.has_notice(0, "record 3: a template definition is missing"));
}

TEST_CASE("recovered records are read with the template definitions of chunks that came before") {
    const auto log = writer::write_log(some_events(8), {.records_per_chunk = 4});
    const auto whole = test::read_log(log);
    // A log, and behind it records without a chunk and without their definition.
    Bytes blob(log.begin(), log.begin() + kHead + kChunk);
    const auto from = static_cast<std::ptrdiff_t>(at_of(whole, 5)), to = static_cast<std::ptrdiff_t>(at_of(whole, 7));
    blob.insert(blob.end(), 300, std::byte{0x11});
    blob.insert(blob.end(), log.begin() + from, log.begin() + to);
    const auto seen = test::read_log(blob, evtx::Recover::carve);
    REQUIRE(ids(seen) == std::vector<std::uint64_t>{1, 2, 3, 4, 6, 7});
    const auto& loose = seen.records[4];
    CHECK(loose.frame.recovered);
    CHECK_FALSE(loose.frame.damaged);
    CHECK(loose.xml == whole.records[5].xml);
    // Without that chunk only the values are left.
    const auto alone = test::read_log(bytes::View{blob}.subspan(kHead + kChunk), evtx::Recover::carve);
    REQUIRE(alone.records.size() == 2);
    CHECK(alone.records[0].frame.damaged);
    CHECK(alone.records[0].frame.id == 6);
    CHECK(alone.records[0].json.find("\"value\":\"u5\"") != std::string::npos);
}

TEST_CASE("a record's key is the same wherever the record stands, and another for another record") {
    const auto log = writer::write_log(some_events(6), {.records_per_chunk = 3});
    const auto keys_of = [](bytes::View bytes, evtx::Recover recover) {
        std::vector<std::uint64_t> keys;
        evtx::TemplateCache templates;
        evtx::ChunkReader reader{templates, {recover, "x"}};
        bytes::MemorySource source{bytes};
        evtx::LogReader reading{source, recover};
        for (evtx::Batch batch; reading.next(batch);)
            for (const auto& chunk : batch.chunks())
                for (reader.open(chunk); reader.next();) keys.push_back(reader.key());
        return keys;
    };
    const auto here = keys_of(log, evtx::Recover::off);
    Bytes blob(123, std::byte{0x2A});
    blob.insert(blob.end(), log.begin() + kHead, log.end());
    CHECK(keys_of(blob, evtx::Recover::carve) == here);
    evtx::RecordKeys known;
    for (const auto key : here) CHECK(known.add(key));
    for (const auto key : here) CHECK_FALSE(known.add(key));
    for (std::uint64_t i = 1; i < 5'000; ++i) CHECK(known.add(evtx::record_key(i, 0, "")));
    CHECK_FALSE(known.add(evtx::record_key(4'999, 0, "")));
    CHECK_FALSE(known.full());
}

TEST_CASE("carving a blob of hostile beginnings ends soon") {
    const char* const what = GENERATE("ElfChnk\0ElfChnk\0", "**\0\0\x1c\0\0\0", "*", "**\0\0\xff\xff\0\0");
    Bytes blob(2'000'000);
    const std::size_t length = what[0] == 'E' ? 16 : what[1] == 0 ? 1 : 8;
    for (std::size_t i = 0; i < blob.size(); ++i) blob[i] = static_cast<std::byte>(what[i % length]);
    CHECK(test::read_log(blob, evtx::Recover::carve).records.empty());
}
