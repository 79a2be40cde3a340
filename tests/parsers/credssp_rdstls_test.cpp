#include "parsers/credssp/rdstls.hpp"

#include "tests/support/bytes.hpp"
#include "tests/support/catch.hpp"

using namespace rdpdx;
using namespace rdpdx::credssp;
using test::from_hex;

namespace {

const auto kRequest = from_hex(R"(
    01 00                    # Version
    02 00                    # PduType: authentication request
    01 00                    # DataType: password
    04 00 01 02 03 04        # RedirectionGuid
    06 00 62 00 6f 00 00 00  # UserName: bo
    04 00 4c 00 00 00        # Domain: L
    04 00 aa bb cc dd        # Password
    )");

}  // namespace

TEST_CASE("an RDSTLS server says which versions it has") {
    const auto pdu = parse_rdstls_pdu(from_hex("01 00  01 00  01 00  01 00"));
    REQUIRE(pdu);
    CHECK(pdu->pduType == 1);
    CHECK(pdu->supportedVersions == 1);
    CHECK_FALSE(pdu->resultCode);
}

TEST_CASE("an RDSTLS request names the user, and counts what is secret") {
    const auto pdu = parse_rdstls_pdu(kRequest);
    REQUIRE(pdu);
    CHECK(pdu->userName == "bo");
    CHECK(pdu->domain == "L");
    CHECK(pdu->redirectionGuidLength == 4);
    CHECK(pdu->passwordLength == 4);
    const auto cookie = parse_rdstls_pdu(from_hex("01 00 02 00 02 00  07 00 00 00  02 00 aa bb"));
    REQUIRE(cookie);
    CHECK(cookie->sessionId == 7U);
    CHECK(cookie->autoReconnectCookieLength == 2);
}

TEST_CASE("an RDSTLS result has its number, with or without a name") {
    struct Row {
        const char* hex;
        std::uint32_t code;
        const char* name;
    };
    const auto row = GENERATE(values<Row>({
        {"01 00 04 00 01 00 00 00 00 00", 0, "RDSTLS_RESULT_SUCCESS"},
        {"01 00 04 00 01 00 2e 05 00 00", 0x52E, "RDSTLS_RESULT_LOGON_FAILURE"},
        {"01 00 04 00 01 00 75 07 00 00", 0x775, "RDSTLS_RESULT_ACCOUNT_LOCKED_OUT"},
        {"01 00 04 00 01 00 01 00 00 00", 1, ""},
    }));
    const auto pdu = parse_rdstls_pdu(from_hex(row.hex));
    REQUIRE(pdu);
    CHECK(pdu->resultCode == row.code);
    CHECK(rdstls_result_name(row.code) == row.name);
}

TEST_CASE("an RDSTLS PDU that is cut names the field at which it ended") {
    struct Row {
        std::size_t n;
        const char* field;
        std::size_t offset;
    };
    const auto row = GENERATE(values<Row>({{0, "Version", 5},
                                           {3, "PduType", 7},
                                           {5, "DataType", 9},
                                           {7, "RedirectionGuidLength", 11},
                                           {10, "RedirectionGuid", 13},
                                           {13, "UserNameLength", 17},
                                           {18, "UserName", 19},
                                           {20, "DomainLength", 25},
                                           {24, "Domain", 27},
                                           {27, "PasswordLength", 31},
                                           {31, "Password", 33}}));
    const auto pdu = parse_rdstls_pdu(bytes::View{kRequest}.first(row.n), 5);
    INFO(row.n);
    REQUIRE_FALSE(pdu);
    CHECK(pdu.error().field == row.field);
    CHECK(pdu.error().offset == row.offset);
}
