#include "src/report/html_writer.hpp"

#include <algorithm>
#include <regex>

#include "src/report/ladder.hpp"
#include "src/report/page_parts.hpp"
#include "src/report/render.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/reports.hpp"

using namespace rdpdx;
using report::Html;
using report::html_text;
using report::Rung;

namespace {

// What a browser would read as markup: names of elements, with the page's own script and style left out.
std::string without_code(std::string html) {
    for (const char* element : {"style", "script"}) {
        const std::string open = "<" + std::string{element}, close = "</" + std::string{element} + ">";
        for (auto at = html.find(open); at != std::string::npos; at = html.find(open))
            html.erase(at, html.find(close, at) + close.size() - at);
    }
    return html;
}

std::size_t count(std::string_view text, std::string_view what) {
    std::size_t n = 0;
    for (auto at = text.find(what); at != std::string_view::npos; at = text.find(what, at + 1)) ++n;
    return n;
}

}  // namespace

TEST_CASE("text in HTML is escaped, and what steers a reader's terminal or its direction is shown") {
    CHECK(html_text("<b>&\"'") == "&lt;b&gt;&amp;&quot;&#39;");
    CHECK(html_text(std::string_view{"a\0b\x1b[1m\u202Ec", 10}) == "a\\x00b\\x1b[1m\\u202e");
    CHECK(html_text(std::string(1'000'000, 'x')).size() < 2100);
}

TEST_CASE("elements are closed in the order in which they were opened, and attributes are escaped") {
    Html html;
    html.open("div", {{"class", "a\"b"}}).leaf("span", "<x>").open("svg", {{"hidden", {}}});
    html.shape("line", {{"x1", "0"}}).close().close();
    CHECK(html.take() ==
          "<div class=\"a&quot;b\"><span>&lt;x&gt;</span>\n<svg hidden><line x1=\"0\"/>\n</svg>\n</div>\n");
}

