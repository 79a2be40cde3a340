// NTLM messages as FreeRDP sends them; responses, keys and challenges are replaced by counting bytes.
#include "parsers/credssp/ntlm.hpp"
#include "tests/support/bytes.hpp"
#include "tests/support/catch.hpp"

using namespace rdpdx;
using namespace rdpdx::credssp;
using test::from_hex;

namespace {

const auto kChallenge = from_hex(R"(
    4e 54 4c 4d 53 53 50 00  # Signature
    02 00 00 00              # MessageType
    06 00 06 00 38 00 00 00  # TargetNameFields
    35 82 8a e2              # NegotiateFlags
    01 02 03 04 05 06 07 08  # ServerChallenge
    00 00 00 00 00 00 00 00  # Reserved
    36 00 36 00 3e 00 00 00  # TargetInfoFields
    0a 00 7c 4f 00 00 00 0f  # Version
    4c 00 41 00 42 00        # TargetName: LAB
    02 00 06 00 4c 00 41 00 42 00        # MsvAvNbDomainName: LAB
    01 00 04 00 53 00 56 00              # MsvAvNbComputerName: SV
    04 00 04 00 6c 00 61 00              # MsvAvDnsDomainName: la
    03 00 08 00 73 00 2e 00 6c 00 61 00  # MsvAvDnsComputerName: s.la
    07 00 08 00 d0 c0 57 67 67 79 dd 01  # MsvAvTimestamp
    00 00 00 00                          # MsvAvEOL
    )");

const auto kAuthenticate = from_hex(R"(
    4e 54 4c 4d 53 53 50 00  # Signature
    03 00 00 00              # MessageType
    18 00 18 00 6c 00 00 00  # LmChallengeResponseFields
    64 00 64 00 84 00 00 00  # NtChallengeResponseFields
    06 00 06 00 58 00 00 00  # DomainNameFields
    0a 00 0a 00 5e 00 00 00  # UserNameFields
    04 00 04 00 68 00 00 00  # WorkstationFields
    10 00 10 00 e8 00 00 00  # EncryptedRandomSessionKeyFields
    35 b2 88 e2              # NegotiateFlags
    06 01 b1 1d 00 00 00 0f  # Version
    c0 c1 c2 c3 c4 c5 c6 c7 c8 c9 ca cb cc cd ce cf  # MIC
    4c 00 41 00 42 00              # DomainName: LAB
    61 00 6c 00 69 00 63 00 65 00  # UserName: alice
    76 00 6d 00                    # Workstation: vm
    00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00  # LmChallengeResponse
    a0 a1 a2 a3 a4 a5 a6 a7 a8 a9 aa ab ac ad ae af  # NTProofStr
    01 01 00 00 00 00 00 00                          # RespType, HiRespType, Reserved
    d0 c0 57 67 67 79 dd 01                          # TimeStamp
    b0 b1 b2 b3 b4 b5 b6 b7                          # ChallengeFromClient
    00 00 00 00                                      # Reserved3
    06 00 04 00 02 00 00 00                          # MsvAvFlags
    0a 00 10 00 00 01 00 00 00 00 00 00 00 00 00 00 00 00 00 00  # MsvAvChannelBindings
    09 00 12 00 54 00 45 00 52 00 4d 00 53 00 52 00 56 00 2f 00 61 00  # MsvAvTargetName: TERMSRV/a
    00 00 00 00 00 00                                # MsvAvEOL and the end
    d0 d1 d2 d3 d4 d5 d6 d7 d8 d9 da db dc dd de df  # EncryptedRandomSessionKey
    )");

}  // namespace

TEST_CASE("a negotiate message may end behind its flags, or name a domain and a workstation") {
    const auto old = from_hex("4e 54 4c 4d 53 53 50 00 01 00 00 00 07 82 00 00");
    REQUIRE(parse_ntlm_negotiate(old));
    CHECK(parse_ntlm_negotiate(old)->negotiateFlags == 0x8207);
    const auto named = from_hex(R"(
        4e 54 4c 4d 53 53 50 00  # Signature
        01 00 00 00              # MessageType
        07 b2 00 00              # NegotiateFlags: both supplied
        03 00 03 00 22 00 00 00  # DomainNameFields
        02 00 02 00 20 00 00 00  # WorkstationFields
        50 43                    # Workstation: PC
        4c 41 42                 # DomainName: LAB
        )");
    const auto message = parse_ntlm_negotiate(named);
    REQUIRE(message);
    CHECK(message->domainName == "LAB");
    CHECK(message->workstation == "PC");
    CHECK_FALSE(message->version);
}

TEST_CASE("a challenge names its target and describes it") {
    const auto message = parse_ntlm_challenge(kChallenge);
    REQUIRE(message);
    CHECK(message->targetName == "LAB");
    CHECK(message->negotiateFlags == 0xE28A8235);
    REQUIRE(message->version);
    CHECK(message->version->productMajorVersion == 10);
    CHECK(message->version->productBuild == 20348);
    REQUIRE(message->targetInfo);
    CHECK(message->targetInfo->nbDomainName == "LAB");
    CHECK(message->targetInfo->nbComputerName == "SV");
    CHECK(message->targetInfo->dnsDomainName == "la");
    CHECK(message->targetInfo->dnsComputerName == "s.la");
    CHECK(message->targetInfo->timestamp == 0x01DD79676757C0D0U);
    CHECK_FALSE(message->targetInfo->channelBindings);
}

