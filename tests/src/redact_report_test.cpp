// Whole reports, tracks and events.
#include "src/redact/event.hpp"
#include "src/redact/report.hpp"
#include "src/report/render.hpp"
#include "tests/support/catch.hpp"

using namespace rdpdx;
using redact::Redactor;

namespace {

redact::Key a_key() {
    redact::Key out{};
    out[7] = 7;
    return out;
}

// Every text of a report holds a name of its own that nothing else tells of, or a known one.
model::Report a_report() {
    model::Report out;
    out.version = "1";
    model::Input input;
    input.path = "erika-laptop.pcapng";
    input.kind = "pcapng capture";
    input.sha256 = std::string(64, 'a');
    input.notes = {"Comment of the capture: Erika said so", "seen on 198.51.100.10"};
    out.inputs.push_back(input);
    model::Attempt a;
    a.id = "A1";
    a.incident = "I1";
    a.client = {"198.51.100.10", 49740, "CLI-PC1"};
    a.server = {"203.0.113.20", 3389, "rdsh1.lab.example"};
    a.user = "LAB\\alice";
    a.end_kind = "fin";
    a.end_note = "CLI-PC1 left rdsh1.";
    a.negotiation.cookie = "alice";
    a.negotiation.routing_token = "msts=3640205228.15629.0000";
    a.negotiation.requested = {"SSL"};
    a.tls = {"TLS 1.3", "TLS_AES_256_GCM_SHA384", "rdsh1.lab.example", true};
    model::Certificate c;
    c.subject = "CN=rdsh1.lab.example, O=Example Works";
    c.issuer = "CN=Example Works Root CA";
    c.serial = "28c5f2";
    c.sha1 = "3c9fae353d7b806ab0c6f755842e558b4dcea8f6";
    c.subject_alt_names = {"DNS:rdsh1.lab.example", "IP:203.0.113.20"};
    a.certificate = std::make_shared<const model::Certificate>(c);
    model::Finding cause;
    cause.id = "credential-rejected";
    cause.title = "What alice of CLI-PC1 typed was refused";
    cause.because = {"The logon of alice of CLI-PC1 failed."};
    cause.remedy = {{"Ask alice", "ping rdsh1", "not of 203.0.113.20", ""}};
    a.cause = cause;
    a.sentence = "rdsh1 refused alice.";
    model::RuleTrace trace;
    trace.title = cause.title.str();
    a.rule_trace.push_back(trace);
    a.next_steps = cause.remedy;
    model::Track t;
    t.client = a.client;
    t.server = a.server;
    t.user = "alice";
    model::Observation o;
    o.kind = "tls.certificate";
    o.text = "The server shows its certificate: CN=rdsh1.lab.example, O=Example Works.";
    o.fields = {{"subject", c.subject},
                {"names", c.subject_alt_names},
                {"serial", c.serial},
                {"data.TargetUserName", "4711234"}};
    t.seen.push_back(o);
    a.tracks.push_back(t);
    out.attempts.push_back(a);
    out.verdict = {0, model::Outcome::failed, "alice of CLI-PC1 was refused by rdsh1.lab.example (203.0.113.20)."};
    return out;
}

}  // namespace

TEST_CASE("no rendering of a redacted report holds a name of the evidence") {
    model::Report report = a_report();
    Redactor redactor{a_key()};
    redact::redact(report, redactor);
    CHECK(report.redacted);
    const std::string all = report::render_json(report) + report::render_html(report) +
                            report::render_markdown_long(report) + report::render_text(report, {}) +
                            report::render_timeline_csv(report) + report::render_timeline_timesketch(report);
    for (const char* name : {"alice", "CLI-PC1", "rdsh1", "RDSH1", "lab.example", "LAB", "198.51.100.10",
                             "203.0.113.20", "Example Works", "28c5f2", "3c9fae35", "erika", "Erika", "3640205228"}) {
        CAPTURE(name);
        CHECK(all.find(name) == std::string::npos);
    }
    CHECK(all.find(std::string(64, 'a')) != std::string::npos);
    CHECK(all.find("REDACTED") != std::string::npos);
    const model::Attempt& a = report.attempts[0];
    const auto& fields = a.tracks[0].seen[0].fields;
    for (const std::string& text : {a.sentence, a.cause->title.str(), a.rule_trace[0].title})
        CHECK(text.find("alice") == std::string::npos);
    CHECK(std::get<std::string>(fields[2].value) == a.certificate->serial);
    CHECK(std::get<std::string>(fields[3].value).find("4711234") == std::string::npos);
    CHECK(report.attempts[0].negotiation.cookie == redactor.redacted(redact::What::user, "alice"));
}

