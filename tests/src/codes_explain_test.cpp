// What `rdpdx explain` makes of what people type.
#include "src/codes/explain.hpp"

#include <algorithm>
#include <sstream>

#include "src/codes/names.hpp"
#include "src/codes/text.hpp"
#include "tests/support/catch.hpp"

using namespace rdpdx;
using codes::Explanation;
using codes::Family;
using Words = std::vector<std::string>;

namespace {

std::vector<Explanation> explain(const Words& queries) { return codes::explain(queries); }

Explanation explain_one(const std::string& query) {
    auto all = explain({query});
    REQUIRE(all.size() == 1);
    return all.front();
}

const codes::Match* match_of(const Explanation& in, Family family) {
    const auto at = std::ranges::find(in.matches, family, &codes::Match::family);
    return at == in.matches.end() ? nullptr : &*at;
}

bool notes_say(const Explanation& in, std::string_view words) {
    return std::ranges::any_of(in.notes, [words](const std::string& note) { return note.find(words) != note.npos; });
}

}  // namespace

TEST_CASE("hex, decimal and a family before a colon lead to the same code") {
    const auto* const query = GENERATE("0x904", "0X904", "2308", "904h", "disc:0x904", "disc:2308", "DISC:0x904",
                                       "disconnect-reason:2308", "disconnectReasonAtClientWinsockFDCLOSE",
                                       "DISCONNECTREASONATCLIENTWINSOCKFDCLOSE", "AtClientWinsockFDClose");
    const auto found = explain_one(query);
    CHECK(found.query == query);
    REQUIRE(found.matches.size() == 1);
    CHECK(found.matches[0].family == Family::disconnect_reason);
    CHECK(found.matches[0].code.value == 0x904);
    CHECK(found.matches[0].code.status == codes::kDocumented);
    CHECK(found.did_you_mean.empty());
}

TEST_CASE("each kind of query finds its code") {
    struct Row {
        std::string query;
        Family family;
        std::uint32_t value;
    };
    const auto row = GENERATE(values<Row>({
        {"alert:40", Family::tls_alert, 40},
        {"alert:handshake_failure", Family::tls_alert, 40},
        {"handshake_failure", Family::tls_alert, 40},
        {"Handshake Failure", Family::tls_alert, 40},
        {"nego:5", Family::negotiation_failure, 5},
        {"hybrid_required_by_server", Family::negotiation_failure, 5},
        {"errinfo:0x10", Family::error_info, 0x10},
        {"ERRINFO_SERVER_DENIED_CONNECTION", Family::error_info, 7},
        {"server_denied_connection", Family::error_info, 7},
        {"ext:7", Family::extended_reason, 7},
        {"license:6", Family::license_error, 6},
        {"LICENSE:6", Family::license_error, 6},
        {"0xC000006D", Family::ntstatus, 0xC000006D},
        {"c000006d", Family::ntstatus, 0xC000006D},
        {"-1073741715", Family::ntstatus, 0xC000006D},
        {"3221225581", Family::ntstatus, 0xC000006D},
        {"0x80090302", Family::hresult, 0x80090302},
        {"50331649", Family::disconnect_reason, 0x3000001},
        {"10054", Family::win32, 10054},
        {"krb:37", Family::kerberos, 37},
        {"skew", Family::kerberos, 37},
        {"icmp:3/4", Family::icmp4, 0x304},
        {"icmp6:2/0", Family::icmp6, 0x200},
        {"mcs:14", Family::mcs_result, 14},
        {"dpum:3", Family::mcs_disconnect_reason, 3},
        {"x224:128", Family::x224_disconnect_reason, 128},
        {"proto:8", Family::negotiation_protocol, 8},
        {"proto:0", Family::negotiation_protocol, 0},
        {"PROTOCOL_HYBRID_EX", Family::negotiation_protocol, 8},
        {"rdstls:0x52e", Family::rdstls_result, 0x52E},
        {"authz:5", Family::early_authorization, 5},
    }));
    INFO(row.query);
    const auto found = explain_one(row.query);
    const auto* match = match_of(found, row.family);
    REQUIRE(match);
    CHECK(match->code.value == row.value);
}

