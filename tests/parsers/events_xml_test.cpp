#include "parsers/events/xml.hpp"
#include "tests/parsers/events_support.hpp"
#include "tests/support/bytes.hpp"
#include "tests/support/catch.hpp"

using namespace rdpdx;
using namespace rdpdx::test;
using namespace std::string_literals;

TEST_CASE("an event gives everything that its System holds") {
    const Read read{kDisconnected};
    REQUIRE(read.events.size() == 1);
    CHECK(read.damage.empty());
    const Event& e = read.events.front();
    CHECK(e.provider == "Microsoft-Windows-TerminalServices-ClientActiveXCore");
    CHECK(e.provider_guid == "28aa95bb-d444-4719-a36f-40462168127e");
    CHECK(e.id == 1026);
    CHECK(e.qualifiers == std::nullopt);
    CHECK(e.version == 0);
    CHECK(e.level == 4);
    CHECK(e.task == 101);
    CHECK(e.opcode == 11);
    CHECK(e.keywords == 0x4000000000000000);
    CHECK(e.time == bytes::parse_time("2026-11-21T05:39:00.1234567Z"));
    CHECK(e.record == 42);
    CHECK(e.activity_id == "59288327-6042-4b62-907a-3af47a800000");
    CHECK(e.related_activity_id.empty());
    CHECK(e.process == 3572);
    CHECK(e.thread == 4080);
    CHECK(e.channel == "Microsoft-Windows-TerminalServices-RDPClient/Operational");
    CHECK(e.computer == "client.example");
    CHECK(e.user_sid == "S-1-5-18");
    CHECK(e.offset == 0);
    CHECK(e.ordinal == 1);
    REQUIRE(e.field("Value"));
    CHECK(*e.field("Value") == "2308");
    CHECK(e.field("value") == nullptr);
}

TEST_CASE("the fields of all kinds of data keep their names, order and values") {
    using Fields = std::vector<events::Field>;
    struct Row {
        const char* data;
        Fields fields;
    };
    const auto row = GENERATE(values<Row>({
        {"<EventData/>", {}},
        {"<EventData><Data Name='a'>1</Data><Data Name='a'>2</Data></EventData>", {{"a", "1"}, {"a", "2"}}},
        {"<EventData><Data>x</Data><Data Name='n'>y</Data><Data>z</Data><Binary>0A0B</Binary></EventData>",
         {{"Data[0]", "x"}, {"n", "y"}, {"Data[1]", "z"}, {"Binary", "0A0B"}}},
        {"<EventData><Data Name='x'/><Data Name=\"Error Code\"></Data><Data/></EventData>",
         {{"x", ""}, {"Error Code", ""}, {"Data[0]", ""}}},
        {"<EventData><Data Name='s'>  </Data></EventData>", {{"s", "  "}}},
        {"<EventData><Data Name='s'>a\r\nb\tc</Data></EventData>", {{"s", "a\nb\tc"}}},
        {"<EventData><Data Name='c'><![CDATA[<Event> &amp; ]]>b</Data></EventData>", {{"c", "<Event> &amp; b"}}},
        {"<UserData><EventXML xmlns='Event_NS'>\n<Param1>u</Param1><Param2/>\n</EventXML></UserData>",
         {{"EventXML/Param1", "u"}, {"EventXML/Param2", ""}}},
        {"<UserData><x:A xmlns:x='n'><x:B k='v'/><x:B k='w'>t</x:B></x:A></UserData>",
         {{"A/B@k", "v"}, {"A/B@k", "w"}, {"A/B", "t"}}},
        {"<UserData><A>mixed<B>b</B></A></UserData>", {{"A", "mixed"}, {"A/B", "b"}}},
        {"<ProcessingErrorData><ErrorCode>15003</ErrorCode></ProcessingErrorData>",
         {{"ProcessingErrorData/ErrorCode", "15003"}}},
        {"<BinaryEventData>00FF</BinaryEventData>", {{"BinaryEventData", "00FF"}}},
        {"<EventData><Data Name='n' Type='t' xmlns='x'>v</Data><Data x:Type='u'/></EventData>",
         {{"n@Type", "t"}, {"n", "v"}, {"Data@Type", "u"}, {"Data[0]", ""}}},
        {"<EventData><ComplexData Name='c'><Data Name='x'>1</Data></ComplexData></EventData>",
         {{"c/Data@Name", "x"}, {"c/Data", "1"}}},
    }));
    const Read read{event(1, row.data)};
    REQUIRE(read.events.size() == 1);
    CHECK(read.damage.empty());
    CHECK(read.events.front().fields == row.fields);
}

