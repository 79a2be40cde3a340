// The tables: what they hold, that every row is fit to be printed, and the small look-ups beside them.
#include "src/codes/codes.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "src/model/words.hpp"
#include "tests/support/catch.hpp"

using namespace rdpdx;
using codes::Family;

namespace {

std::vector<Family> all_families() {
    std::vector<Family> out;
    for (std::size_t i = 0; i < codes::kFamilies; ++i) out.push_back(static_cast<Family>(i));
    return out;
}

}  // namespace

TEST_CASE("each family has as many rows as its document") {
    struct Row {
        Family family;
        std::size_t rows;
    };
    const auto row = GENERATE(values<Row>({
        {Family::disconnect_reason, 95},
        {Family::extended_reason, 28},
        {Family::error_info, 121},
        {Family::negotiation_failure, 6},
        {Family::negotiation_protocol, 5},
        {Family::negotiation_request, 3},
        {Family::negotiation_response, 5},
        {Family::tls_alert, 34},
        {Family::license_error, 9},
        {Family::license_transition, 4},
        {Family::early_authorization, 2},
        {Family::rdstls_result, 8},
        {Family::kerberos, 68},
        {Family::mcs_result, 16},
        {Family::mcs_disconnect_reason, 5},
        {Family::x224_disconnect_reason, 13},
        {Family::icmp4, 10},
        {Family::icmp6, 10},
    }));
    INFO(codes::id_of(row.family));
    CHECK(codes::table(row.family).size() == row.rows);
}

TEST_CASE("every row says what it means, how sure that is and where it comes from") {
    for (const Family family : all_families()) {
        REQUIRE_FALSE(codes::table(family).empty());
        for (const auto& code : codes::table(family)) {
            INFO(codes::id_of(family) << " " << code.value << " " << code.name);
            CHECK(code.meaning.ends_with('.'));
            CHECK_FALSE(code.source.empty());
            CHECK(std::ranges::count(std::array{codes::kDocumented, codes::kObserved}, code.status) == 1);
            CHECK((code.stage.empty() || model::stage_by_id(code.stage)));
            CHECK(codes::find(family, code.value) == &code);
            CHECK(codes::name_of(family, code.value) == code.name);
            CHECK(codes::label_of(family, code.value) == (code.name.empty() ? code.meaning : code.name));
        }
    }
}

TEST_CASE("rows of one family never share a name") {
    for (const Family family : all_families()) {
        std::set<std::string_view> seen;
        for (const auto& code : codes::table(family)) {
            INFO(code.name);
            CHECK((code.name.empty() || seen.insert(code.name).second));
        }
    }
}

TEST_CASE("a number has the name that its document gives it") {
    struct Row {
        Family family;
        std::uint32_t value;
        std::string_view name;
    };
    const auto row = GENERATE(values<Row>({
        {Family::disconnect_reason, 0x904, "disconnectReasonAtClientWinsockFDCLOSE"},
        {Family::disconnect_reason, 0x204, "disconnectReasonSocketConnectFailed"},
        {Family::disconnect_reason, 0x1B07, "SSL_ERR_CERT_EXPIRED"},
        {Family::extended_reason, 7, "exDiscReasonServerDeniedConnection"},
        {Family::extended_reason, 0x10B, "exDiscReasonLicenseCreatingLicStoreAccDenied"},
        {Family::error_info, 7, "ERRINFO_SERVER_DENIED_CONNECTION"},
        {Family::error_info, 0x10, "ERRINFO_SERVER_DWM_CRASH"},
        {Family::error_info, 0x412, "ERRINFO_CB_SESSION_ONLINE_VM_SESSMON_FAILED"},
        {Family::error_info, 0x111F, "ERRINFO_SECURITYDATATOOSHORT16"},
        {Family::error_info, 0x1126, "ERRINFO_SECURITYDATATOOSHORT23"},
        {Family::negotiation_failure, 5, "HYBRID_REQUIRED_BY_SERVER"},
        {Family::tls_alert, 40, "handshake_failure"},
        {Family::tls_alert, 120, "no_application_protocol"},
        {Family::license_error, 7, "STATUS_VALID_CLIENT"},
        {Family::license_transition, 2, "ST_NO_TRANSITION"},
        {Family::early_authorization, 5, "AUTHZ_ACCESS_DENIED"},
        {Family::rdstls_result, 0x52E, "RDSTLS_RESULT_LOGON_FAILURE"},
        {Family::ntstatus, 0xC000006D, "STATUS_LOGON_FAILURE"},
        {Family::hresult, 0x80090302, "SEC_E_UNSUPPORTED_FUNCTION"},
        {Family::win32, 10054, "WSAECONNRESET"},
        {Family::kerberos, 37, "KRB_AP_ERR_SKEW"},
        {Family::mcs_result, 14, "rt-unspecified-failure"},
        {Family::mcs_disconnect_reason, 3, "rn-user-requested"},
        {Family::icmp4, 0x304, "fragmentation-needed"},
        {Family::icmp6, 0x200, "packet-too-big"},
    }));
    CHECK(codes::name_of(row.family, row.value) == row.name);
}