TEST_CASE("a name that several families share finds them all") {
    const auto found = explain_one("LOGON_FAILURE");
    CHECK(match_of(found, Family::disconnect_reason));
    CHECK(match_of(found, Family::ntstatus));
    CHECK(match_of(found, Family::win32));
    CHECK(match_of(found, Family::rdstls_result));
}

TEST_CASE("a bare seven lists the sevens and says that they get mixed up") {
    const auto found = explain_one("7");
    REQUIRE(match_of(found, Family::extended_reason));
    REQUIRE(match_of(found, Family::error_info));
    REQUIRE(match_of(found, Family::license_error));
    CHECK(match_of(found, Family::license_error)->code.name == "STATUS_VALID_CLIENT");
    CHECK_FALSE(match_of(found, Family::disconnect_reason));
    CHECK(notes_say(found, "normal success"));
    CHECK(notes_say(found, "TLS and CredSSP"));
    CHECK(notes_say(found, "depends on where it was read"));
}

TEST_CASE("the pair 0x904 and 0x7 is explained as a pair that proves no cause") {
    const auto queries = GENERATE(values<Words>({{"0x904", "0x7"},
                                                 {"0x904 0x7"},
                                                 {"0x904/0x7"},
                                                 {"0x904,0x7"},
                                                 {"2308", "7"},
                                                 {"disc:0x904", "ext:7"},
                                                 {"Error code: 0x904 Extended error code: 0x7"},
                                                 {"Error", "code:", "0x904", "Extended", "error", "code:", "0x7"}}));
    const auto all = explain(queries);
    REQUIRE(all.size() == 1);
    const auto& pair = all.front();
    REQUIRE(pair.matches.size() == 2);
    CHECK(pair.matches[0].family == Family::disconnect_reason);
    CHECK(pair.matches[0].code.value == 0x904);
    CHECK(pair.matches[1].family == Family::extended_reason);
    CHECK(pair.matches[1].code.value == 7);
    CHECK(notes_say(pair, "Documented:"));
    CHECK(notes_say(pair, "Inferred:"));
    CHECK(notes_say(pair, "proves no cause"));
    CHECK(notes_say(pair, "SetErrorInfo(0x7)"));
    CHECK(notes_say(pair, "first FIN or RST"));
    CHECK(notes_say(pair, "without evidence"));
}

TEST_CASE("another pair says that its numbers are independent") {
    const auto pair = explain({"0x3", "0x5"}).front();
    CHECK(pair.query == "0x3 0x5");
    CHECK(notes_say(pair, "independent"));
    CHECK(notes_say(pair, "ERRINFO_DISCONNECTED_BY_OTHERCONNECTION"));
    CHECK(notes_say(explain({"0x904", "0x0"}).front(), "adds nothing"));
    CHECK_FALSE(notes_say(explain({"0x204", "0x7"}).front(), "proves no cause"));
}

TEST_CASE("an undocumented disconnect reason with an extended code is a pair too") {
    const auto all = explain({"0x207", "0x7"});
    REQUIRE(all.size() == 1);
    REQUIRE(all[0].matches.size() == 2);
    CHECK(all[0].matches[0].code.status == codes::kInferred);
}

TEST_CASE("codes that make no pair are explained one by one, in order") {
    const auto all = explain({"0xC000006D", "0x7", "alert:40 nego:5"});
    REQUIRE(all.size() == 4);
    CHECK(all[0].query == "0xC000006D");
    CHECK(all[1].query == "0x7");
    CHECK(all[2].query == "alert:40");
    CHECK(all[3].query == "nego:5");
}

TEST_CASE("a disconnect reason that nobody lists gets the layer rule, marked as inferred") {
    const auto* const query = GENERATE("0x207", "0x307", "disc:0x407", "0x507", "0x607", "0x707", "0x803", "0x1F07",
                                       "disc:0x207", "disc:0x99999999");
    const auto found = explain_one(query);
    REQUIRE(found.matches.size() == 1);
    CHECK(found.matches[0].family == Family::disconnect_reason);
    CHECK(found.matches[0].code.status == codes::kInferred);
    CHECK(found.matches[0].code.name.empty());
    CHECK(found.matches[0].code.meaning.starts_with("No public list has this value"));
}