TEST_CASE("entities and character references are read, those that XML forbids as well") {
    struct Row {
        const char *written, *read;
    };
    const auto row = GENERATE(values<Row>({
        {"&lt;&gt;&amp;&quot;&apos;", "<>&\"'"},
        {"&#65;&#x42;&#x20AC;", "AB\xE2\x82\xAC"},
        {"&#x1F600;", "\xF0\x9F\x98\x80"},
        {"a&#x1F;b",
         "a\x1F"
         "b"},
        {"a&#0;b",
         "a\xEF\xBF\xBD"
         "b"},
        {"&#xD800;", "\xEF\xBF\xBD"},
        {"&#x110000;&#99999999999;", "\xEF\xBF\xBD\xEF\xBF\xBD"},
        {"&unknown; & &#; &#x; &amp", "&unknown; & &#; &#x; &amp"},
        {"&amp;lt;", "&lt;"},
    }));
    const Read read{event(1, fmt::format("<EventData><Data Name='v'>{}</Data></EventData>", row.written))};
    REQUIRE(read.events.size() == 1);
    CHECK(*read.events.front().field("v") == row.read);
}

TEST_CASE("the forms of provider, id and level that exports use") {
    const Read read{
        "<Event><System><Provider EventSourceName='TermDD' Guid='28AA95BB-d444-4719-a36f-40462168127e'/>"
        "<EventID Qualifiers='49162'> 56\n</EventID><Level></Level><Keywords>128</Keywords>"
        "<TimeCreated SystemTime='2020-11-28 10:16:16.6080090'/><Correlation/><Security/></System></Event>"};
    REQUIRE(read.events.size() == 1);
    CHECK(read.damage.empty());
    CHECK(read.events[0].provider == "TermDD");
    CHECK(read.events[0].provider_guid == "28aa95bb-d444-4719-a36f-40462168127e");
    CHECK(read.events[0].id == 56);
    CHECK(read.events[0].qualifiers == 49162);
    CHECK(read.events[0].level == 0);
    CHECK(read.events[0].keywords == 128);
    CHECK(read.events[0].time == bytes::parse_time("2020-11-28T10:16:16.608009Z"));
    CHECK(read.events[0].activity_id.empty());
}

TEST_CASE("what System, EventData, UserData and RenderingInfo hold besides is kept apart from the fields") {
    using Fields = std::vector<events::Field>;
    const Read read{
        "<Event><System><Provider Name='P' EventSourceName='S' More='m'/><EventID>1</EventID>"
        "<Execution ProcessID='1' ProcessorID='2' SessionID='3'/><Level>4</Level><Level>5</Level>"
        "<New a='b'>text<Inner/></New></System>"
        "<EventData Name='E'><Data>x</Data></EventData>"
        "<RenderingInfo Culture='de-DE'><Message>m</Message><Keywords><Keyword>a</Keyword><Keyword/></Keywords>"
        "</RenderingInfo></Event>"
        "<Event><System><EventID>2</EventID></System><UserData><EventXML xmlns='Event_NS'/></UserData></Event>"
        "<Event><System><EventID>3</EventID></System><UserData><p:E xmlns:p='ns' xmlns='other'/></UserData></Event>"};
    REQUIRE(read.events.size() == 3);
    const Event& e = read.events[0];
    CHECK(e.source_name == "S");
    CHECK(e.level == 4);
    CHECK(e.system == Fields{{"Provider@More", "m"},
                             {"Execution@ProcessorID", "2"},
                             {"Execution@SessionID", "3"},
                             {"Level", "5"},
                             {"New@a", "b"},
                             {"New", "text"},
                             {"New/Inner", ""}});
    CHECK(e.data_name == "E");
    CHECK(e.fields == Fields{{"Data[0]", "x"}});
    CHECK(e.message == "m");
    CHECK(e.rendering == Fields{{"@Culture", "de-DE"}, {"Keywords/Keyword", "a"}, {"Keywords/Keyword", ""}});
    CHECK(read.events[1].user_data_namespace == "Event_NS");
    CHECK(read.events[2].user_data_namespace == "ns");
}

