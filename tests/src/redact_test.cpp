// Pseudonyms, and how names are found in texts.
#include <algorithm>
#include <set>
#include <string>

#include "src/redact/pieces.hpp"
#include "src/redact/redactor.hpp"
#include "tests/support/catch.hpp"

using namespace rdpdx::redact;
namespace net = rdpdx::net;

namespace {

Key key_of(unsigned char first) {
    Key out{};
    out[0] = first;
    return out;
}

std::string address(Pseudonyms& names, const std::string& text) {
    return net::to_text(names.address(net::parse_address(text).value()));
}

bool within(const std::string& text, const char* prefix) { return text.rfind(prefix, 0) == 0; }

// A redactor that has seen the cast of the samples.
Redactor cast() {
    Redactor out{key_of(1)};
    out.learn(What::host, "rdsh1.lab.example");
    out.learn(What::host, "CLI-PC1");
    out.learn(What::host, "203.0.113.20");
    out.learn(What::user, "LAB\\alice");
    out.learn(What::user, "Bob van Dijk");
    return out;
}

}  // namespace

TEST_CASE("a pseudonym has its prefix and eight digits, and is the value's in any case") {
    Pseudonyms names{key_of(1)};
    const std::string alice = names.word("user", "alice");
    CHECK(within(alice, "user-"));
    CHECK(alice.size() == 13);
    CHECK(names.word("user", "ALICE") == alice);
    CHECK(names.word("user", "alicia") != alice);
    CHECK(names.word("host", "alice").substr(5) == alice.substr(5));
    Pseudonyms again{key_of(1)}, other{key_of(2)};
    CHECK(again.word("user", "alice") == alice);
    CHECK(other.word("user", "alice") != alice);
}

TEST_CASE("an address keeps its family and its private range, and a public one goes where nobody is") {
    Pseudonyms names{key_of(1)};
    struct Row {
        const char *given, *begins;
    };
    const auto row = GENERATE(Row{"10.1.2.3", "10."}, Row{"172.16.0.1", "172."}, Row{"192.168.1.1", "192.168."},
                              Row{"169.254.3.4", "169.254."}, Row{"fe80::1", "fe80::"}, Row{"fd00::1", "fd"},
                              Row{"2a00:1450::5", "2001:db8:"}, Row{"::ffff:192.168.1.1", "::ffff:192.168."},
                              Row{"ff02::1:ff00:1", "ff02::1:ff"});
    CAPTURE(row.given);
    const std::string other = address(names, row.given);
    CHECK(other != row.given);
    CHECK(within(other, row.begins));
    CHECK(address(names, row.given) == other);
}

TEST_CASE("public IPv4 addresses go to 240.0.0.0/4") {
    Pseudonyms names{key_of(1)};
    for (const char* text : {"198.51.100.10", "8.8.8.8", "203.0.113.20", "248.1.2.3"}) {
        const auto other = names.address(net::parse_address(text).value());
        CHECK(other.octets[0] >= 240);
        CHECK(other.octets[0] < 255);
    }
}

TEST_CASE("addresses that name no machine stay") {
    Pseudonyms names{key_of(1)};
    for (const char* text : {"127.0.0.1", "0.0.0.0", "255.255.255.255", "224.0.0.252", "::", "::1", "ff02::1:3"})
        CHECK(address(names, text) == text);
}

TEST_CASE("unlike private addresses stay unlike, all of a range") {
    Pseudonyms names{key_of(1)};
    std::set<std::string> seen;
    for (int i = 0; i < 65536; i += 7)
        seen.insert(address(names, "192.168." + std::to_string(i / 256) + "." + std::to_string(i % 256)));
    CHECK(seen.size() == 65536 / 7 + 1);
}

