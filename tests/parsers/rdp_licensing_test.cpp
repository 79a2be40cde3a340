#include "parsers/rdp/licensing.hpp"

#include "parsers/rdp/names.hpp"
#include "tests/support/cuts.hpp"

using namespace rdpdx;
using test::from_hex;

namespace {

const auto kAlert = from_hex(R"(
    ff                       # bMsgType: ERROR_ALERT
    03                       # flags
    10 00                    # wMsgSize
    06 00 00 00              # dwErrorCode: ERR_NO_LICENSE_SERVER
    01 00 00 00              # dwStateTransition: ST_TOTAL_ABORT
    04 00 00 00              # bbErrorInfo
    )");

const auto kRequest = from_hex(R"(
    01                       # bMsgType: LICENSE_REQUEST
    02                       # flags
    6a 00                    # wMsgSize
    7b 3c 31 a6 ae e8 74 f6 b4 a5 03 90 e7 c2 c7 39 ba 53 1c 30 54 6e 90 05 d0 05 ce 44 18 91 83 81  # ServerRandom
    00 00 04 00              # dwVersion
    06 00 00 00 4d 00 53 00 00 00        # CompanyName: MS
    08 00 00 00 32 00 33 00 36 00 00 00  # ProductId: 236
    0d 00 04 00 01 00 00 00  # KeyExchangeList
    03 00 02 00 01 00        # ServerCertificate
    01 00 00 00              # ScopeCount
    0e 00 0e 00 6d 69 63 72 6f 73 6f 66 74 2e 63 6f 6d 00  # Scope: microsoft.com
    )");

const auto kNewLicenseRequest = from_hex(R"(
    13                       # bMsgType: NEW_LICENSE_REQUEST
    83                       # flags
    49 00                    # wMsgSize
    01 00 00 00              # PreferredKeyExchangeAlg
    00 00 01 04              # PlatformId
    9e 4c 4b 0c 25 a9 21 23 37 0b cd d7 3d e8 1c 74 61 af be 87 5a a7 74 42 43 37 cd 5b 10 c8 65 f5  # ClientRandom
    02 00 04 00 aa bb cc dd  # EncryptedPreMasterSecret
    0f 00 06 00 61 6c 69 63 65 00        # ClientUserName: alice
    10 00 08 00 43 4c 49 2d 50 43 31 00  # ClientMachineName: CLI-PC1
    )");

}  // namespace

TEST_CASE("a licensing error is its code and what is to follow") {
    const auto pdu = rdp::parse_license_pdu(kAlert);
    REQUIRE(pdu);
    CHECK(pdu->bMsgType == 0xFF);
    CHECK(rdp::license_message_name(pdu->bMsgType) == "ERROR_ALERT");
    CHECK(pdu->wMsgSize == 16);
    const auto* alert = std::get_if<rdp::LicenseErrorMessage>(&pdu->message);
    REQUIRE(alert);
    CHECK(alert->dwErrorCode == 6);
    CHECK(alert->dwStateTransition == 1);
    CHECK(alert->bbErrorInfo.wBlobType == 4);
}

TEST_CASE("a licence request names the product and its scopes") {
    const auto pdu = rdp::parse_license_pdu(kRequest);
    REQUIRE(pdu);
    const auto* request = std::get_if<rdp::ServerLicenseRequest>(&pdu->message);
    REQUIRE(request);
    CHECK(request->dwVersion == 0x40000);
    CHECK(request->companyName == "MS");
    CHECK(request->productId == "236");
    CHECK(request->keyExchangeList.wBlobType == 0xD);
    CHECK(request->serverCertificate.wBlobLen == 2);
    CHECK(request->scopeList == std::vector<std::string>{"microsoft.com"});
}

TEST_CASE("a client asks for a licence with its user's and its own name") {
    const auto pdu = rdp::parse_license_pdu(kNewLicenseRequest);
    REQUIRE(pdu);
    const auto* request = std::get_if<rdp::ClientNewLicenseRequest>(&pdu->message);
    REQUIRE(request);
    CHECK(request->platformId == 0x04010000);
    CHECK(request->encryptedPreMasterSecret.wBlobLen == 4);
    CHECK(request->clientUserName == "alice");
    CHECK(request->clientMachineName == "CLI-PC1");
}

