// The shipped causes against what a KDC said on port 88: which code supports which cause, and what is only near to it.
#include <algorithm>

#include "src/diagnose/assess.hpp"
#include "src/rules/evaluate.hpp"
#include "tests/support/attempts.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/knowledge.hpp"

using namespace rdpdx;
using model::Confidence;
using model::Effect;
using model::Party;
using model::Stage;
using test::n;
using test::s;
using test::saw;

namespace {

using Seen = std::vector<model::Observation>;
constexpr const char *kRdp = "TERMSRV/rdsh1.lab.example", *kTgt = "krbtgt/LAB.EXAMPLE", *kWeb = "HTTP/web.lab.example";

model::Observation kdc(std::uint64_t frame, const char* message, const char* sname, const char* account = "user") {
    return saw("kdc.pdu", frame, Effect::noted, {},
               {{"message", s(message)}, {"sname", s(sname)}, {"account", s(account)}});
}
model::Observation refused(std::uint64_t frame, std::int64_t code, const char* sname, const char* account = "user") {
    auto o = kdc(frame, "KRB-ERROR", sname, account);
    o.fields.push_back({"code", n(code)});
    return o;
}

// An attempt that the client left inside TLS, before any PDU of CredSSP could be read.
Confidence sureness(Seen around, const char* cause, bool tls = true) {
    Seen seen{saw("tcp.syn", 1, Effect::noted, Stage::tcp_connect, {{"count", n(1)}}, Party::client),
              saw("tcp.connected", 3, Effect::passed, Stage::tcp_connect),
              saw("x224.connection-request", 4, Effect::noted, Stage::x224_negotiation, {}, Party::client)};
    if (tls) {
        seen.push_back(
            saw("x224.connection-confirm", 5, Effect::passed, Stage::x224_negotiation, {{"selected", s("HYBRID")}}));
        seen.push_back(saw("tls.client-hello", 6, Effect::noted, Stage::tls_handshake, {}, Party::client));
        seen.push_back(saw("tls.finished", 7, Effect::passed, Stage::tls_handshake));
    }
    seen.insert(seen.end(), around.begin(), around.end());
    model::Wire w;
    w.connected = true;
    w.tls_seen = w.tls_finished = w.opened = tls;
    w.capture_end = test::at(100);
    w.client.payload_bytes = w.server.payload_bytes = 1000;
    w.negotiation.selected = "HYBRID";
    w.client.closing = test::closing(90);
    auto attempt = test::attempt_of({test::wire_track(seen, w)});
    diagnose::assess(attempt);
    const auto found = rules::evaluate(test::shipped_causes(), attempt);
    const auto at = std::ranges::find(found, cause, &model::Finding::id);
    return at == found.end() ? Confidence::undetermined : at->confidence;
}

constexpr auto kLikely = Confidence::likely, kPossible = Confidence::possible, kNot = Confidence::undetermined;

}  // namespace

TEST_CASE("a code of the KDC names its cause where the service is RDP's or the user's own logon") {
    struct Row {
        std::int64_t code;
        const char* sname;
        const char* cause;
        Confidence confidence;
    };
    const auto row = GENERATE(values<Row>({
        {37, kRdp, "clock-skew", kLikely},
        {37, kTgt, "clock-skew", kLikely},
        {37, kWeb, "clock-skew", kNot},
        {36, kRdp, "clock-skew", kNot},
        {38, kRdp, "clock-skew", kNot},
        {7, kRdp, "kerberos-ntlm-failure", kPossible},
        {7, kTgt, "kerberos-ntlm-failure", kNot},
        {7, kWeb, "kerberos-ntlm-failure", kNot},
        {14, kRdp, "kerberos-ntlm-failure", kPossible},
        {14, kTgt, "kerberos-ntlm-failure", kPossible},
        {13, kRdp, "kerberos-ntlm-failure", kNot},
        {15, kTgt, "kerberos-ntlm-failure", kNot},
        {6, kTgt, "credential-rejected", kPossible},
        {18, kTgt, "credential-rejected", kLikely},
        {23, kTgt, "credential-rejected", kLikely},
        {24, kTgt, "credential-rejected", kLikely},
        {24, kRdp, "credential-rejected", kNot},
        {25, kTgt, "credential-rejected", kNot},
        {22, kTgt, "credential-rejected", kNot},
        {17, kTgt, "credential-rejected", kNot},
    }));
    INFO(row.code << " for " << row.sname);
    CHECK(sureness({refused(10, row.code, row.sname)}, row.cause) == row.confidence);
}

TEST_CASE("an account of a computer says nothing of the user's password") {
    CHECK(sureness({refused(10, 24, kTgt, "machine")}, "credential-rejected") == kNot);
}

TEST_CASE("an error of the KDC that the client got over is no cause") {
    CHECK(sureness({refused(10, 37, kTgt), kdc(11, "AS-REP", kTgt)}, "clock-skew") == kNot);
    CHECK(sureness({refused(10, 37, kRdp), kdc(11, "TGS-REP", kRdp)}, "clock-skew") == kNot);
    CHECK(sureness({refused(10, 14, kRdp), kdc(11, "TGS-REP", kRdp)}, "kerberos-ntlm-failure") == kNot);
    CHECK(sureness({refused(10, 24, kTgt), kdc(11, "AS-REP", kTgt)}, "credential-rejected") == kNot);
    // A ticket for something else does not help.
    CHECK(sureness({kdc(9, "AS-REP", kTgt), refused(10, 37, kRdp)}, "clock-skew") == kLikely);
}

TEST_CASE("where NTLM takes over, the KDC's error is not why the attempt failed") {
    const auto proof = saw("credssp.pdu", 20, Effect::noted, Stage::credssp,
                           {{"from", s("client")}, {"message", s("AUTHENTICATE")}}, Party::client);
    CHECK(sureness({refused(10, 7, kRdp), proof}, "kerberos-ntlm-failure") == kNot);
    CHECK(sureness({refused(10, 37, kRdp), proof}, "clock-skew") == kNot);
}

TEST_CASE("the KDC's error is not the cause of an attempt that failed before TLS") {
    CHECK(sureness({refused(2, 24, kTgt)}, "credential-rejected", false) == kNot);
    CHECK(sureness({refused(2, 37, kTgt)}, "clock-skew", false) == kNot);
}