TEST_CASE("an unknown value has no row and no name, and its label is the number") {
    const auto family = GENERATE(from_range(all_families()));
    CHECK(codes::find(family, 0xDEADBEEF) == nullptr);
    CHECK(codes::name_of(family, 0xDEADBEEF).empty());
    CHECK(codes::label_of(family, 0xDEADBEEF) == "0xDEADBEEF");
}

TEST_CASE("a value with a meaning but no public name is labelled by its meaning") {
    CHECK(codes::name_of(Family::disconnect_reason, 0x2604).empty());
    CHECK(codes::label_of(Family::disconnect_reason, 0x2604) == "Client and server versions do not fit.");
}

TEST_CASE("a family is found by its id and by each of its prefixes, in any case, and no two share a word") {
    std::set<std::string_view> words;
    for (const Family family : all_families()) {
        CHECK(codes::family_by_id(codes::id_of(family)) == family);
        CHECK_FALSE(codes::title_of(family).empty());
        CHECK(words.insert(codes::id_of(family)).second);
        for (const auto prefix : codes::prefixes_of(family)) {
            INFO(prefix);
            CHECK(codes::family_by_id(prefix) == family);
            CHECK(words.insert(prefix).second);
        }
    }
    CHECK(codes::family_by_id("ERRINFO") == Family::error_info);
    CHECK_FALSE(codes::family_by_id("nothing"));
    CHECK_FALSE(codes::family_by_id(""));
}

TEST_CASE("requested protocols are spelled lowest bit first, unknown bits as hex") {
    struct Row {
        std::uint32_t bits;
        std::vector<std::string> words;
    };
    const auto row = GENERATE(values<Row>({
        {0x00, {"RDP"}},
        {0x03, {"SSL", "HYBRID"}},
        {0x0B, {"SSL", "HYBRID", "HYBRID_EX"}},
        {0x1F, {"SSL", "HYBRID", "RDSTLS", "HYBRID_EX", "RDSAAD"}},
        {0x40, {"0x40"}},
        {0x80000041, {"SSL", "0x80000040"}},
    }));
    CHECK(codes::protocols_text(row.bits) == row.words);
}

TEST_CASE("a selected protocol is one word, several bits stay visible") {
    CHECK(codes::protocol_text(0) == "RDP");
    CHECK(codes::protocol_text(8) == "HYBRID_EX");
    CHECK(codes::protocol_text(3) == "SSL+HYBRID");
    CHECK(codes::protocol_text(0x20) == "0x20");
}

TEST_CASE("flags without a set bit have no words") {
    CHECK(codes::bits_text(Family::negotiation_response, 0).empty());
    CHECK(codes::bits_text(Family::negotiation_response, 0x1F).size() == 5);
    CHECK(codes::bits_text(Family::negotiation_request, 0x04) == std::vector<std::string>{"0x4"});
}

TEST_CASE("the low byte of a disconnect reason hints at a layer") {
    struct Row {
        std::uint32_t value;
        std::string_view layer;
    };
    const auto row = GENERATE(values<Row>({
        {0x904, "network transport (Winsock)"},
        {0x306, "RDP security"},
        {0x207, "TLS and CredSSP"},
        {0x1F07, "TLS and CredSSP"},
        {0x808, "client core, user interface and licensing"},
        {0xB09, "the client's checks of what authentication both sides can do"},
        {0x2000001, "RemoteApp"},
        {0x3000099, "RD Gateway"},
        {0x803, ""},
        {0x7, ""},
        {0x4, ""},
        {0xC0000004, ""},
    }));
    CHECK(codes::layer_hint(row.value) == row.layer);
}

TEST_CASE("every documented disconnect reason of a layer agrees with the layer rule") {
    for (const auto& code : codes::table(Family::disconnect_reason)) {
        INFO(code.value);
        CHECK(codes::looks_like_disconnect_reason(code.value));
    }
    CHECK(codes::looks_like_disconnect_reason(0x803));
    CHECK_FALSE(codes::looks_like_disconnect_reason(904));
    CHECK_FALSE(codes::looks_like_disconnect_reason(0xC000006D));
}