TEST_CASE("the message of Event Viewer's export is kept apart from the fields") {
    const Read read{event(1,
                          "<RenderingInfo Culture='en-US'><Message>RDP ClientActiveX has been disconnected</Message>"
                          "<Level>Information</Level><Keywords><Keyword>x</Keyword></Keywords></RenderingInfo>")};
    REQUIRE(read.events.size() == 1);
    CHECK(read.events[0].message == "RDP ClientActiveX has been disconnected");
    CHECK(read.events[0].level == 0);
    CHECK(read.events[0].fields.empty());
}

TEST_CASE("events are found whatever stands around them") {
    struct Row {
        std::string text;
        Ids ids;
    };
    const std::string a = event(1), b = event(2);
    const auto row = GENERATE_COPY(values<Row>({
        {"", {}},
        {a, {1}},
        {a + b, {1, 2}},
        {a + "\r\n" + b + "\r\n", {1, 2}},
        {"<?xml version=\"1.0\" encoding=\"utf-8\" standalone=\"yes\"?>\n<Events>" + a + b + "</Events>\n", {1, 2}},
        {"<?xml version='1.0' encoding='utf-16'?>" + a, {1}},
        {"\xEF\xBB\xBF" + a + "\xEF\xBB\xBF\n" + b, {1, 2}},
        {"<!-- <Event><System/></Event> -->" + a + "<!----><?pi <Event> ?>" + b, {1, 2}},
        {"<e:Events xmlns:e='x'><e:Event><e:System><e:EventID>3</e:EventID></e:System></e:Event></e:Events>", {3}},
        {"<Events/>" + a, {1}},
        {event(4, "<UserData><x xmlns='y'><Event>inner</Event><Event/></x></UserData>") + b, {4, 2}},
        {event(5, "<UserData><Forwarded>" + a + "</Forwarded></UserData>") + b, {5, 2}},
        {event(6, "<UserData><Events>" + a + "</Events></UserData>") + b, {6, 2}},
        {event(7, "<EventData><Data Name='x'><![CDATA[</Event><Event><System>]]></Data></EventData>") + b, {7, 2}},
        {event(8, "<EventData><!-- </Event> --><Data Name='a>b'/></EventData>") + b, {8, 2}},
        {"<Event a='>' b=\"/>\"><System><EventID>9</EventID></System></Event>" + b, {9, 2}},
    }));
    CAPTURE(row.text);
    const Read read{row.text};
    CHECK(read.ids() == row.ids);
    CHECK(read.damage.empty());
}

TEST_CASE("UTF-16 is read with and without byte order mark, and offsets count the file's bytes") {
    const bool big_endian = GENERATE(false, true);
    const std::string mark = GENERATE(true, false) ? (big_endian ? "\xFE\xFF" : "\xFF\xFE") : "";
    const std::string head = "<?xml version='1.0' encoding='utf-16'?>\r\n<Events>", broken = "<Event><System>";
    const Read read{mark + utf16(head + event(1) + broken + event(2) + "</Events>", big_endian)};
    CHECK(read.ids() == Ids{1, 2});
    REQUIRE(read.events.size() == 2);
    CHECK(read.events[0].offset == mark.size() + 2 * head.size());
    CHECK(read.events[1].offset == mark.size() + 2 * (head + event(1) + broken).size());
    REQUIRE(read.damage.size() == 1);
    CHECK(read.damage[0].offset == mark.size() + 2 * (head + event(1)).size());
}

