// Event logs as inputs of the whole analysis.
#include <fmt/format.h>

#include <fstream>
#include <regex>

#include "parsers/events/xml.hpp"
#include "src/analysis/field_names.hpp"
#include "src/report/json_writer.hpp"
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

std::vector<events::Event> events_of(const std::string& xml) {
    std::vector<events::Event> out;
    bytes::MemorySource source{bytes::view_of(xml)};
    events::read_xml(source, [&](events::Event&& event) {
        out.push_back(std::move(event));
        return true;
    });
    return out;
}

std::string json_text(std::string_view text) {
    std::string out;
    report::append_json_string(out, text);
    return out;
}

// As Get-WinEvent | ConvertTo-Json writes them: values without names.
std::string as_records(const std::string& xml) {
    std::string out;
    for (const events::Event& e : events_of(xml)) {
        std::string values;
        for (const auto& field : e.fields)
            values += fmt::format("{}{{\"Value\": {}}}", values.empty() ? "" : ", ", json_text(field.value));
        out += out.empty() ? "[\n" : ",\n";
        out += fmt::format(
            "    {{\"Id\": {}, \"ProviderName\": {}, \"ProviderId\": \"{}\", \"RecordId\": {}, \"LogName\": {}, "
            "\"MachineName\": {}, \"TimeCreated\": \"{}\", \"ActivityId\": \"{}\", \"Properties\": [{}]}}",
            e.id, json_text(e.provider), e.provider_guid, e.record, json_text(e.channel), json_text(e.computer),
            model::to_rfc3339(*e.time, model::Precision::hundred_nanos), e.activity_id, values);
    }
    return out + "\n]\n";
}

// As evtx_dump -o jsonl writes them.
std::string as_lines(const std::string& xml) {
    std::string out;
    for (const events::Event& e : events_of(xml)) {
        std::string values;
        for (const auto& field : e.fields)
            values +=
                fmt::format("{}{}: {}", values.empty() ? "" : ", ", json_text(field.name), json_text(field.value));
        out += fmt::format(
            R"({{"Event":{{"System":{{"Provider":{{"#attributes":{{"Name":{},"Guid":"{}"}}}},"EventID":{},)"
            R"("TimeCreated":{{"#attributes":{{"SystemTime":"{}"}}}},"EventRecordID":{},)"
            R"("Correlation":{{"#attributes":{{"ActivityID":"{}"}}}},"Channel":{},"Computer":{}}},"EventData":{{{}}}}}}})",
            json_text(e.provider), e.provider_guid, e.id, model::to_rfc3339(*e.time, model::Precision::hundred_nanos),
            e.record, e.activity_id, json_text(e.channel), json_text(e.computer), values);
        out += '\n';
    }
    return out;
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
    REQUIRE(logs.size() >= 2);
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

TEST_CASE("a log gives the same report as JSON of evtx_dump and of Get-WinEvent, but for its input and its offsets") {
    const auto knowledge = test::shipped_knowledge();
    for (const auto& path : sample_logs()) {
        CAPTURE(path.filename().string());
        const std::string xml = content(path);
        for (const std::string& json : {as_lines(xml), as_records(xml)}) {
            const auto data = bytes::view_of(json);
            CHECK(analysis::recognise(data.first(std::min(data.size(), analysis::kHeadNeeded))).description ==
                  "event JSON");
            auto from_json = read(data, knowledge);
            CHECK(from_json.input.notes == read(bytes::view_of(xml), knowledge).input.notes);
            CHECK(report_of(std::move(from_json), knowledge) ==
                  report_of(read(bytes::view_of(xml), knowledge), knowledge));
        }
    }
}

TEST_CASE("values without names are named by the catalogue's example where it has as many") {
    std::vector<yaml::Problem> problems;
    const std::vector<yaml::File> files{
        {"x.yaml",
         "provider: Microsoft-Windows-P\nguid: 00000000-0000-0000-0000-00000000000a\nside: client\nsource: s\nevents:\n"
         "  - id: 7\n    name: n\n    shows: noted\n    means: Text.\n    example: |\n"
         "      <Event><System><Provider Name='Microsoft-Windows-P'/><EventID>7</EventID></System><UserData><X>"
         "<One>1</One><Two>2</Two></X></UserData></Event>\n"}};
    const auto catalogue = catalogue::EventCatalogue::load(files, problems);
    REQUIRE(problems.empty());
    const analysis::FieldNames names{catalogue};
    struct Row {
        std::string provider, guid;
        std::uint32_t id;
        std::size_t values;
        bool positional, named;
    };
    const auto row = GENERATE(values<Row>({
        {"Microsoft-Windows-P", "", 7, 2, true, true},
        {"P", "", 7, 2, true, true},
        {"Other", "00000000-0000-0000-0000-00000000000a", 7, 2, true, true},
        {"Other", "", 7, 2, true, false},
        {"P", "", 8, 2, true, false},
        {"P", "", 7, 3, true, false},
        {"P", "", 7, 2, false, false},
    }));
    events::Event event;
    event.provider = row.provider;
    event.provider_guid = row.guid;
    event.id = row.id;
    event.positional = row.positional;
    for (std::size_t i = 0; i < row.values; ++i) event.fields.push_back({fmt::format("Data[{}]", i), "v"});
    names.apply(event);
    CHECK(event.fields[1].name == (row.named ? "X/Two" : "Data[1]"));
    CHECK(event.user_data == row.named);
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
    CHECK(reading.input.notes.empty());
    CHECK(reading.passed_over == 2);
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
        {"{\"Event\": {\"System\": {", analysis::Kind::event_json, "event JSON"},
        {"{\"schema\": \"rdpdx.report/1\"}", analysis::Kind::unrecognised, "unknown format"},
    }));
    const auto recognised = analysis::recognise(bytes::view_of(row.head));
    CHECK(recognised.kind == row.kind);
    CHECK(recognised.description == row.description);
    CHECK(analysis::is_log(recognised.kind) == (row.kind != analysis::Kind::unrecognised));
    if (row.description.starts_with("legacy")) CHECK(recognised.advice.find("wevtutil epl") != std::string::npos);
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
