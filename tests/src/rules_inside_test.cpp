// The shipped causes against what TLS carried: which code names which cause, how surely, and what is only near to it.
#include <algorithm>

#include "src/codes/codes.hpp"
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

Seen operator+(Seen a, const Seen& b) {
    a.insert(a.end(), b.begin(), b.end());
    return a;
}

model::Observation from(const char* side, std::string kind, std::uint64_t frame, Stage stage,
                        std::vector<model::Field> fields, Effect effect = Effect::noted) {
    fields.push_back({"from", s(side)});
    return saw(std::move(kind), frame, effect, stage, std::move(fields),
               side == std::string_view{"server"} ? Party::server : Party::client);
}

Seen until_tls(const char* selected) {
    return {saw("tcp.syn", 1, Effect::noted, Stage::tcp_connect, {{"count", n(1)}}, Party::client),
            saw("tcp.connected", 3, Effect::passed, Stage::tcp_connect),
            saw("x224.connection-request", 4, Effect::noted, Stage::x224_negotiation, {}, Party::client),
            saw("x224.connection-confirm", 5, Effect::passed, Stage::x224_negotiation, {{"selected", s(selected)}}),
            saw("tls.client-hello", 6, Effect::noted, Stage::tls_handshake, {}, Party::client),
            saw("tls.finished", 7, Effect::passed, Stage::tls_handshake)};
}

// NLA went well up to the credentials.
Seen authenticated() {
    return {from("client", "credssp.pdu", 10, Stage::credssp, {{"version", n(6)}, {"message", s("AUTHENTICATE")}}),
            from("server", "credssp.pdu", 11, Stage::credssp, {{"version", n(6)}}),
            from("client", "credssp.pdu", 12, Stage::credssp,
                 {{"version", n(6)}, {"content", std::vector<std::string>{"authInfo"}}}, Effect::passed)};
}
Seen client_info() {
    return {from("server", "mcs.pdu", 14, Stage::mcs_connect, {{"name", s("ConnectResponse")}}, Effect::passed),
            from("client", "mcs.pdu", 15, Stage::channel_join, {{"name", s("SendDataRequest")}}, Effect::passed),
            from("client", "rdp.client-info", 16, Stage::client_info, {})};
}
Seen licensed() {
    return {from("server", "mcs.pdu", 17, Stage::client_info, {{"name", s("SendDataIndication")}}, Effect::passed),
            from("server", "rdp.license", 17, Stage::licensing, {{"code", n(7)}}, Effect::passed)};
}
Seen active() {
    return client_info() + licensed() +
           Seen{from("client", "rdp.share", 18, Stage::capability_exchange, {}, Effect::passed),
                from("server", "rdp.share", 19, Stage::finalization, {}, Effect::passed),
                from("server", "rdp.share", 20, Stage::session, {{"type", s("session traffic")}}, Effect::passed)};
}

Seen error(std::int64_t code) {
    return {from("server", "credssp.pdu", 30, Stage::credssp, {{"version", n(6)}, {"error", n(code)}}, Effect::failed)};
}
Seen kerberos(std::int64_t code) {
    return {from("server", "credssp.pdu", 20, Stage::credssp,
                 {{"version", n(6)}, {"message", s("KRB-ERROR")}, {"kerberos_error", n(code)}})};
}
Seen rdstls(std::int64_t result) {
    return {from("server", "rdstls.pdu", 30, Stage::credssp, {{"result", n(result)}}, Effect::failed)};
}
Seen early(std::int64_t result) {
    return authenticated() + Seen{saw("credssp.early-authorization", 30, Effect::failed, Stage::early_authorization,
                                      {{"result", n(result)}}, Party::server)};
}
Seen error_info(std::int64_t code) {
    return {saw("rdp.error-info", 40, Effect::failed, {}, {{"code", n(code)}}, Party::server)};
}
Seen denied_before_licence(std::int64_t code) { return client_info() + error_info(code); }
Seen denied_after_licence(std::int64_t code) { return client_info() + licensed() + error_info(code); }
Seen ended_in_session(std::int64_t code) { return active() + error_info(code); }
Seen licence(std::int64_t code) {
    return client_info() + Seen{from("server", "rdp.license", 30, Stage::licensing,
                                     {{"code", n(code)}, {"transition", s("ST_TOTAL_ABORT")}}, Effect::failed)};
}
Seen refused(const char* name, Stage stage, std::int64_t result) {
    return {from("server", "mcs.pdu", 30, stage, {{"name", s(name)}, {"result", n(result)}}, Effect::failed)};
}
Seen connect_response(std::int64_t result) { return refused("ConnectResponse", Stage::mcs_connect, result); }
Seen attach_confirm(std::int64_t result) {
    return Seen{from("server", "mcs.pdu", 14, Stage::mcs_connect, {{"name", s("ConnectResponse")}}, Effect::passed)} +
           refused("AttachUserConfirm", Stage::channel_join, result);
}

