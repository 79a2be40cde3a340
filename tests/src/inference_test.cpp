#include "src/diagnose/inference.hpp"

#include "src/diagnose/assess.hpp"
#include "src/diagnose/inference_lengths.hpp"
#include "tests/support/attempts.hpp"
#include "tests/support/catch.hpp"

using namespace rdpdx;
using diagnose::Lengths;
using model::Outcome;
using model::Party;
using model::Stage;
using model::StageStatus;

namespace {

// A message: "C484" is one of the client whose plaintext has 484 bytes; "SX" and "CX" are the closing of a side.
using Script = std::vector<std::string>;
using Stages = std::vector<Stage>;

Script operator+(Script a, const Script& b) {
    a.insert(a.end(), b.begin(), b.end());
    return a;
}

struct Suite {
    const char *version, *cipher;
};
constexpr Suite kGcm12{"TLS 1.2", "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"}, kGcm13{"TLS 1.3", "TLS_AES_256_GCM_SHA384"},
    kCbc12{"TLS 1.2", "TLS_RSA_WITH_AES_128_CBC_SHA"}, kCbc10{"TLS 1.0", "TLS_RSA_WITH_AES_128_CBC_SHA"};

model::Tls tls_of(const Suite& suite) {
    model::Tls out;
    out.version = suite.version;
    out.cipher = suite.cipher;
    out.tls13 = out.version == "TLS 1.3";
    return out;
}

// The length of a record that holds `plain` bytes.
std::uint16_t sealed(const Suite& suite, std::size_t plain) {
    const std::string name{suite.cipher};
    const bool vectors = std::string{suite.version} != "TLS 1.0";
    std::size_t length = plain + 24;
    if (std::string{suite.version} == "TLS 1.3") length = plain + 17;
    if (name.find("_CBC_") != std::string::npos) length = (plain + 20) / 16 * 16 + 16 + (vectors ? 16 : 0);
    return static_cast<std::uint16_t>(length);
}

// Each message in a frame of its own, a second apart.
model::Wire wire_of(const Script& script, const char* selected, const Suite& suite = kGcm12) {
    model::Wire w;
    w.connected = w.tls_seen = w.tls_finished = true;
    w.capture_end = test::at(500);
    w.negotiation.requested = {"SSL", "HYBRID"};
    w.negotiation.selected = selected;
    w.tls = tls_of(suite);
    std::uint64_t frame = 10;
    for (const auto& step : script) {
        ++frame;
        const bool client = step[0] == 'C';
        auto& half = client ? w.client : w.server;
        half.last_payload = test::at(static_cast<double>(frame));
        if (step[1] == 'X') {
            if (!half.closing) half.closing = test::closing(frame);
            continue;
        }
        half.payload_bytes += 100;
        ++half.encrypted_records;
        if (w.records.size() < model::kRecordsKept)
            w.records.push_back({client ? Party::client : Party::server,
                                 sealed(suite, std::stoul(step.substr(1))),
                                 test::at(static_cast<double>(frame)),
                                 {0, model::Evidence::Kind::packet, frame, frame * 100}});
    }
    return w;
}

const Script kConnect{"C460", "S126"};
const Script kNtlm{"C57", "S250", "C580", "S103", "C140"};
const Script kAttach{"C12", "C8", "S11"}, kJoins{"C12", "S15", "C12", "S15", "C12", "S15"};
const Script kInfo{"C361"}, kLicence{"S34"}, kActive{"S472", "C611"};
const Script kClientFinal{"C36", "C40", "C40", "C40"}, kServerFinal{"S36", "S40", "S40", "S40"};
const Script kToInfo = kConnect + kAttach + kJoins + kInfo;
const Script kToFontMap = kToInfo + kLicence + kActive + kClientFinal + kServerFinal;

struct Row {
    const char* fact;
    const char* selected;
    Script script;
    const char* rule;
    Stage stage;
    Stages alternatives;
};

}  // namespace

