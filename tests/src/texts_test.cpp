// Texts of support bundles -> observations of the machine -> the attempts that they are about -> causes.
#include "src/correlate/texts.hpp"
#include "src/observe/texts.hpp"
#include "src/report/evidence.hpp"
#include "src/report/render.hpp"
#include "src/rules/evaluate.hpp"
#include "tests/support/attempts.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/knowledge.hpp"

using namespace rdpdx;
using test::saw;

namespace {

constexpr std::string_view kSha1 = "a1b2c3d4e5f60718293a4b5c6d7e8f9001122334";

struct File {
    std::string path, text;
};

// A capture is input 0, texts are those behind it.
struct Case {
    std::vector<model::Attempt> attempts;
    std::vector<model::Input> inputs;

    Case(model::Attempt attempt, const std::vector<File>& files) {
        attempts.push_back(std::move(attempt));
        inputs.emplace_back().path = "case/a.pcap";
        std::vector<model::MachineTexts> texts;
        for (const File& file : files) {
            observe::TextObserver observer{static_cast<std::uint32_t>(inputs.size())};
            bytes::MemorySource source{std::as_bytes(std::span{file.text})};
            config::read(source, [&](config::Item&& item) { observer.add(item); });
            texts.push_back(observer.take());
            inputs.emplace_back().path = file.path;
        }
        correlate::place_texts(attempts, texts, inputs);
    }
    const model::Observation* find(std::string_view kind, std::string_view name = {}) const {
        for (const model::Track& t : attempts[0].tracks)
            for (const model::Observation& o : t.seen)
                if (o.kind == kind && (name.empty() || o.string("name") == name)) return &o;
        return nullptr;
    }
    std::optional<model::Confidence> gives(std::string_view cause) const {
        for (const model::Finding& f : rules::evaluate(test::shipped_causes(), attempts[0]))
            if (f.id == cause) return f.confidence;
        return {};
    }
};

model::Attempt failed(model::Stage stage, std::vector<model::Observation> seen) {
    model::Attempt a = test::attempt_of({test::wire_track(std::move(seen))});
    a.outcome = model::Outcome::failed;
    a.stage = stage;
    a.server.name = "RDSH1.lab.example";
    // The 21st of November 2026.
    a.started = a.ended = model::Time{std::chrono::seconds{1'795'000'000}};
    return a;
}

model::Attempt refused() { return failed(model::Stage::tcp_connect, {saw("tcp.syn", 1), saw("tcp.refused", 2)}); }

model::Attempt closed_at_hello() {
    return failed(
        model::Stage::tls_handshake,
        {saw("tls.client-hello", 1, model::Effect::noted, {}, {{"versions", std::vector<std::string>{"TLS 1.2"}}}),
         saw("attempt.ended", 2, model::Effect::noted, {},
             {{"by", test::s("server")}, {"how", test::s("fin")}, {"after", test::s("tls.client-hello")}})});
}

std::string reg(std::string_view key, std::string_view values) {
    return "Windows Registry Editor Version 5.00\r\n\r\n[HKEY_LOCAL_MACHINE\\" + std::string{key} + "]\r\n" +
           std::string{values} + "\r\n";
}
const std::string kServer = "SYSTEM\\CurrentControlSet\\Control\\Terminal Server";
const std::string kListener = kServer + "\\WinStations\\RDP-Tcp";
const std::string kDenied = reg(kServer, "\"fDenyTSConnections\"=dword:00000001");
const std::string kPolicyAllows =
    reg("SOFTWARE\\Policies\\Microsoft\\Windows NT\\Terminal Services", "\"fDenyTSConnections\"=dword:00000000");
const std::string kBound =
    reg(kListener, "\"SSLCertificateSHA1Hash\"=hex:a1,b2,c3,d4,e5,f6,07,18,29,3a,4b,5c,6d,7e,8f,90,01,12,23,34");

std::string store(std::string_view sha1, std::string_view not_after, std::string_view key) {
    return "My \"Personal\"\r\n================ Certificate 0 ================\r\n"
           "Serial Number: 40d7e4a080d857b7418f88e767a9c405\r\nIssuer: CN=Lab CA\r\n NotBefore: 13/1/2024 10:00\r\n"
           " NotAfter: " +
           std::string{not_after} + "\r\nSubject: CN=RDSH1.lab.example\r\nCert Hash(sha1): " + std::string{sha1} +
           "\r\n" + std::string{key} + "\r\nCertUtil: -verifystore command completed successfully.\r\n";
}

}  // namespace

TEST_CASE("a text belongs to the machine that its path, a neighbour or the case names, and says how it was found") {
    struct Row {
        std::string path, neighbour, of, tie;
    };
    const auto row = GENERATE(values<Row>({
        {"case/MSRD-Results-RDSH1-1121/reg.txt", "", "server", "named"},
        {"case/203.0.113.20_reg.txt", "", "server", "named"},
        {"case/RDSH1/198.51.100.10/reg.txt", "", "client", "named"},
        {"case/x/reg.txt", "case/x/ip.txt", "server", "folder"},
        {"case/x/y/reg.txt", "case/x/ip.txt", "server", "folder"},
        {"case/x/reg.txt", "", "server", "only-server"},
        {"case/NORDSH12/reg.txt", "", "server", "only-server"},
    }));
    std::vector<File> files{{row.path, kDenied}};
    if (!row.neighbour.empty())
        files.push_back(
            {row.neighbour,
             "\r\nWindows IP Configuration\r\n\r\n   Host Name . . . . . : RDSH1\r\n   Type . . . . . : x\r\n"
             "\r\nEthernet adapter:\r\n\r\n   IPv4 Address. . . . . . . . . . . : 203.0.113.20(Preferred)\r\n"});
    const Case c{refused(), files};
    const auto* o = c.find("config.registry");
    REQUIRE(o);
    CHECK(o->string("of") == row.of);
    CHECK(o->string("tie") == row.tie);
    CHECK(o->evidence.kind == model::Evidence::Kind::line);
    CHECK(o->evidence.number == 4);
    CHECK(o->evidence.input == 1);
}

TEST_CASE("a text that names another machine is nobody's, and its input says so") {
    const Case c{refused(),
                 {{"case/reg.txt",
                   kDenied + "[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\ComputerName\\ComputerName]\r\n"
                             "\"ComputerName\"=\"OTHER\"\r\n"}}};
    CHECK_FALSE(c.find("config.registry"));
    CHECK(c.inputs[1].notes.size() == 1);
}

TEST_CASE("where a case has several servers, a text without a name is nobody's") {
    auto second = refused();
    second.server = {"203.0.113.21", 3389, "RDSH2"};
    second.tracks[0].server = second.server;
    std::vector<model::Attempt> attempts{refused(), second};
    std::vector<model::Input> inputs(2);
    inputs[1].path = "case/reg.txt";
    observe::TextObserver observer{1};
    bytes::MemorySource source{std::as_bytes(std::span{kDenied})};
    config::read(source, [&](config::Item&& item) { observer.add(item); });
    correlate::place_texts(attempts, {observer.take()}, inputs);
    CHECK(attempts[0].tracks.size() == 1);
    CHECK(attempts[1].tracks.size() == 1);
    CHECK(inputs[1].notes.size() == 1);
}

TEST_CASE("a connection that worked needs no text") {
    auto worked = refused();
    worked.outcome = model::Outcome::succeeded;
    const Case c{worked, {{"case/RDSH1/reg.txt", kDenied}}};
    CHECK(c.attempts[0].tracks.size() == 1);
    CHECK(c.inputs[1].notes.empty());
}

TEST_CASE("a policy is over the listener's own value") {
    const Case alone{refused(), {{"case/RDSH1/reg.txt", kDenied}}};
    CHECK(alone.find("config.registry")->number("effective") == 1);
    const Case both{refused(), {{"case/RDSH1/reg.txt", kDenied}, {"case/RDSH1/policy.txt", kPolicyAllows}}};
    CHECK(both.find("config.registry")->number("effective") == 0);
    CHECK(both.gives("rdp-listener-down") == model::Confidence::likely);
}

TEST_CASE("the port of the registry is held against that of the attempt") {
    const auto row = GENERATE(std::pair{"00000d3d", 1}, std::pair{"00000d3e", 0});
    const Case c{refused(), {{"case/RDSH1/reg.txt", reg(kListener, "\"PortNumber\"=dword:" + std::string{row.first})}}};
    CHECK(c.find("config.registry")->number("agrees") == row.second);
}

TEST_CASE("the listener's certificate is looked for in the store of the same machine") {
    struct Row {
        std::string store;
        std::optional<std::int64_t> found, expired;
        std::string key;
    };
    const auto row = GENERATE(values<Row>({
        {store(kSha1, "13/1/2028 10:00", "Encryption test passed"), 1, 0, "works"},
        {store(kSha1, "13/1/2025 10:00", "Missing stored keyset"), 1, 1, "missing"},
        // The day may be the month: 11 December 2026 is behind the attempt.
        {store(kSha1, "12/11/2026 10:00", ""), 1, 0, "unknown"},
        {store("0102030405060708090a0b0c0d0e0f1011121314", "13/1/2028 10:00", ""), 0, {}, ""},
        {"", {}, {}, ""},
    }));
    std::vector<File> files{{"case/RDSH1/reg.txt", kBound}};
    if (!row.store.empty()) files.push_back({"case/RDSH1/Certificates-My.txt", row.store});
    const Case c{closed_at_hello(), files};
    const auto* o = c.find("config.binding");
    REQUIRE(o);
    CHECK(o->string("sha1") == kSha1);
    CHECK(o->number("found") == row.found);
    CHECK(o->number("expired") == row.expired);
    CHECK(o->string("key") == row.key);
    CHECK_FALSE(o->field("presented"));
}

TEST_CASE("a certificate that is not in the store makes a cause possible, and no more") {
    const std::string other = store("0102030405060708090a0b0c0d0e0f1011121314", "13/1/2028 10:00", "");
    const Case named{closed_at_hello(), {{"case/RDSH1/reg.txt", kBound}, {"case/RDSH1/my.txt", other}}};
    CHECK(named.gives("listener-certificate-missing") == model::Confidence::possible);
    const Case guessed{closed_at_hello(), {{"case/reg.txt", kBound}, {"case/my.txt", other}}};
    CHECK_FALSE(guessed.gives("listener-certificate-missing"));
}

TEST_CASE("rights on the RDP key without NETWORK SERVICE speak for an unusable key") {
    const std::string file = "C:\\ProgramData\\Microsoft\\Crypto\\RSA\\MachineKeys\\f686aace6942fb7f7ceb231212eef4a4_5";
    const std::string pad(file.size() + 1, ' ');
    const std::string english = file + " NT AUTHORITY\\SYSTEM:(F)\r\n" + pad + "BUILTIN\\Administrators:(F)\r\n";
    const Case c{closed_at_hello(), {{"case/RDSH1/keys.txt", english}}};
    const auto* o = c.find("config.key-acl");
    REQUIRE(o);
    CHECK(o->number("rdp_key") == 1);
    CHECK(o->string("network_service") == "none");
    CHECK(o->string("system") == "(F)");
    CHECK(c.gives("server-key-unusable") == model::Confidence::possible);
    // Names of accounts in another language: who is missing is not known.
    const std::string german =
        file + " NT-AUTORIT\xC3\x84T\\SYSTEM:(F)\r\n" + pad + "VORDEFINIERT\\Administratoren:(F)\r\n";
    CHECK_FALSE(Case{closed_at_hello(), {{"case/RDSH1/keys.txt", german}}}.find("config.key-acl"));
}

TEST_CASE("nobody listens on the port only where the listing has come to its end") {
    const std::string tcp =
        "  TCP    0.0.0.0:135   0.0.0.0:0   LISTENING   988\r\n  TCP    0.0.0.0:445   0.0.0.0:0   LISTENING   4\r\n";
    const Case whole{refused(), {{"case/RDSH1/netstat.txt", tcp + "  UDP    0.0.0.0:123   *:*   900\r\n"}}};
    REQUIRE(whole.find("config.listener"));
    CHECK(whole.find("config.listener")->string("state") == "none");
    CHECK(whole.find("config.listener")->evidence.number == 2);
    CHECK_FALSE(Case{refused(), {{"case/RDSH1/netstat.txt", tcp}}}.find("config.listener"));
}

TEST_CASE("versions that the server has switched off are held against what the client offers") {
    const auto off = [](std::string_view version) {
        return "[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\SecurityProviders\\SCHANNEL\\Protocols\\" +
               std::string{version} + "\\Server]\r\n\"Enabled\"=dword:00000000\r\n";
    };
    const std::string head = "Windows Registry Editor Version 5.00\r\n\r\n";
    const Case some{closed_at_hello(), {{"case/RDSH1/s.reg", head + off("TLS 1.2") + off("TLS 1.0")}}};
    CHECK(some.find("config.schannel")->string("offered") == "also");
    CHECK_FALSE(some.gives("tls-parameter-mismatch"));
    const Case all{closed_at_hello(), {{"case/RDSH1/s.reg", head + off("TLS 1.2") + off("TLS 1.1") + off("TLS 1.0")}}};
    CHECK(all.find("config.schannel")->string("offered") == "only");
    CHECK(all.gives("tls-parameter-mismatch") == model::Confidence::likely);
}

TEST_CASE("a text is cited by its line, and has no row in the timeline") {
    Case c{refused(), {{"case/RDSH1/reg.txt", kDenied}}};
    model::Report report;
    report.inputs = c.inputs;
    report.attempts = c.attempts;
    const report::EvidenceIndex index{report};
    CHECK(index.timeline().size() == 2);
    REQUIRE(index.items().size() == 3);
    CHECK(index.items()[2].evidence().number == 4);
    const std::string json = report::render_json(report);
    CHECK(json.find(R"("kind": "line")") != std::string::npos);
}
