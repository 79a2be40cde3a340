#include "parsers/evtx/reader.hpp"

#include "parsers/events/xml.hpp"
#include "parsers/evtx/filter.hpp"
#include "tests/support/bytes.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/evtx_logs.hpp"
#include "tests/support/evtx_writer.hpp"

using namespace rdpdx;
namespace writer = test::evtx;

namespace {

const bytes::Time kTime = *bytes::parse_time("2019-03-18T17:22:42.1234567Z");

std::vector<writer::LogEvent> some_events(std::size_t n) {
    std::vector<writer::LogEvent> out;
    for (std::size_t i = 0; i < n; ++i) {
        writer::LogEvent e;
        e.provider = i % 2 ? "TermDD" : "Microsoft-Windows-Security-Auditing";
        e.id = static_cast<std::uint16_t>(i % 2 ? 56 : 4625);
        e.time = kTime + std::chrono::seconds{i};
        e.channel = i % 2 ? "System" : "Security";
        e.computer = "PC" + std::to_string(i % 3);
        e.data = {{"Status", writer::hex_int32(0xC000006D)}, {"User", writer::unicode_string("u" + std::to_string(i))}};
        out.push_back(e);
    }
    return out;
}

std::vector<std::uint64_t> ids(const test::SeenLog& log) {
    std::vector<std::uint64_t> out;
    for (const auto& r : log.records) out.push_back(r.frame.id);
    return out;
}

std::vector<std::uint64_t> from_one_to(std::uint64_t n) {
    std::vector<std::uint64_t> out;
    for (std::uint64_t i = 1; i <= n; ++i) out.push_back(i);
    return out;
}

struct Fields {
    std::string provider, guid, time, channel, computer, user, activity, related, message;
    std::uint32_t id, version, level, task, opcode, process, thread;
    std::optional<std::uint32_t> qualifiers;
    std::uint64_t keywords, record;
    std::vector<events::Field> fields;
    friend bool operator==(const Fields&, const Fields&) = default;
};
Fields fields_of(const events::Event& e) {
    return {e.provider,
            e.provider_guid,
            e.time ? std::to_string(e.time->time_since_epoch().count()) : "",
            e.channel,
            e.computer,
            e.user_sid,
            e.activity_id,
            e.related_activity_id,
            e.message,
            e.id,
            e.version,
            e.level,
            e.task,
            e.opcode,
            e.process,
            e.thread,
            e.qualifiers,
            e.keywords,
            e.record,
            e.fields};
}

}  // namespace

TEST_CASE("a record becomes a JSON line with all that it holds") {
    writer::LogEvent e;
    e.provider = "Microsoft-Windows-TerminalServices-RemoteConnectionManager";
    e.provider_guid = "{C76BAA63-AE81-421C-B425-340B4B24157F}";
    e.id = 1149;
    e.qualifiers = 16384;
    e.version = 2;
    e.level = 3;
    e.task = 4;
    e.opcode = 5;
    e.keywords = 0x8020000000000000;
    e.time = kTime;
    e.record = 77;
    e.activity_id = "{F4203D99-DCA9-4F6F-850D-622B67830000}";
    e.process = 6;
    e.thread = 7;
    e.channel = "Some \"channel\"";
    e.computer = "pc";
    e.user_sid = "S-1-5-20";
    e.data = {{"Param1", writer::unicode_string("a\\b")},
              {"", writer::number(std::uint32_t{5})},
              {"", writer::array({writer::unicode_string("x"), writer::unicode_string("y")})},
              {"Guid", writer::guid("{5828227C-20CF-4408-B73F-73AB70B8849F}")}};
    const bool templates = GENERATE(true, false);
    const auto log = test::read_log(writer::write_log({e}, {.templates = templates}));
    REQUIRE(log.records.size() == 1);
    CHECK(log.notices.empty());
    CHECK(
        log.records[0].json ==
        R"({"time":"2019-03-18T17:22:42.1234567Z","provider":"Microsoft-Windows-TerminalServices-RemoteConnectionManager",)"
        R"("guid":"c76baa63-ae81-421c-b425-340b4b24157f","id":1149,"qualifiers":16384,"version":2,"level":3,"task":4,)"
        R"("opcode":5,"keywords":"0x8020000000000000","record":77,"channel":"Some \"channel\"","computer":"pc",)"
        R"("user":"S-1-5-20","activity":"f4203d99-dca9-4f6f-850d-622b67830000","process":6,"thread":7,"offset":4608,)"
        R"("data":[{"name":"Param1","value":"a\\b"},{"name":"Data[0]","value":"5"},{"name":"Data[1]","value":"x"},)"
        R"({"name":"Data[2]","value":"y"},{"name":"Guid","value":"{5828227C-20CF-4408-B73F-73AB70B8849F}"}]})"
        "\n");
}

