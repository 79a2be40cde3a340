// What `rdpdx events` prints, and of which events.
#include <fmt/format.h>

#include <regex>

#include "parsers/events/json.hpp"
#include "src/app/evtx_dump.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/evtx_from_event.hpp"
#include "tests/support/knowledge.hpp"

using namespace rdpdx;
using app::EventFilter;
using events::Event;
namespace fs = std::filesystem;

namespace {

const fs::path kSource{RDPDX_SOURCE_DIR};

std::string content(const fs::path& path) {
    std::ifstream file{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
}

std::vector<Event> read(std::string_view xml) {
    std::vector<Event> out;
    bytes::MemorySource source{bytes::view_of(xml)};
    const auto result = events::read_xml(source, [&](Event&& event) {
        out.push_back(std::move(event));
        return true;
    });
    CHECK(result.damage.empty());
    return out;
}

// Every event that the tree has as XML, and those of the corpus.
std::vector<Event> many_events() {
    std::vector<Event> out;
    const auto knowledge = test::shipped_knowledge();
    for (const auto& entry : knowledge.events.entries())
        for (Event& event : read(entry.example)) out.push_back(std::move(event));
    for (const fs::path& folder : {kSource / "samples", kSource / "../shared/corpus/event-xml"}) {
        if (!fs::is_directory(folder)) {
            WARN("skipped: there is no corpus beside the repository");
            continue;
        }
        for (const auto& entry : fs::directory_iterator{folder})
            if (entry.path().extension() == ".xml")
                for (Event& event : read(content(entry.path()))) out.push_back(std::move(event));
    }
    return out;
}

template <class Add, class... Rest>
std::string text(Add add, const Rest&... rest) {
    evtx::TextBuffer out;
    add(out, rest...);
    return std::string{out.view()};
}

void check_equal(const Event& a, const Event& b) {
    CHECK(a.provider == b.provider);
    CHECK(a.provider_guid == b.provider_guid);
    CHECK(a.source_name == b.source_name);
    CHECK(a.id == b.id);
    CHECK(a.qualifiers == b.qualifiers);
    CHECK(a.version == b.version);
    CHECK(a.level == b.level);
    CHECK(a.task == b.task);
    CHECK(a.opcode == b.opcode);
    CHECK(a.keywords == b.keywords);
    CHECK(a.time == b.time);
    CHECK(a.record == b.record);
    CHECK(a.channel == b.channel);
    CHECK(a.computer == b.computer);
    CHECK(a.user_sid == b.user_sid);
    CHECK(a.activity_id == b.activity_id);
    CHECK(a.related_activity_id == b.related_activity_id);
    CHECK(a.process == b.process);
    CHECK(a.thread == b.thread);
    CHECK(a.system == b.system);
    CHECK(a.fields == b.fields);
    CHECK(a.data_name == b.data_name);
    CHECK(a.user_data == b.user_data);
    CHECK(a.user_data_namespace == b.user_data_namespace);
    CHECK(a.message == b.message);
    CHECK(a.rendering == b.rendering);
}

Event with(std::vector<events::Field> fields, bool user_data = false) {
    Event out;
    out.provider = "P";
    out.id = 7;
    out.fields = std::move(fields);
    out.user_data = user_data;
    return out;
}

EventFilter filter_of(const app::Options& options, const catalogue::EventCatalogue& catalogue) {
    auto made = EventFilter::of(options, catalogue);
    REQUIRE(std::holds_alternative<EventFilter>(made));
    return std::get<EventFilter>(std::move(made));
}

// A file that is gone afterwards.
struct TemporaryFile {
    fs::path path = fs::temp_directory_path() / fmt::format("rdpdx-test-{}", reinterpret_cast<std::uintptr_t>(this));
    ~TemporaryFile() { fs::remove(path); }
};

std::string dumped(bytes::View log, const app::EventPrint& how, std::vector<std::string>* said = nullptr) {
    TemporaryFile file;
    {
        app::Output out{file.path.string()};
        bytes::MemorySource source{log};
        app::EvtxDumper{how}.dump(source, "log", out, [&](const evtx::Notice& n) {
            if (said) said->push_back(fmt::format("{} {} {}", n.offset, n.chunk, n.text));
        });
        CHECK(out.finish());
    }
    return content(file.path);
}

test::Bytes log_of_many_chunks() {
    std::vector<test::evtx::LogEvent> list;
    for (std::uint16_t i = 0; i < 400; ++i)
        list.push_back({.provider = i % 3 ? "Provider-A" : "Provider-B",
                        .id = static_cast<std::uint16_t>(i % 10),
                        .time = *bytes::parse_time("2026-11-21T05:39:00Z") + std::chrono::seconds{i},
                        .channel = "Channel",
                        .computer = "HOST",
                        .data = {{"n", test::evtx::number(std::uint32_t{i})}}});
    return test::evtx::write_log(list, {.records_per_chunk = 10});
}

}  // namespace

TEST_CASE("an event printed as XML and read again is equal") {
    const auto list = many_events();
    REQUIRE(list.size() > 300);
    for (const Event& event : list) {
        const std::string xml = text(app::add_event_xml, event);
        CAPTURE(xml);
        const auto again = read(xml);
        REQUIRE(again.size() == 1);
        check_equal(event, again.front());
    }
}

TEST_CASE("an event printed as a JSON line is equal to its binary form's line, but for file and offset") {
    static const std::regex place{R"("file":"[^"]*","offset":\d+)"};
    const auto knowledge = test::shipped_knowledge();
    const auto filter = filter_of({}, knowledge.events);
    std::size_t compared = 0;
    for (const auto& entry : fs::directory_iterator{kSource / "samples"}) {
        if (entry.path().extension() != ".xml") continue;
        std::string lines;
        std::vector<test::evtx::LogEvent> log;
        for (Event& event : read(content(entry.path()))) {
            event.message.clear();  // what an export renders is not in the log
            event.rendering.clear();
            lines += text(app::add_event_json, event, std::string_view{"log"});
            log.push_back(test::evtx::from_event(event));
            ++compared;
        }
        const auto binary = dumped(test::evtx::write_log(log),
                                   {app::EventFormat::jsonl, &filter, &knowledge.events, evtx::Recover::off, 1});
        CHECK(std::regex_replace(binary, place, "") == std::regex_replace(lines, place, ""));
    }
    CHECK(compared >= 10);
}

TEST_CASE("paths become elements, and whatever a name or a value holds, the XML is read again") {
    struct Row {
        std::vector<events::Field> fields;
        bool user_data;
        std::string_view xml;
    };
    const auto row = GENERATE(values<Row>({
        {{{"A/B", "1"}, {"A/C", "2"}}, true, "<UserData><A><B>1</B><C>2</C></A></UserData>"},
        {{{"A/B", "1"}, {"A/B", "2"}}, true, "<UserData><A><B>1</B><B>2</B></A></UserData>"},
        {{{"A@x", "1"}, {"A@y", "2"}, {"A/B", "3"}}, true, "<UserData><A x=\"1\" y=\"2\"><B>3</B></A></UserData>"},
        {{{"A@x", "1"}, {"A@x", "2"}}, true, "<UserData><A x=\"1\"></A><A x=\"2\"></A></UserData>"},
        {{{"A/B@x", "1"}, {"A/B", "t"}, {"A/B", "u"}}, true, "<UserData><A><B x=\"1\">t</B><B>u</B></A></UserData>"},
        {{{"", "1"}, {"a b", "2"}, {"1/<", "3"}}, true, "<UserData><_>1</_><a_b>2</a_b><_1><_>3</_></_1></UserData>"},
        {{{"a/b", "<&>\"'"}}, false, "<EventData><Data Name=\"a/b\">&lt;&amp;&gt;&quot;'</Data></EventData>"},
        {{{"Data[0]", "1"}, {"Data[1]", ""}, {"Binary", "00FF"}},
         false,
         "<EventData><Data>1</Data><Data></Data><Binary>00FF</Binary></EventData>"},
        {{{"ProcessingErrorData/ErrorCode", "15005"}},
         false,
         "<EventData></EventData><ProcessingErrorData><ErrorCode>15005</ErrorCode></ProcessingErrorData>"},
        {{{"n", "a\r\nb\x01"}}, false, "<EventData><Data Name=\"n\">a&#13;&#10;b\xEF\xBF\xBD</Data></EventData>"},
        {{{"a\nb", "1"}}, false, "<EventData><Data Name=\"a&#10;b\">1</Data></EventData>"},
        {{{"a@Type", "t"}, {"a", "1"}}, false, "<EventData><Data Name=\"a\" Type=\"t\">1</Data></EventData>"},
        {{{"Data@t", "x"}, {"Data[0]", "1"}}, false, "<EventData><Data t=\"x\">1</Data></EventData>"},
        {{{"a@t", "x"}, {"b", "1"}}, false, "<Data Name=\"a@t\">x</Data><Data Name=\"b\">1</Data>"},
        {{{"a@t", "x"}, {"a@t", "y"}, {"a", "1"}},
         false,
         "<Data Name=\"a@t\">x</Data><Data Name=\"a\" t=\"y\">1</Data>"},
        {{{"a@Name", "x"}, {"a", "1"}}, false, "<Data Name=\"a@Name\">x</Data><Data Name=\"a\">1</Data>"},
        {{{"a@b c", "x"}, {"a", "1"}}, false, "<Data Name=\"a@b c\">x</Data><Data Name=\"a\">1</Data>"},
        {{{"a@t", "x"}}, false, "<EventData><Data Name=\"a@t\">x</Data></EventData>"},
    }));
    const std::string xml = text(app::add_event_xml, with(row.fields, row.user_data));
    CAPTURE(xml);
    CHECK(xml.find(row.xml) != std::string::npos);
    CHECK(read(xml).size() == 1);
}

TEST_CASE("what else System holds goes where it was, and never makes an attribute come twice") {
    using Fields = std::vector<events::Field>;
    struct Row {
        Fields system;
        std::string_view xml;
    };
    const auto row = GENERATE(values<Row>({
        {{{"Execution@ProcessorID", "1"}, {"Execution@SessionID", "2"}},
         "<Execution ProcessID=\"0\" ThreadID=\"0\" ProcessorID=\"1\" SessionID=\"2\"/>"},
        {{{"Execution@ProcessID", "1"}}, "<Security/><Execution ProcessID=\"1\"></Execution></System>"},
        {{{"Security@x", "1"}, {"Security@x", "2"}}, "<Security x=\"1\"/><Security x=\"2\"></Security></System>"},
        {{{"Execution@a b", "1"}}, "<Execution a_b=\"1\"></Execution></System>"},
        {{{"Added", "1"}, {"Added/More@x", "2"}}, "<Added>1<More x=\"2\"></More></Added></System>"},
        {{{"Provider@", "1"}, {"", "2"}}, "</System>"},
    }));
    Event event = with({});
    event.system = row.system;
    const std::string xml = text(app::add_event_xml, event);
    CAPTURE(xml);
    CHECK(xml.find(row.xml) != std::string::npos);
    CHECK(read(xml).size() == 1);
}

TEST_CASE("a cell of CSV is never a formula, and its quotes and line ends hold") {
    struct Row {
        std::string_view value, cell;
    };
    const auto row = GENERATE(values<Row>({
        {"plain", "plain"},
        {"=1+1", "'=1+1"},
        {"+1", "'+1"},
        {"-1", "'-1"},
        {"@SUM(A1)", "'@SUM(A1)"},
        {"\tx", "'\tx"},
        {"\r\n", "\"'\r\n\""},
        {"a,b", "\"a,b\""},
        {"a\"b", "\"a\"\"b\""},
        {"=\"x\"", "\"'=\"\"x\"\"\""},
        {"", ""},
    }));
    Event event = with({});
    event.computer = row.value;
    CHECK(text(app::add_event_csv, event, std::string_view{"f"}, app::RecordState{}) ==
          fmt::format(",P,7,0,0,,{},,f,0,\n", row.cell));
}

TEST_CASE("a line of CSV has the columns of its header, and says which records were recovered") {
    CHECK(text(app::add_csv_header) == "time,provider,id,level,record,channel,computer,activity,file,offset,data\n");
    Event event = with({{"a", "1"}, {"b", "x, y"}});
    event.time = bytes::parse_time("2026-11-21T05:39:00.1234567Z");
    event.level = 2;
    event.record = 42;
    event.channel = "System";
    event.computer = "HOST";
    event.activity_id = "id";
    event.offset = 5;
    CHECK(text(app::add_event_csv, event, std::string_view{"f"}, app::RecordState{true, true}) ==
          "2026-11-21T05:39:00.1234567Z,P,7,2,42,System,HOST,id,f,5,\"[recovered] [damaged]; a=1; b=x, y\"\n");
}

TEST_CASE("text is safe for a terminal") {
    const auto knowledge = test::shipped_knowledge();
    const auto line =
        text(app::add_event_text, with({{"n", "\x1B[31mred\n"}}), knowledge.events, app::RecordState{true});
    CHECK(line.find('\x1B') == std::string::npos);
    CHECK(line.find('\n') == line.size() - 1);
    CHECK(line.find("[recovered]") != std::string::npos);
}

TEST_CASE("a filter asks for time, channel, provider, id, computer and fields, all of them") {
    struct Row {
        app::Options options;
        bool accepted;
    };
    using Options = app::Options;
    const auto option = [](auto member, auto value) {
        Options out;
        out.*member = std::move(value);
        return out;
    };
    const auto list = [&](auto member, std::vector<std::string> value) { return option(member, std::move(value)); };
    const auto row = GENERATE_COPY(values<Row>({
        {Options{}, true},
        {option(&Options::from, std::string{"2026-11-21T05:39:00Z"}), true},
        {option(&Options::from, std::string{"2026-11-21T05:39:00.0000001Z"}), false},
        {option(&Options::to, std::string{"2026-11-21T05:39:00Z"}), true},
        {option(&Options::to, std::string{"2026-11-21T05:38:59Z"}), false},
        {list(&Options::channels, {"other", "SYSTEM"}), true},
        {list(&Options::channels, {"Sys"}), false},
        {list(&Options::providers, {"schannel"}), true},
        {list(&Options::providers, {"Microsoft-Windows-Schannel"}), true},
        {list(&Options::providers, {"Chan"}), false},
        {list(&Options::ids, {"1,36871"}), true},
        {list(&Options::ids, {"1", "36870-36880"}), true},
        {list(&Options::ids, {"1-36870"}), false},
        {list(&Options::computers, {"host"}), true},
        {list(&Options::computers, {"h"}), false},
        {list(&Options::fields, {"ErrorState=10013"}), true},
        {list(&Options::fields, {"errorstate=0x271d"}), true},
        {list(&Options::fields, {"ErrorState=10013", "Type=client"}), true},
        {list(&Options::fields, {"ErrorState=10013", "Type=server"}), false},
        {list(&Options::fields, {"Absent=1"}), false},
        {option(&Options::relevant, true), true},
    }));
    Event event;
    event.provider = "Microsoft-Windows-Schannel";
    event.id = 36871;
    event.time = bytes::parse_time("2026-11-21T05:39:00Z");
    event.channel = "System";
    event.computer = "HOST";
    event.fields = {{"Type", "client"}, {"ErrorState", "10013"}};
    const auto knowledge = test::shipped_knowledge();
    CHECK(filter_of(row.options, knowledge.events).accepts(event) == row.accepted);
}

TEST_CASE("a relevant event is one that the catalogue knows and does not call noise") {
    const auto knowledge = test::shipped_knowledge();
    app::Options options;
    options.relevant = true;
    const auto filter = filter_of(options, knowledge.events);
    std::size_t noise = 0;
    for (const auto& entry : knowledge.events.entries())
        for (const Event& event : read(entry.example)) {
            CAPTURE(entry.file, entry.line);
            noise += entry.shows == model::Effect::noise;
            CHECK(filter.accepts(event) == (entry.shows != model::Effect::noise));
        }
    CHECK(noise > 0);
    CHECK_FALSE(filter.accepts(with({})));
}

TEST_CASE("a wrong filter is a sentence") {
    const auto knowledge = test::shipped_knowledge();
    for (const char* ids : {"", "x", "1-", "-1", "5-1", "1,,2", "99999999999"}) {
        app::Options options;
        options.ids = {ids};
        CAPTURE(ids);
        CHECK(std::holds_alternative<std::string>(EventFilter::of(options, knowledge.events)));
    }
    app::Options field, time;
    field.fields = {"no equals sign"};
    time.from = "yesterday";
    CHECK(std::holds_alternative<std::string>(EventFilter::of(field, knowledge.events)));
    CHECK(std::holds_alternative<std::string>(EventFilter::of(time, knowledge.events)));
}

TEST_CASE("a binary log is printed in its order and the same with any number of jobs") {
    const auto knowledge = test::shipped_knowledge();
    const auto filter = filter_of({}, knowledge.events);
    const auto log = test::evtx::break_records_checksum(log_of_many_chunks(), 3);
    for (const auto format :
         {app::EventFormat::jsonl, app::EventFormat::xml, app::EventFormat::csv, app::EventFormat::text}) {
        std::vector<std::string> said, said_alone;
        const auto alone = dumped(log, {format, &filter, &knowledge.events, evtx::Recover::off, 1}, &said_alone);
        const auto together = dumped(log, {format, &filter, &knowledge.events, evtx::Recover::off, 4}, &said);
        CHECK(std::count(alone.begin(), alone.end(), '\n') == 400);
        CHECK(alone == together);
        CHECK(said == said_alone);
        CHECK(said.size() == 1);
    }
}

TEST_CASE("a binary log is filtered as its events would be") {
    const auto knowledge = test::shipped_knowledge();
    const auto log = log_of_many_chunks();
    app::Options provider, id, field, all;
    provider.providers = {"provider-b"};
    id.ids = {"3-4"};
    field.fields = {"n=0x11"};
    all.providers = {"provider-a"};
    all.ids = {"3"};
    all.from = "2026-11-21T05:40:00Z";
    all.to = "2026-11-21T05:41:00Z";
    all.channels = {"channel"};
    all.computers = {"host"};
    for (const auto& [options, count] :
         {std::pair{provider, 134}, std::pair{id, 80}, std::pair{field, 1}, std::pair{all, 4}}) {
        const auto filter = filter_of(options, knowledge.events);
        for (const auto format : {app::EventFormat::jsonl, app::EventFormat::csv}) {
            const auto printed = dumped(log, {format, &filter, &knowledge.events, evtx::Recover::off, 2});
            CHECK(std::count(printed.begin(), printed.end(), '\n') == count);
        }
    }
}

TEST_CASE("recovered records are printed only when asked for, and marked") {
    const auto knowledge = test::shipped_knowledge();
    const auto filter = filter_of({}, knowledge.events);
    std::vector<test::evtx::LogEvent> list(6);
    for (auto& e : list) e = {.provider = "P", .id = 1, .time = *bytes::parse_time("2026-11-21T05:39:00Z")};
    const auto log = test::evtx::write_log(list);
    test::Bytes hidden(100);  // a log somewhere in other bytes
    hidden.insert(hidden.end(), log.begin(), log.end());
    for (const auto format :
         {app::EventFormat::jsonl, app::EventFormat::xml, app::EventFormat::csv, app::EventFormat::text}) {
        const auto off = dumped(log, {format, &filter, &knowledge.events, evtx::Recover::off, 1});
        const auto carved = dumped(hidden, {format, &filter, &knowledge.events, evtx::Recover::carve, 1});
        CHECK(std::count(off.begin(), off.end(), '\n') == 6);
        CHECK(std::count(carved.begin(), carved.end(), '\n') == 6);
        CHECK(off.find("recovered") == std::string::npos);
        CHECK(carved.find("recovered") != std::string::npos);
        // Behind the log itself all of them are copies.
        test::Bytes twice = log;
        twice.insert(twice.end(), hidden.begin(), hidden.end());
        CHECK(dumped(twice, {format, &filter, &knowledge.events, evtx::Recover::carve, 2}) == off);
    }
}
