// The same log in two forms, or exported twice.
#include <fstream>

#include "src/analysis/analysis.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/knowledge.hpp"

using namespace rdpdx;
namespace fs = std::filesystem;

namespace {

std::string content(const char* name) {
    std::ifstream file{fs::path{RDPDX_SOURCE_DIR} / "samples" / name, std::ios::binary};
    REQUIRE(file.good());
    return {std::istreambuf_iterator<char>{file}, {}};
}

const std::string& client_log() {
    static const std::string xml = content("nego-cert-not-on-server.client.xml");
    return xml;
}

std::size_t count(std::string_view text, std::string_view what) {
    std::size_t out = 0;
    for (auto at = text.find(what); at != text.npos; at = text.find(what, at + 1)) ++out;
    return out;
}

// Its first `events`, or those from `from` on.
std::string part_of(const std::string& xml, std::size_t from, std::size_t events) {
    std::string out = "<Events>";
    std::size_t at = 0;
    for (std::size_t i = 0; i < from + events; ++i) {
        const auto begin = xml.find("<Event ", at), end = xml.find("</Event>", begin);
        if (end == xml.npos) break;
        at = end + 8;
        if (i >= from) out += xml.substr(begin, at - begin);
    }
    return out + "</Events>";
}

model::Report report_of(const std::vector<std::string>& inputs) {
    static const auto knowledge = test::shipped_knowledge();
    std::vector<analysis::Reading> readings;
    for (const std::string& data : inputs) {
        const auto view = bytes::view_of(data);
        bytes::MemorySource source{view};
        const auto kind = analysis::recognise(view.first(std::min(view.size(), analysis::kHeadNeeded))).kind;
        readings.push_back(
            analysis::read(source, kind, static_cast<std::uint32_t>(readings.size()), {}, knowledge.events));
        readings.back().input.path = "log" + std::to_string(readings.size());
    }
    return analysis::analyze(std::move(readings), knowledge, {}, "test");
}

std::size_t events_in(const model::Report& report) {
    std::size_t out = 0;
    for (const auto& a : report.attempts)
        for (const auto& t : a.tracks) out += t.seen.size();
    return out;
}

bool says(const model::Report& report, std::size_t input, const std::string& note) {
    return std::ranges::find(report.inputs[input].notes, note) != report.inputs[input].notes.end();
}

}  // namespace

TEST_CASE("a log that is given twice tells of each connection once") {
    const auto once = report_of({client_log()}), twice = report_of({client_log(), client_log()});
    REQUIRE(once.attempts.size() == 1);
    CHECK(twice.attempts.size() == 1);
    CHECK(events_in(twice) == events_in(once));
    CHECK(twice.verdict.sentence == once.verdict.sentence);
    CHECK(says(twice, 1, std::to_string(events_in(once)) + " of the events are also in log1, and count there."));
}

TEST_CASE("of two exports of one log, the one with more of a connection counts") {
    const auto whole = report_of({client_log()});
    const std::size_t events = count(client_log(), "</Event>");
    REQUIRE(events >= 4);
    const auto both = report_of({part_of(client_log(), 0, 3), client_log()});
    CHECK(both.attempts.size() == 1);
    CHECK(both.verdict.sentence == whole.verdict.sentence);
    CHECK(both.attempts[0].tracks[0].input == 1);
    CHECK(events_in(both) == events_in(whole));
    CHECK(says(both, 0, "3 of the events are also in log2, and count there."));
}

TEST_CASE("two exports that each have a part of a connection make it whole") {
    const std::size_t events = count(client_log(), "</Event>");
    const auto whole = report_of({client_log()});
    const auto parts = report_of({part_of(client_log(), 0, events - 1), part_of(client_log(), 0, events / 2),
                                  part_of(client_log(), 1, events - 1)});
    CHECK(parts.attempts.size() == 1);
    CHECK(events_in(parts) == events_in(whole));
}

TEST_CASE("events outside of a connection's own sequence count once, too") {
    const std::vector<std::string> case_of{content("nego-cert-not-on-server.pcapng"),
                                           content("nego-cert-not-on-server.server.rdpcorets.evtx"),
                                           content("nego-cert-not-on-server.server.rcm.evtx")};
    auto twice = case_of;
    twice.push_back(case_of[2]);
    twice.push_back(case_of[1]);
    const auto one = report_of(case_of), other = report_of(twice);
    CHECK(other.attempts.size() == one.attempts.size());
    CHECK(events_in(other) == events_in(one));
    CHECK(other.verdict.sentence == one.verdict.sentence);
    CHECK_FALSE(other.inputs[3].notes.empty());
    CHECK_FALSE(other.inputs[4].notes.empty());
}

TEST_CASE("what a machine went through is said once, whatever inputs tell of it") {
    const std::string log =
        "<Events><Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider "
        "Name='Microsoft-Windows-Kernel-General'/><EventID>1</EventID><TimeCreated "
        "SystemTime='2026-11-21T06:10:46Z'/><EventRecordID>1</EventRecordID><Channel>System</Channel>"
        "<Computer>PC</Computer></System><EventData><Data Name='NewTime'>2026-11-21T06:10:46Z</Data>"
        "<Data Name='OldTime'>2026-11-21T05:10:46Z</Data></EventData></Event></Events>";
    const auto twice = report_of({log, log});
    REQUIRE(twice.log_health.size() == 1);
    CHECK(twice.log_health[0].kind == "clock-changed");
    CHECK(twice.log_health[0].input == 0);
}

TEST_CASE("equal events of one log are not copies of each other") {
    std::string log = client_log();
    const auto begin = log.find("<Event "), end = log.find("</Event>", begin) + 8;
    const std::string first = log.substr(begin, end - begin);
    const auto second = log.find("<Event ", end);
    const auto stop = log.find("</Event>", second) + 8;
    log.insert(stop, log.substr(second, stop - second));
    CHECK(events_in(report_of({log})) == events_in(report_of({client_log()})) + 1);
}