TEST_CASE("an HTML report names by hash what may run in it, and nothing else") {
    const auto html = report::render_html(test::small_report("alice"));
    std::smatch policy;
    REQUIRE(std::regex_search(html, policy, std::regex{"Content-Security-Policy\" content=\"([^\"]*)\""}));
    CHECK(std::regex_match(policy[1].str(),
                           std::regex{"default-src 'none'; style-src 'sha256-[A-Za-z0-9+/]{43}='; script-src "
                                      "'sha256-[A-Za-z0-9+/]{43}='; base-uri 'none'; form-action 'none'"}));
    CHECK(count(html, "<script") == 2);  // the data, and what reads them
    CHECK(count(html, "<style") == 1);
    for (const char* asks : {" src=", " style=", "http:", "https:", "url(", "@import", " onclick"}) {
        INFO(asks);
        CHECK(html.find(asks) == std::string::npos);
    }
    CHECK(html.size() < 100'000);
}

TEST_CASE("an HTML report begins with the verdict and has every section that has something to say") {
    const auto html = report::render_html(test::small_report("alice"));
    const auto body = without_code(html);
    CHECK(body.find("<h1>It failed.</h1>") < body.find("id=\"evidence\""));
    for (const char* id : {"verdict", "evidence", "ladder", "timeline", "inputs"}) {
        INFO(id);
        CHECK(count(body, "<section id=\"" + std::string{id} + "\"") == 1);
        CHECK(count(body, "href=\"#" + std::string{id} + "\"") >= 1);
    }
    CHECK(body.find("id=\"certificate\"") == std::string::npos);
    CHECK(body.find("frame.number == 2") != std::string::npos);  // the end is cited
    CHECK(body.find("{{") == std::string::npos);
}

TEST_CASE("a report without any attempt is a page too") {
    model::Report r;
    r.verdict.sentence = "No RDP connection was found.";
    CHECK(report::render_html(r).find("<h1>No RDP connection was found.</h1>") != std::string::npos);
}

TEST_CASE("a case that cites without end gives a page that can be looked at") {
    auto r = test::small_report("alice");
    auto& a = r.attempts[0];
    for (std::uint64_t i = 3; i < 5000; ++i) {
        a.tracks[0].seen.push_back(test::saw("event", i));
        a.stages[0].evidence.push_back(a.tracks[0].seen.back().evidence);
    }
    a.stages[0].status = model::StageStatus::failed;
    a.cause = model::Finding{};
    a.cause->evidence = a.stages[0].evidence;
    const auto html = report::render_html(r);
    CHECK(count(html, "<tr id=\"E") == 500);
    CHECK(html.find(", 4977 more]") != std::string::npos);
    CHECK(html.size() < 1'000'000);
}

TEST_CASE("hostile strings stay text in HTML, in attributes and in the data of its script") {
    const auto name = GENERATE(values<std::string>({
        "</script><script>alert(1)</script>",
        "\"><img src=x onerror=alert(1)>",
        "<!--<script>",
        "]]><svg onload=alert(1)>",
        "{{script}}",
        "' onmouseover='alert(1)",
    }));
    const auto page_with = [](const std::string& text) {
        auto r = test::small_report(text);
        r.inputs[0].path = text + ".pcap";
        r.attempts[0].client.name = text;
        r.attempts[0].tls.sni = text;
        r.attempts[0].tracks[0].seen[1].fields = {{"from", text}};
        r.verdict.sentence = text;
        return report::render_html(r);
    };
    const auto html = page_with(name);
    CHECK(count(html, "<script") == 2);
    CHECK(count(html, "</script") == 2);
    CHECK(count(html, "<img") + count(html, "<!--") + count(html, "<svg onload") == 0);
    // Not one element more than with a name that is none.
    CHECK(count(without_code(html), "<") == count(without_code(page_with("alice")), "<"));
}

TEST_CASE("with a capture from each end a message of both is one rung, and one that did not arrive ends on the way") {
    using model::Effect;
    using model::Party;
    auto hello = test::saw("tls.client-hello", 3, Effect::noted, {}, {{"version", test::s("TLS 1.2")}}, Party::client);
    auto near_client = test::wire_track({test::saw("tcp.syn", 1, Effect::noted, {}, {}, Party::client), hello});
    auto near_server = test::wire_track({test::saw("tcp.syn", 1, Effect::noted, {}, {}, Party::client)});
    near_server.input = 1;
    near_server.seen[0].evidence.input = 1;
    auto r = test::small_report("alice");
    r.inputs.push_back(r.inputs[0]);
    r.attempts[0] = test::attempt_of({near_client, near_server});
    model::PathComparison path;
    path.near_server = 1;
    r.attempts[0].path = {path};
    const report::EvidenceIndex evidence{r};
    const auto rungs = report::ladder(r.attempts[0], evidence);
    REQUIRE(rungs.size() == 3);
    CHECK(rungs[0].shape == Rung::Shape::message);
    CHECK(rungs[0].label == "SYN");
    CHECK(rungs[0].evidence.size() == 2);
    CHECK(rungs[1].shape == Rung::Shape::pause);
    CHECK(rungs[2].shape == Rung::Shape::cut_short);
    CHECK(rungs[2].from == Party::client);
}

TEST_CASE("a ladder is never longer than a page takes, and says what it leaves out") {
    std::vector<model::Observation> seen;
    for (std::uint64_t i = 1; i <= 500; ++i)
        seen.push_back(test::saw("tcp.syn", i, model::Effect::noted, {}, {}, model::Party::client));
    auto r = test::small_report("alice");
    r.attempts[0] = test::attempt_of({test::wire_track(seen)});
    const report::EvidenceIndex evidence{r};
    const auto rungs = report::ladder(r.attempts[0], evidence);
    CHECK(rungs.size() <= 2 * report::kMostRungs);
    CHECK(std::ranges::any_of(rungs, [](const Rung& x) { return x.label == "455 more in the timeline"; }));
}

TEST_CASE("a page says of a rule which clause held, which did not, and which could not be judged") {
    auto r = test::small_report("alice");
    model::RuleTrace trace;
    trace.id = "a-cause";
    trace.title = "A <cause>";
    trace.in_scope = true;
    trace.truth = model::Truth::holds;
    trace.confidence = model::Confidence::likely;
    trace.clauses.push_back(
        {0, "required", "tcp.fin", model::Truth::holds, {r.attempts[0].tracks[0].seen[1].evidence}, {}});
    trace.clauses.push_back({0, "contradicting", "<script>", model::Truth::fails, {}, {}});
    trace.clauses.push_back({9, "supporting", "deep", model::Truth::unknown, {}, "a log"});
    r.attempts[0].rule_trace.push_back(trace);
    const auto page = report::render_html(r);
    for (const char* part : {"(a-cause): likely", "class=\"required holds\"", "class=\"contradicting fails\"",
                             "class=\"supporting unknown\"", "lacking: a log", "class=\"depth4\"", "A &lt;cause&gt;",
                             "&lt;script&gt;", "href=\"#rules\""}) {
        INFO(part);
        CHECK(page.find(part) != std::string::npos);
    }
    r.attempts[0].rule_trace.clear();
    CHECK(report::render_html(r).find("href=\"#rules\"") == std::string::npos);
}

TEST_CASE("what a log went through stands on the page, at most a hundred notes of it") {
    auto r = test::small_report("alice");
    for (int i = 0; i < 150; ++i) {
        model::LogNote note;
        note.kind = "slept";
        note.text = "It slept <b>well</b>.";
        note.time = test::at(i);
        r.log_health.push_back(note);
    }
    const auto page = report::render_html(r);
    std::size_t n = 0;
    for (auto at = page.find("It slept &lt;b&gt;"); at != std::string::npos;
         at = page.find("It slept &lt;b&gt;", at + 1))
        ++n;
    CHECK(n == 100);
    CHECK(page.find("... and 50 more") != std::string::npos);
}

TEST_CASE("the page tells each clock of a source: as it stood, and from when it was set") {
    auto r = test::small_report("alice");
    r.inputs.push_back(r.inputs.front());
    r.inputs.back().path = "case/server.evtx";
    model::Track log;
    log.origin = model::Origin::server_log;
    log.input = 1;
    log.clock = model::Clock{std::chrono::seconds{90}, std::chrono::milliseconds{250}, 2};
    r.attempts[0].tracks.push_back(log);
    r.attempts.push_back(r.attempts[0]);
    r.attempts[1].tracks.back().clock =
        model::Clock{std::chrono::seconds{3}, std::chrono::milliseconds{250}, 1, 0, test::at(60)};
    const auto html = report::render_html(r);
    const auto clocks = html.substr(html.find("<section id=\"clocks\""));
    CHECK(clocks.find("1 min 30 s ahead") < clocks.find("3 s ahead"));
    CHECK(clocks.find("since it was set at 1970-01-01T00:01:00Z by itself") != std::string::npos);
    CHECK(clocks.find("the packets&#39; own clock") != std::string::npos);
}
