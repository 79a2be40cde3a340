// Six connections of mstsc through a gateway, captured with the secrets of its HTTPS, but not with those of the RDP
// connection inside. Facts are checked by hand.
#include <filesystem>
#include <fstream>

#include "src/analysis/analysis.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/knowledge.hpp"

using namespace rdpdx;

namespace {

namespace fs = std::filesystem;
const fs::path kCaptures = fs::path{RDPDX_SOURCE_DIR} / ".." / "shared" / "corpus" / "pcap";

std::optional<model::Report> report_of(const std::string& name) {
    const fs::path path = kCaptures / ("wireshark-rdp__captures__rdp-rdg-" + name + ".pcapng");
    std::ifstream in{path, std::ios::binary};
    if (!in) {
        WARN("skipped: " << path.filename() << " is not here");
        return {};
    }
    const std::string file{std::istreambuf_iterator<char>{in}, {}};
    bytes::MemorySource source{bytes::view_of(file)};
    const auto knowledge = test::shipped_knowledge();
    std::vector<analysis::Reading> readings;
    readings.push_back(analysis::read(source, analysis::Kind::pcapng, 0, {}, knowledge.events));
    return analysis::analyze(std::move(readings), knowledge, {}, "test");
}

// Frames of the observations of one kind, in order.
std::vector<std::uint64_t> frames(const model::Attempt& a, std::string_view kind) {
    std::vector<std::uint64_t> out;
    for (const auto& o : a.tracks.front().seen)
        if (o.kind == kind) out.push_back(o.evidence.number);
    return out;
}
const model::Observation& first(const model::Attempt& a, std::string_view kind) {
    const auto& seen = a.tracks.front().seen;
    const auto at = std::ranges::find(seen, kind, &model::Observation::kind);
    REQUIRE(at != seen.end());
    return *at;
}
using Frames = std::vector<std::uint64_t>;

}  // namespace

TEST_CASE("a connection of mstsc through a gateway is one attempt to the server behind it") {
    struct Row {
        const char* name;
        std::uint16_t port;
        Frames http, tunnel, channel;
        std::uint64_t request, hello;  // of the connection inside
        const char* user;
    };
    const auto row = GENERATE(values<Row>({
        {"diff-creds-kerberos-password",
         49895,
         {15, 17},
         {18, 19, 20, 21, 22, 23, 801, 803},
         {24, 25},
         27,
         36,
         "Administrator@ad.it-help.ninja"},
        {"same-creds-kerberos-password-success1",
         49790,
         {39, 41},
         {42, 43, 44, 45, 46, 47, 800, 801},
         {48, 49},
         51,
         61,
         "ProtectedUser@ad.it-help.ninja"},
        {"same-creds-kerberos-password-success2",
         49879,
         {15, 17},
         {18, 19, 20, 21, 22, 23, 795, 797},
         {24, 25},
         27,
         35,
         "ProtectedUser@ad.it-help.ninja"},
        // A smart card names nobody in the clear.
        {"same-creds-kerberos-smartcard-success1",
         49812,
         {36, 38},
         {39, 40, 41, 42, 43, 45, 1159, 1161},
         {46, 47},
         49,
         59,
         "@@BpNSrka"},
        {"same-creds-kerberos-smartcard-success2",
         49971,
         {16, 18},
         {19, 20, 21, 22, 23, 25, 1077, 1080},
         {26, 27},
         29,
         38,
         "@@BpNSrka"},
    }));
    INFO(row.name);
    const auto report = report_of(row.name);
    if (!report) return;
    REQUIRE(report->attempts.size() == 1);
    const model::Attempt& a = report->attempts[0];
    CHECK(a.client.address == "10.10.0.131");
    CHECK(a.client.port == row.port);
    CHECK(a.server.name == "IT-HELP-TEST.ad.it-help.ninja");
    CHECK(a.server.address.empty());
    CHECK(a.server.port == 3389);
    CHECK(a.user == row.user);
    CHECK(frames(a, "gateway.http") == row.http);
    CHECK(frames(a, "gateway.tunnel") == row.tunnel);
    CHECK(frames(a, "gateway.channel") == row.channel);
    CHECK(frames(a, "x224.connection-request") == Frames{row.request});
    CHECK(frames(a, "tls.client-hello") == Frames{row.hello});
    CHECK(first(a, "gateway.http").string("target") == "HTTP/it-help-gw.ad.it-help.ninja");
    CHECK(first(a, "gateway.channel").string("target") == "IT-HELP-TEST.ad.it-help.ninja");
    CHECK(a.tls.sni == "IT-HELP-TEST.ad.it-help.ninja");
    CHECK(a.negotiation.selected == "HYBRID_EX");
    CHECK(a.stages[static_cast<std::size_t>(model::Stage::rd_gateway)].status == model::StageStatus::passed);
    CHECK(a.stages[static_cast<std::size_t>(model::Stage::tls_handshake)].status == model::StageStatus::passed);
    // The secrets of the connection inside are not in the file, and what is hidden is not made up.
    CHECK(a.tracks.front().wire->secrets == "missing");
    CHECK(a.outcome == model::Outcome::incomplete);
    CHECK(a.end_kind == "channel-close");
    CHECK(a.ended_by == model::Party::client);
    CHECK_FALSE(a.cause);
}