TEST_CASE("a number of another family that has a disconnect reason's shape says both") {
    const auto found = explain_one("0x407");
    REQUIRE(match_of(found, Family::error_info));
    CHECK(notes_say(found, "TLS and CredSSP (inferred)"));
    CHECK(explain({"0x407", "0x7"}).size() == 1);
}

TEST_CASE("a decimal that nobody knows is offered as the hex number that somebody does") {
    CHECK(explain_one("904").did_you_mean == Words{"0x904"});
    CHECK(explain_one("0x388").did_you_mean.empty());
}

TEST_CASE("wrapped numbers are unwrapped") {
    const auto win32 = explain_one("0x800704C9");
    CHECK(match_of(win32, Family::win32));
    CHECK(notes_say(win32, "wraps a Win32 error"));
    CHECK(notes_say(explain_one("0x80071234"), "wraps the Win32 error 4660"));
    const auto ntstatus = explain_one("0xD000006D");
    REQUIRE(match_of(ntstatus, Family::ntstatus));
    CHECK(match_of(ntstatus, Family::ntstatus)->code.value == 0xC000006D);
    CHECK(notes_say(explain_one("0xC00A0006"), "terminal services facility"));
    CHECK(notes_say(explain_one("0x80099999"), "security facility"));
    CHECK(notes_say(explain_one("0xC0001234"), "shape of an NTSTATUS"));
    CHECK(notes_say(explain_one("0x81234567"), "facility 291"));
}

TEST_CASE("a value outside its family's table says so, and the protocol band leads to error info") {
    CHECK(explain_one("errinfo:8").matches.empty());
    CHECK(notes_say(explain_one("errinfo:8"), "not a value that any public list"));
    CHECK(notes_say(explain_one("alert:99"), "99 (0x63)"));
    const auto band = explain_one("ext:0x10D3");
    CHECK(notes_say(band, "band of protocol errors"));
    REQUIRE(match_of(band, Family::error_info));
    CHECK(match_of(band, Family::error_info)->code.name == "ERRINFO_CONNECTFAILED");
    CHECK(notes_say(explain_one("errinfo:0x4321"), "band of protocol errors"));
}

TEST_CASE("bits are explained one by one, and unnamed ones are told") {
    const auto found = explain_one("proto:0x43");
    REQUIRE(found.matches.size() == 2);
    CHECK(found.matches[1].code.name == "HYBRID");
    CHECK(notes_say(found, "0x40"));
    CHECK(notes_say(explain_one("negreq:0"), "No bit is set"));
}

TEST_CASE("a bad query gets the nearest names and prefixes") {
    struct Row {
        std::string query, expected;
    };
    const auto row = GENERATE(values<Row>({
        {"handshake_failur", "handshake_failure"},
        {"handhsake_failure", "handshake_failure"},
        {"ERRINFO_SERVER_DENID_CONNECTION", "ERRINFO_SERVER_DENIED_CONNECTION"},
        {"server_denied_conection", "ERRINFO_SERVER_DENIED_CONNECTION"},
        {"winsockfdclose", "disconnectReasonAtClientWinsockFDCLOSE"},
        {"alert:handshake", "handshake_failure"},
        {"alrt:40", "alert:40"},
        {"errorinf:0x10", "errinfo:0x10"},
        {"licens:6", "license:6"},
    }));
    INFO(row.query);
    const auto found = explain_one(row.query);
    CHECK(found.matches.empty());
    CHECK(std::ranges::count(found.did_you_mean, row.expected) == 1);
    CHECK(notes_say(found, "neither a number"));
}

TEST_CASE("every suggestion is a query that has matches") {
    for (const auto* const query : {"timeouts", "licens", "winsock", "alrt:40", "904", "denied", "certificat"}) {
        const auto found = explain_one(query);
        CHECK_FALSE(found.did_you_mean.empty());
        for (const auto& suggestion : found.did_you_mean) {
            INFO(query << " -> " << suggestion);
            CHECK_FALSE(explain_one(suggestion).matches.empty());
        }
    }
}

