// Texts are written here after the structure that the tools print; names are the lab's.
#include "tests/support/config.hpp"

#include "tests/support/catch.hpp"

using namespace rdpdx;
using config::Form;
using test::all;
using test::items;
using test::utf16;
using test::view;

namespace {

const std::string kReg =
    "Windows Registry Editor Version 5.00\r\n"
    "\r\n"
    "[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\Terminal Server\\WinStations\\RDP-Tcp]\r\n"
    "\"PortNumber\"=dword:00000d3d\r\n"
    "\"SSLCertificateSHA1Hash\"=hex:a1,b2,c3,d4,e5,f6,07,18,\\\r\n"
    "  29,3a,4b,5c,6d,7e,8f,90,\\\r\n"
    "  01,12,23,34\r\n"
    "\"LoadableProtocol_Object\"=\"{5828227c-20cf-4408-b73f-73ab70b8849f}\"\r\n"
    "\"A\\\\B\\\"C\"=\"x\\\\y\"\r\n"
    "\"WFProfilePath\"=hex(2):25,00,41,00,25,00,00,00\r\n"
    "\"List\"=hex(7):61,00,00,00,62,00,00,00,00,00\r\n"
    "\"Quad\"=hex(b):02,01,00,00,00,00,00,00\r\n"
    "@=\"default\"\r\n"
    "\"Gone\"=-\r\n";

const std::string kStore =
    "My \"Personal\"\r\n"
    "================ Certificate 0 ================\r\n"
    "Serial Number: 40d7e4a080d857b7418f88e767a9c405\r\n"
    "Issuer: CN=Lab CA, DC=lab, DC=example\r\n"
    " NotBefore: 1/2/2024 11:16 PM\r\n"
    " NotAfter: 1/2/2025 11:16 PM\r\n"
    "Subject: CN=RDSH1.lab.example\r\n"
    "Non-root Certificate\r\n"
    "Cert Hash(sha1): a1 b2 c3 d4 e5 f6 07 18 29 3a 4b 5c 6d 7e 8f 90 01 12 23 34\r\n"
    "  Key Container = {BCFFCA5D-B870-4CC2-A8E9-10A641CA58D0}\r\n"
    "  Provider = Microsoft Software Key Storage Provider\r\n"
    "Missing stored keyset\r\n"
    "\r\n"
    "================ Certificate 1 ================\r\n"
    "Serial Number: 5800000002ca70ea4e42f218a6000000000002\r\n"
    "Issuer: CN=Lab CA, DC=lab, DC=example\r\n"
    " NotBefore: 13/4/2026 10:00\r\n"
    " NotAfter: 13/4/2027 10:00\r\n"
    "Subject: CN=RDSH1.lab.example\r\n"
    "Cert Hash(sha1): 0102030405060708090a0b0c0d0e0f1011121314\r\n"
    "Encryption test passed\r\n"
    "CertUtil: -verifystore command completed successfully.\r\n";

const std::string kVerbose =
    "My \"Eigene Zertifikate\"\r\n"
    "================ Zertifikat 0 ================\r\n"
    "X.509-Zertifikat:\r\n"
    "Version: 3\r\n"
    "Seriennummer: 40d7e4a080d857b7418f88e767a9c405\r\n"
    "Signaturalgorithmus:\r\n"
    "    Algorithmus Objekt-ID: 1.2.840.113549.1.1.11 sha256RSA\r\n"
    "Aussteller:\r\n"
    "    CN=Lab CA\r\n"
    "    DC=lab\r\n"
    "  Namenshash(sha1): a07626ccaaaaabbbb562364300973304401cd3fb\r\n"
    "\r\n"
    " Nicht vor: 02.01.2024 23:16\r\n"
    " Nicht nach: 02.01.2025 23:16\r\n"
    "\r\n"
    "Antragsteller:\r\n"
    "    CN=RDSH1.lab.example\r\n"
    "  Namenshash(sha1): 01aad90aaaabbbbf368a509eed47be8ea0a3b78d\r\n"
    "Zertifikathash(sha1): a1b2c3d4e5f60718293a4b5c6d7e8f9001122334\r\n"
    "  Provider = Microsoft RSA SChannel Cryptographic Provider\r\n"
    "CertUtil: -verifystore-Befehl wurde erfolgreich\r\n";

const std::string kFolder = "C:\\ProgramData\\Microsoft\\Crypto\\RSA\\MachineKeys";
const std::string kKeyFile = kFolder + "\\f686aace6942fb7f7ceb231212eef4a4_55a42ce9";
// Entries of one file stand below each other.
const std::string kKeys = kFolder + " Everyone:(R,W)\r\n" + std::string(kFolder.size() + 1, ' ') +
                          "BUILTIN\\Administrators:(F)\r\n" + kKeyFile + " NT AUTHORITY\\SYSTEM:(F)\r\n" +
                          std::string(kKeyFile.size() + 1, ' ') + "BUILTIN\\Administrators:(F)\r\n" +
                          "Successfully processed 2 files; Failed processing 0 files\r\n";

const std::string kAcl =
    "Get-Acl -Path 'C:\\ProgramData\\Microsoft\\Crypto\\RSA\\MachineKeys\\f686aace6942fb7f7ceb231212eef4a4_*'\r\n\r\n"
    "FileSystemRights  : FullControl\r\nAccessControlType : Allow\r\nIdentityReference : NT AUTHORITY\\SYSTEM\r\n"
    "IsInherited       : False\r\n\r\n"
    "FileSystemRights  : Read, Synchronize\r\nAccessControlType : Deny\r\n"
    "IdentityReference : NT AUTHORITY\\NETWORK SERVICE\r\nIsInherited       : False\r\n";

const std::string kNetstat =
    "\r\nAktive Verbindungen\r\n\r\n  Proto  Lokale Adresse         Remoteadresse          Status           PID\r\n"
    "  TCP    0.0.0.0:135            0.0.0.0:0              ABH\x99REN         988\r\n"
    "  TCP    203.0.113.20:3389      198.51.100.10:50000    HERGESTELLT     1234\r\n"
    "  TCP    [::]:3389              [::]:0                 ABH\x99REN         1234\r\n"
    "  UDP    0.0.0.0:3389           *:*                                    1234\r\n";

const std::string kIpconfig =
    "\r\nWindows IP Configuration\r\n\r\n"
    "   Host Name . . . . . . . . . . . . : RDSH1\r\n"
    "   Primary Dns Suffix  . . . . . . . : lab.example\r\n"
    "   Node Type . . . . . . . . . . . . : Hybrid\r\n\r\n"
    "Ethernet adapter Ethernet0:\r\n\r\n"
    "   Connection-specific DNS Suffix  . : lab.example\r\n"
    "   IPv4 Address. . . . . . . . . . . : 203.0.113.20(Preferred) \r\n"
    "   Link-local IPv6 Address . . . . . : fe80::1c2d%7(Preferred) \r\n"
    "   Default Gateway . . . . . . . . . : 203.0.113.1\r\n"
    "   DNS Servers . . . . . . . . . . . : 203.0.113.53\r\n";

const std::string kSc =
    "SERVICE_NAME: TermService\r\nDISPLAY_NAME: Remote Desktop Services\r\n"
    "        TYPE               : 30  WIN32\r\n        STATE              : 1  STOPPED\r\n"
    "        WIN32_EXIT_CODE    : 0  (0x0)\r\n";

const std::string kTable =
    "ProcessId DisplayName              StartMode State   Name        PathName\r\n"
    "--------- -----------              --------- -----   ----        --------\r\n"
    "        0 CNG Key Isolation        Manual    Stopped KeyIso      C:\\Windows\\system32\\lsass.exe\r\n"
    "     1234 Remote Desktop Services  Manual    Running TermService C:\\Windows\\System32\\svchost.exe -k "
    "NetworkService\r\n";

const std::string kQwinsta =
    " SESSIONNAME       USERNAME                 ID  STATE   TYPE        DEVICE \r\n"
    ">services                                    0  Disc                        \r\n"
    " console                                     1  Conn                        \r\n"
    " rdp-tcp                                 65536  Listen                      \r\n";

}  // namespace

