#include "parsers/events/json.hpp"

#include <algorithm>

#include "tests/parsers/events_support.hpp"

using namespace rdpdx;
using events::Event;
using events::Field;
using test::Ids;
using Fields = std::vector<Field>;

namespace {

struct ReadJson {
    std::vector<Event> events;
    std::vector<events::Notice> damage;

    explicit ReadJson(std::string_view text) {
        bytes::MemorySource source{bytes::view_of(text)};
        auto result = events::read_json(source, [&](Event&& event) {
            events.push_back(std::move(event));
            return true;
        });
        damage = std::move(result.damage);
        CHECK(result.events == events.size());
    }
    Ids ids() const {
        Ids out;
        for (const Event& event : events) out.push_back(event.id);
        return out;
    }
};

// A line of evtx_dump -o jsonl.
constexpr std::string_view kLine =
    R"({"Event":{"#attributes":{"xmlns":"http://schemas.microsoft.com/win/2004/08/events/event"},)"
    R"("System":{"Provider":{"#attributes":{"Name":"Microsoft-Windows-TerminalServices-ClientActiveXCore",)"
    R"("Guid":"28AA95BB-D444-4719-A36F-40462168127E"}},"EventID":1026,"Version":0,"Level":4,"Task":101,"Opcode":11,)"
    R"("Keywords":"0x4000000000000000","TimeCreated":{"#attributes":{"SystemTime":"2026-11-21T05:39:00.123456Z"}},)"
    R"("EventRecordID":42,"Correlation":{"#attributes":{"ActivityID":"59288327-6042-4B62-907A-3AF47A800000"}},)"
    R"("Execution":{"#attributes":{"ProcessID":3572,"ThreadID":4080}},)"
    R"("Channel":"Microsoft-Windows-TerminalServices-RDPClient/Operational","Computer":"client.example",)"
    R"("Security":{"#attributes":{"UserID":"S-1-5-18"}}},)"
    R"("EventData":{"Name":"Disconnect Reason","Value":2308,"CustomLevel":"Info"}}})";

// An EventLogRecord of PowerShell.
constexpr std::string_view kRecord = R"({
        "Id":  1026,
        "Version":  0,
        "Qualifiers":  null,
        "Level":  4,
        "Task":  101,
        "Opcode":  11,
        "Keywords":  -9214364837600034816,
        "RecordId":  42,
        "ProviderName":  "Microsoft-Windows-TerminalServices-ClientActiveXCore",
        "ProviderId":  "28aa95bb-d444-4719-a36f-40462168127e",
        "LogName":  "Microsoft-Windows-TerminalServices-RDPClient/Operational",
        "ProcessId":  3572,
        "ThreadId":  4080,
        "MachineName":  "client.example",
        "UserId":  {
                       "BinaryLength":  12,
                       "AccountDomainSid":  null,
                       "Value":  "S-1-5-18"
                   },
        "TimeCreated":  "\/Date(1795239540123)\/",
        "ActivityId":  "59288327-6042-4b62-907a-3af47a800000",
        "RelatedActivityId":  null,
        "ContainerLog":  "microsoft-windows-terminalservices-rdpclient/operational",
        "MatchedQueryIds":  [

                            ],
        "Bookmark":  {

                     },
        "LevelDisplayName":  "Information",
        "Properties":  [
                           {
                               "Value":  "Disconnect Reason"
                           },
                           {
                               "Value":  2308
                           },
                           {
                               "Value":  "Info"
                           }
                       ],
        "Message":  "The client has been disconnected (reason 2308)."
    })";

std::string dump(unsigned id, std::string_view rest = "") {
    return fmt::format(R"({{"Event":{{"System":{{"Provider":{{"#attributes":{{"Name":"P"}}}},"EventID":{}}}{}}}}})", id,
                       rest);
}

std::string record(unsigned id, std::string_view rest = "") {
    return fmt::format(R"({{"Id":{},"ProviderName":"P","RecordId":1{}}})", id, rest);
}

Fields fields_of(std::string_view text) {
    const ReadJson read{text};
    REQUIRE(read.events.size() == 1);
    CHECK(read.damage.empty());
    return read.events.front().fields;
}