TEST_CASE("a SID keeps well-known accounts, and of a domain the same three numbers") {
    Pseudonyms names{key_of(1)};
    const std::string alice = names.sid("S-1-5-21-1004336348-1177238915-682003330-1001");
    const std::string admin = names.sid("S-1-5-21-1004336348-1177238915-682003330-500");
    CHECK(within(alice, "S-1-5-21-"));
    CHECK(alice.find("1004336348") == std::string::npos);
    CHECK(admin.substr(admin.size() - 4) == "-500");
    CHECK(alice.substr(0, alice.rfind('-')) == admin.substr(0, admin.rfind('-')));
    CHECK(alice.substr(alice.rfind('-')) != "-1001");
    for (const char* stays : {"S-1-5-18", "S-1-0-0", "S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464",
                              "S-1-5-90-0-2", "S-1-16-12288"})
        CHECK(names.sid(stays) == stays);
    CHECK(names.sid("S-1-12-1-111111111-1222222222-333333333-444444444") !=
          "S-1-12-1-111111111-1222222222-333333333-444444444");
}

TEST_CASE("digits stay digits in the same places and case") {
    Pseudonyms names{key_of(1)};
    const std::string guid = names.digits("{54849625-5478-4994-A5BA-3E3B0328C30D}");
    CHECK(guid.size() == 38);
    CHECK(guid[0] == '{');
    CHECK(guid[9] == '-');
    CHECK(guid.find_first_of("abcdef") == std::string::npos);
    CHECK(names.digits("3c9fae353d7b806ab0c6f755842e558b4dcea8f6").size() == 40);
    CHECK(names.mac("00:15:5d:0a:01:02").substr(0, 3) == "02:");
    CHECK(names.mac("ff:ff:ff:ff:ff:ff") == "ff:ff:ff:ff:ff:ff");
}

TEST_CASE("the full name of a machine, its short name and its domain agree") {
    Redactor redactor = cast();
    const std::string full = redactor.redacted(What::host, "rdsh1.lab.example");
    const std::string brief = redactor.redacted(What::host, "RDSH1");
    const std::string domain = redactor.redacted(What::domain, "lab.example");
    CHECK(full == brief + "." + domain);
    CHECK(within(brief, "host-"));
    CHECK(domain == redactor.redacted(What::domain, "LAB") + ".example");
    CHECK(redactor.redacted(What::user, "RDSH1$") == brief + "$");
    CHECK(redactor.redacted(What::host, "TERMSRV/rdsh1.lab.example") == "TERMSRV/" + full);
    CHECK(redactor.redacted(What::host, "rdsh1.lab.example:3389") == full + ":3389");
    CHECK(redactor.redacted(What::alt_name, "DNS:rdsh1.lab.example") == "DNS:" + full);
    CHECK(redactor.redacted(What::subject, "CN=rdsh1.lab.example, DC=lab") ==
          "CN=" + full + ", DC=" + redactor.redacted(What::domain, "LAB"));
}

TEST_CASE("an account is the same however it is written") {
    Redactor redactor = cast();
    const std::string user = redactor.redacted(What::user, "alice");
    const std::string domain = redactor.redacted(What::domain, "LAB");
    CHECK(redactor.redacted(What::user, "LAB\\Alice") == domain + "\\" + user);
    CHECK(redactor.redacted(What::user, "alice@lab.example") == user + "@" + domain + ".example");
    CHECK(redactor.redacted(What::text, "cookie mstshash=alice.") == "cookie mstshash=" + user + ".");
    for (const char* stays : {"Administrator", "SYSTEM", "-", "NT AUTHORITY\\SYSTEM", "Window Manager\\DWM-1", ""})
        CHECK(redactor.redacted(What::user, stays) == stays);
}

TEST_CASE("a cookie that is cut after nine bytes is the one user's who can have sent it") {
    Redactor redactor{key_of(1)};
    redactor.learn(What::cookie, "alexandra");
    redactor.learn(What::user, "alexandra.smith");
    CHECK(redactor.redacted(What::cookie, "alexandra") == redactor.redacted(What::user, "Alexandra.Smith"));
    CHECK(redactor.redacted(What::text, "for alexandra.") ==
          "for " + redactor.redacted(What::user, "alexandra.smith") + ".");
    Redactor two{key_of(1)};
    two.learn(What::cookie, "alexandra");
    two.learn(What::user, "alexandra.smith");
    two.learn(What::user, "alexandra.jones");
    CHECK(two.redacted(What::cookie, "alexandra") != two.redacted(What::user, "alexandra.smith"));
}