TEST_CASE("each text is known by its own words, whatever it is called") {
    CHECK(config::recognise(view(kReg)) == Form::reg_export);
    CHECK(config::recognise(view(utf16(kReg))) == Form::reg_export);
    CHECK(config::recognise(view("REGEDIT4\r\n\r\n[HKEY_LOCAL_MACHINE\\X]\r\n")) == Form::reg_export);
    CHECK(config::recognise(view("\r\nHKEY_LOCAL_MACHINE\\X\r\n    A    REG_SZ    b\r\n")) == Form::reg_query);
    CHECK(config::recognise(view(kStore)) == Form::certificates);
    CHECK(config::recognise(view(kVerbose)) == Form::certificates);
    CHECK(config::recognise(view(utf16(kVerbose))) == Form::certificates);
    CHECK(config::recognise(view(kKeys)) == Form::access);
    CHECK(config::recognise(view(utf16(kAcl))) == Form::access);
    CHECK(config::recognise(view(kNetstat)) == Form::sockets);
    CHECK(config::recognise(view(kIpconfig)) == Form::addresses);
    CHECK(config::recognise(view(kSc)) == Form::services);
    CHECK(config::recognise(view(utf16(kTable))) == Form::services);
    CHECK(config::recognise(view(kQwinsta)) == Form::sessions);
}

