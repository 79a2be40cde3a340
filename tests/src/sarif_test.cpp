#include "src/report/render.hpp"
#include "src/report/sarif_text.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/reports.hpp"

using namespace rdpdx;
using test::small_report;

namespace {

std::size_t count(const std::string& text, std::string_view part) {
    std::size_t n = 0;
    for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size())) ++n;
    return n;
}

model::Finding finding(model::Confidence confidence) {
    model::Finding f;
    f.id = "a-cause";
    f.title = "A cause";
    f.confidence = confidence;
    f.remedy.push_back({"Do {this}.", "do --it {x}", "Carefully.", "a-cause"});
    return f;
}

}  // namespace

TEST_CASE("a message of SARIF has neither placeholders nor links") {
    CHECK(report::sarif_text("{0} of {x}") == "{{0}} of {{x}}");
    CHECK(report::sarif_text("see [here](http://evil.example)") == "see \\[here\\](http://evil.example)");
    CHECK(report::sarif_text("[2001:db8::1]:3389") == "[2001:db8::1]:3389");
    CHECK(report::sarif_text("a\x1b[31m\u202E") == "a\\x1b[31m\\u202e");
}

TEST_CASE("a file's name becomes a relative reference, whatever it holds") {
    CHECK(report::relative_uri("case/a b.pcap") == "case/a%20b.pcap");
    CHECK(report::relative_uri("c:x?#%.pcap") == "c%3Ax%3F%23%25.pcap");
    CHECK(report::relative_uri("//host/x") == ".//host/x");
    CHECK(report::relative_uri("gr\xC3\xBC.evtx") == "gr%C3%BC.evtx");
}

TEST_CASE("how sure a cause is, is the level of a SARIF result") {
    struct Row {
        model::Confidence confidence;
        std::string_view level;
    };
    const auto row = GENERATE(values<Row>({{model::Confidence::confirmed, "error"},
                                           {model::Confidence::likely, "warning"},
                                           {model::Confidence::possible, "note"}}));
    auto r = small_report("alice");
    r.attempts[0].cause = finding(row.confidence);
    const auto text = report::render_sarif(r);
    CHECK(count(text, "\"level\": \"" + std::string{row.level} + "\"") == 1);
    CHECK(count(text, "\"ruleId\": \"a-cause\"") == 1);
    CHECK(count(text, "1. Do {{this}}.\\n   > do --it {{x}}\\n   caution: Carefully.") == 1);
}

TEST_CASE("an attempt without a cause is a note of SARIF that cites how it ended") {
    const auto text = report::render_sarif(small_report("alice"));
    CHECK(count(text, "\"ruleId\": \"undetermined\"") == 1);
    CHECK(count(text, "\"level\": \"note\"") == 1);
    CHECK(count(text, "\"name\": \"frame 2\"") == 2);  // a location, and a step of the flow
}

TEST_CASE("an attempt that succeeded is no result of SARIF") {
    auto r = small_report("alice");
    r.attempts[0].outcome = model::Outcome::succeeded;
    CHECK(count(report::render_sarif(r), "ruleId") == 0);
    CHECK(count(report::render_sarif(r), "\"results\": []") == 1);
}

TEST_CASE("a flow of SARIF has the first and the last steps of a long attempt, and says how many are left out") {
    auto r = small_report("alice");
    auto& seen = r.attempts[0].tracks[0].seen;
    for (std::uint64_t i = 0; i < 1000; ++i) seen.push_back(test::saw("tls.application-data", 10 + i));
    const auto text = report::render_sarif(r);
    CHECK(count(text, "\"executionOrder\"") == 400);
    CHECK(count(text, "\"leftOut\": 602") == 1);
    CHECK(count(text, "\"executionOrder\": 1002") == 1);
}

TEST_CASE("hostile strings stay strings in SARIF") {
    const auto text = report::render_sarif(small_report("a\n\"}],[x](y){0}\x1b]0;\xFF"));
    CHECK(text.find('\x1b') == std::string::npos);
    CHECK(count(text, "{0}") == count(text, "{{0}}"));
    CHECK(count(text, "[x](y)") == 0);
}