TEST_CASE("each end of the sequence has its stage, and those that fit as well are named") {
    const auto row = GENERATE(values<Row>({
        {"left after TLS", "SSL", {"CX"}, "left-after-tls", Stage::tls_handshake, {}},
        {"no answer to the first token", "HYBRID", {"C57", "SX"}, "credssp-unanswered", Stage::credssp, {}},
        {"no answer to the proof", "HYBRID", {"C57", "S250", "C580", "SX"}, "credssp-unanswered", Stage::credssp, {}},
        {"the client left on a challenge", "HYBRID", {"C57", "S250", "CX"}, "credssp-left", Stage::credssp, {}},
        {"an error code", "HYBRID", {"C57", "S250", "C580", "S15", "SX"}, "credssp-error", Stage::credssp, {}},
        {"a third message may be the credentials",
         "HYBRID",
         kNtlm + Script{"SX"},
         "credssp-unanswered",
         Stage::credssp,
         {Stage::mcs_connect}},
        {"an early result",
         "HYBRID_EX",
         kNtlm + Script{"S4", "SX"},
         "early-authorization",
         Stage::early_authorization,
         {Stage::mcs_connect}},
        {"no early result",
         "HYBRID_EX",
         kNtlm + Script{"SX"},
         "credssp-unanswered",
         Stage::credssp,
         {Stage::early_authorization}},
        {"Connect-Initial behind an early result",
         "HYBRID_EX",
         kNtlm + Script{"S4", "C460", "SX"},
         "connect-initial",
         Stage::mcs_connect,
         {}},
        {"Connect-Initial behind credentials",
         "HYBRID",
         kNtlm + Script{"C460", "SX"},
         "connect-initial",
         Stage::mcs_connect,
         {Stage::credssp}},
        {"no answer to Connect-Initial", "SSL", {"C460", "SX"}, "connect-initial", Stage::mcs_connect, {}},
        {"a refused Connect-Initial",
         "SSL",
         kConnect + Script{"SX"},
         "connect-response",
         Stage::mcs_connect,
         {Stage::channel_join}},
        {"what goes to a server that closed counts for nothing",
         "SSL",
         kConnect + Script{"SX", "C12", "C8"},
         "connect-response",
         Stage::mcs_connect,
         {Stage::channel_join}},
        {"no answer to Attach User",
         "SSL",
         kConnect + Script{"C12", "C8", "SX"},
         "attach-user",
         Stage::channel_join,
         {}},
        {"a refused user", "SSL", kConnect + Script{"C20", "S9", "SX"}, "attach-user-refused", Stage::channel_join, {}},
        {"an ultimatum", "SSL", kConnect + kAttach + Script{"S9", "SX"}, "channel-join", Stage::channel_join, {}},
        {"a refused channel",
         "SSL",
         kConnect + kAttach + Script{"C12", "S13", "SX"},
         "channel-join",
         Stage::channel_join,
         {}},
        {"joins without end",
         "SSL",
         kConnect + kAttach + kJoins + Script{"SX"},
         "channel-join",
         Stage::channel_join,
         {}},
        {"closed on Client Info", "SSL", kToInfo + Script{"SX"}, "client-info", Stage::client_info, {}},
        {"an error for a licence",
         "SSL",
         kToInfo + Script{"S37", "S28", "S9", "SX"},
         "error-info-for-licence",
         Stage::client_info,
         {}},
        {"network measured, then closed",
         "SSL",
         kToInfo + Script{"S24", "C24", "SX"},
         "client-info",
         Stage::client_info,
         {}},
        {"a licence message alone",
         "SSL",
         kToInfo + kLicence + Script{"SX"},
         "licence-alone",
         Stage::licensing,
         {Stage::capability_exchange}},
        {"a licence is negotiated",
         "SSL",
         kToInfo + Script{"S337", "C161", "SX"},
         "licence-exchange",
         Stage::licensing,
         {Stage::capability_exchange}},
        {"an error behind the licence",
         "SSL",
         kToInfo + kLicence + Script{"S36", "SX"},
         "error-info-for-capabilities",
         Stage::capability_exchange,
         {Stage::licensing}},
        {"another transport, then nothing",
         "SSL",
         kToInfo + kLicence + Script{"S43", "S43", "CX"},
         "no-demand-active",
         Stage::capability_exchange,
         {}},
        {"Demand Active, then nothing",
         "SSL",
         kToInfo + kLicence + Script{"S472", "SX"},
         "demand-active",
         Stage::capability_exchange,
         {}},
        {"an error for a Confirm Active",
         "SSL",
         kToInfo + kLicence + Script{"S472", "S36", "SX"},
         "demand-active",
         Stage::capability_exchange,
         {}},
        {"no Font Map",
         "SSL",
         kToInfo + kLicence + kActive + kClientFinal + Script{"S36", "S40", "SX"},
         "finalization",
         Stage::finalization,
         {}},
        {"a Font Map", "SSL", kToFontMap + Script{"SX"}, "session", Stage::session, {}},
        {"a Font Map behind an issued licence",
         "SSL",
         kToInfo + Script{"S337", "C161", "S400", "C300", "S2000"} + kActive + kClientFinal + kServerFinal,
         "session",
         Stage::session,
         {}},
        {"a server that puts several in a record",
         "SSL",
         kToInfo + kLicence + kActive + kClientFinal + Script{"S76", "S80", "SX"},
         "session",
         Stage::session,
         {}},
        {"an error at the end of a session",
         "SSL",
         kToFontMap + Script{"S900", "S37", "S28", "S9", "SX"},
         "session-error-info",
         Stage::session,
         {}},
        {"with CredSSP before it", "HYBRID", kNtlm + kToFontMap + Script{"CX"}, "session", Stage::session, {}},
    }));
    const auto suite = GENERATE(kGcm12, kGcm13);
    CAPTURE(row.fact, suite.cipher);
    const auto told = diagnose::infer(wire_of(row.script, row.selected, suite));
    REQUIRE(told);
    CHECK(told->rule == row.rule);
    CHECK(told->stage == row.stage);
    CHECK(told->alternatives == row.alternatives);
    CHECK(told->text.find(row.rule) != std::string::npos);
}

