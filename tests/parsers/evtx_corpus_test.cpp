// Logs that others made. They lie beside the repository and are never copied into it; without them these tests warn.
#include <filesystem>
#include <fstream>
#include <random>

#include "parsers/events/xml.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/evtx_logs.hpp"

using namespace rdpdx;
namespace fs = std::filesystem;

namespace {

const fs::path kFolder = fs::path{RDPDX_SOURCE_DIR} / "../shared/corpus/evtx";

bool there() {
    if (fs::is_directory(kFolder)) return true;
    WARN("skipped: the corpus ../shared/corpus/evtx is not there");
    return false;
}

std::vector<std::byte> bytes_of(const std::string& name) {
    std::ifstream in{kFolder / name, std::ios::binary};
    const std::string text{std::istreambuf_iterator<char>{in}, {}};
    const auto view = bytes::view_of(text);
    return {view.begin(), view.end()};
}

const std::string* field(const test::SeenLog& log, std::size_t i, std::string_view name) {
    return i < log.records.size() ? log.records[i].event.field(name) : nullptr;
}

}  // namespace

TEST_CASE("every log of the corpus gives the records that are in it") {
    if (!there()) return;
    struct Row {
        const char* name;
        std::size_t records;
    };
    const auto row = GENERATE(values<Row>({
        {"fmt-appreadiness-double", 408},
        {"fmt-bad-string-cache", 2261},
        {"fmt-capi2-embedded-binxml", 340},
        {"fmt-capi2-small", 3},
        {"fmt-control-chars", 63},
        {"fmt-dns-malformed", 5},
        {"fmt-liveid-systemtime", 316},
        {"fmt-no-crc32", 17},
        {"fmt-ntfs-arrays", 304},
        {"fmt-security-size_t", 636},
        {"fmt-sysmon-stale-chunks", 358},
        {"fmt-wec-msexchange", 1},
        {"rdp-gateway-operational__ec2", 16},
        {"rdp-rcm-1149__wec-templateless", 11},
        {"rdp-rdpclient-operational__szechuan-dc2012r2", 9},
        {"rdp-rdpcorets-operational__bluekeep-scan", 733},
        {"security-4625x3561__smb-guess", 3561},
        {"security-dirty__win10", 5229},
        {"system-termdd-50-56__2012", 1601},
        {"system__2010-2015-plaso", 5009},
    }));
    INFO(row.name);
    CHECK(test::read_log(bytes_of(std::string{row.name} + ".evtx")).records.size() == row.records);
}

TEST_CASE("each record's XML, read as exported XML is, gives the same event as the record") {
    if (!there()) return;
    std::size_t compared = 0;
    for (const auto& entry : fs::directory_iterator{kFolder}) {
        if (entry.path().extension() != ".evtx" || entry.file_size() > 2'000'000) continue;
        const auto log = test::read_log(bytes_of(entry.path().filename().string()));
        for (const auto& record : log.records) {
            bytes::MemorySource source{bytes::view_of(record.xml)};
            events::Event read;
            const auto result = events::read_xml(source, [&](events::Event&& e) {
                read = std::move(e);
                return true;
            });
            INFO(entry.path().filename().string() << " " << record.xml << record.json);
            REQUIRE(result.events == 1);
            // Control characters are there in an event, and U+FFFD in XML.
            const bool clean = record.xml.find("\xEF\xBF\xBD") == std::string::npos;
            const auto& event = record.event;
            REQUIRE(read.provider == event.provider);
            REQUIRE(read.id == event.id);
            REQUIRE(read.time == event.time);
            REQUIRE(read.record == event.record);
            REQUIRE(read.keywords == event.keywords);
            REQUIRE(read.activity_id == event.activity_id);
            REQUIRE(read.user_sid == event.user_sid);
            REQUIRE(read.message == event.message);
            if (clean) REQUIRE(read.fields == event.fields);
            ++compared;
        }
    }
    CHECK(compared > 10'000);
}

TEST_CASE("forwarded records without templates are read whole") {
    if (!there()) return;
    const auto log = test::read_log(bytes_of("rdp-rcm-1149__wec-templateless.evtx"));
    REQUIRE(log.records.size() == 11);
    CHECK(log.notices.empty());
    CHECK(log.records[0].event.id == 1149);
    CHECK(log.records[0].event.computer == "rootdc1.offsec.lan");
    CHECK(*field(log, 0, "EventXML/Param1") == "admmig");
    CHECK(*field(log, 0, "EventXML/Param3") == "10.23.123.11");
    const auto exchange = test::read_log(bytes_of("fmt-wec-msexchange.evtx"));
    REQUIRE(exchange.records.size() == 1);
    CHECK(exchange.records[0].event.provider == "MSExchange CmdletLogs");
    CHECK_FALSE(exchange.records[0].event.fields.empty());
}

TEST_CASE("BinXML within BinXML is read whole") {
    if (!there()) return;
    const auto log = test::read_log(bytes_of("fmt-capi2-embedded-binxml.evtx"));
    CHECK(log.notices.empty());
    REQUIRE(log.records.size() == 340);
    for (const auto& record : log.records) {
        CHECK(record.event.provider == "Microsoft-Windows-CAPI2");
        CHECK_FALSE(record.event.fields.empty());
    }
}

TEST_CASE("legacy logs are recognised as what they are") {
    if (!there()) return;
    for (const char* name : {"legacy-SysEvent.Evt", "legacy-TestLog.evt"}) {
        CHECK(evtx::is_legacy_evt(bytes_of(name)));
        CHECK_FALSE(evtx::is_evtx(bytes_of(name)));
    }
}

TEST_CASE("flipped bytes take no record with them that they do not touch") {
    if (!there()) return;
    const auto whole = bytes_of("rdp-rdpcorets-operational__sharprdp.evtx");
    const auto intact = test::read_log(whole);
    std::mt19937 random{20210331};
    for (int round = 0; round < 2'000; ++round) {
        auto bytes = whole;
        const std::size_t at = 4096 + random() % (bytes.size() - 4096);
        bytes[at] ^= static_cast<std::byte>(1 + random() % 255);
        const auto log = test::read_log(bytes, round % 2 ? evtx::Recover::off : evtx::Recover::slack);
        INFO("byte " << at);
        // A definition that others use may be hit, so records may say less; but all frames but one are still there.
        CHECK(log.records.size() + 1 + log.notices.size() >= intact.records.size());
    }
}

TEST_CASE("a log cut anywhere gives the records before the cut") {
    if (!there()) return;
    const auto whole = bytes_of("rdp-rdpcorets-operational__bluekeep-scan.evtx");
    const auto intact = test::read_log(whole);
    std::mt19937 random{7};
    for (int round = 0; round < 50; ++round) {
        const std::size_t cut = random() % whole.size();
        const auto log = test::read_log(bytes::View{whole}.first(cut));
        std::size_t before = 0;
        for (std::size_t i = 0; i + 1 < intact.records.size(); ++i)
            before += intact.records[i + 1].frame.offset <= cut &&
                      intact.records[i + 1].frame.chunk == intact.records[i].frame.chunk;
        INFO("cut at " << cut);
        CHECK(log.records.size() >= before);
        CHECK_FALSE((log.notices.empty() && cut < 400'000));
    }
}
