// The shipped causes are the whole catalogue, and each proves itself.
#include <algorithm>
#include <set>

#include "tests/support/catch.hpp"
#include "tests/support/knowledge.hpp"

using namespace rdpdx;

namespace {

const rules::CauseRule& cause(const std::string& id) {
    const auto& all = test::shipped_causes();
    const auto at = std::ranges::find(all, id, &rules::CauseRule::id);
    if (at == all.end()) throw std::runtime_error{"no cause " + id};
    return *at;
}

bool advises(const rules::CauseRule& rule, std::string_view word) {
    return std::ranges::any_of(rule.remedy, [&](const model::Step& s) {
        return (s.text + "\n" + s.command.str() + "\n" + s.caution.str()).find(word) != std::string::npos;
    });
}

}  // namespace

TEST_CASE("every cause of the catalogue ships under its own id") {
    // In the catalogue's order, C01 to C37.
    const std::string kIds[] = {"expired-server-certificate",
                                "server-key-unusable",
                                "listener-certificate-missing",
                                "tls-parameter-mismatch",
                                "security-layer-mismatch",
                                "security-product-reset",
                                "firewall-block",
                                "rdp-listener-down",
                                "wrong-service-on-port",
                                "connection-limit",
                                "udp-transport-loss",
                                "mtu-black-hole",
                                "packet-loss",
                                "name-resolution-failure",
                                "hostname-handshake-failure",
                                "credential-rejected",
                                "credssp-policy-mismatch",
                                "kerberos-ntlm-failure",
                                "clock-skew",
                                "logon-not-permitted",
                                "licensing-or-drain-refusal",
                                "service-restarted",
                                "host-asleep",
                                "gateway-failure",
                                "incompatible-client",
                                "windows-update-regression",
                                "resource-exhaustion",
                                "session-start-crash",
                                "broker-redirection",
                                "duplicate-address",
                                "inspection-proxy",
                                "client-side-block",
                                "listener-misconfigured",
                                "client-rejected-certificate",
                                "server-closed-without-reason",
                                "server-unresponsive",
                                "user-or-admin-ended"};
    std::size_t number = 0;
    for (const std::string& id : kIds) {
        INFO(id);
        ++number;
        CHECK(cause(id).catalogue == (number < 10 ? "C0" : "C") + std::to_string(number));
    }
    CHECK(test::shipped_causes().size() >= std::size(kIds));
}

TEST_CASE("every cause has an example that it finds and two near misses that it does not") {
    for (const auto& rule : test::shipped_causes()) {
        INFO(rule.id);
        const auto hits = std::ranges::count_if(rule.examples, [](const auto& e) { return e.gives.has_value(); });
        CHECK(hits >= 1);
        CHECK(static_cast<std::ptrdiff_t>(rule.examples.size()) - hits >= 2);
    }
    const auto tried = rules::try_examples(test::shipped_causes());
    for (const auto& failed : tried.failed) FAIL_CHECK(yaml::to_text(failed));
    CHECK(tried.passed > 111);
}

TEST_CASE("whatever people name as cause or cure is answered by some cause") {
    struct Row {
        const char* item;
        const char* cause;
        const char* word;  // somewhere in its remedy
    };
    const auto row = GENERATE(values<Row>({
        {"expired RDP certificate", "expired-server-certificate", "remove the expired item"},
        {"corrupt MachineKeys", "server-key-unusable", "icacls"},
        {"third-party security product", "security-product-reset", "exception"},
        {"firewall", "firewall-block", "Enable-NetFirewallRule"},
        {"network, VPN, UDP", "udp-transport-loss", "VPN"},
        {"bandwidth and loss", "packet-loss", "pathping"},
        {"MTU", "mtu-black-hole", "mtu="},
        {"disable UDP", "udp-transport-loss", "fClientDisableUDP"},
        {"disable UDP, the way back", "udp-transport-loss", "reg delete"},
        {"hostname bug", "hostname-handshake-failure", "full name"},
        {"DNS", "name-resolution-failure", "flushdns"},
        {"NLA", "credential-rejected", "DOMAIN\\user"},
        {"credential delegation", "credssp-policy-mismatch", "CredentialsDelegation"},
        {"Kerberos and NTLM", "kerberos-ntlm-failure", "klist purge"},
        {"security layer", "security-layer-mismatch", "SecurityLayer"},
        {"sleeping host", "host-asleep", "standby-timeout-ac"},
        {"RD Gateway detection", "gateway-failure", "gatewayusagemethod"},
        {"outdated client", "incompatible-client", "update it"},
        {"MaxOutstandingConnections", "connection-limit", "MaxOutstandingConnections"},
        {"clock skew", "clock-skew", "w32tm /resync"},
        {"TermService restart as a cause", "service-restarted", "TermService"},
        {"TermService restart as a fix", "expired-server-certificate", "Restart-Service TermService"},
        {"session denied, rights", "logon-not-permitted", "Remote Desktop Users"},
        {"session denied, drain", "licensing-or-drain-refusal", "change logon /enable"},
        {"mstsc firewall exception", "security-product-reset", "mstsc.exe"},
        {"mstsc firewall exception on the client", "client-side-block", "mstsc.exe"},
        {"rename MachineKeys on Azure", "server-key-unusable", "Renaming the whole MachineKeys folder breaks"},
        {"temporary NLA off", "security-layer-mismatch", "UserAuthentication 1 again"},
        {"temporary NLA off for a password", "credential-rejected", "Do not switch NLA off"},
        {"SFC", "service-restarted", "sfc /scannow"},
        {"DISM", "service-restarted", "DISM /Online"},
        {"netsh int ip reset", "client-side-block", "netsh int ip reset"},
        {"winsock reset", "client-side-block", "netsh winsock reset"},
        {"static or reserved IP", "name-resolution-failure", "reservation"},
        {"static or reserved IP, conflict", "duplicate-address", "reservation"},
        {"modern Windows App", "incompatible-client", "Windows App"},
        {"Store client", "windows-update-regression", "Store client"},
        {"Azure Run command for a certificate", "expired-server-certificate", "Run command"},
        {"Azure Run command for a key", "server-key-unusable", "Run command"},
        {"source 127.0.0.1", "client-side-block", "127.0.0.2"},
        {"tunnel or port forwarder", "wrong-service-on-port", "port forwarder"},
    }));
    INFO(row.item << ": " << row.cause << " has to say '" << row.word << "'");
    CHECK(advises(cause(row.cause), row.word));
}

TEST_CASE("what is dangerous comes with its warning and the way back") {
    for (const auto& rule : test::shipped_causes()) {
        for (const auto& step : rule.remedy) {
            INFO(rule.id << ": " << step.text);
            const std::string said = step.text + "\n" + step.command.str();
            const auto has = [&](std::string_view word) { return said.find(word) != std::string::npos; };
            // Never an advice by itself.
            CHECK_FALSE(has("ename the MachineKeys"));
            CHECK_FALSE(has("ren C:\\ProgramData\\Microsoft\\Crypto"));
            const bool weakens = has("UserAuthentication 0") || has("UserAuthentication /t") || has("/d 2 /f") ||
                                 has("int ip reset") || has("Switch a product off");
            if (weakens) CHECK(step.caution.size() > 40);
            if (has("UserAuthentication 0")) CHECK(step.caution.find("again at once") != std::string::npos);
        }
    }
}
