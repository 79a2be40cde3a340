// Client Info as FreeRDP sends it; the password is another one.
#include "parsers/rdp/client_info.hpp"
#include "tests/support/cuts.hpp"

using namespace rdpdx;
using test::from_hex;

namespace {

std::vector<std::byte> joined(std::vector<std::byte> a, std::string_view hex) {
    const auto b = from_hex(hex);
    a.insert(a.end(), b.begin(), b.end());
    return a;
}

const auto kPacket = from_hex(R"(
    00 00 00 00              # CodePage
    fb 47 0b 00              # flags
    06 00                    # cbDomain
    0a 00                    # cbUserName
    04 00                    # cbPassword
    02 00                    # cbAlternateShell
    02 00                    # cbWorkingDir
    4c 00 41 00 42 00 00 00  # Domain: LAB
    61 00 6c 00 69 00 63 00 65 00 00 00  # UserName: alice
    78 00 79 00 00 00        # Password
    73 00 00 00              # AlternateShell: s
    77 00 00 00              # WorkingDir: w
    )");

const auto kWithAddress = joined(kPacket, R"(
    02 00                    # clientAddressFamily: AF_INET
    06 00 31 00 30 00 00 00  # clientAddress: 10
    06 00 43 00 3a 00 00 00  # clientDir: C:
    )");

const auto kWhole = joined(kWithAddress, R"(
    c4 ff ff ff              # Bias: -60
    43 00 45 00 54 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00  # StandardName: CET
    00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
    00 00 0a 00 00 00 05 00 03 00 00 00 00 00 00 00  # StandardDate
    00 00 00 00              # StandardBias
    44 00 53 00 54 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00  # DaylightName: DST
    00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
    00 00 03 00 00 00 05 00 02 00 00 00 00 00 00 00  # DaylightDate
    c4 ff ff ff              # DaylightBias
    00 00 00 00              # clientSessionId
    80 01 00 00              # performanceFlags
    02 00 aa bb              # autoReconnectCookie
    00 00 00 00              # reserved1, reserved2
    04 00 4b 00 00 00        # dynamicDSTTimeZoneKeyName: K
    01 00                    # dynamicDaylightTimeDisabled
    )");

}  // namespace

TEST_CASE("a security header has its two words of flags") {
    const auto data = from_hex("40 00 10 00 ff");
    bytes::Cursor in{data};
    const auto header = rdp::parse_security_header(in);
    REQUIRE(header);
    CHECK(header->flags == rdp::kSecInfoPkt);
    CHECK(header->flagsHi == 0x10);
    CHECK(in.remaining() == 1);
    bytes::Cursor cut{bytes::View{data}.first(3), 9};
    const auto none = rdp::parse_security_header(cut);
    REQUIRE_FALSE(none);
    CHECK(none.error() == bytes::ParseError{bytes::Problem::truncated, "flagsHi", 11, 2, 1});
}

TEST_CASE("Client Info says who comes, from where and to do what, and only that there is a password") {
    const auto info = rdp::parse_info_packet(kWhole);
    REQUIRE(info);
    CHECK(info->flags == 0x000B47FB);
    CHECK(info->domain == "LAB");
    CHECK(info->userName == "alice");
    CHECK(info->password);
    CHECK(info->alternateShell == "s");
    CHECK(info->workingDir == "w");
    REQUIRE(info->extraInfo);
    CHECK(info->extraInfo->clientAddressFamily == 2);
    CHECK(info->extraInfo->clientAddress == "10");
    CHECK(info->extraInfo->clientDir == "C:");
    CHECK(info->extraInfo->timeZoneBias == -60);
    CHECK(info->extraInfo->timeZoneStandardName == "CET");
    CHECK(info->extraInfo->timeZoneDaylightName == "DST");
    CHECK(info->extraInfo->clientSessionId == 0U);
    CHECK(info->extraInfo->performanceFlags == 0x180U);
    CHECK(info->extraInfo->autoReconnectCookie);
    CHECK(info->extraInfo->dynamicDSTTimeZoneKeyName == "K");
    CHECK(info->extraInfo->dynamicDaylightTimeDisabled == true);
}

TEST_CASE("old clients end before the extended part or inside it, and write one byte a character") {
    const auto plain = rdp::parse_info_packet(kPacket);
    REQUIRE(plain);
    CHECK_FALSE(plain->extraInfo);
    const auto address = rdp::parse_info_packet(kWithAddress);
    REQUIRE(address);
    REQUIRE(address->extraInfo);
    CHECK_FALSE(address->extraInfo->timeZoneBias);
    CHECK_FALSE(address->extraInfo->performanceFlags);
    const auto ansi = rdp::parse_info_packet(
        from_hex("e4 04 00 00 00 00 00 00  01 00 02 00 00 00 00 00 00 00  4c 00 62 6f 00 00 00 00"));
    REQUIRE(ansi);
    CHECK(ansi->domain == "L");
    CHECK(ansi->userName == "bo");
    CHECK_FALSE(ansi->password);
}

TEST_CASE("Client Info that is cut names the field at which it ended") {
    test::check_cuts(rdp::parse_info_packet, kWhole,
                     {{0, "CodePage", 0},
                      {7, "flags", 4},
                      {9, "cbDomain", 8},
                      {11, "cbUserName", 10},
                      {13, "cbPassword", 12},
                      {15, "cbAlternateShell", 14},
                      {17, "cbWorkingDir", 16},
                      {20, "Domain", 18},
                      {30, "UserName", 26},
                      {40, "Password", 38},
                      {45, "AlternateShell", 44},
                      {50, "WorkingDir", 48},
                      {53, "clientAddressFamily", 52},
                      {55, "cbClientAddress", 54},
                      {60, "clientAddress", 56},
                      {63, "cbClientDir", 62},
                      {65, "clientDir", 64},
                      {72, "Bias", 70},
                      {100, "StandardName", 74},
                      {150, "StandardDate", 138},
                      {155, "StandardBias", 154},
                      {200, "DaylightName", 158},
                      {230, "DaylightDate", 222},
                      {240, "DaylightBias", 238},
                      {243, "clientSessionId", 242},
                      {247, "performanceFlags", 246},
                      {251, "cbAutoReconnectCookie", 250},
                      {253, "autoReconnectCookie", 252},
                      {256, "reserved1", 254},
                      {259, "cbDynamicDSTTimeZoneKeyName", 258},
                      {262, "dynamicDSTTimeZoneKeyName", 260},
                      {265, "dynamicDaylightTimeDisabled", 264}},
                     {52, 70, 242, 246, 250, 254, 258, 264});
}