std::vector<model::Finding> findings(Seen inside, const char* selected = "HYBRID_EX", bool server_closes = true) {
    model::Wire w;
    w.connected = w.tls_seen = w.tls_finished = w.opened = true;
    w.capture_end = test::at(100);
    w.client.payload_bytes = w.server.payload_bytes = 1000;
    w.negotiation.selected = selected;
    w.negotiation.requested = {"SSL", "HYBRID", "HYBRID_EX"};
    (server_closes ? w.server : w.client).closing = test::closing(90);
    auto attempt = test::attempt_of({test::wire_track(until_tls(selected) + inside, w)});
    diagnose::assess(attempt);
    return rules::evaluate(test::shipped_causes(), attempt);
}

Confidence sureness(const std::vector<model::Finding>& found, std::string_view id) {
    const auto at = std::ranges::find(found, id, &model::Finding::id);
    return at == found.end() ? Confidence::undetermined : at->confidence;
}

std::vector<std::string> confirmed(const std::vector<model::Finding>& found) {
    std::vector<std::string> out;
    for (const auto& f : found)
        if (f.confidence == Confidence::confirmed) out.push_back(f.id);
    return out;
}

constexpr auto kConfirmed = Confidence::confirmed, kLikely = Confidence::likely, kPossible = Confidence::possible,
               kNot = Confidence::undetermined;

}  // namespace