TEST_CASE("other texts are none of them") {
    const std::string text =
        GENERATE(as<std::string>{}, "", "\n\n\n", "A letter.\nTCP is a protocol, UDP another.\n",
                 "==== Chapter 1 ====\nText\n", "Name Value\n---- -----\nState x\n", "a:(b)\nc:(d)\ne:(f)\n",
                 "HKEY_LOCAL_MACHINE is a hive.\n", "[HKEY_LOCAL_MACHINE]\n");
    CHECK(config::recognise(view(text)) == Form::none);
    CHECK(items(text).empty());
}

TEST_CASE("a registry export gives every value with its line, also where it goes on in the next one") {
    const bool wide = GENERATE(false, true);
    const auto values = all<config::RegistryValue>(wide ? utf16(kReg) : kReg);
    REQUIRE(values.size() == 9);
    CHECK(values[0].key ==
          "HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\Terminal Server\\WinStations\\RDP-Tcp");
    CHECK(values[0].name == "PortNumber");
    CHECK(values[0].number == 3389);
    CHECK(values[0].at.line == 4);
    CHECK(values[0].at.offset == kReg.find("\"PortNumber\"") * (wide ? 2 : 1) + (wide ? 2 : 0));
    CHECK(values[1].text == "a1b2c3d4e5f60718293a4b5c6d7e8f9001122334");
    CHECK(values[2].text == "{5828227c-20cf-4408-b73f-73ab70b8849f}");
    CHECK(values[3].name == "A\\B\"C");
    CHECK(values[3].text == "x\\y");
    CHECK(values[4].text == "%A%");
    CHECK(values[5].text == "a,b");
    CHECK(values[6].number == 0x102);
    CHECK(values[7].name.empty());
    CHECK(values[7].at.line == 13);
    CHECK(values[8].name == "Gone");
    CHECK_FALSE(values[8].number);
}

TEST_CASE("reg query gives numbers, texts and bytes") {
    const auto values = all<config::RegistryValue>(
        "\r\nHKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\Terminal Server\r\n"
        "    (Default)    REG_SZ    \r\n    fDenyTSConnections    REG_DWORD    0x1\r\n"
        "    Two words    REG_SZ    a    b\r\n    Hash    REG_BINARY    0A0B\r\n");
    REQUIRE(values.size() == 4);
    CHECK(values[1].number == 1);
    CHECK(values[2].name == "Two words");
    CHECK(values[2].text == "a    b");
    CHECK(values[3].text == "0a0b");
}

