// How events stand in a file of JSON, and what damage does to them.
#include <algorithm>

#include "tests/parsers/events_json_support.hpp"

using namespace rdpdx;
using events::Event;
using test::dump;
using test::Ids;
using test::kLine;
using test::kRecord;
using test::ReadJson;
using test::record;

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
    const std::string text = R"({"Event":{"a":"text)"
                             "\n rest\",{" +
                             dump(1) + R"(x{"Event":{})" + dump(2);
    const ReadJson all{text};
    test::Trickle source{bytes::view_of(text), 1};
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
    CHECK(read.events.front().fields == std::vector<events::Field>{{"n", std::string{row.text}}});
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