TEST_CASE("names are found in free text, in any case, as whole words, in any shape") {
    Redactor redactor = cast();
    struct Row {
        const char* text;
        const char* gone;
    };
    const auto row = GENERATE(
        Row{"the server RDSH1 said", "RDSH1"}, Row{"rdsh1.lab.example answers", "lab"},
        Row{"db7.lab.example answers", "db7"}, Row{"C:\\Users\\carol\\x.txt", "carol"},
        Row{"\\\\files7\\share\\x", "files7"}, Row{"mail to dave.k@other.example", "dave"},
        Row{"as OTHER\\erin, twice", "erin"}, Row{"Bob Van Dijk was here", "Bob"},
        Row{"from 203.0.113.20:3389", "203.0.113.20"}, Row{"from 203.000.113.020", "113"},
        Row{"from [2a00:1450::5]:3389", "2a00"}, Row{"S-1-5-21-11-22-33-1104 logged on", "1104"},
        Row{"mac 00-15-5D-0A-01-02", "15-5D"}, Row{"30 82 01 0a 02 82 01 01", "30 82"},
        Row{"serial 4a:3b:2c:1d:0e:ff:00:11", "4a:3b"}, Row{"id {6F9619FF-8B86-D011-B42D-00C04FC964FF}", "6F9619FF"},
        Row{"digest 37b1Qe+C6RABWfEqhOY11NzgSzEATQWYD8PK6fWhlzc=", "37b1"}, Row{"base64 bG9nb24gb2YgYWxpY2U", "bG9n"},
        Row{"x=%61%6c%69ce&y", "%61"}, Row{"msts=3640205228.15629.0000", "3640205228"},
        Row{"0102030405060708090a0b0c0d0e0f10", "0102030405"});
    CAPTURE(row.text);
    const std::string out = redactor.redacted(What::text, row.text);
    CAPTURE(out);
    CHECK(out.find(row.gone) == std::string::npos);
}

TEST_CASE("a text that names nobody stays as it is") {
    Redactor redactor = cast();
    const auto text = GENERATE(
        "The client closes the TCP connection (FIN).", "error 0xC000006D STATUS_LOGON_FAILURE at 06:11:30.629",
        "Windows 10.0.19041.1, OID 1.3.6.1.5.5.7.3.1", "HKLM\\SYSTEM\\CurrentControlSet",
        "C:\\Windows\\System32\\termsrv.dll", "NT AUTHORITY\\SYSTEM",
        "Microsoft-Windows-TerminalServices-RDPClient/Operational", "alicent is not alice2",
        "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "frame.number == 41", "std::string x::y", "ASP.NET 4.8 of Setup.evtx",
        "keywords 0x8020000000000000", "100% of it, 50%zz", "CUMRDPConnection::PreDisconnect at 4595 err=[0x7]");
    CHECK(redactor.redacted(What::text, text) == text);
}

TEST_CASE("free text and typed values have the same names") {
    Redactor redactor = cast();
    CHECK(redactor.redacted(What::text, "rdsh1 and CLI-PC1, LAB\\alice") ==
          redactor.redacted(What::host, "rdsh1") + " and " + redactor.redacted(What::host, "CLI-PC1") + ", " +
              redactor.redacted(What::user, "LAB\\alice"));
    CHECK(redactor.redacted(What::text, "203.0.113.20") == redactor.redacted(What::host, "203.0.113.20"));
}

TEST_CASE("what was redacted once has no name in it that would be replaced as a known one again") {
    Redactor redactor = cast();
    const std::string once = redactor.redacted(What::text, "rdsh1 lets alice of CLI-PC1 in, Bob van Dijk not");
    CHECK(redactor.redacted(What::text, once) == once);
}