TEST_CASE("the XML of a record reads back as the same event, with templates and without") {
    auto all = some_events(9);
    all[2].user_data = writer::Element{"EventXML",
                                       {{"xmlns", std::string{"Event_NS"}}},
                                       {},
                                       {{"Param1", {}, {writer::Content{writer::unicode_string("<&>\"")}}, {}, {}},
                                        {"Empty", {}, {}, {}, {}},
                                        {"Flag", {{"value", writer::Content{writer::boolean(true)}}}, {}, {}, {}}},
                                       {}};
    all[3].binary = test::text("\x01\x02");
    all[4].data = {{"Text", writer::unicode_string("line\r\n\ttab \xF0\x9F\x98\x80 \xC3\xA4")},
                   {"Time", writer::filetime(kTime)}};
    const bool templates = GENERATE(true, false);
    const auto log = test::read_log(writer::write_log(all, {.templates = templates}));
    REQUIRE(log.records.size() == 9);
    CHECK(log.notices.empty());
    for (const auto& record : log.records) {
        INFO(record.xml);
        bytes::MemorySource source{bytes::view_of(record.xml)};
        std::vector<events::Event> read;
        const auto result = events::read_xml(source, [&](events::Event&& e) {
            read.push_back(std::move(e));
            return true;
        });
        CHECK(result.damage.empty());
        REQUIRE(read.size() == 1);
        CHECK(fields_of(read[0]) == fields_of(record.event));
    }
}

TEST_CASE("records keep their id, chunk and offset") {
    const auto file = writer::write_log(some_events(10), {.records_per_chunk = 4});
    const auto log = test::read_log(file);
    CHECK(ids(log) == from_one_to(10));
    CHECK(log.records[0].frame.offset == 4096 + 512);
    CHECK(log.records[3].frame.chunk == 0);
    CHECK(log.records[4].frame.chunk == 1);
    CHECK(log.records[4].frame.offset == 4096 + 65536 + 512);
    CHECK(log.records[9].event.offset == log.records[9].frame.offset);
    CHECK_FALSE(log.records[9].frame.recovered);
}

TEST_CASE("definitions that are equal are parsed once for all chunks") {
    const auto file = writer::write_log(some_events(40), {.records_per_chunk = 4});
    evtx::TemplateCache templates;
    evtx::ChunkReader reader{templates, {}};
    bytes::MemorySource source{file};
    evtx::LogReader log{source, evtx::Recover::off};
    std::uint64_t after_first = 0;
    evtx::TextBuffer out;
    for (evtx::Batch batch; log.next(batch);) {
        for (const auto& chunk : batch.chunks()) {
            for (reader.open(chunk); reader.next();) reader.json(out);
            if (!after_first) after_first = templates.parsed();
        }
    }
    CHECK(after_first > 0);
    // Later chunks begin with names in place where the first has them elsewhere, and the other way round.
    CHECK(templates.parsed() <= 2 * after_first);
}