TEST_CASE("a sequence cut anywhere never names a later stage than the whole one, nor goes back by more than it said") {
    const Script whole = kNtlm + kToFontMap;
    Stage furthest = Stage::tls_handshake;
    for (std::size_t n = 1; n <= whole.size(); ++n) {
        Script cut{whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(n)};
        const auto told = diagnose::infer(wire_of(cut + Script{"SX"}, "HYBRID"));
        CAPTURE(n, whole[n - 1]);
        REQUIRE(told);
        CHECK(told->stage >= furthest);
        furthest = told->stage;
    }
    CHECK(furthest == Stage::session);
}

TEST_CASE("block ciphers hide a few bytes: what they cannot tell apart is named together") {
    const auto error = diagnose::infer(wire_of(kToInfo + Script{"S37", "S28", "S9", "SX"}, "SSL", kCbc12));
    REQUIRE(error);
    CHECK(error->stage == Stage::client_info);
    CHECK(error->alternatives == Stages{Stage::licensing, Stage::capability_exchange});
    const auto suite = GENERATE(kCbc12, kCbc10);
    const auto whole = diagnose::infer(wire_of(kToFontMap + Script{"SX"}, "SSL", suite));
    REQUIRE(whole);
    CHECK(whole->stage == Stage::session);
}

TEST_CASE("a sender of TLS 1.0 that splits off the first byte is read like one that does not") {
    Script split;
    for (const auto& step : kToFontMap) {
        if (step[0] == 'C') {
            split.push_back("C1");
            split.push_back("C" + std::to_string(std::stoul(step.substr(1)) - 1));
        } else {
            split.push_back(step);
        }
    }
    const auto told = diagnose::infer(wire_of(split, "SSL", kCbc10));
    REQUIRE(told);
    CHECK(told->stage == Stage::session);
}

TEST_CASE("tickets of TLS 1.3 are not taken for the server's answers") {
    const auto before = diagnose::infer(wire_of({"S233", "C460", "SX"}, "SSL", kGcm13));
    REQUIRE(before);
    CHECK(before->rule == "connect-initial");
    const auto after = diagnose::infer(wire_of({"C460", "S233", "S233", "SX"}, "SSL", kGcm13));
    REQUIRE(after);
    CHECK(after->rule == "connect-initial");
    const auto answered = diagnose::infer(wire_of({"C460", "S233", "S233", "S118", "SX"}, "SSL", kGcm13));
    REQUIRE(answered);
    CHECK(answered->rule == "connect-response");
}

TEST_CASE("where the sizes leave the sequence, any later stage may have been reached") {
    const auto joins = diagnose::infer(wire_of(kConnect + kAttach + Script{"C12", "S15", "C30", "SX"}, "SSL"));
    REQUIRE(joins);
    CHECK(joins->rule == "unknown-sequence");
    CHECK(joins->stage == Stage::channel_join);
    CHECK(joins->alternatives.back() == Stage::session);
    CHECK_FALSE(diagnose::infer(wire_of({"C460", "S126", "C70", "S70", "SX"}, "SSL")));
    CHECK_FALSE(diagnose::infer(wire_of({"C60", "S126", "SX"}, "SSL")));
    CHECK_FALSE(diagnose::infer(wire_of({"C60", "S126", "SX"}, "RDSTLS")));
}

TEST_CASE("records beyond those that are kept leave everything open") {
    Script many = kConnect + kAttach;
    for (std::size_t i = 0; i < model::kRecordsKept; ++i) many = many + Script{"C12", "S15"};
    const auto told = diagnose::infer(wire_of(many + Script{"SX"}, "SSL"));
    REQUIRE(told);
    CHECK(told->stage == Stage::channel_join);
    CHECK(told->alternatives.back() == Stage::session);
}