TEST_CASE("characters outside ASCII keep the offsets of a UTF-16 file right") {
    const auto two = test::from_hex("3d d8 00 de  e4 00  00 d8");  // U+1F600, a with dots, half a pair
    const std::string odd{bytes::text_of(two)};
    const std::string file = utf16("<!--", false) + odd + utf16("-->" + event(1), false);
    const Read read{file};
    REQUIRE(read.events.size() == 1);
    CHECK(read.events[0].offset == 8 + 8 + 6);
    CHECK(read.damage.empty());
}

TEST_CASE("how many bytes come at a time changes nothing") {
    const std::string text = "\xEF\xBB\xBFnoise" + event(1) + "<Event><Sys" + std::string{kDisconnected} +
                             "<!-- x -->" + event(3, "<UserData><A>" + event(4) + "</A></UserData>") +
                             "\xEF\xBB\xBF<Event>";
    const std::string file = GENERATE_COPY(values<std::string>({text, "\xFF\xFE" + utf16(text.substr(3), false)}));
    const Read at_once{file};
    CHECK(at_once.ids() == Ids{1, 1026, 3});
    for (const std::size_t n : {1U, 2U, 3U, 7U, 64U}) {
        Trickle source{bytes::view_of(file), n};
        std::vector<std::uint64_t> offsets;
        const auto result = events::read_xml(source, [&](Event&& e) {
            offsets.push_back(e.offset);
            return true;
        });
        REQUIRE(offsets.size() == 3);
        for (std::size_t i = 0; i < offsets.size(); ++i) CHECK(offsets[i] == at_once.events[i].offset);
        REQUIRE(result.damage.size() == at_once.damage.size());
        for (std::size_t i = 0; i < result.damage.size(); ++i)
            CHECK(result.damage[i].offset == at_once.damage[i].offset);
    }
}

TEST_CASE("a byte order mark between events is passed over, wherever a read ends in it") {
    const std::string mark = "\xEF\xBB\xBF", file = event(1) + "\n" + mark + event(2) + mark + "x" + mark + event(3);
    for (std::size_t n = 1; n < file.size(); ++n) {
        INFO(n << " bytes at a time");
        std::vector<std::uint32_t> ids;
        Trickle source{bytes::view_of(file), n};
        const auto result = events::read_xml(source, [&](Event&& e) {
            ids.push_back(e.id);
            return true;
        });
        CHECK(ids == Ids{1, 2, 3});
        REQUIRE(result.damage.size() == 1);
        CHECK(result.damage[0].offset == file.find('x', file.find(mark + "x")));
    }
}

TEST_CASE("a sink that has enough ends the reading") {
    const std::string text = event(1) + event(2) + event(3);
    bytes::MemorySource source{bytes::view_of(text)};
    const auto result = events::read_xml(source, [](Event&& e) { return e.id != 2; });
    CHECK(result.events == 2);
}

TEST_CASE("event XML is known by its beginning") {
    struct Row {
        std::string head;
        bool is;
    };
    const auto row = GENERATE(values<Row>({
        {"<Event xmlns='x'>", true},
        {"<Events>", true},
        {"<Event>", true},
        {"<e:Event xmlns:e='x'>", true},
        {"\xEF\xBB\xBF<?xml version=\"1.0\"?>\r\n<!-- <a> -->\r\n<Events>", true},
        {utf16("<Events>", false), true},
        {utf16("\r\n<Event>", true), true},
        {"\xFF\xFE" + utf16("<?xml version='1.0'?><Events>", false), true},
        {"Id : 1026\r\nMessage : x\r\n<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'>", true},
        {"PS> wevtutil\n<Event><System>", true},
        {"", false},
        {"<", false},
        {"<Even", false},
        {"<EventData>", false},
        {"<EventID>", false},
        {"<?xml version='1.0'?><html>", false},
        {"<!-- <Event> ", false},
        {"std::vector<Event> events;", false},
        {"\0\1\2<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'>"s, false},
        {"ElfFile", false},
    }));
    CAPTURE(row.head);
    CHECK(events::is_event_xml(bytes::view_of(row.head)) == row.is);
}