TEST_CASE("a store's listing gives its certificates, and that it is whole") {
    const auto found = all<config::StoreCertificate>(kStore);
    REQUIRE(found.size() == 2);
    CHECK(found[0].store == "My");
    CHECK(found[0].serial == "40d7e4a080d857b7418f88e767a9c405");
    CHECK(found[0].issuer == "CN=Lab CA, DC=lab, DC=example");
    CHECK(found[0].subject == "CN=RDSH1.lab.example");
    CHECK(found[0].sha1 == "a1b2c3d4e5f60718293a4b5c6d7e8f9001122334");
    CHECK(found[0].not_after == "1/2/2025 11:16 PM");
    CHECK(found[0].key == config::StoreCertificate::Key::missing);
    CHECK(found[0].at.line == 2);
    CHECK(found[1].key == config::StoreCertificate::Key::works);
    const auto ends = all<config::StoreEnd>(kStore);
    REQUIRE(ends.size() == 1);
    CHECK(ends[0].store == "My");
    CHECK(ends[0].certificates == 2);
}

TEST_CASE("a listing in another language and with all details gives the same") {
    const auto found = all<config::StoreCertificate>(utf16(kVerbose));
    REQUIRE(found.size() == 1);
    CHECK(found[0].issuer == "CN=Lab CA, DC=lab");
    CHECK(found[0].subject == "CN=RDSH1.lab.example");
    CHECK(found[0].sha1 == "a1b2c3d4e5f60718293a4b5c6d7e8f9001122334");
    CHECK(found[0].not_before == "02.01.2024 23:16");
    CHECK(found[0].not_after == "02.01.2025 23:16");
}

TEST_CASE("a listing that failed or was cut off does not claim to be whole") {
    CHECK(all<config::StoreEnd>(kStore.substr(0, kStore.size() - 60)).empty());
    CHECK(
        all<config::StoreEnd>("My \"Personal\"\r\nCertUtil: -store command FAILED: 0x80070005 (WIN32: 5)\r\n").empty());
    CHECK(all<config::StoreEnd>("My \"Personal\"\r\nCertUtil: -store command completed successfully.\r\n").size() == 1);
}

TEST_CASE("a date is a range, as wide as the order of its parts and the zone leave it open") {
    constexpr std::int64_t kDay = 86400;
    const auto clear = config::read_date("13/4/2026 10:00");
    REQUIRE(clear);
    CHECK(clear->latest - clear->earliest == 3 * kDay);
    const auto open = config::read_date("1/2/2025 11:16 PM");
    REQUIRE(open);
    CHECK(open->latest - open->earliest > 29 * kDay);
    CHECK(config::read_date("2026-04-13 10:00")->earliest == clear->earliest);
    CHECK(config::read_date("13.04.2026 10:00")->latest == clear->latest);
    CHECK_FALSE(config::read_date("45/45/2026"));
    CHECK_FALSE(config::read_date("1.2.840.113549"));
    CHECK_FALSE(config::read_date("soon"));
}

TEST_CASE("rights are those of their file, by icacls and by Get-Acl") {
    const auto rights = all<config::AccessEntry>(kKeys);
    REQUIRE(rights.size() == 4);
    CHECK(rights[0].path == "C:\\ProgramData\\Microsoft\\Crypto\\RSA\\MachineKeys");
    CHECK(rights[0].account == "Everyone");
    CHECK(rights[1].account == "BUILTIN\\Administrators");
    CHECK(rights[2].path.ends_with("f686aace6942fb7f7ceb231212eef4a4_55a42ce9"));
    CHECK(rights[2].account == "NT AUTHORITY\\SYSTEM");
    CHECK(rights[2].rights == "(F)");
    CHECK(rights[3].path == rights[2].path);
    const auto list = all<config::AccessEntry>(utf16(kAcl));
    REQUIRE(list.size() == 2);
    CHECK(list[1].account == "NT AUTHORITY\\NETWORK SERVICE");
    CHECK(list[1].rights == "Read, Synchronize");
    CHECK(list[1].deny);
    CHECK(list[1].path.ends_with("f686aace6942fb7f7ceb231212eef4a4_*"));
}