TEST_CASE("words of sentences and numbers are replaced where a field says that they are names, and nowhere else") {
    Redactor redactor{key_of(1)};
    for (const char* odd : {"server", "64", "0x7", "E3", "a"}) redactor.learn(What::user, odd);
    const std::string text = "The server sent error 64 and 0x7, see E3: a loss";
    CHECK(redactor.redacted(What::text, text) == text);
    CHECK(within(redactor.redacted(What::user, "server"), "user-"));
}

TEST_CASE("names of files go, and what kind of file it is stays") {
    Redactor redactor = cast();
    const std::string path = redactor.redacted(What::path, "alice.zip/logs of rdsh1/System.evtx");
    CHECK(path.find("alice") == std::string::npos);
    CHECK(path.find("rdsh1") == std::string::npos);
    CHECK(path.substr(path.size() - 12) == "/System.evtx");
    CHECK(redactor.redacted(What::path, "case7.client.pcap.gz").substr(13) == ".client.pcap.gz");
}

TEST_CASE("names that evidence brings by the thousand do not make a text slow") {
    Redactor redactor{key_of(1)};
    std::string name = "a1";
    for (int i = 0; i < 20000; ++i) redactor.learn(What::user, "same word " + std::to_string(i));
    std::string text;
    for (int i = 0; i < 20000; ++i) text += "same word is not a name ";
    CHECK(redactor.redacted(What::text, text) == text);
}

TEST_CASE("names that differ in their length only, by the hundred, do not make a text slow") {
    Redactor redactor{key_of(1)};
    for (std::size_t i = 1; i < 1000; ++i) redactor.learn(What::user, "a " + std::string(i, 'c'));
    std::string name = "a";
    while (name.size() < 190) redactor.learn(What::user, (name += " a") + "!b");
    std::string text;
    for (int i = 0; i < 1'000'000; ++i) text += "a ";
    CHECK(redactor.redacted(What::text, text) == text);
}

TEST_CASE("of names that begin alike the longest that stands there as a whole is meant") {
    Redactor redactor{key_of(1)};
    for (const char* name : {"rdsh", "rdsh 12", "rdsh 1", "rdsh 1 west", "rdsh 1 wes"})
        redactor.learn(What::user, name);
    const auto user = [&](const char* name) { return redactor.redacted(What::user, name); };
    CHECK(redactor.redacted(What::text, "rdsh 1 western") == user("rdsh 1") + " western");
    CHECK(redactor.redacted(What::text, "rdsh 1 west.") == user("rdsh 1 west") + ".");
    CHECK(redactor.redacted(What::text, "rdsh 13, rdsh") == user("rdsh") + " 13, " + user("rdsh"));
    redactor.learn(What::user, "rdsh 13");
    CHECK(redactor.redacted(What::text, "rdsh 13, rdsh") == user("rdsh 13") + ", " + user("rdsh"));
    CHECK(redactor.redacted(What::text, "rdsh2 ards") == "rdsh2 ards");
}

TEST_CASE("what is long is redacted in as little time as it takes to read it, and not kept") {
    Redactor redactor{key_of(1)};
    std::string sid = "said S-1-5-21";
    for (int i = 0; i < 1'000'000; ++i) sid += "-1";
    CHECK(redactor.redacted(What::text, sid).substr(0, 18) != sid.substr(0, 18));
    const std::size_t before = redactor.map().size();
    const std::string blob(4'000'000, 'a');
    const std::string other = redactor.redacted(What::digits, blob);
    CHECK(other.size() == blob.size());
    CHECK(other.find(std::string(20, 'a')) == std::string::npos);
    CHECK(other.substr(0, 64) != other.substr(64, 64));
    CHECK(redactor.redacted(What::text, "said " + blob) == "said " + other);
    CHECK(redactor.map().size() == before);
}