void check_system(const Event& e) {
    CHECK(e.provider == "Microsoft-Windows-TerminalServices-ClientActiveXCore");
    CHECK(e.provider_guid == "28aa95bb-d444-4719-a36f-40462168127e");
    CHECK(e.id == 1026);
    CHECK_FALSE(e.qualifiers);
    CHECK(e.level == 4);
    CHECK(e.task == 101);
    CHECK(e.opcode == 11);
    CHECK(e.record == 42);
    CHECK(e.channel == "Microsoft-Windows-TerminalServices-RDPClient/Operational");
    CHECK(e.computer == "client.example");
    CHECK(e.user_sid == "S-1-5-18");
    CHECK(e.activity_id == "59288327-6042-4b62-907a-3af47a800000");
    CHECK(e.related_activity_id.empty());
    CHECK(e.process == 3572);
    CHECK(e.thread == 4080);
}

}  // namespace

TEST_CASE("every value of an event of evtx_dump is read") {
    const ReadJson read{kLine};
    REQUIRE(read.events.size() == 1);
    const Event& e = read.events.front();
    check_system(e);
    CHECK(e.keywords == 0x4000000000000000);
    CHECK(e.time == bytes::parse_time("2026-11-21T05:39:00.123456Z"));
    CHECK(e.fields == Fields{{"Name", "Disconnect Reason"}, {"Value", "2308"}, {"CustomLevel", "Info"}});
    CHECK_FALSE(e.positional);
    CHECK(e.ordinal == 1);
    CHECK(read.damage.empty());
}

TEST_CASE("every value of an event of Get-WinEvent is read, and its values have places for names") {
    const ReadJson read{kRecord};
    REQUIRE(read.events.size() == 1);
    const Event& e = read.events.front();
    check_system(e);
    CHECK(e.keywords == 0x8020000000000000);
    CHECK(e.time == bytes::parse_time("2026-11-21T05:39:00.123Z"));
    CHECK(e.fields == Fields{{"Data[0]", "Disconnect Reason"}, {"Data[1]", "2308"}, {"Data[2]", "Info"}});
    CHECK(e.positional);
    CHECK(e.message == "The client has been disconnected (reason 2308).");
    CHECK(read.damage.empty());
}

TEST_CASE("a time of PowerShell is read in all its forms") {
    struct Row {
        std::string_view written;
        std::optional<std::string_view> time;
    };
    const auto row = GENERATE(values<Row>({
        {R"("\/Date(1795239540123)\/")", "2026-11-21T05:39:00.123Z"},
        {R"("/Date(1795239540123+0100)/")", "2026-11-21T05:39:00.123Z"},
        {R"("/Date(-1000)/")", "1969-12-31T23:59:59Z"},
        {R"({"value":"\/Date(1795239540123)\/","DisplayHint":2,"DateTime":"Samstag"})", "2026-11-21T05:39:00.123Z"},
        {R"("2026-11-21T06:39:00.1234567+01:00")", "2026-11-21T05:39:00.1234567Z"},
        {R"({"value":"2026-11-21T05:39:00Z","DateTime":"x"})", "2026-11-21T05:39:00Z"},
        {R"("/Date(99999999999999999)/")", {}},
        {R"("yesterday")", {}},
    }));
    CAPTURE(row.written);
    const ReadJson read{record(7, fmt::format(R"(,"TimeCreated":{})", row.written))};
    REQUIRE(read.events.size() == 1);
    CHECK(read.events.front().time == (row.time ? bytes::parse_time(*row.time) : std::nullopt));
    CHECK(read.damage.empty() == row.time.has_value());
}

TEST_CASE("values of PowerShell become the text that event XML has") {
    struct Row {
        std::string_view written, text;
    };
    const auto row = GENERATE(values<Row>({
        {R"("text")", "text"},
        {"null", ""},
        {"true", "true"},
        {"-2147467259", "-2147467259"},
        {"18446744073709551615", "18446744073709551615"},
        {"-0.25", "-0.25"},
        {"[222,173,0]", "DEAD00"},
        {R"(["a","b"])", "a, b"},
        {"[]", ""},
        {R"({"BinaryLength":12,"Value":"S-1-5-18"})", "S-1-5-18"},
        {R"("\/Date(1795239540123)\/")", "2026-11-21T05:39:00.123Z"},
    }));
    CAPTURE(row.written);
    CHECK(fields_of(record(7, fmt::format(R"(,"Properties":[{{"Value":{}}}])", row.written))) ==
          Fields{{"Data[0]", std::string{row.text}}});
}

