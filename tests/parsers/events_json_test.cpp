#include "tests/parsers/events_json_support.hpp"

using namespace rdpdx;
using events::Event;
using events::Field;
using test::dump;
using test::kLine;
using test::kRecord;
using test::ReadJson;
using test::record;
using Fields = std::vector<Field>;

namespace {

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
