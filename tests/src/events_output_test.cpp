// What `rdpdx events` prints, and of which events.
#include <fmt/format.h>

#include <regex>

#include "parsers/events/json.hpp"
#include "src/app/evtx_dump.hpp"
#include "tests/src/events_output_support.hpp"
#include "tests/support/evtx_from_event.hpp"
#include "tests/support/knowledge.hpp"

using namespace rdpdx;
using app::EventFilter;
using events::Event;
using test::content;
using test::dumped;
using test::filter_of;
using test::read;
namespace fs = std::filesystem;

namespace {

const fs::path kSource{RDPDX_SOURCE_DIR};

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
            lines += text(app::add_event_json, event, std::string_view{"log"}, app::RecordState{});
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
    const auto line = text(app::add_event_text, with({{"n", "\x1B[31mred\n"}}), knowledge.events, model::Zone{},
                           app::RecordState{true});
    CHECK(line.find('\x1B') == std::string::npos);
    CHECK(line.find('\n') == line.size() - 1);
    CHECK(line.find("[recovered]") != std::string::npos);
}