TEST_CASE("a code names the cause that its document gives it, as surely as it says so") {
    struct Row {
        Seen (*says)(std::int64_t);
        std::int64_t code;
        const char* cause;
        Confidence confidence;
    };
    const auto row = GENERATE(values<Row>({
        {error, 0xC000006D, "credential-rejected", kConfirmed},
        {error, 0xC0000064, "credential-rejected", kConfirmed},
        {error, 0xC0000071, "credential-rejected", kConfirmed},
        {error, 0xC0000072, "credential-rejected", kConfirmed},
        {error, 0xC0000193, "credential-rejected", kConfirmed},
        {error, 0xC0000224, "credential-rejected", kConfirmed},
        {error, 0xC0000234, "credential-rejected", kConfirmed},
        {error, 0xC000006E, "credential-rejected", kLikely},
        {rdstls, 0x52E, "credential-rejected", kConfirmed},
        {rdstls, 0x775, "credential-rejected", kConfirmed},
        {kerberos, 24, "credential-rejected", kLikely},
        {denied_after_licence, 0xA, "credential-rejected", kLikely},
        {error, 0xC000015B, "logon-not-permitted", kConfirmed},
        {early, 5, "logon-not-permitted", kConfirmed},
        {denied_after_licence, 9, "logon-not-permitted", kConfirmed},
        {error, 0xC000006F, "logon-not-permitted", kLikely},
        {error, 0xC0000070, "logon-not-permitted", kLikely},
        {rdstls, 0x530, "logon-not-permitted", kLikely},
        {licence, 6, "licensing-or-drain-refusal", kConfirmed},
        {licence, 2, "licensing-or-drain-refusal", kConfirmed},
        {licence, 0xC, "licensing-or-drain-refusal", kLikely},
        {denied_before_licence, 0x101, "licensing-or-drain-refusal", kConfirmed},
        {ended_in_session, 0x101, "licensing-or-drain-refusal", kLikely},
        {denied_before_licence, 0x106, "licensing-or-drain-refusal", kLikely},
        {error, 0xC0000133, "clock-skew", kConfirmed},
        {error, 0x80090324, "clock-skew", kConfirmed},
        {kerberos, 37, "clock-skew", kConfirmed},
        {kerberos, 33, "clock-skew", kLikely},
        {error, 0xC000005E, "kerberos-ntlm-failure", kConfirmed},
        {error, 0xC0000418, "kerberos-ntlm-failure", kConfirmed},
        {error, 0x80090350, "kerberos-ntlm-failure", kLikely},
        {kerberos, 7, "kerberos-ntlm-failure", kLikely},
        {kerberos, 41, "kerberos-ntlm-failure", kLikely},
        {error, 0x80090302, "credssp-policy-mismatch", kLikely},
        {error, 0x80090308, "credssp-policy-mismatch", kPossible},
        {error, 0xC000035B, "inspection-proxy", kLikely},
        {denied_after_licence, 0x10, "session-start-crash", kConfirmed},
        {ended_in_session, 0x112F, "session-start-crash", kConfirmed},
        {denied_after_licence, 0x112D, "session-start-crash", kLikely},
        {denied_after_licence, 6, "resource-exhaustion", kConfirmed},
        {error, 0xC000009A, "resource-exhaustion", kConfirmed},
        {ended_in_session, 3, "user-or-admin-ended", kConfirmed},
        {ended_in_session, 0xC, "user-or-admin-ended", kConfirmed},
        {denied_after_licence, 1, "user-or-admin-ended", kLikely},
        {ended_in_session, 0x1A, "service-restarted", kLikely},
        {denied_after_licence, 0x400, "broker-redirection", kConfirmed},
        {denied_after_licence, 0x409, "broker-redirection", kLikely},
        {denied_after_licence, 0x10EA, "incompatible-client", kLikely},
        {connect_response, 8, "incompatible-client", kLikely},
        {attach_confirm, 13, "connection-limit", kPossible},
    }));
    const auto found = findings(row.says(row.code));
    INFO(row.cause << ", code " << row.code);
    REQUIRE_FALSE(found.empty());
    CHECK(found[0].id == row.cause);
    CHECK(sureness(found, row.cause) == row.confidence);
    CHECK_FALSE(found[0].evidence.empty());
}

TEST_CASE("a code next to it does not name the cause") {
    struct Row {
        Seen (*says)(std::int64_t);
        std::int64_t code;
        const char* cause;
    };
    const auto row = GENERATE(values<Row>({
        {error, 0xC000015B, "credential-rejected"},
        {error, 0xC0000133, "credential-rejected"},
        {error, 0xC000005E, "credential-rejected"},
        {kerberos, 25, "credential-rejected"},
        {error, 0xC000006D, "logon-not-permitted"},
        {denied_after_licence, 8, "logon-not-permitted"},
        {ended_in_session, 0xC, "logon-not-permitted"},
        {ended_in_session, 0xFF, "licensing-or-drain-refusal"},
        {ended_in_session, 0x10B, "licensing-or-drain-refusal"},
        {denied_after_licence, 9, "licensing-or-drain-refusal"},
        {error, 0xC0000132, "clock-skew"},
        {kerberos, 36, "clock-skew"},
        {error, 0xC000006D, "kerberos-ntlm-failure"},
        {kerberos, 24, "kerberos-ntlm-failure"},
        {kerberos, 37, "kerberos-ntlm-failure"},
        {error, 0xC000006D, "credssp-policy-mismatch"},
        {error, 0x8009030C, "credssp-policy-mismatch"},
        {error, 0xC000006D, "inspection-proxy"},
        {error, 0x80090308, "inspection-proxy"},
        {ended_in_session, 0xC, "session-start-crash"},
        {ended_in_session, 0x112C, "session-start-crash"},
        {ended_in_session, 0x1130, "session-start-crash"},
        {denied_after_licence, 7, "resource-exhaustion"},
        {error, 0xC0000022, "resource-exhaustion"},
        {ended_in_session, 6, "user-or-admin-ended"},
        {ended_in_session, 0xA, "user-or-admin-ended"},
        {ended_in_session, 0x18, "service-restarted"},
        {ended_in_session, 0x1B, "service-restarted"},
        {denied_after_licence, 0x3FF, "broker-redirection"},
        {denied_after_licence, 0x413, "broker-redirection"},
        {denied_after_licence, 0x10D2, "incompatible-client"},
        {denied_after_licence, 0x1195, "incompatible-client"},
        {connect_response, 14, "incompatible-client"},
        {connect_response, 14, "connection-limit"},
        {attach_confirm, 14, "connection-limit"},
    }));
    INFO(row.cause << ", code " << row.code);
    CHECK(sureness(findings(row.says(row.code)), row.cause) == kNot);
}