TEST_CASE("an authenticate message says who, from where, how, and to whom") {
    const auto message = parse_ntlm_authenticate(kAuthenticate);
    REQUIRE(message);
    CHECK(message->domainName == "LAB");
    CHECK(message->userName == "alice");
    CHECK(message->workstation == "vm");
    CHECK(message->response == NtlmResponse::v2);
    CHECK(message->lmChallengeResponseLength == 24);
    CHECK(message->ntChallengeResponseLength == 100);
    CHECK(message->encryptedRandomSessionKeyLength == 16);
    CHECK(message->mic);
    REQUIRE(message->targetInfo);
    CHECK(message->targetInfo->avFlags == 2U);
    CHECK(message->targetInfo->targetName == "TERMSRV/a");
    CHECK(message->targetInfo->channelBindings);
}

TEST_CASE("a response of 24 bytes is version 1, none is an anonymous logon") {
    const auto message = [](const char* nt_fields) {
        auto out = from_hex("4e 54 4c 4d 53 53 50 00 03 00 00 00 00 00 00 00 00 00 00 00");
        for (const char* part : {nt_fields, "00 00 00 00 00 00 00 00", "01 00 01 00 40 00 00 00",
                                 "00 00 00 00 00 00 00 00", "00 00 00 00 00 00 00 00", "06 00 00 00",
                                 "41 42 42 42 42 42 42 42 42 42 42 42 42 42 42 42 42 42 42 42 42 42 42 42 42"}) {
            const auto bytes = from_hex(part);
            out.insert(out.end(), bytes.begin(), bytes.end());
        }
        return parse_ntlm_authenticate(out);
    };
    const auto v1 = message("18 00 18 00 41 00 00 00");
    REQUIRE(v1);
    CHECK(v1->response == NtlmResponse::v1);
    CHECK(v1->userName == "A");  // one byte a character without the Unicode flag
    CHECK_FALSE(v1->mic);
    const auto anonymous = message("00 00 00 00 00 00 00 00");
    REQUIRE(anonymous);
    CHECK(anonymous->response == NtlmResponse::none);
}

TEST_CASE("an NTLM message that is cut names the field at which it ended") {
    struct Row {
        std::size_t n;
        const char* field;
        std::size_t offset;
    };
    SECTION("challenge") {
        const auto row = GENERATE(values<Row>({{0, "Signature", 100},
                                               {11, "MessageType", 108},
                                               {19, "TargetNameFields", 116},
                                               {23, "NegotiateFlags", 120},
                                               {31, "ServerChallenge", 124},
                                               {33, "Reserved", 132},
                                               {47, "TargetInfoFields", 144},
                                               {55, "NTLMRevisionCurrent", 155},
                                               {61, "TargetName", 156},
                                               {80, "TargetInfo", 162}}));
        const auto message = parse_ntlm_challenge(bytes::View{kChallenge}.first(row.n), 100);
        INFO(row.n);
        REQUIRE_FALSE(message);
        CHECK(message.error().field == row.field);
        CHECK(message.error().offset == row.offset);
    }
    SECTION("authenticate") {
        const auto row = GENERATE(values<Row>({{12, "LmChallengeResponseFields", 112},
                                               {20, "NtChallengeResponseFields", 120},
                                               {28, "DomainNameFields", 128},
                                               {36, "UserNameFields", 136},
                                               {44, "WorkstationFields", 144},
                                               {52, "EncryptedRandomSessionKeyFields", 152},
                                               {60, "NegotiateFlags", 160},
                                               {66, "ProductBuild", 166},
                                               {90, "DomainName", 188},
                                               {95, "UserName", 194},
                                               {105, "Workstation", 204},
                                               {110, "LmChallengeResponse", 208},
                                               {200, "NtChallengeResponse", 232},
                                               {240, "EncryptedRandomSessionKey", 332}}));
        const auto message = parse_ntlm_authenticate(bytes::View{kAuthenticate}.first(row.n), 100);
        INFO(row.n);
        REQUIRE_FALSE(message);
        CHECK(message.error().field == row.field);
        CHECK(message.error().offset == row.offset);
    }
}

TEST_CASE("another message is refused by its signature or its type") {
    CHECK(ntlm_message_type(kChallenge) == 2U);
    CHECK_FALSE(ntlm_message_type(from_hex("4e 54 4c 4d")));
    const auto wrong = parse_ntlm_negotiate(kChallenge);
    REQUIRE_FALSE(wrong);
    CHECK(wrong.error() == bytes::ParseError{bytes::Problem::bad_value, "MessageType", 8, 0, 0});
    const auto none = parse_ntlm_negotiate(from_hex("00 54 4c 4d 53 53 50 00 01 00 00 00 00 00 00 00"));
    REQUIRE_FALSE(none);
    CHECK(none.error().field == "Signature");
}
