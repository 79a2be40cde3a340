// Save Session Info and server redirection.
#include "parsers/rdp/redirection.hpp"
#include "parsers/rdp/session_info.hpp"
#include "tests/support/cuts.hpp"

using namespace rdpdx;
using test::from_hex;

namespace {

using Octets = std::vector<std::byte>;

Octets joined(std::initializer_list<Octets> parts) {
    Octets out;
    for (const Octets& part : parts) out.insert(out.end(), part.begin(), part.end());
    return out;
}

const auto kVersion1 =
    joined({from_hex("00 00 00 00  08 00 00 00  4c 00 41 00 42 00 00 00"), Octets(44),  // Domain: LAB
            from_hex("06 00 00 00  62 00 6f 00 00 00"), Octets(506),                    // UserName: bo
            from_hex("02 00 00 00")});                                                  // SessionId

const auto kVersion2 = joined({from_hex(R"(
    01 00 00 00              # infoType: INFOTYPE_LOGON_LONG
    01 00                    # Version
    12 00 00 00              # Size
    03 00 00 00              # SessionId
    08 00 00 00              # cbDomain
    06 00 00 00              # cbUserName
    )"),
                               Octets(558), from_hex(R"(
    4c 00 41 00 42 00 00 00  # Domain: LAB
    62 00 6f 00 00 00        # UserName: bo
    )")});

const auto kExtended = from_hex(R"(
    03 00 00 00              # infoType: INFOTYPE_LOGON_EXTENDED_INFO
    1a 00                    # Length
    03 00 00 00              # FieldsPresent
    04 00 00 00 aa bb cc dd  # AutoReconnectCookie
    08 00 00 00              # cbFieldData
    fe ff ff ff              # ErrorNotificationType: LOGON_MSG_SESSION_CONTINUE
    00 00 00 00              # ErrorNotificationData: LOGON_FAILED_BAD_PASSWORD
    )");

const auto kRedirection = from_hex(R"(
    00 04                    # Flags
    80 00                    # Length
    02 00 00 00              # SessionID
    1f 9b 01 00              # RedirFlags
    06 00 00 00 31 00 30 00 00 00              # TargetNetAddress: 10
    04 00 00 00 43 6f 6f 6b                    # LoadBalanceInfo
    06 00 00 00 62 00 6f 00 00 00              # UserName: bo
    04 00 00 00 4c 00 00 00                    # Domain: L
    06 00 00 00 70 00 77 00 00 00              # Password
    08 00 00 00 68 00 2e 00 6c 00 00 00        # TargetFQDN: h.l
    04 00 00 00 48 00 00 00                    # TargetNetBiosName: H
    02 00 00 00 aa bb                          # TsvUrl
    02 00 00 00 aa bb                          # RedirectionGuid
    02 00 00 00 aa bb                          # TargetCertificate
    10 00 00 00 02 00 00 00                    # TargetNetAddressesLength, addressCount
    04 00 00 00 31 00 00 00                    # address: 1
    04 00 00 00 32 00 00 00                    # address: 2
    )");

}  // namespace

TEST_CASE("both versions of the logon notification name the user and the session") {
    for (const Octets& data : {kVersion1, kVersion2}) {
        const auto pdu = rdp::parse_save_session_info(data);
        REQUIRE(pdu);
        const auto* logon = std::get_if<rdp::LogonInfo>(&pdu->infoData);
        REQUIRE(logon);
        CHECK(logon->domain == "LAB");
        CHECK(logon->userName == "bo");
        CHECK(logon->sessionId == pdu->infoType + 2);
    }
}

TEST_CASE("a plain notification and an unknown one have their type alone") {
    const auto type = GENERATE(as<std::uint8_t>{}, 2, 9);
    auto data = from_hex("00 00 00 00");
    data[0] = static_cast<std::byte>(type);
    const auto pdu = rdp::parse_save_session_info(data);
    REQUIRE(pdu);
    CHECK(pdu->infoType == type);
    CHECK(std::holds_alternative<std::monostate>(pdu->infoData));
}

TEST_CASE("the extended notification has logon errors, and only says that there is a cookie") {
    const auto pdu = rdp::parse_save_session_info(kExtended);
    REQUIRE(pdu);
    const auto* extended = std::get_if<rdp::LogonInfoExtended>(&pdu->infoData);
    REQUIRE(extended);
    CHECK(extended->autoReconnectCookie);
    REQUIRE(extended->logonErrors);
    CHECK(extended->logonErrors->errorNotificationType == 0xFFFFFFFE);
    CHECK(extended->logonErrors->errorNotificationData == 0);
}

TEST_CASE("Save Session Info that is cut names the field at which it ended") {
    test::check_cuts(rdp::parse_save_session_info, kVersion1,
                     {{3, "infoType", 0},
                      {7, "cbDomain", 4},
                      {50, "Domain", 8},
                      {63, "cbUserName", 60},
                      {500, "UserName", 64},
                      {579, "SessionId", 576}});
    test::check_cuts(rdp::parse_save_session_info, kVersion2,
                     {{5, "Version", 4},
                      {9, "Size", 6},
                      {13, "SessionId", 10},
                      {17, "cbDomain", 14},
                      {21, "cbUserName", 18},
                      {500, "Pad", 22},
                      {585, "Domain", 580},
                      {590, "UserName", 588}});
    test::check_cuts(rdp::parse_save_session_info, kExtended,
                     {{5, "Length", 4},
                      {9, "FieldsPresent", 6},
                      {13, "cbFieldData", 10},
                      {17, "AutoReconnectCookie", 14},
                      {21, "cbFieldData", 18},
                      {25, "ErrorNotificationType", 22},
                      {29, "ErrorNotificationData", 26}});
}

TEST_CASE("a redirection names where to go, and counts what opens the door") {
    const auto pdu = rdp::parse_server_redirection(kRedirection);
    REQUIRE(pdu);
    CHECK(pdu->flags == 0x0400);
    CHECK(pdu->sessionId == 2);
    CHECK(pdu->redirFlags == 0x00019B1F);
    CHECK(pdu->targetNetAddress == "10");
    CHECK(pdu->userName == "bo");
    CHECK(pdu->domain == "L");
    CHECK(pdu->targetFQDN == "h.l");
    CHECK(pdu->targetNetBiosName == "H");
    CHECK(pdu->loadBalanceInfoLength == 4);
    CHECK(pdu->passwordLength == 6);
    CHECK(pdu->tsvUrlLength == 2);
    CHECK(pdu->redirectionGuidLength == 2);
    CHECK(pdu->targetCertificateLength == 2);
    CHECK(pdu->targetNetAddresses == std::vector<std::string>{"1", "2"});
}

TEST_CASE("a redirection without any flag has its session alone") {
    const auto pdu = rdp::parse_server_redirection(from_hex("00 04 0c 00 07 00 00 00 00 00 00 00"));
    REQUIRE(pdu);
    CHECK(pdu->sessionId == 7);
    CHECK(pdu->targetNetAddress.empty());
    CHECK(pdu->passwordLength == 0);
}

TEST_CASE("a redirection that is cut names the field at which it ended") {
    test::check_cuts(rdp::parse_server_redirection, kRedirection,
                     {{1, "Flags", 0},
                      {3, "Length", 2},
                      {7, "SessionID", 4},
                      {11, "RedirFlags", 8},
                      {15, "TargetNetAddressLength", 12},
                      {20, "TargetNetAddress", 16},
                      {25, "LoadBalanceInfoLength", 22},
                      {29, "LoadBalanceInfo", 26},
                      {33, "UserNameLength", 30},
                      {39, "UserName", 34},
                      {43, "DomainLength", 40},
                      {47, "Domain", 44},
                      {51, "PasswordLength", 48},
                      {57, "Password", 52},
                      {61, "TargetFQDNLength", 58},
                      {69, "TargetFQDN", 62},
                      {73, "TargetNetBiosNameLength", 70},
                      {77, "TargetNetBiosName", 74},
                      {81, "TsvUrlLength", 78},
                      {83, "TsvUrl", 82},
                      {87, "RedirectionGuidLength", 84},
                      {89, "RedirectionGuid", 88},
                      {93, "TargetCertificateLength", 90},
                      {95, "TargetCertificate", 94},
                      {99, "TargetNetAddressesLength", 96},
                      {103, "addressCount", 100},
                      {107, "addressLength", 104},
                      {111, "address", 108}});
}