TEST_CASE("no number of Set Error Info confirms more than one cause, none without a public name, no protocol error") {
    for (std::int64_t code = 1; code < 0x1200; ++code) {
        for (const auto says : {denied_before_licence, denied_after_licence, ended_in_session}) {
            const auto sure = confirmed(findings(says(code)));
            INFO(code);
            REQUIRE(sure.size() <= 1);
            if (sure.empty()) continue;
            CHECK_FALSE(codes::name_of(codes::Family::error_info, static_cast<std::uint32_t>(code)).empty());
            CHECK((code < 0x1000 || sure[0] == "session-start-crash"));
        }
    }
}

TEST_CASE("no status of CredSSP, RDSTLS, Kerberos, licensing or MCS confirms more than one cause") {
    using codes::Family;
    struct Row {
        Family family;
        Seen (*says)(std::int64_t);
    };
    const auto row = GENERATE(values<Row>({{Family::ntstatus, error},
                                           {Family::hresult, error},
                                           {Family::kerberos, kerberos},
                                           {Family::rdstls_result, rdstls},
                                           {Family::license_error, licence},
                                           {Family::mcs_result, connect_response},
                                           {Family::mcs_result, attach_confirm}}));
    for (const codes::Code& code : codes::table(row.family)) {
        INFO(code.name);
        CHECK(confirmed(findings(row.says(code.value))).size() <= 1);
    }
}

TEST_CASE("a plain denial leaves rights and licences open, and what was passed before it weighs") {
    struct Row {
        const char* what;
        Seen seen;
        const char* selected;
        Confidence rights, licences;
    };
    const auto row = GENERATE(values<Row>({
        {"before the licence, without NLA", client_info() + error_info(7), "SSL", kPossible, kPossible},
        {"after the licence, without NLA", client_info() + licensed() + error_info(7), "SSL", kPossible, kPossible},
        {"after NLA and the licence", authenticated() + client_info() + licensed() + error_info(7), "HYBRID", kLikely,
         kPossible},
        {"in the session", active() + error_info(7), "SSL", kLikely, kPossible},
    }));
    INFO(row.what);
    const auto found = findings(row.seen, row.selected);
    CHECK(sureness(found, "logon-not-permitted") == row.rights);
    CHECK(sureness(found, "licensing-or-drain-refusal") == row.licences);
    CHECK(confirmed(found).empty());
}

TEST_CASE("an error of Kerberos decides nothing where NTLM takes over") {
    const Seen ntlm{from("client", "credssp.pdu", 22, Stage::credssp, {{"message", s("AUTHENTICATE")}})};
    const auto refused = findings(kerberos(37) + ntlm + error(0xC000006D));
    REQUIRE_FALSE(refused.empty());
    CHECK(refused[0].id == "credential-rejected");
    CHECK(refused[0].confidence == kConfirmed);
    CHECK(sureness(refused, "clock-skew") == kPossible);
    const auto other = findings(kerberos(24) + ntlm + error(0xC0000418));
    CHECK(confirmed(other) == std::vector<std::string>{"kerberos-ntlm-failure"});
    CHECK(sureness(other, "credential-rejected") == kNot);
}