TEST_CASE("a SID is whole up to the fifteen numbers that one may have") {
    Redactor redactor{key_of(1)};
    std::string sid = "S-1-12";
    for (int i = 101; i <= 115; ++i) sid += "-" + std::to_string(i);
    const std::string out = redactor.redacted(What::text, sid + ".");
    CHECK(std::ranges::count(out, '-') == 17);
    for (int i = 101; i < 115; ++i)
        CHECK(out.find("-" + std::to_string(i) + "-" + std::to_string(i + 1)) == std::string::npos);
}

TEST_CASE("signs beyond ASCII end a word as those of ASCII do, and stay") {
    Redactor redactor = cast();
    struct Row {
        const char *before, *behind;
    };
    const auto row = GENERATE(values<Row>({{"\u00A0", "\u00A0"},
                                           {"\u201C", "\u201D"},
                                           {"\u00AB", "\u00BB"},
                                           {"\u2018", "\u2019"},
                                           {"\u3000", "\u3002"},
                                           {"\uFF1A", "\uFF08"},
                                           {"\u2192", "\u2014"},
                                           {"\u200B", "\uFEFF"},
                                           {"\uFFFD", "\u2026"}}));
    const std::string before = "x" + std::string{row.before}, behind = std::string{row.behind} + "y";
    CAPTURE(before, behind);
    for (const char* name : {"alice", "RDSH1", "Bob van Dijk", "203.0.113.20", "LAB\\alice", "dave@other.example",
                             "S-1-5-21-11-22-33-1104", "db7.lab.example", "00-15-5D-0A-01-02", "erika@lab.example"}) {
        const std::string alone = redactor.redacted(What::text, name);
        CHECK(alone != name);
        CHECK(redactor.redacted(What::text, before + name + behind) == before + alone + behind);
    }
    CHECK(redactor.redacted(What::user, row.before + std::string{"alice"} + row.behind) ==
          row.before + redactor.redacted(What::user, "alice") + row.behind);
    CHECK(redactor.redacted(What::host, row.before + std::string{"rdsh1"} + row.behind + "203.0.113.20") ==
          row.before + redactor.redacted(What::host, "rdsh1") + row.behind +
              redactor.redacted(What::host, "203.0.113.20"));
}

TEST_CASE("a name that has such a sign in it is found as a whole, and stands as it was written in the map") {
    Redactor redactor{key_of(1)};
    for (const char* name : {"Shane O\u2019Brien", "a\u202Eb-evil", "\u4F50\u3005\u6728"}) {
        CAPTURE(name);
        redactor.learn(What::user, name);
        const std::string made = redactor.redacted(What::text, name);
        CHECK(redactor.redacted(What::text, std::string{"for \u201C"} + name + "\u201D.") ==
              "for \u201C" + made + "\u201D.");
        CHECK(within(made, "user-"));
        CHECK(redactor.map().at(made) == name);
    }
}

TEST_CASE("a name so long that sentences show its beginning only is found there as well") {
    Redactor redactor{key_of(1)};
    const std::string name(300, 'q');
    redactor.learn(What::user, name);
    CHECK(redactor.redacted(What::text, "for " + name.substr(0, 200) + "...").find("qqq") == std::string::npos);
    CHECK(redactor.redacted(What::text, "for " + name + ".").find("qqq") == std::string::npos);
}

TEST_CASE("any bytes make a text") {
    Redactor redactor = cast();
    std::string all;
    for (int i = 0; i < 256; ++i) all += static_cast<char>(i);
    CHECK(redactor.redacted(What::text, all + all).size() <= 2 * all.size());
    for (const char* odd : {"\\", "\\\\", "@", "%", "%4", "mstshash=", "msts=", "S-1-", "::", "CN=\"", "\\users\\", "=",
                            "a@", "@b", "{", "A\\", "%41%", "msts=99999999999999999999"})
        for (const What what : {What::text, What::host, What::user, What::domain, What::subject, What::alt_name,
                                What::digits, What::token, What::path, What::cookie}) {
            CAPTURE(odd);
            redactor.learn(what, odd);
            CHECK(redactor.redacted(what, odd).size() < 100);
        }
}