TEST_CASE("values that ConvertTo-Json left out are missed, not invented") {
    const auto properties = GENERATE(as<std::string>{}, R"(["System.Diagnostics.Eventing.Reader.EventProperty"])",
                                     R"("System.Collections.Generic.List`1[System.Diagnostics.Eventing]")");
    const ReadJson read{record(7, ",\"Properties\":" + properties)};
    REQUIRE(read.events.size() == 1);
    CHECK(read.events.front().fields.empty());
    REQUIRE(read.damage.size() == 1);
    CHECK(read.damage.front().text.find("-Depth") != std::string::npos);
}

TEST_CASE("EventData and UserData of evtx_dump give the fields that event XML gives") {
    struct Row {
        std::string_view json, xml;
    };
    const auto row = GENERATE(values<Row>({
        {R"("EventData":{"a":"1","b":null,"c":true,"d":-5})",
         "<EventData><Data Name='a'>1</Data><Data Name='b'/><Data Name='c'>true</Data><Data "
         "Name='d'>-5</Data></EventData>"},
        {R"("EventData":{"Data":{"#text":["x","y"]},"Binary":"DEAD"})",
         "<EventData><Data>x</Data><Data>y</Data><Binary>DEAD</Binary></EventData>"},
        {R"("EventData":{"Data":{"#text":"x"}})", "<EventData><Data>x</Data></EventData>"},
        {R"("EventData":{"Data":["x",null]})", "<EventData><Data>x</Data><Data/></EventData>"},
        {R"("EventData":{"Data":"x"})", "<EventData><Data>x</Data></EventData>"},
        {R"("EventData":{"Data":[{"#attributes":{"Name":"n"},"#text":"x"},{"#attributes":{"Name":"m"},"#text":"y"}]})",
         "<EventData><Data Name='n'>x</Data><Data Name='m'>y</Data></EventData>"},
        {R"("EventData":{"n":["x","y"]})", "<EventData><Data Name='n'>x</Data><Data Name='n'>y</Data></EventData>"},
        {R"("EventData":null)", "<EventData/>"},
        {R"("UserData":{"EventXML":{"#attributes":{"xmlns":"Event_NS"},"Param1":"0x80070005","Param2":null}})",
         "<UserData><EventXML xmlns='Event_NS'><Param1>0x80070005</Param1><Param2/></EventXML></UserData>"},
        {R"("UserData":{"A":{"B":[{"#attributes":{"x":"1"},"#text":"t"},{"#attributes":{"x":"2"}}]}})",
         "<UserData><A><B x='1'>t</B><B x='2'/></A></UserData>"},
        {R"("UserData":{"A":{"B_attributes":{"x":"1"},"B":"t"}})", "<UserData><A><B x='1'>t</B></A></UserData>"},
        {R"("ProcessingErrorData":{"ErrorCode":15005})",
         "<ProcessingErrorData><ErrorCode>15005</ErrorCode></ProcessingErrorData>"},
    }));
    CAPTURE(row.json);
    const test::Read xml{test::event(7, row.xml)};
    REQUIRE(xml.events.size() == 1);
    const ReadJson json{dump(7, "," + std::string{row.json})};
    REQUIRE(json.events.size() == 1);
    CHECK(json.events.front().fields == xml.events.front().fields);
    CHECK(json.events.front().user_data == xml.events.front().user_data);
}

TEST_CASE("attributes may stand beside their element") {
    const ReadJson read{
        R"({"Event":{"Event_attributes":{"xmlns":"x"},"System":{"Provider_attributes":{"Name":"P"},"EventID":7036,)"
        R"("EventID_attributes":{"Qualifiers":16384},"TimeCreated_attributes":{"SystemTime":"2026-11-21T05:39:00Z"}}}})"};
    REQUIRE(read.events.size() == 1);
    CHECK(read.events.front().provider == "P");
    CHECK(read.events.front().id == 7036);
    CHECK(read.events.front().qualifiers == 16384U);
    CHECK(read.events.front().time.has_value());
}

TEST_CASE("events stand in lines, in documents, in arrays, in PowerShell's frame, or one after the other") {
    const std::string a = dump(1), b = dump(2), c = dump(3);
    const auto text = GENERATE_COPY(values<std::string>({
        a + "\n" + b + "\n" + c + "\n",
        a + "\r\n" + b + "\r\n" + c,
        "Record 1\n" + a + "\nRecord 2\n" + b + "\nRecord 3\n" + c + "\n",
        "[" + a + "," + b + "," + c + "]",
        "[\n  " + a + ",\n  " + b + ",\n  " + c + "\n]\n",
        "{\n    \"value\":  [\n  " + a + ",\n  " + b + ",\n " + c + "  ],\n    \"Count\":  3\n}\n",
        a + b + c,
        "\xEF\xBB\xBF" + a + "\n\xEF\xBB\xBF" + b + c,
    }));
    CAPTURE(text);
    const ReadJson read{text};
    CHECK(read.ids() == Ids{1, 2, 3});
    CHECK(read.damage.empty());
    for (const Event& e : read.events) CHECK(text.compare(e.offset, 9, "{\"Event\":") == 0);
    CHECK(events::is_event_json(bytes::view_of(text)));
}

TEST_CASE("UTF-16 of both byte orders is read, with offsets in bytes of the file") {
    const bool big = GENERATE(true, false);
    const std::string mark = big ? "\xFE\xFF" : "\xFF\xFE";
    const std::string text = mark + test::utf16(dump(1) + "\n" + dump(2), big);
    CHECK(events::is_event_json(bytes::view_of(text)));
    const ReadJson read{text};
    CHECK(read.ids() == Ids{1, 2});
    CHECK(read.events.back().offset == 2 + 2 * (dump(1).size() + 1));
    CHECK(read.damage.empty());
}

TEST_CASE("a broken event is named with its place, and those around it are read") {
    struct Row {
        std::string broken;
        std::string_view why;
    };
    const auto row = GENERATE(values<Row>({
        {dump(2).substr(0, 60), "begins before its end"},
        {dump(2).substr(0, 12), "over the end of its line"},
        {R"({"Event":{"System":{"EventID":nope}}})", "not well-formed JSON"},
        {R"({"Event":{"System":{"EventID":2,}}})", "not well-formed JSON"},
        {R"({"Event":{}})", "it has no System"},
        {R"({"Event":{"System":7}})", "it has no System"},
        {R"({"other":"object"})", "no event"},
        {"text", "belongs to no event"},
        {R"({"Event":)" + std::string(70, '[') + std::string(70, ']') + "}", "too deeply"},
    }));
    CAPTURE(row.broken);
    const ReadJson read{dump(1) + "\n" + row.broken + "\n" + dump(3) + "\n"};
    CHECK(read.ids() == Ids{1, 3});
    REQUIRE_FALSE(read.damage.empty());
    CHECK(read.damage.size() <= 2);  // what is left of a broken one may be named too
    CHECK(read.damage.front().text.find(row.why) != std::string::npos);
    const auto begin = dump(1).size() + 1;
    CHECK(read.damage.front().offset >= begin);
    CHECK(read.damage.front().offset <= begin + row.broken.size());
}

TEST_CASE("a record that is cut off in an indented array does not take the next one with it") {
    std::string text = "[\n    " + std::string{kRecord};
    text = text.substr(0, text.find("\"LevelDisplayName\""));
    text += "\n    },\n    " + std::string{kRecord} + "\n]\n";
    text.erase(text.find("\"MatchedQueryIds\":  ["), 21);
    const ReadJson read{text};
    CHECK(read.ids() == Ids{1026});
    CHECK_FALSE(read.damage.empty());
}

TEST_CASE("an event that is neither UTF-8 nor JSON is named within the file") {
    // Found by the fuzzer: every such byte is three in the text that is parsed.
    const std::string text = R"({"Event":{"n":")" + std::string(90, '\xFF') + R"(","System":nope}})";
    const ReadJson read{text};
    CHECK(read.events.empty());
    REQUIRE(read.damage.size() == 1);
    CHECK(read.damage.front().offset == 15);
}

TEST_CASE("what is read does not depend on how much of the file is known when an event breaks off") {
    // Found by the fuzzer: the next event was looked for as far as the file happened to be read.
    class Trickle final : public bytes::Source {
    public:
        explicit Trickle(bytes::View data) : inner_{data} {}
        std::size_t read(std::span<std::byte> into) override {
            return inner_.read(into.first(std::min<std::size_t>(into.size(), 1)));
        }

    private:
        bytes::MemorySource inner_;
    };
    const std::string text = R"({"Event":{"a":"text)"
                             "\n rest\",{" +
                             dump(1) + R"(x{"Event":{})" + dump(2);
    const ReadJson all{text};
    Trickle source{bytes::view_of(text)};
    Ids ids;
    const auto result = events::read_json(source, [&](Event&& event) {
        ids.push_back(event.id);
        return true;
    });
    CHECK(ids == all.ids());
    CHECK(result.damage.size() == all.damage.size());
}

TEST_CASE("halves of surrogate pairs and bytes that are not UTF-8 become U+FFFD, and both are said") {
    struct Row {
        std::string_view written, text;
        bool odd;
    };
    const auto row = GENERATE(values<Row>({
        {"\\ud83d\\ude00", "\xF0\x9F\x98\x80", false},
        {"a\\ud83db",
         "a\xEF\xBF\xBD"
         "b",
         true},
        {"a\\uDE00", "a\xEF\xBF\xBD", true},
        {"\\\\ud83d", "\\ud83d", false},
        {"a\xFF", "a\xEF\xBF\xBD", true},
    }));
    CAPTURE(row.written);
    const ReadJson read{dump(1, fmt::format(R"(,"EventData":{{"n":"{}"}})", row.written))};
    REQUIRE(read.events.size() == 1);
    CHECK(read.events.front().fields == Fields{{"n", std::string{row.text}}});
    CHECK(read.damage.empty() != row.odd);
}

TEST_CASE("cut after any number of bytes, whole events are read and the rest is named") {
    const std::string text = dump(1) + "\n" + dump(2, R"(,"EventData":{"a":["b",{"c":"d"}]})");
    for (std::size_t n = 0; n < text.size(); ++n) {
        CAPTURE(n);
        const ReadJson read{std::string_view{text}.substr(0, n)};
        CHECK(read.events.size() == (n >= dump(1).size() ? 1U : 0U));
        CHECK(read.damage.empty() == (n == 0 || n == dump(1).size() || n == dump(1).size() + 1));
        for (const auto& notice : read.damage) CHECK(notice.offset <= n);
    }
}

TEST_CASE("an event that is too long, or has too many parts, is skipped with bounded memory") {
    const bool long_text = GENERATE(true, false);
    std::string big = R"(,"EventData":{"n":)";
    if (long_text) {
        big += '"' + std::string(events::kMaxNotices + (std::size_t{16} << 20), 'x') + '"';
    } else {
        big += "[0";
        for (std::size_t i = 0; i < 200'000; ++i) big += ",0";
        big += "]";
    }
    const ReadJson read{dump(1) + "\n" + dump(2, big + "}") + "\n" + dump(3) + "\n"};
    CHECK(std::ranges::count(read.ids(), 1U) == 1);
    CHECK(std::ranges::count(read.ids(), 3U) == 1);
    CHECK(std::ranges::count(read.ids(), 2U) == 0);
    CHECK_FALSE(read.damage.empty());
}

TEST_CASE("event JSON is known by its bytes") {
    struct Row {
        std::string head;
        bool is;
    };
    const auto row = GENERATE(values<Row>({
        {std::string{kLine}, true},
        {std::string{kRecord}, true},
        {"[" + std::string{kRecord}, true},
        {"Record 1\n" + std::string{kLine}, true},
        {"  \r\n[ " + dump(1), true},
        {R"({"Event":{"EventData":{"Data":"long text)", true},
        {R"({"Message":"text","Id":7,"Version":0,"ProviderName":"P","ProviderId":null,"LogName":"L"})", true},
        {R"({"Id":7,"Name":"something else"})", false},
        {R"({"schema":"rdpdx.report/1"})", false},
        {"[1,2,3]", false},
        {"", false},
        {"Recording of something {\"Event\":{\"System\":{}}}", false},
        {"<Event><System>", false},
    }));
    CAPTURE(row.head);
    CHECK(events::is_event_json(bytes::view_of(row.head)) == row.is);
}