TEST_CASE("nothing is inferred of what was opened, begins midway, lacks bytes, or has an unknown suite") {
    auto w = wire_of(kToInfo + Script{"SX"}, "SSL");
    REQUIRE(diagnose::infer(w));
    auto opened = w, midway = w, gap = w, unknown = w, unfinished = w, foreign = w;
    opened.opened = true;
    midway.starts_midway = true;
    gap.server.gap_bytes = 1;
    unknown.tls.cipher = "0xFEFE";
    unfinished.tls_finished = false;
    foreign.negotiation.selected.reset();
    for (const auto& other : {opened, midway, gap, unknown, unfinished, foreign}) CHECK_FALSE(diagnose::infer(other));
    w.records[0].length = 3;
    CHECK_FALSE(diagnose::infer(w));
}

TEST_CASE("a record's length tells its plaintext, to the byte or to the block") {
    struct Length {
        Suite suite;
        std::uint16_t record;
        Lengths plain;
    };
    const auto row = GENERATE(values<Length>({
        {kGcm13, 29, {12, 12}},
        {kGcm12, 36, {12, 12}},
        {{"TLS 1.3", "TLS_CHACHA20_POLY1305_SHA256"}, 29, {12, 12}},
        {{"TLS 1.3", "TLS_AES_128_CCM_8_SHA256"}, 21, {12, 12}},
        {{"TLS 1.2", "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256"}, 28, {12, 12}},
        {{"TLS 1.2", "TLS_RSA_WITH_AES_128_CCM"}, 36, {12, 12}},
        {{"TLS 1.2", "TLS_RSA_WITH_AES_128_CCM_8"}, 28, {12, 12}},
        {{"TLS 1.2", "TLS_RSA_WITH_RC4_128_SHA"}, 32, {12, 12}},
        {{"TLS 1.0", "TLS_RSA_WITH_RC4_128_MD5"}, 28, {12, 12}},
        {kCbc12, 64, {12, 27}},
        {kCbc10, 48, {12, 27}},
        {kCbc12, 48, {0, 11}},
        {{"TLS 1.2", "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384"}, 80, {0, 15}},
        {{"TLS 1.1", "TLS_RSA_WITH_3DES_EDE_CBC_SHA"}, 48, {12, 19}},
    }));
    CAPTURE(row.suite.version, row.suite.cipher);
    const auto overhead = diagnose::overhead_of(tls_of(row.suite));
    REQUIRE(overhead);
    CHECK(diagnose::plaintext_of(*overhead, row.record) == row.plain);
    CHECK_FALSE(diagnose::plaintext_of(*overhead, 3));
}

TEST_CASE("an attempt takes the stage from the sizes, as inferred, and says by which rule") {
    auto seen = std::vector<model::Observation>{
        test::saw("tcp.connected", 3, model::Effect::passed, Stage::tcp_connect),
        test::saw("x224.connection-confirm", 5, model::Effect::passed, Stage::x224_negotiation),
        test::saw("tls.finished", 9, model::Effect::passed, Stage::tls_handshake)};
    auto failed = test::attempt_of({test::wire_track(seen, wire_of(kToInfo + kLicence + Script{"SX"}, "SSL"))});
    diagnose::assess(failed);
    CHECK(failed.outcome == Outcome::failed);
    CHECK(failed.stage == Stage::licensing);
    CHECK(failed.basis == model::Basis::inferred);
    CHECK(failed.possible_stages == Stages{Stage::capability_exchange});
    const auto& info = failed.stages[static_cast<std::size_t>(Stage::client_info)];
    CHECK(info.status == StageStatus::passed);
    CHECK(info.basis == model::Basis::inferred);
    const auto& all = failed.tracks[0].seen;
    const auto told = std::find_if(all.begin(), all.end(), [](const auto& o) { return o.kind == "tls.inferred"; });
    REQUIRE(told != all.end());
    CHECK(told->string("rule") == "licence-alone");
    CHECK(told->basis == model::Basis::inferred);
    CHECK(told->evidence.number == 23);

    auto ran = test::attempt_of({test::wire_track(seen, wire_of(kToFontMap + Script{"CX"}, "SSL"))});
    diagnose::assess(ran);
    CHECK(ran.outcome == Outcome::incomplete);
    CHECK(ran.stage == Stage::session);
    CHECK(ran.basis == model::Basis::inferred);
}