TEST_CASE("the other licensing messages are told apart and their blobs measured") {
    const std::string mac = " 00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f";
    const std::string random =
        " 00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f 10 11 12 13 14 15 16 17 18 19 1a 1b 1c 1d"
        " 1e 1f";
    const auto challenge = rdp::parse_license_pdu(from_hex("02 03 00 00 00 00 00 00  09 00 02 00 aa bb" + mac));
    REQUIRE(challenge);
    REQUIRE(std::get_if<rdp::ServerPlatformChallenge>(&challenge->message));
    CHECK(std::get<rdp::ServerPlatformChallenge>(challenge->message).encryptedPlatformChallenge.wBlobLen == 2);

    const auto type = GENERATE("03", "04");
    const auto license = rdp::parse_license_pdu(from_hex(type + std::string{" 03 00 00  09 00 01 00 aa"} + mac));
    REQUIRE(license);
    REQUIRE(std::get_if<rdp::ServerLicense>(&license->message));
    CHECK(std::get<rdp::ServerLicense>(license->message).encryptedLicenseInfo.wBlobLen == 1);

    const auto info = rdp::parse_license_pdu(from_hex("12 03 00 00 01 00 00 00 00 00 01 04" + random +
                                                      "02 00 01 00 aa  01 00 02 00 aa bb  09 00 03 00 aa bb cc" + mac));
    REQUIRE(info);
    REQUIRE(std::get_if<rdp::ClientLicenseInfo>(&info->message));
    CHECK(std::get<rdp::ClientLicenseInfo>(info->message).encryptedHwid.wBlobLen == 3);

    const auto response = rdp::parse_license_pdu(from_hex("15 03 00 00  09 00 01 00 aa  09 00 02 00 aa bb" + mac));
    REQUIRE(response);
    REQUIRE(std::get_if<rdp::ClientPlatformChallengeResponse>(&response->message));
    CHECK(std::get<rdp::ClientPlatformChallengeResponse>(response->message).encryptedHwid.wBlobLen == 2);

    const auto unknown = rdp::parse_license_pdu(from_hex("77 03 04 00"));
    REQUIRE(unknown);
    CHECK(std::holds_alternative<std::monostate>(unknown->message));
    CHECK(rdp::license_message_name(0x77).empty());
}

TEST_CASE("a count of scopes that cannot be true is not believed") {
    auto data = kRequest;
    data[data.size() - 22] = std::byte{0xFF};
    const auto pdu = rdp::parse_license_pdu(data);
    REQUIRE_FALSE(pdu);
    CHECK(pdu.error().field == "wBlobType");
}

TEST_CASE("a licensing message that is cut names the field at which it ended") {
    test::check_cuts(rdp::parse_license_pdu, kAlert,
                     {{0, "bMsgType", 0},
                      {1, "flags", 1},
                      {3, "wMsgSize", 2},
                      {7, "dwErrorCode", 4},
                      {11, "dwStateTransition", 8},
                      {13, "wBlobType", 12},
                      {15, "wBlobLen", 14}});
    test::check_cuts(rdp::parse_license_pdu, kRequest,
                     {{35, "ServerRandom", 4},
                      {39, "dwVersion", 36},
                      {43, "cbCompanyName", 40},
                      {49, "pbCompanyName", 44},
                      {53, "cbProductId", 50},
                      {61, "pbProductId", 54},
                      {69, "KeyExchangeList", 66},
                      {75, "ServerCertificate", 74},
                      {79, "ScopeCount", 76},
                      {90, "Scope", 84}});
    test::check_cuts(rdp::parse_license_pdu, kNewLicenseRequest,
                     {{7, "PreferredKeyExchangeAlg", 4},
                      {11, "PlatformId", 8},
                      {43, "ClientRandom", 12},
                      {50, "EncryptedPreMasterSecret", 48},
                      {60, "ClientUserName", 56},
                      {73, "ClientMachineName", 66}});
}
