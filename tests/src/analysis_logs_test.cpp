// Event logs as inputs of the whole analysis.
#include <fmt/format.h>

#include <fstream>
#include <regex>

#include "parsers/events/xml.hpp"
#include "src/report/render.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/evtx_from_event.hpp"
#include "tests/support/knowledge.hpp"

using namespace rdpdx;
namespace fs = std::filesystem;

namespace {

const fs::path kSource{RDPDX_SOURCE_DIR};

std::string content(const fs::path& path) {
    std::ifstream file{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
}

test::Bytes as_evtx(const std::string& xml, test::evtx::WriteOptions options = {}) {
    std::vector<test::evtx::LogEvent> log;
    bytes::MemorySource source{bytes::view_of(xml)};
    const auto result = events::read_xml(source, [&](events::Event&& event) {
        log.push_back(test::evtx::from_event(event));
        return true;
    });
    REQUIRE(result.damage.empty());
    return test::evtx::write_log(log, options);
}

analysis::Reading read(bytes::View data, const analysis::Knowledge& knowledge) {
    const auto recognised = analysis::recognise(data.first(std::min(data.size(), analysis::kHeadNeeded)));
    bytes::MemorySource source{data};
    auto out = analysis::read(source, recognised.kind, 0, {}, knowledge.events);
    out.input.path = "log";
    return out;
}

std::string report_of(analysis::Reading reading, const analysis::Knowledge& knowledge) {
    std::vector<analysis::Reading> readings;
    readings.push_back(std::move(reading));
    const auto json = report::render_json(analysis::analyze(std::move(readings), knowledge, {}, "test"));
    static const std::regex offset{R"("offset": ?\d+)"};
    return std::regex_replace(json, offset, "\"offset\": 0");
}

std::vector<fs::path> sample_logs() {
    std::vector<fs::path> out;
    for (const auto& entry : fs::directory_iterator{kSource / "samples"})
        if (entry.path().extension() == ".xml") out.push_back(entry.path());
    std::ranges::sort(out);
    return out;
}

}  // namespace

TEST_CASE("a log gives the same report as EVTX and as XML, but for its input and its offsets") {
    const auto knowledge = test::shipped_knowledge();
    const auto logs = sample_logs();
    REQUIRE(logs.size() > 2);
    for (const auto& path : logs) {
        for (const bool templates : {true, false}) {
            CAPTURE(path.filename().string(), templates);
            const std::string xml = content(path);
            auto from_xml = read(bytes::view_of(xml), knowledge);
            auto from_evtx = read(as_evtx(xml, {.templates = templates}), knowledge);
            CHECK(from_evtx.input.items == from_xml.input.items);
            CHECK(from_evtx.input.first_time == from_xml.input.first_time);
            CHECK(from_evtx.input.last_time == from_xml.input.last_time);
            CHECK(from_evtx.input.status == from_xml.input.status);
            CHECK(from_evtx.input.notes == from_xml.input.notes);
            REQUIRE_FALSE(from_xml.tracks.empty());
            CHECK(report_of(std::move(from_evtx), knowledge) == report_of(std::move(from_xml), knowledge));
        }
    }
}

TEST_CASE("records that the catalogue does not know are counted with their times and nothing more") {
    const auto knowledge = test::shipped_knowledge();
    const auto first = *bytes::parse_time("2026-11-21T05:00:00Z"), last = *bytes::parse_time("2026-11-21T06:00:00Z");
    const auto log = test::evtx::write_log({{.provider = "Nobody", .id = 1, .time = last, .channel = "C"},
                                            {.provider = "Nobody", .id = 2, .time = first, .channel = "C"}});
    const auto reading = read(log, knowledge);
    CHECK(reading.input.items == 2);
    CHECK(reading.input.first_time == first);
    CHECK(reading.input.last_time == last);
    CHECK(reading.tracks.empty());
    CHECK(reading.input.notes == std::vector<std::string>{"2 of the events are not tied to a connection."});
}

TEST_CASE("what a log has lost is a note with byte and chunk, and the input is damaged") {
    const auto knowledge = test::shipped_knowledge();
    std::vector<test::evtx::LogEvent> events(10);
    for (auto& e : events) e = {.provider = "P", .id = 1, .time = *bytes::parse_time("2026-11-21T05:00:00Z")};
    const auto log = test::evtx::write_log(events, {.records_per_chunk = 5});
    const auto reading = read(test::evtx::break_chunk_magic(log, 1), knowledge);
    CHECK(reading.input.status == model::InputStatus::damaged);
    CHECK(reading.input.items == 10);  // its records can be read all the same
    REQUIRE_FALSE(reading.input.notes.empty());
    CHECK(reading.input.notes.front().starts_with("At byte 69632 (chunk 1): "));
}

TEST_CASE("a dirty log is a fact, not damage") {
    const auto knowledge = test::shipped_knowledge();
    const auto log =
        test::evtx::write_log({{.provider = "P", .id = 1, .time = *bytes::parse_time("2026-11-21T05:00Z")}});
    const auto reading = read(test::evtx::mark_dirty(log, 0), knowledge);
    CHECK(reading.input.items == 1);
    CHECK(reading.input.status == model::InputStatus::ok);
    CHECK(std::ranges::any_of(reading.input.notes, [](const std::string& note) {
        return note.find("not closed properly") != std::string::npos;
    }));
}

TEST_CASE("logs are known by their bytes, and a legacy one is named with the command that converts it") {
    using namespace std::string_view_literals;
    struct Row {
        std::string_view head;
        analysis::Kind kind;
        std::string_view description;
    };
    const auto row = GENERATE(values<Row>({
        {"ElfFile\0\0\0\0\0"sv, analysis::Kind::evtx, "binary event log (EVTX)"},
        {"\x30\0\0\0LfLe\1\0\0\0"sv, analysis::Kind::unrecognised, "legacy event log (EVT)"},
        {"<Events><Event xmlns='x'><System>", analysis::Kind::event_xml, "event XML"},
    }));
    const auto recognised = analysis::recognise(bytes::view_of(row.head));
    CHECK(recognised.kind == row.kind);
    CHECK(recognised.description == row.description);
    CHECK(analysis::is_log(recognised.kind) == (row.kind != analysis::Kind::unrecognised));
    if (row.kind == analysis::Kind::unrecognised) CHECK(recognised.advice.find("wevtutil epl") != std::string::npos);
}

TEST_CASE("every log of the corpus can be analysed, and what is lost has a place") {
    const auto folder = kSource / "../shared/corpus/evtx";
    if (!fs::is_directory(folder)) {
        WARN("skipped: there is no corpus beside the repository");
        return;
    }
    const auto knowledge = test::shipped_knowledge();
    std::size_t tracks = 0;
    for (const auto& entry : fs::directory_iterator{folder}) {
        if (entry.path().extension() != ".evtx") continue;
        CAPTURE(entry.path().filename().string());
        const std::string data = content(entry.path());
        const auto reading = read(bytes::view_of(data), knowledge);
        CHECK(reading.input.items > 0);
        CHECK(reading.input.first_time.has_value());
        if (reading.input.status == model::InputStatus::damaged) CHECK_FALSE(reading.input.notes.empty());
        tracks += reading.tracks.size();
    }
    CHECK(tracks > 20);
}