TEST_CASE("a report says the same about the connection when names are gone") {
    const model::Report before = a_report();
    model::Report after = a_report();
    Redactor redactor{a_key()};
    redact::redact(after, redactor);
    CHECK(after.verdict.outcome == before.verdict.outcome);
    CHECK(after.attempts[0].cause->id == before.attempts[0].cause->id);
    CHECK(after.attempts[0].client.port == before.attempts[0].client.port);
    CHECK(after.attempts[0].tls.cipher == before.attempts[0].tls.cipher);
    CHECK(after.attempts[0].end_kind == before.attempts[0].end_kind);
    CHECK(after.inputs[0].sha256 == before.inputs[0].sha256);
}

TEST_CASE("an event loses its names, and keeps provider, id, codes and the names of fields") {
    events::Event e;
    e.provider = "Microsoft-Windows-Security-Auditing";
    e.provider_guid = "54849625-5478-4994-a5ba-3e3b0328c30d";
    e.id = 4625;
    e.computer = "rdsh1.lab.example";
    e.user_sid = "S-1-5-18";
    e.activity_id = "f420c7f2-e3b5-4d9c-8f5c-d4e6a3b20000";
    e.fields = {{"TargetUserName", "alice"},
                {"TargetDomainName", "LAB"},
                {"Status", "0xc000006d"},
                {"IpAddress", "198.51.100.10"},
                {"LogonType", "3"},
                {"ProcessName", "C:\\Windows\\x.exe"},
                {"TargetUserSid", "S-1-5-21-1-2-3-1104"},
                {"Value", "cli-pc1"},
                {"SubjectUserName", "4711234"},
                {"Who", "0815-47"},
                {"KeyLength", "128"},
                {"Binary", "00112233445566778899"},
                {"SubjectDomainName", "-"}};
    e.message = "Account Name: alice of CLI-PC1";
    Redactor redactor{a_key()};
    const redact::EventRoles roles{"IpAddress", "Value", "Who", ""};
    redact::learn(e, roles, redactor);
    events::Event other = e;
    redact::redact(other, roles, redactor);
    CHECK(other.provider_guid == e.provider_guid);
    CHECK(other.user_sid == "S-1-5-18");
    CHECK(other.activity_id != e.activity_id);
    CHECK(other.computer == redactor.redacted(redact::What::host, "rdsh1.lab.example"));
    for (const std::size_t i : {0U, 1U, 3U, 6U, 7U, 8U, 9U, 11U}) {
        CAPTURE(i);
        CHECK(other.fields[i].name == e.fields[i].name);
        CHECK(other.fields[i].value != e.fields[i].value);
    }
    CHECK(other.fields[8].value == redactor.redacted(redact::What::user, "4711234"));
    for (const std::size_t i : {2U, 4U, 5U, 10U, 12U}) CHECK(other.fields[i] == e.fields[i]);
    CHECK(other.message == "Account Name: " + other.fields[0].value + " of " + other.fields[7].value);
}

TEST_CASE("inputs are redacted with what the tracks tell") {
    std::vector<model::Input> inputs(1);
    inputs[0].path = "x.pcap";
    inputs[0].notes = {"The capture's filter is host rdsh1."};
    std::vector<model::Track> tracks(1);
    tracks[0].server.name = "rdsh1.lab.example";
    Redactor redactor{a_key()};
    redact::redact(inputs, tracks, redactor);
    CHECK(inputs[0].notes[0].find("rdsh1") == std::string::npos);
    CHECK(tracks[0].server.name.find("rdsh1") == std::string::npos);
}