TEST_CASE("a log that is damaged gives every record that can be read, and says where the loss is") {
    const auto whole = writer::write_log(some_events(12), {.records_per_chunk = 4});
    SECTION("dirty, with counts of nothing") {
        const auto log = test::read_log(writer::mark_dirty(whole, 0));
        CHECK(ids(log) == from_one_to(12));
    }
    SECTION("a wrong number of chunks") {
        CHECK(ids(test::read_log(writer::set_chunk_count(whole, 1))) == from_one_to(12));
        CHECK(ids(test::read_log(writer::set_chunk_count(whole, 900))) == from_one_to(12));
    }
    SECTION("wrong checksums") {
        const auto log = test::read_log(writer::break_records_checksum(writer::break_header_checksum(whole, 0), 2));
        CHECK(ids(log) == from_one_to(12));
        CHECK(log.has_notice(0, "checksum of a chunk header"));
        CHECK(log.has_notice(2, "checksum of a chunk's records"));
        CHECK(log.notices.size() == 2);
    }
    SECTION("a chunk without its signature") {
        const auto log = test::read_log(writer::break_chunk_magic(whole, 1));
        CHECK(ids(log) == from_one_to(12));
        CHECK(log.has_notice(1, "without the signature ElfChnk"));
    }
    SECTION("cut within the last chunk") {
        const auto first = test::read_log(whole);
        const std::size_t used = evtx::u32_at(whole, 4096 + 2 * 65536 + 48);
        for (std::size_t keep = 512; keep < used; keep += 97) {
            INFO("keep " << keep);
            const auto log = test::read_log(writer::cut_last_chunk(whole, keep));
            std::size_t expected = 8;
            for (std::size_t i = 8; i < 12; ++i) {
                const auto end = i + 1 < 12 ? first.records[i + 1].frame.offset : ~std::uint64_t{};
                if (end <= 4096 + 2 * 65536 + keep) ++expected;
            }
            std::size_t undamaged = 0;
            for (const auto& record : log.records) undamaged += record.frame.damaged ? 0 : 1;
            CHECK(undamaged >= expected);
            CHECK(log.has_notice(2, "cut off"));
        }
    }
    SECTION("bytes behind the last chunk") {
        auto longer = whole;
        longer.insert(longer.end(), 100, std::byte{1});
        const auto log = test::read_log(longer);
        CHECK(ids(log) == from_one_to(12));
        CHECK(log.has_notice(3, "100 bytes after the last chunk"));
    }
    SECTION("a chunk of zeros that the header counts") {
        auto holed = whole;
        std::fill(holed.begin() + 4096 + 65536, holed.begin() + 4096 + 2 * 65536, std::byte{});
        const auto log = test::read_log(holed);
        CHECK(log.records.size() == 8);
        CHECK(log.has_notice(1, "holds only zeros"));
    }
    SECTION("no file header") {
        auto headless = whole;
        std::fill(headless.begin(), headless.begin() + 4096, std::byte{});
        const auto log = test::read_log(headless);
        CHECK(ids(log) == from_one_to(12));
        CHECK(log.has_notice(0, "file header cannot be read"));
    }
}

TEST_CASE("a record whose size makes no sense loses itself alone") {
    auto file = writer::write_log(some_events(5));
    const auto first = test::read_log(file);
    const auto at = static_cast<std::size_t>(first.records[2].frame.offset);
    file[at + 4] = std::byte{};
    file[at + 5] = std::byte{};
    const auto log = test::read_log(file);
    CHECK(ids(log) == std::vector<std::uint64_t>{1, 2, 4, 5});
    CHECK(log.has_notice(0, "bytes that are no record were skipped"));
    CHECK(std::ranges::any_of(log.notices, [&](const auto& n) { return n.offset == at; }));
}

TEST_CASE("what lies behind the used part of a chunk is read only when asked for, and marked") {
    const auto file = writer::write_log(some_events(6), {.stale_records = 2});
    // Contiguous records that go on counting are the log's own: nobody closed it.
    auto apart = file;
    const auto all = test::read_log(file, evtx::Recover::slack);
    REQUIRE(all.records.size() == 6);
    for (std::size_t i : {std::size_t{4}, std::size_t{5}})
        apart[static_cast<std::size_t>(all.records[i].frame.offset) + 8] = static_cast<std::byte>(90 + i);
    CHECK(ids(test::read_log(apart)) == from_one_to(4));
    const auto log = test::read_log(apart, evtx::Recover::slack);
    REQUIRE(log.records.size() == 6);
    CHECK_FALSE(log.records[3].frame.recovered);
    CHECK(log.records[4].frame.recovered);
    CHECK(log.records[5].json.find("\"recovered\":true") != std::string::npos);
    CHECK(log.records[3].json.find("recovered") == std::string::npos);
}

