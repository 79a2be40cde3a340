#include "src/report/text_ladder.hpp"

#include <algorithm>

#include "tests/support/catch.hpp"
#include "tests/support/reports.hpp"

using namespace rdpdx;

namespace {

std::vector<std::string> drawn(const model::Report& r, std::size_t width) {
    const report::EvidenceIndex evidence{r};
    report::Page page{{width, false}};
    report::ladder_section(page, r.attempts[0], evidence, r.zone);
    std::vector<std::string> out;
    const std::string text = page.take();
    for (std::size_t at = 0; at < text.size();) {
        const auto end = text.find('\n', at);
        out.push_back(text.substr(at, end - at));
        at = end + 1;
    }
    return out;
}

bool ascii(const std::string& line) {
    for (const char c : line)
        if (c < 0x20 || c > 0x7E) return false;
    return true;
}

// A request, its answer, an event of the server's log, five seconds of nothing, and the end.
model::Report a_case() {
    auto r = test::small_report("alice");
    auto& seen = r.attempts[0].tracks[0].seen;
    seen[0].fields = {{"requested", std::vector<std::string>{"SSL", "HYBRID"}}};
    seen[1].fields = {{"from", std::string{"server"}}};
    seen[1].time += std::chrono::seconds{5};
    seen[1].effect = model::Effect::failed;
    model::Track log;
    log.origin = model::Origin::server_log;
    auto event = test::saw("event", 1);
    event.origin = model::Origin::server_log;
    event.evidence = {0, model::Evidence::Kind::event, 7, 0};
    event.fields = {{"provider", std::string{"Microsoft-Windows-RdpCoreTS"}}, {"id", std::int64_t{131}}};
    log.seen.push_back(event);
    r.attempts[0].tracks.push_back(log);
    return r;
}

}  // namespace

TEST_CASE("a ladder has a line for each message, event and pause, between two lifelines") {
    CHECK(drawn(a_case(), 64) ==
          std::vector<std::string>{"", "Ladder", "  # an event; X and x: lost or failed; END: it ended the",
                                   "  connection; dots: inferred",
                                   "                client         path          server",
                                   "  00:00:01.000  |-- Connection Request: SSL, .. ->|  E1",
                                   "  00:00:01.000  |                :  RdpCoreTS 131 #  E2",
                                   "                |       ... 6.00 s pass ...       |",
                                   "  00:00:07.000  |<--- FIN ------------------------|  END E3"});
}

TEST_CASE("every line of a ladder fits its page and is plain ASCII") {
    for (std::size_t width = 20; width <= 140; ++width)
        for (const std::string& line : drawn(a_case(), width)) {
            INFO(width << ": " << line);
            CHECK(report::display_width(line) <= width);
            CHECK(ascii(line));
        }
}

TEST_CASE("a page with no room has no ladder, a narrow one has none of the times") {
    CHECK(drawn(a_case(), 20).empty());
    CHECK(drawn(a_case(), 45).size() > 5);
    for (const std::string& line : drawn(a_case(), 45)) CHECK(line.find("00:00:01") == std::string::npos);
}

TEST_CASE("wide characters keep a ladder's lines apart") {
    auto r = a_case();
    auto& seen = r.attempts[0].tracks[0].seen;
    seen[0].kind = "tls.certificate";
    seen[0].fields = {
        {"subject", std::string{"\u4e2d\u6587\u4e2d\u6587\u4e2d\u6587\u4e2d\u6587\u4e2d\u6587 \u0301\x1b[31m"}}};
    for (std::size_t width = 40; width <= 100; ++width) {
        const auto lines = drawn(r, width);
        std::size_t ends = 0;
        for (const std::string& line : lines) {
            const auto at = line.rfind('|');
            if (line.find("Certificate") == std::string::npos || at == std::string::npos) continue;
            ends = report::display_width(line.substr(0, at));
            CHECK(line.find('\x1b') == std::string::npos);
        }
        INFO(width);
        const auto fin =
            std::find_if(lines.begin(), lines.end(), [](const auto& l) { return l.find("FIN") != std::string::npos; });
        REQUIRE(fin != lines.end());
        CHECK(ends == fin->rfind('|'));
    }
}
