// What texts of support bundles say of a machine, and the causes that they speak for.
#include "src/report/evidence.hpp"
#include "src/report/render.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/machine_texts.hpp"

using namespace rdpdx;
using test::closed_at_hello;
using test::kDenied;
using test::refused;
using test::reg;
using test::TextCase;
using test::TextFile;

namespace {

constexpr std::string_view kSha1 = "a1b2c3d4e5f60718293a4b5c6d7e8f9001122334";

const std::string kListener = test::kTerminalServer + "\\WinStations\\RDP-Tcp";
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

TEST_CASE("a policy is over the listener's own value") {
    const TextCase alone{refused(), {{"case/RDSH1/reg.txt", kDenied}}};
    CHECK(alone.find("config.registry")->number("effective") == 1);
    const TextCase both{refused(), {{"case/RDSH1/reg.txt", kDenied}, {"case/RDSH1/policy.txt", kPolicyAllows}}};
    CHECK(both.find("config.registry")->number("effective") == 0);
    CHECK(both.gives("rdp-listener-down") == model::Confidence::likely);
}

TEST_CASE("the port of the registry is held against that of the attempt") {
    const auto row = GENERATE(std::pair{"00000d3d", 1}, std::pair{"00000d3e", 0});
    const TextCase c{refused(),
                     {{"case/RDSH1/reg.txt", reg(kListener, "\"PortNumber\"=dword:" + std::string{row.first})}}};
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
    std::vector<TextFile> files{{"case/RDSH1/reg.txt", kBound}};
    if (!row.store.empty()) files.push_back({"case/RDSH1/Certificates-My.txt", row.store});
    const TextCase c{closed_at_hello(), files};
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
    const TextCase named{closed_at_hello(), {{"case/RDSH1/reg.txt", kBound}, {"case/RDSH1/my.txt", other}}};
    CHECK(named.gives("listener-certificate-missing") == model::Confidence::possible);
    const TextCase guessed{closed_at_hello(), {{"case/reg.txt", kBound}, {"case/my.txt", other}}};
    CHECK_FALSE(guessed.gives("listener-certificate-missing"));
}

TEST_CASE("rights on the RDP key without NETWORK SERVICE speak for an unusable key") {
    const std::string file = "C:\\ProgramData\\Microsoft\\Crypto\\RSA\\MachineKeys\\f686aace6942fb7f7ceb231212eef4a4_5";
    const std::string pad(file.size() + 1, ' ');
    const std::string english = file + " NT AUTHORITY\\SYSTEM:(F)\r\n" + pad + "BUILTIN\\Administrators:(F)\r\n";
    const TextCase c{closed_at_hello(), {{"case/RDSH1/keys.txt", english}}};
    const auto* o = c.find("config.key-acl");
    REQUIRE(o);
    CHECK(o->number("rdp_key") == 1);
    CHECK(o->string("network_service") == "none");
    CHECK(o->string("system") == "(F)");
    CHECK(c.gives("server-key-unusable") == model::Confidence::possible);
    // Names of accounts in another language: who is missing is not known.
    const std::string german =
        file + " NT-AUTORIT\xC3\x84T\\SYSTEM:(F)\r\n" + pad + "VORDEFINIERT\\Administratoren:(F)\r\n";
    CHECK_FALSE(TextCase{closed_at_hello(), {{"case/RDSH1/keys.txt", german}}}.find("config.key-acl"));
}

TEST_CASE("what a group of NETWORK SERVICE may, it may itself") {
    const std::string file = "C:\\ProgramData\\Microsoft\\Crypto\\RSA\\MachineKeys\\f686aace6942fb7f7ceb231212eef4a4_5";
    const std::string group = GENERATE(as<std::string>{}, "Everyone", "BUILTIN\\Users", "NT AUTHORITY\\SERVICE",
                                       "NT AUTHORITY\\Authenticated Users");
    const std::string pad(file.size() + 1, ' ');
    const TextCase c{closed_at_hello(),
                     {{"case/RDSH1/keys.txt", file + " NT AUTHORITY\\SYSTEM:(F)\r\n" + pad +
                                                  "BUILTIN\\Administrators:(F)\r\n" + pad + group + ":(R)\r\n"}}};
    const auto* o = c.find("config.key-acl");
    REQUIRE(o);
    CHECK(o->string("network_service") == "(R) by " + group);
}

TEST_CASE("control sets of former starts say nothing, not even the machine's name or its protocols") {
    const std::string old = "[HKEY_LOCAL_MACHINE\\SYSTEM\\ControlSet002\\Control\\";
    const TextCase c{
        closed_at_hello(),
        {{"case/RDSH1/s.reg", kDenied + old + "ComputerName\\ComputerName]\r\n\"ComputerName\"=\"OLD\"\r\n" + old +
                                  "SecurityProviders\\SCHANNEL\\Protocols\\TLS 1.2\\Server]\r\n"
                                  "\"Enabled\"=dword:00000000\r\n"}}};
    CHECK(c.find("config.registry"));
    CHECK_FALSE(c.find("config.schannel"));
}

TEST_CASE("nobody listens on the port only where the listing has come to its end") {
    const std::string tcp =
        "  TCP    0.0.0.0:135   0.0.0.0:0   LISTENING   988\r\n  TCP    0.0.0.0:445   0.0.0.0:0   LISTENING   4\r\n";
    const TextCase whole{refused(), {{"case/RDSH1/netstat.txt", tcp + "  UDP    0.0.0.0:123   *:*   900\r\n"}}};
    REQUIRE(whole.find("config.listener"));
    CHECK(whole.find("config.listener")->string("state") == "none");
    CHECK(whole.find("config.listener")->evidence.number == 2);
    CHECK_FALSE(TextCase{refused(), {{"case/RDSH1/netstat.txt", tcp}}}.find("config.listener"));
}

TEST_CASE("a socket without a process is listed without one") {
    const TextCase c{refused(),
                     {{"case/RDSH1/netstat.txt",
                       "  TCP    0.0.0.0:3389   0.0.0.0:0   LISTENING\r\n"
                       "  UDP    0.0.0.0:123   *:*\r\n"}}};
    const auto* o = c.find("config.listener");
    REQUIRE(o);
    CHECK(std::string{std::string_view{o->text}} ==
          "When the texts were collected, a process listened on TCP port 3389.");
    CHECK_FALSE(o->field("process"));
}

TEST_CASE("where ports have names, or more is listed than is kept, nobody says that nobody listened") {
    const std::string udp = "  UDP    0.0.0.0:123   *:*   900\r\n";
    std::string many = "  TCP    0.0.0.0:135   0.0.0.0:0   LISTENING   988\r\n";
    for (int i = 0; i < 2000; ++i)
        many += "  TCP    0.0.0.0:" + std::to_string(10000 + i) + "   0.0.0.0:0   LISTENING   4\r\n";
    const std::string names =
        "  TCP    0.0.0.0:135   RDSH1:0   LISTENING\r\n  TCP    0.0.0.0:rdp-of-us   RDSH1:0   LISTENING\r\n";
    for (const std::string& text : {many + udp, names + udp})
        CHECK_FALSE(TextCase{refused(), {{"case/RDSH1/netstat.txt", text}}}.find("config.listener"));
    std::string sessions = " SESSIONNAME       USERNAME                 ID  STATE   TYPE        DEVICE \r\n";
    for (int i = 0; i < 2001; ++i) sessions += " ica-tcp" + std::to_string(i) + "                 65536  Listen\r\n";
    CHECK_FALSE(TextCase{refused(), {{"case/RDSH1/qwinsta.txt", sessions}}}.find("config.listener", "rdp-tcp"));
}

TEST_CASE("a store of which not all certificates are kept does not lack the listener's") {
    std::string all;
    for (int i = 0; i < 2001; ++i)
        all +=
            "================ Certificate 0 ================\r\nSerial Number: 40d7e4a080d857b7418f88e767a9c405\r\n"
            "Cert Hash(sha1): 0102030405060708090a0b0c0d0e0f1011121314\r\n";
    const TextCase c{closed_at_hello(),
                     {{"case/RDSH1/reg.txt", kBound},
                      {"case/RDSH1/my.txt", "My \"Personal\"\r\n" + all + "CertUtil: -store command completed.\r\n"}}};
    REQUIRE(c.find("config.binding"));
    CHECK_FALSE(c.find("config.binding")->field("found"));
}

TEST_CASE("versions that the server has switched off are held against what the client offers") {
    const auto off = [](std::string_view version) {
        return "[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\SecurityProviders\\SCHANNEL\\Protocols\\" +
               std::string{version} + "\\Server]\r\n\"Enabled\"=dword:00000000\r\n";
    };
    const std::string head = "Windows Registry Editor Version 5.00\r\n\r\n";
    const TextCase some{closed_at_hello(), {{"case/RDSH1/s.reg", head + off("TLS 1.2") + off("TLS 1.0")}}};
    CHECK(some.find("config.schannel")->string("offered") == "also");
    CHECK_FALSE(some.gives("tls-parameter-mismatch"));
    const TextCase all{closed_at_hello(),
                       {{"case/RDSH1/s.reg", head + off("TLS 1.2") + off("TLS 1.1") + off("TLS 1.0")}}};
    CHECK(all.find("config.schannel")->string("offered") == "only");
    CHECK(all.gives("tls-parameter-mismatch") == model::Confidence::likely);
}

TEST_CASE("a text is cited by its line, and has no row in the timeline") {
    TextCase c{refused(), {{"case/RDSH1/reg.txt", kDenied}}};
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
