#include "src/report/markdown_writer.hpp"

#include <regex>

#include "src/report/lookup.hpp"
#include "src/report/render.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/reports.hpp"

using namespace rdpdx;
using report::markdown_code;
using report::markdown_text;

TEST_CASE("text in Markdown makes no markup, no link, no mention and no new line") {
    struct Row {
        std::string_view text, shown;
    };
    const auto row = GENERATE(values<Row>({
        {"plain text, 203.0.113.20:3389 (HOST)", "plain text, 203.0.113.20:3389 (HOST)"},
        {"[a](javascript:x)", "\\[a\\](javascript:x)"},
        {"![a](//evil/x.png)", "!\\[a\\](//evil/x.png)"},
        {"<img src=x onerror=y>", "\\<img src=x onerror=y\\>"},
        {"a|b `c` *d* _e_ ~f~ #1 $g$", "a\\|b \\`c\\` \\*d\\* \\_e\\_ \\~f\\~ \\#1 \\$g\\$"},
        {"&lt;script&gt;", "&amp;lt;script&amp;gt;"},
        {"LAB\\alice", "LAB\\\\alice"},
        {"@everyone", "\u200b@\u200beveryone"},
        {"http://evil.example www.evil.example", "http:\u200b//evil.example www\u200b.evil.example"},
        {"a\n# b\x1b[31m", "a\\\\x0a\\# b\\\\x1b\\[31m"},
    }));
    INFO(row.text);
    CHECK(markdown_text(row.text) == row.shown);
}

TEST_CASE("a code span has more backticks around it than are in it") {
    CHECK(markdown_code("a.pcap") == "`a.pcap`");
    CHECK(markdown_code("`") == "`` ` ``");
    CHECK(markdown_code("a``b\n") == "```a``b\\x0a```");
}

TEST_CASE("what is longer than anybody reads is cut at a whole character, and the cut is told") {
    const std::string text = std::string(1'000'000, 'a') + "\u00fc";
    CHECK(markdown_text(text) == std::string(2000, 'a') + "... (998002 more bytes)");
}

TEST_CASE("both lengths of Markdown begin with the verdict, and the long one has all evidence") {
    const auto r = test::small_report("alice");
    const auto brief = report::render_markdown(r), full = report::render_markdown_long(r);
    for (const auto& text : {brief, full}) {
        CHECK(text.starts_with("## It failed.\n"));
        CHECK(text.find("`case/a.pcap`") != std::string::npos);
        CHECK(text.find("user (hint): `alice`") != std::string::npos);
    }
    CHECK(brief.find("| E1 |") == std::string::npos);
    CHECK(full.find("| E1 | 1970-01-01T00:00:01.000000000Z | A1 |  | The client asks") != std::string::npos);
    CHECK(full.find("tcp.port == 50000") != std::string::npos);
}

TEST_CASE("a name from evidence goes into a command only where a shell sees nothing in it") {
    auto r = test::small_report("alice");
    r.inputs[0].kind = "binary event log (EVTX)";
    r.attempts[0].tracks[0].seen[0].evidence.kind = model::Evidence::Kind::event;
    const auto query = [&](const std::string& path) {
        r.inputs[0].path = path;
        const report::EvidenceIndex evidence{r};
        return report::lookup(r, evidence.items()[0]).text;
    };
    CHECK(query("case/a log.evtx") ==
          "wevtutil qe \"case/a log.evtx\" /lf:true \"/q:*[System[(EventRecordID=1)]]\" /f:text");
    for (const char* path :
         {"a\" & calc & \".evtx", "%PATH%.evtx", "$(id).evtx", "`id`.evtx", "a\nb.evtx", "-x.evtx"}) {
        INFO(path);
        CHECK(query(path).starts_with("wevtutil qe \"FILE\" "));
    }
}

TEST_CASE("a list that is cut says how much it leaves out") {
    auto r = test::small_report("alice");
    const auto one = r.attempts[0];
    for (int i = 0; i < 300; ++i) r.attempts.push_back(one);
    const auto text = report::render_markdown_long(r);
    INFO(text);
    CHECK(std::regex_search(text, std::regex{"and [0-9]+ more; the JSON report has them all"}));
}