TEST_CASE("a file with one entry alone is told from its account") {
    const auto rights =
        all<config::AccessEntry>("C:\\my keys\\a NT AUTHORITY\\SYSTEM:(F)\r\nC:\\my keys\\b BUILTIN\\Users:(R)\r\n");
    REQUIRE(rights.size() == 2);
    CHECK(rights[0].path == "C:\\my keys\\a");
    CHECK(rights[0].account == "NT AUTHORITY\\SYSTEM");
    CHECK(rights[1].account == "BUILTIN\\Users");
}

TEST_CASE("who listens is told by the shape of a line, not by its words") {
    const auto sockets = all<config::Socket>(kNetstat);
    REQUIRE(sockets.size() == 4);
    CHECK(sockets[0].listening);
    CHECK_FALSE(sockets[1].listening);
    CHECK(sockets[2].listening);
    CHECK(sockets[2].port == 3389);
    CHECK(sockets[2].address == "::");
    CHECK(sockets[2].process == "1234");
    CHECK(sockets[3].protocol == "UDP");
    CHECK_FALSE(sockets[3].listening);
}

TEST_CASE("a machine's own addresses are not those of its gateway and name servers") {
    const auto names = all<config::MachineName>(kIpconfig);
    REQUIRE(names.size() == 1);
    CHECK(names[0].name == "RDSH1");
    const auto addresses = all<config::MachineAddress>(kIpconfig);
    REQUIRE(addresses.size() == 2);
    CHECK(addresses[0].address == "203.0.113.20");
    CHECK(addresses[1].address == "fe80::1c2d");
}

TEST_CASE("services and listeners have their states") {
    const auto sc = all<config::Service>(kSc);
    REQUIRE(sc.size() == 1);
    CHECK(sc[0].name == "TermService");
    CHECK(sc[0].state == "stopped");
    const auto table = all<config::Service>(utf16(kTable));
    REQUIRE(table.size() == 2);
    CHECK(table[0].name == "KeyIso");
    CHECK(table[0].state == "stopped");
    CHECK(table[1].state == "running");
    const auto listeners = all<config::Listener>(kQwinsta);
    REQUIRE(listeners.size() == 1);
    CHECK(listeners[0].name == "rdp-tcp");
    CHECK(listeners[0].state == "Listen");
    CHECK(all<config::SessionsEnd>(kQwinsta).size() == 1);
}

TEST_CASE("a text that is cut anywhere gives no more than the whole one") {
    for (const std::string& whole :
         {kReg, utf16(kReg), kStore, kVerbose, kKeys, kAcl, kNetstat, kIpconfig, kSc, kTable, kQwinsta}) {
        const std::size_t most = items(whole).size();
        for (std::size_t n = 0; n < whole.size(); n += 7) CHECK(items(whole.substr(0, n)).size() <= most + 1);
    }
}

TEST_CASE("a line without an end is cut, and the next one has its place") {
    const std::string head = "REGEDIT4\n[HKEY_LOCAL_MACHINE\\X]\n\"Long\"=\"";
    const std::string text = head + std::string(300'000, 'x') + "\"\n\"B\"=dword:00000002\n";
    const auto values = all<config::RegistryValue>(text);
    REQUIRE(values.size() == 2);
    CHECK(values[1].number == 2);
    CHECK(values[1].at.line == 4);
    CHECK(values[1].at.offset == text.find("\"B\""));
}