TEST_CASE("chunks and loose records are carved out of anything") {
    const auto file = writer::write_log(some_events(8), {.records_per_chunk = 4});
    std::vector<std::byte> blob(777, std::byte{0x2A});
    SECTION("a chunk at an odd offset") {
        blob.insert(blob.end(), file.begin() + 4096, file.end());
        const auto log = test::read_log(blob, evtx::Recover::carve);
        CHECK(ids(log) == from_one_to(8));
        CHECK(std::ranges::all_of(log.records, [](const auto& r) { return r.frame.recovered; }));
        CHECK(log.records[0].frame.offset == 777 + 512);
    }
    SECTION("records whose chunk header is gone") {
        blob.insert(blob.end(), file.begin() + 4096 + 512, file.begin() + 4096 + 65536);
        const auto log = test::read_log(blob, evtx::Recover::carve);
        // Only offsets are known here, and those count from a chunk that began before the blob: the second try has
        // room.
        std::vector<std::byte> roomy(4096, std::byte{});
        roomy.insert(roomy.end(), blob.begin(), blob.end());
        CHECK(ids(test::read_log(roomy, evtx::Recover::carve)) == from_one_to(4));
        CHECK(log.records.size() <= 4);
    }
    SECTION("a whole log is still a log") {
        const auto log = test::read_log(file, evtx::Recover::carve);
        CHECK(ids(log) == from_one_to(8));
        CHECK(std::ranges::none_of(log.records, [](const auto& r) { return r.frame.recovered; }));
    }
    SECTION("a blob larger than a batch") {
        blob.resize(3'000'001);
        blob.insert(blob.end(), file.begin() + 4096, file.end());
        CHECK(ids(test::read_log(blob, evtx::Recover::carve)) == from_one_to(8));
    }
}

TEST_CASE("a filter decides from raw values") {
    struct Row {
        const char* what;
        evtx::Wanted wanted;
        std::vector<std::uint64_t> ids;
    };
    const std::uint64_t ticks = 131'974'033'621'234'567;  // kTime
    const auto row = GENERATE_COPY(values<Row>({
        {"everything", {}, from_one_to(6)},
        {"a provider", {{{"termdd", {}}}, {}, {}, {}, {}}, {2, 4, 6}},
        {"a provider and its ids", {{{"TermDD", {50, 56}}}, {}, {}, {}, {}}, {2, 4, 6}},
        {"a provider without that id", {{{"TermDD", {50}}}, {}, {}, {}, {}}, {}},
        {"two providers",
         {{{"TermDD", {56}}, {"Microsoft-Windows-Security-Auditing", {4625}}}, {}, {}, {}, {}},
         from_one_to(6)},
        {"a channel", {{}, {"SECURITY"}, {}, {}, {}}, {1, 3, 5}},
        {"a computer", {{}, {}, {"pc2"}, {}, {}}, {3, 6}},
        {"a time", {{}, {}, {}, ticks + 10'000'000, ticks + 30'000'000}, {2, 3, 4}},
        {"nobody", {{{"Nobody", {}}}, {}, {}, {}, {}}, {}},
    }));
    INFO(row.what);
    for (const bool with_templates : {true, false}) {
        const auto file = writer::write_log(some_events(6), {.templates = with_templates, .records_per_chunk = 4});
        evtx::TemplateCache templates;
        evtx::ChunkReader reader{templates, {}};
        evtx::Filter filter{templates, row.wanted};
        bytes::MemorySource source{file};
        evtx::LogReader log{source, evtx::Recover::off};
        std::vector<std::uint64_t> accepted;
        for (evtx::Batch batch; log.next(batch);)
            for (const auto& chunk : batch.chunks())
                for (reader.open(chunk); reader.next();)
                    if (filter.accepts(reader)) accepted.push_back(reader.record().id);
        CHECK(accepted == row.ids);
    }
}