TEST_CASE("a server that closes during CredSSP without an error code leaves the causes possible") {
    const Seen hello{
        from("client", "credssp.pdu", 10, Stage::credssp, {{"version", n(6)}, {"message", s("NEGOTIATE")}})};
    const Seen challenge{from("server", "credssp.pdu", 11, Stage::credssp, {{"version", n(6)}})};
    const Seen proof{from("client", "credssp.pdu", 12, Stage::credssp, {{"message", s("AUTHENTICATE")}})};

    const auto at_once = findings(hello);
    CHECK(at_once[0].id == "server-closed-without-reason");
    CHECK(sureness(at_once, "credssp-policy-mismatch") == kPossible);
    CHECK(sureness(at_once, "credential-rejected") == kNot);

    const auto after_proof = findings(hello + challenge + proof);
    CHECK(after_proof[0].id == "server-closed-without-reason");
    CHECK(sureness(after_proof, "credential-rejected") == kPossible);
    CHECK(sureness(after_proof, "kerberos-ntlm-failure") == kPossible);
    CHECK(sureness(after_proof, "credssp-policy-mismatch") == kNot);

    CHECK(sureness(findings(hello + challenge), "credential-rejected") == kNot);
}

TEST_CASE("an old version of CredSSP on one side makes a policy of the other possible when that one closes") {
    const auto versions = [](int client, int server) {
        return Seen{from("client", "credssp.pdu", 10, Stage::credssp, {{"version", n(client)}}),
                    from("server", "credssp.pdu", 11, Stage::credssp, {{"version", n(server)}})};
    };
    CHECK(sureness(findings(versions(2, 6)), "credssp-policy-mismatch") == kPossible);
    CHECK(sureness(findings(versions(6, 2), "HYBRID", false), "credssp-policy-mismatch") == kPossible);
    CHECK(sureness(findings(versions(6, 6)), "credssp-policy-mismatch") == kNot);
    CHECK(sureness(findings(versions(2, 6), "HYBRID", false), "credssp-policy-mismatch") == kNot);
}

TEST_CASE("a server that hangs up in MCS without a word closed without a reason, one that said why did not") {
    const auto ultimatum = [](std::int64_t reason) {
        return client_info() +
               Seen{saw("mcs.pdu", 50, Effect::noted, {},
                        {{"from", s("server")}, {"name", s("DisconnectProviderUltimatum")}, {"reason", n(reason)}},
                        Party::server)};
    };
    CHECK(sureness(findings(ultimatum(1)), "server-closed-without-reason") == kLikely);
    CHECK(sureness(findings(ultimatum(3)), "server-closed-without-reason") == kNot);
    CHECK(sureness(findings(denied_after_licence(9) + ultimatum(1)), "server-closed-without-reason") == kNot);
}

TEST_CASE(
    "what one's own log says of credentials and rights is likely, and never read from another connection's words") {
    const auto logged = [](std::vector<model::Field> fields) {
        auto o = saw("event", 9, Effect::failed, Stage::credssp, std::move(fields), Party::server);
        o.origin = model::Origin::server_log;
        return findings({o});
    };
    const auto audit = [&](std::int64_t status) {
        return logged({{"provider", s("Microsoft-Windows-Security-Auditing")},
                       {"id", n(4625)},
                       {"name", s("network-logon-failed")},
                       {"code", n(status)}});
    };
    CHECK(sureness(audit(0xC000006A), "credential-rejected") == kLikely);
    CHECK(sureness(audit(0xC000015B), "logon-not-permitted") == kLikely);
    CHECK(sureness(audit(0xC0000133), "clock-skew") == kLikely);
    CHECK(sureness(audit(0xC0000022), "credential-rejected") == kNot);
    const auto told = [&](std::int64_t code) {
        return logged({{"provider", s("Microsoft-Windows-RemoteDesktopServices-RdpCoreTS")},
                       {"id", n(72)},
                       {"name", s("error-info-set")},
                       {"code", n(code)}});
    };
    CHECK(sureness(told(7), "logon-not-permitted") == kPossible);
    CHECK(sureness(told(9), "logon-not-permitted") == kLikely);
    CHECK(sureness(told(0x101), "licensing-or-drain-refusal") == kLikely);
    CHECK(sureness(told(0), "logon-not-permitted") == kNot);
}