TEST_CASE("nonsense is answered, not thrown out") {
    for (const std::string& query : {std::string{}, std::string{" "}, std::string{":"}, std::string{"alert:"},
                                     std::string{":40"}, std::string{"0x"}, std::string{"-"}, std::string{"-0x5"},
                                     std::string{"icmp:300/1"}, std::string{"\x01\xFF"}, std::string(100000, 'a')}) {
        const auto all = explain({query});
        REQUIRE(all.size() == 1);
        CHECK(all[0].matches.empty());
        CHECK_FALSE(all[0].notes.empty());
    }
    CHECK(notes_say(explain_one("0x123456789"), "32 bits"));
    CHECK(notes_say(explain_one("99999999999999999999999"), "32 bits"));
    CHECK(explain({}).empty());
}

TEST_CASE("words of the dialog alone are taken as words") {
    const auto found = explain_one("error");
    CHECK(found.query == "error");
    CHECK(found.matches.empty());
}

TEST_CASE("every name in every table finds its own row") {
    for (std::size_t i = 0; i < codes::kFamilies; ++i) {
        const auto family = static_cast<Family>(i);
        for (const auto& code : codes::table(family)) {
            if (code.name.empty()) continue;
            const auto found = codes::find_by_name(code.name, family);
            INFO(code.name);
            REQUIRE_FALSE(found.empty());
            CHECK(std::ranges::count(found, code.value, [](const codes::Match& m) { return m.code.value; }) == 1);
        }
    }
}

TEST_CASE("the text of an explanation has name, number, meaning, stage, hint and source") {
    const auto text = codes::render_text(explain({"nego:5"}), 100);
    CHECK(text ==
          "nego:5\n"
          "  negotiation failure 0x5 (5): HYBRID_REQUIRED_BY_SERVER\n"
          "      The server requires CredSSP (Network Level Authentication).\n"
          "      stage:  x224-negotiation\n"
          "      look:   Does the client offer HYBRID? enablecredsspsupport in the .rdp file; NLA policy.\n"
          "      source: [MS-RDPBCGR] 2.2.1.2.2 (documented)\n");
}

TEST_CASE("no line of the text is wider than asked for") {
    for (const int width : {40, 60, 80, 132}) {
        std::istringstream lines{codes::render_text(explain({"0x904", "0x7", "0x207", "7", "alrt:40"}), width)};
        for (std::string line; std::getline(lines, line);) {
            INFO(line);
            // A word that is longer than the line stands alone; names are the only such words.
            const bool one_word = line.find(' ', line.find_first_not_of(' ')) == line.npos;
            CHECK((one_word || line.size() <= static_cast<std::size_t>(width)));
        }
    }
    CHECK_FALSE(codes::render_text(explain({"7"}), -1).empty());
}

TEST_CASE("several explanations are set apart by an empty line, and none gives no text") {
    CHECK(codes::render_text(explain({"alert:40", "nego:1"}), 80).find("\n\nnego:1\n") != std::string::npos);
    CHECK(codes::render_text({}, 80).empty());
}

TEST_CASE("control characters of a query do not reach the terminal") {
    const auto text = codes::render_text(explain({"\x1b[31mred"}), 80);
    CHECK(text.find('\x1b') == std::string::npos);
    CHECK(text.starts_with("?[31mred\n"));
}

TEST_CASE("the distance between words counts insertions, deletions, substitutions and swaps") {
    struct Row {
        std::string a, b;
        std::size_t steps;
    };
    const auto row = GENERATE(values<Row>({{"", "", 0},
                                           {"abc", "", 3},
                                           {"", "abc", 3},
                                           {"alert", "alert", 0},
                                           {"alrt", "alert", 1},
                                           {"alerts", "alert", 1},
                                           {"alart", "alert", 1},
                                           {"laert", "alert", 1},
                                           {"kitten", "sitting", 3}}));
    CHECK(codes::text::distance(row.a, row.b) == row.steps);
}