TEST_CASE("file kinds are told apart by their first bytes") {
    const auto file = writer::write_log(some_events(1));
    CHECK(evtx::is_evtx(file));
    CHECK_FALSE(evtx::is_legacy_evt(file));
    CHECK(evtx::is_legacy_evt(bytes::view_of(std::string_view{"\x30\0\0\0LfLe\1\0\0\0", 12})));
    CHECK_FALSE(evtx::is_legacy_evt(bytes::view_of("LfLe")));
    CHECK_FALSE(evtx::is_evtx({}));
}

TEST_CASE("an empty file, and one of a few bytes, hold nothing and say so") {
    for (std::size_t n : {std::size_t{0}, std::size_t{7}, std::size_t{100}, std::size_t{4096}}) {
        const std::vector<std::byte> zeros(n);
        const auto log = test::read_log(zeros);
        CHECK(log.records.empty());
        CHECK(log.notices.size() == 1);
        CHECK(test::read_log(zeros, evtx::Recover::carve).records.empty());
    }
}

TEST_CASE("templates that use a value many times, which does the same in turn, do not grow without end") {
    using test::Bytes;
    using test::join;
    using test::le;
    const auto hex = [](const char* text) { return test::from_hex(text); };
    // <Event><System/>...</Event>, then value 0 a hundred times. It stands at 512 + 24 + 14 of its chunk.
    const std::size_t at = 512 + 24 + 14, data = at + 24;
    Bytes content =
        join({hex("0f 01 01 00  01 ff ff 00 00 00 00"), le(4, data + 15),
              hex("00 00 00 00 00 00 05 00 45 00 76 00 65 00 6e 00 74 00 00 00  02"), hex("01 ff ff 00 00 00 00"),
              le(4, data + 47), hex("00 00 00 00 00 00 06 00 53 00 79 00 73 00 74 00 65 00 6d 00 00 00  03")});
    for (int i = 0; i < 100; ++i) content = join({content, hex("0d 00 00 21")});
    content = join({content, hex("04 00")});
    const auto definition =
        join({le(4, 0), hex("01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f 10"), le(4, content.size()), content});
    // Each level is an instance of that template with the level below as its value.
    Bytes value;
    for (int level = 0; level < 12; ++level)
        value = join({hex("0c 01 01 02 03 04"), le(4, at), le(4, 1), le(2, value.size()),
                      hex(level ? "21 00" : "01 00"), value, hex("00")});
    const auto body = join({hex("0f 01 01 00 0c 01 01 02 03 04"), le(4, at), definition, le(4, 1), le(2, value.size()),
                            hex("21 00"), value, hex("00")});
    const auto record =
        join({hex("2a 2a 00 00"), le(4, 28 + body.size()), le(8, 1), le(8, 0), body, le(4, 28 + body.size())});
    Bytes chunk =
        join({test::text("ElfChnk"), Bytes(41), le(4, 512 + record.size()), Bytes(68), le(4, 4), Bytes(388 - 4)});
    REQUIRE(chunk.size() == 512 - 4);
    chunk = join({chunk, Bytes(4), record});
    evtx::TemplateCache templates;
    evtx::ChunkReader reader{templates, {}};
    reader.open({chunk, 4096, 0, false, false, true});
    REQUIRE(reader.next());
    evtx::TextBuffer out;
    reader.json(out);
    CHECK(out.size() < 2 * evtx::kMaxRecordText);
    out.clear();
    reader.xml(out);
    CHECK(out.size() < 2 * evtx::kMaxRecordText);
    CHECK(out.view().starts_with("<Event><System/><Event><System/>"));
    const auto notices = reader.take_notices();
    CHECK(std::ranges::any_of(notices,
                              [](const auto& n) { return n.text.find("more than is sensible") != std::string::npos; }));
}