TEST_CASE("a KDC proxy gives a ticket for the gateway before it is asked for a tunnel") {
    const auto report = report_of("same-creds-kerberos-password-success1");
    if (!report) return;
    const model::Attempt& a = report->attempts[0];
    CHECK(frames(a, "kdc-proxy") == Frames{23, 28, 28, 30, 32, 32, 35, 37, 37});
    std::vector<std::string> messages;
    for (const auto& o : a.tracks.front().seen)
        if (o.kind == "kdc-proxy" && !o.string("message").empty()) messages.emplace_back(o.string("message"));
    CHECK(messages == std::vector<std::string>{"AS-REQ", "KRB-ERROR", "AS-REQ", "AS-REP", "TGS-REQ", "TGS-REP"});
}

TEST_CASE("without a KDC proxy NTLM is all that is left, and the gateway refuses it to a protected user") {
    const auto report = report_of("no-kdc-proxy-ntlm-downgrade-failure");
    if (!report) return;
    REQUIRE(report->attempts.size() == 1);
    const model::Attempt& a = report->attempts[0];
    CHECK(a.outcome == model::Outcome::failed);
    CHECK(a.stage == model::Stage::rd_gateway);
    CHECK(a.basis == model::Basis::observed);
    CHECK(a.ended_by == model::Party::server);
    CHECK(a.server.address == "10.10.0.7");
    CHECK(a.server.port == 443);
    CHECK(a.server.name == "it-help-gw.ad.it-help.ninja");
    CHECK(a.user == "ProtectedUser@ad.it-help.ninja");
    CHECK(frames(a, "kdc-proxy") == Frames{23, 27});
    CHECK(frames(a, "gateway.http") == Frames{32, 33, 34, 36});
    REQUIRE(a.end_evidence);
    CHECK(a.end_evidence->number == 36);
    std::vector<std::int64_t> statuses;
    std::string reason;
    for (const auto& o : a.tracks.front().seen) {
        if (const auto status = o.number("status")) statuses.push_back(*status);
        if (o.evidence.number == 36 && o.kind == "gateway.http") reason = o.string("reason");
    }
    CHECK(statuses == std::vector<std::int64_t>{503, 401, 401});
    CHECK(reason == "User Account Restricted");
    REQUIRE(a.cause);
    CHECK(a.cause->id == "gateway-failure");
    CHECK(a.cause->confidence == model::Confidence::confirmed);
}

TEST_CASE("HTTPS that is no gateway becomes no attempt, with its secrets in the file") {
    std::error_code none;
    unsigned read = 0;
    for (const auto& entry : fs::directory_iterator{kCaptures, none}) {
        const std::string name = entry.path().filename().string();
        const bool web = name.find("http2") != std::string::npos || name.find("tls13") != std::string::npos ||
                         name.find("https") != std::string::npos;
        if (!web || name.find("rdp") != std::string::npos || entry.path().extension() != ".pcapng") continue;
        std::ifstream in{entry.path(), std::ios::binary};
        const std::string file{std::istreambuf_iterator<char>{in}, {}};
        bytes::MemorySource source{bytes::view_of(file)};
        const auto reading = analysis::read(source, analysis::Kind::pcapng, 0, {}, {});
        INFO(name);
        for (const auto& track : reading.tracks) CHECK_FALSE(track.wire->gateway);
        ++read;
    }
    if (read == 0) WARN("skipped: no captures of other HTTPS are here");
    SUCCEED();
}
