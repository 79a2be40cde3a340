#include "src/report/csv.hpp"
#include "src/report/render.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/reports.hpp"

using namespace rdpdx;

namespace {

std::string cell(std::string_view text) {
    std::string out;
    report::add_csv_cell([&](std::string_view piece) { out += piece; }, text);
    return out;
}

std::vector<std::string> lines(const std::string& text) {
    std::vector<std::string> out;
    for (std::size_t at = 0; at < text.size();) {
        const auto end = text.find('\n', at);
        out.push_back(text.substr(at, end - at));
        at = end + 1;
    }
    return out;
}

}  // namespace

TEST_CASE("a cell of CSV is quoted where it must be, and is never a formula") {
    CHECK(cell("plain") == "plain");
    CHECK(cell("a,\"b\"") == "\"a,\"\"b\"\"\"");
    CHECK(cell("=cmd()|'/c calc'!A1") == "'=cmd()|'/c calc'!A1");
    CHECK(cell("@SUM(1,2)") == "\"'@SUM(1,2)\"");
    CHECK(cell("") == "");
}

TEST_CASE("a timeline has one line for each observation, in every format") {
    const auto r = test::small_report("alice");
    CHECK(lines(report::render_timeline_csv(r)).size() == 3);
    CHECK(lines(report::render_timeline_jsonl(r)).size() == 2);
    CHECK(lines(report::render_timeline_timesketch(r)).size() == 2);
    CHECK(lines(report::render_timeline_text(r, {200, false})) ==
          std::vector<std::string>{
              "1970-01-01T00:00:01.000000000Z  E1    A1   The client asks, cookie mstshash=alice (frame 1)",
              "1970-01-01T00:00:02.000000000Z  E2    A1   tcp.fin (frame 2)"});
    CHECK(lines(report::render_timeline_csv(r))[2] ==
          "1970-01-01T00:00:02.000000000Z,1970-01-01T00:00:02.000000000Z,E2,A1,capture,case/a.pcap,frame "
          "2,tcp.fin,,noted,observed,tcp.fin");
    CHECK(lines(report::render_timeline_jsonl(r))[1] ==
          R"({"time":"1970-01-01T00:00:02.000000000Z","corrected":null,"source":"case/a.pcap","origin":"capture",)"
          R"("attempt":"A1","kind":"tcp.fin","stage":null,"outcome":"noted","basis":"observed","text":"tcp.fin",)"
          R"("evidence":"E2","frame":2})");
}

TEST_CASE("Timesketch's required fields are there, with the packets' time in microseconds") {
    CHECK(lines(report::render_timeline_timesketch(test::small_report("alice")))[1] ==
          R"({"message":"tcp.fin","datetime":"1970-01-01T00:00:02.000000+00:00","timestamp":2000000,)"
          R"("timestamp_desc":"packet","tag":["rdp","capture","A1"],"source_file":"case/a.pcap","frame_number":2,)"
          R"("rdp_kind":"tcp.fin","evidence":"E2"})");
}

TEST_CASE("hostile strings keep a timeline's lines and cells apart, and say nothing to a terminal") {
    const auto r = test::small_report("a\n=1+1,\"\x1b]0;x\a\u202E");
    CHECK(lines(report::render_timeline_csv(r)).size() == 3);
    CHECK(lines(report::render_timeline_jsonl(r)).size() == 2);
    CHECK(lines(report::render_timeline_timesketch(r)).size() == 2);
    for (const auto& text : {report::render_timeline_csv(r), report::render_timeline_jsonl(r),
                             report::render_timeline_timesketch(r), report::render_timeline_text(r, {80, false})})
        CHECK(text.find('\x1b') == std::string::npos);
}
