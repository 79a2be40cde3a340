#include "src/report/json_writer.hpp"
#include "src/report/page.hpp"
#include "src/report/render.hpp"
#include "src/report/text_safety.hpp"
#include "tests/support/attempts.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/reports.hpp"

using namespace rdpdx;
using report::JsonWriter;
using test::small_report;

namespace {

std::string json_string(std::string_view text) {
    std::string out;
    report::append_json_string(out, text);
    return out;
}

}  // namespace

TEST_CASE("JSON strings escape what JSON must, and mend what is not UTF-8") {
    CHECK(json_string("a\"b\\c\n\t") == R"("a\"b\\c\n\t")");
    CHECK(json_string(std::string_view{"\x00\x1b\x7f", 3}) == "\"\\u0000\\u001b\\u007f\"");
    CHECK(json_string("gr\xC3\xBC\xC3\x9F"
                      "e") ==
          "\"gr\xC3\xBC\xC3\x9F"
          "e\"");
    CHECK(json_string("\xFF") == "\"\xEF\xBF\xBD\"");
}

TEST_CASE("JSON is written with commas and indents where they belong") {
    std::string out;
    JsonWriter json{out};
    json.begin_object();
    json.key("a").value(1);
    json.key("b").begin_array();
    json.value("x");
    json.null();
    json.end_array();
    json.key("c").begin_object();
    json.end_object();
    json.key("d").value(std::vector<std::string>{"p", "q"});
    json.end_object();
    CHECK(out == "{\n  \"a\": 1,\n  \"b\": [\n    \"x\",\n    null\n  ],\n  \"c\": {},\n  \"d\": [\"p\", \"q\"]\n}");

    std::string line;
    JsonWriter compact{line, false};
    compact.begin_object();
    compact.key("a").value(true);
    compact.key("b").value(std::int64_t{-5});
    compact.end_object();
    CHECK(line == R"({"a":true,"b":-5})");
}

TEST_CASE("a terminal is shown control characters and changes of direction, and does not obey them") {
    CHECK(report::terminal_safe("\x1b[31mred\a") == "\\x1b[31mred\\x07");
    CHECK(report::terminal_safe("abc\u202Edef") == "abc\\u202edef");
    CHECK(report::terminal_safe("\u009b31m") == "\\x9b31m");
    CHECK(report::terminal_safe("plain \u00fc\u4e2d") == "plain \u00fc\u4e2d");
    CHECK(report::terminal_safe("a\nb\r") == "a\\x0ab\\x0d");
}

TEST_CASE("text is wrapped at blanks and never cut inside a word") {
    const auto lines = report::wrap("one two three four", 9);
    CHECK(lines == std::vector<std::string>{"one two", "three", "four"});
    CHECK(report::wrap("averyveryverylongword x", 5) == std::vector<std::string>{"averyveryverylongword", "x"});
    CHECK(report::wrap("", 5).size() == 1);
}

TEST_CASE("a page indents what it wraps and colours only when told to") {
    report::Page plain{{24, false}};
    plain.item("  - ", "one two three four five", report::Tone::bad);
    CHECK(plain.take() == "  - one two three four\n    five\n");
    report::Page coloured{{80, true}};
    coloured.line("x", report::Tone::good);
    CHECK(coloured.take() == "\x1b[32mx\x1b[0m\n");
}

TEST_CASE("every line of a text report fits its width") {
    const auto text = report::render_text(small_report("alice"), {80, false});
    std::size_t start = 0;
    while (start < text.size()) {
        const auto end = text.find('\n', start);
        INFO(text.substr(start, end - start));
        CHECK(report::display_width(text.substr(start, end - start)) <= 80);
        start = end + 1;
    }
    CHECK(text.find("It failed.") != std::string::npos);
    CHECK(text.find("case/a.pcap") != std::string::npos);
}

TEST_CASE("a log whose clock is known is told by the packets' time, and keeps its own") {
    auto r = small_report("alice");
    r.inputs.push_back(r.inputs.front());
    r.inputs.back().path = "case/server.evtx";
    model::Track log;
    log.origin = model::Origin::server_log;
    log.input = 1;
    log.server.name = "RDSH1";
    log.clock = model::Clock{test::at(94.996) - test::at(0), test::at(0.25) - test::at(0), 2};
    auto accepted = test::saw("event", 96);
    accepted.text = "Accepted.";
    accepted.evidence = {1, model::Evidence::Kind::event, 7, 0};
    log.seen.push_back(accepted);
    r.attempts[0].tracks.push_back(log);
    const auto text = report::render_text(r, {80, false});
    CHECK(text.find("RDSH1 is 1 min 35 s ahead of the packets") != std::string::npos);
    CHECK(text.find("00:00:01.004  Accepted.") != std::string::npos);
    CHECK(text.find("Accepted.") < text.find("tcp.fin"));  // by its own clock it would come last
    const auto json = report::render_json(r);
    for (const char* part :
         {"\"offset_ms\": 94996", "\"error_ms\": 250", "\"anchors\": 2", "\"time\": \"1970-01-01T00:01:36.000000000Z\"",
          "\"corrected\": \"1970-01-01T00:00:01.004000000Z\"", "\"corrected\": null"}) {
        INFO(part);
        CHECK(json.find(part) != std::string::npos);
    }
}

TEST_CASE("hostile strings are inert in text and JSON") {
    const auto report = small_report("x\x1b]0;pwned\a\u202E<script>");
    CHECK(report::render_text(report, {80, false}).find('\x1b') == std::string::npos);
    const auto json = report::render_json(report);
    CHECK(json.find('\x1b') == std::string::npos);
    CHECK(json.find("\\u001b]0;pwned") != std::string::npos);
}

TEST_CASE("the JSON report has the contract's members and cites evidence by name") {
    const auto json = report::render_json(small_report("alice"));
    for (const char* member :
         {"\"schema\": \"rdpdx.report/1\"", "\"tool\"", "\"inputs\"", "\"clocks\"", "\"incidents\"", "\"attempts\"",
          "\"verdict\"", "\"timeline\"", "\"evidence\"", "\"end\"", "\"codes\"", "\"udp\"", "\"next_steps\"",
          "\"stage\": \"x224-negotiation\"", "\"outcome\": \"failed\"", "\"E2\""}) {
        INFO(member);
        CHECK(json.find(member) != std::string::npos);
    }
}
