// TSRequest, SPNEGO, and what is recognised inside them.
#include "parsers/credssp/ts_request.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/der.hpp"

using namespace rdpdx;
using namespace rdpdx::credssp;
using test::der;
using test::from_hex;
using test::joined;
using test::Octets;

namespace {

const Octets kOidSpnego = from_hex("06 06 2b 06 01 05 05 02"),
             kOidNtlm = from_hex("06 0a 2b 06 01 04 01 82 37 02 02 0a"),
             kOidKerberos = from_hex("06 09 2a 86 48 86 f7 12 01 02 02"),
             kOidMsKerberos = from_hex("06 09 2a 86 48 82 f7 12 01 02 02"),
             kOidUserToUser = from_hex("06 0a 2a 86 48 86 f7 12 01 02 02 03"),
             kOidNegoEx = from_hex("06 0a 2b 06 01 04 01 82 37 02 02 1e"),
             kOidPku2u = from_hex("06 06 2b 06 01 05 02 07"),
             kNegotiate = from_hex(
                 "4e 54 4c 4d 53 53 50 00  01 00 00 00  b7 82 08 e2"
                 "00 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00  06 01 b1 1d 00 00 00 0f");

Octets number(std::uint8_t n) { return der(0x02, {Octets{std::byte{n}}}); }

Octets ts_request(std::initializer_list<Octets> fields) { return der(0x30, {der(0xA0, {number(6)}), joined(fields)}); }

Octets nego_tokens(const Octets& token) {
    return der(0xA1, {der(0x30, {der(0x30, {der(0xA0, {der(0x04, {token})})})})});
}

Octets init_token(std::initializer_list<Octets> mechs, const Octets& mech_token) {
    const Octets body = der(0xA0, {der(0x30, {der(0xA0, {der(0x30, mechs)}), der(0xA2, {der(0x04, {mech_token})})})});
    return der(0x60, {kOidSpnego, body});
}

}  // namespace

TEST_CASE("a client's first TSRequest has its version, an NTLM negotiation and a nonce") {
    const auto data = from_hex(R"(
        30 5b                 # TSRequest
        a0 03 02 01 06        # version
        a1 30 30 2e 30 2c a0 2a 04 28  # negoTokens, NegoData, negoToken
        4e 54 4c 4d 53 53 50 00        # Signature
        01 00 00 00                    # MessageType
        b7 82 08 e2                    # NegotiateFlags
        00 00 00 00 00 00 00 00        # DomainNameFields
        00 00 00 00 00 00 00 00        # WorkstationFields
        06 01 b1 1d 00 00 00 0f        # Version
        a5 22 04 20                    # clientNonce
        3d f3 6c ec de 89 68 fc ac 93 99 8c 57 8f f3 28 09 b2 02 d6 b1 d1 ec a1 32 2d a9 73 da 2c 50 3d
        ff                             # not of this message
        )");
    const auto request = parse_ts_request(data);
    REQUIRE(request);
    CHECK(request->version == 6);
    CHECK(request->length == 93);
    CHECK(request->clientNonceLength == 32U);
    CHECK_FALSE(request->authInfoLength);
    CHECK_FALSE(request->pubKeyAuthLength);
    CHECK_FALSE(request->errorCode);
    REQUIRE(request->negoTokens.size() == 1);
    const auto& token = request->negoTokens[0];
    CHECK(token.length == 40);
    CHECK_FALSE(token.problem);
    const auto* ntlm = std::get_if<NtlmNegotiate>(&token.mechanism);
    REQUIRE(ntlm);
    CHECK(ntlm->negotiateFlags == 0xE20882B7);
    REQUIRE(ntlm->version);
    CHECK(ntlm->version->productBuild == 7601);
}

TEST_CASE("a server's refusal is its error code") {
    const auto data = from_hex(
        "30 0d                     # TSRequest\n"
        "a0 03 02 01 06            # version\n"
        "a4 06 02 04 c0 00 00 6d   # errorCode: STATUS_LOGON_FAILURE\n");
    const auto request = parse_ts_request(data);
    REQUIRE(request);
    CHECK(request->errorCode == 0xC000006DU);
    CHECK(request->negoTokens.empty());
}

TEST_CASE("every version and an unknown one is a number") {
    const auto version = GENERATE(as<std::uint8_t>{}, 2, 3, 4, 5, 6, 99);
    const auto data = der(0x30, {der(0xA0, {number(version)})});
    const auto request = parse_ts_request(data);
    REQUIRE(request);
    CHECK(request->version == version);
}

TEST_CASE("credentials and key proofs are lengths") {
    const auto data = ts_request({der(0xA2, {der(0x04, {Octets(85)})}), der(0xA3, {der(0x04, {Octets(48)})})});
    const auto request = parse_ts_request(data);
    REQUIRE(request);
    CHECK(request->authInfoLength == 85U);
    CHECK(request->pubKeyAuthLength == 48U);
}

TEST_CASE("a TSRequest that is cut or is none says where") {
    struct Row {
        const char* hex;
        const char* field;
        bytes::Problem problem;
        std::size_t offset;
    };
    using enum bytes::Problem;
    const auto row = GENERATE(values<Row>({
        {"", "TSRequest", truncated, 50},
        {"30", "TSRequest", truncated, 51},
        {"30 0d a0 03", "TSRequest", truncated, 52},
        {"31 00", "TSRequest", bad_value, 50},
        {"30 00", "version", truncated, 52},
        {"30 02 a0 00", "version", truncated, 54},
        {"30 05 a0 03 04 01 06", "version", bad_value, 54},
        {"30 07 a0 03 02 01 06 a1 00", "negoTokens", truncated, 59},
        {"30 09 a0 03 02 01 06 a1 02 30 05", "negoTokens", truncated, 61},
        {"30 0b a0 03 02 01 06 a1 04 30 02 30 00", "negoToken", truncated, 63},
        {"30 0d a0 03 02 01 06 a1 06 30 04 30 02 a0 00", "negoToken", truncated, 65},
        {"30 07 a0 03 02 01 06 a2 00", "authInfo", truncated, 59},
        {"30 07 a0 03 02 01 06 a3 00", "pubKeyAuth", truncated, 59},
        {"30 07 a0 03 02 01 06 a4 00", "errorCode", truncated, 59},
        {"30 0f a0 03 02 01 06 a4 08 02 06 00 00 00 00 00 00", "errorCode", bad_value, 61},
        {"30 07 a0 03 02 01 06 a5 00", "clientNonce", truncated, 59},
    }));
    const auto data = from_hex(row.hex);
    const auto request = parse_ts_request(data, 50);
    INFO(row.hex);
    REQUIRE_FALSE(request);
    CHECK(request.error().field == row.field);
    CHECK(request.error().problem == row.problem);
    CHECK(request.error().offset == row.offset);
}

TEST_CASE("a first SPNEGO token names its mechanisms in order and carries the first one's message") {
    const auto token = init_token({kOidMsKerberos, kOidKerberos, kOidUserToUser, kOidNegoEx, kOidNtlm}, kNegotiate);
    const auto request = ts_request({nego_tokens(token)});
    const auto parsed = parse_ts_request(request);
    REQUIRE(parsed);
    REQUIRE(parsed->negoTokens.size() == 1);
    const auto& found = parsed->negoTokens[0];
    REQUIRE(found.negTokenInit);
    CHECK(found.negTokenInit->mechTypes == std::vector<std::string>{"1.2.840.48018.1.2.2", "1.2.840.113554.1.2.2",
                                                                    "1.2.840.113554.1.2.2.3", "1.3.6.1.4.1.311.2.2.30",
                                                                    "1.3.6.1.4.1.311.2.2.10"});
    CHECK(found.negTokenInit->mechTokenLength == kNegotiate.size());
    CHECK_FALSE(found.negTokenInit->mechListMIC);
    CHECK(std::holds_alternative<NtlmNegotiate>(found.mechanism));
    CHECK_FALSE(found.problem);
}

TEST_CASE("a SPNEGO answer has its state, its mechanism and the message in it") {
    const auto body = der(0x30, {der(0xA0, {from_hex("0a 01 01")}), der(0xA1, {kOidNtlm}),
                                 der(0xA2, {der(0x04, {kNegotiate})}), der(0xA3, {der(0x04, {Octets(16)})})});
    const auto token = parse_security_token(der(0xA1, {body}));
    REQUIRE(token.negTokenResp);
    CHECK(token.negTokenResp->negState == 1U);
    CHECK(neg_state_name(1) == "accept-incomplete");
    CHECK(neg_state_name(9).empty());
    CHECK(mech_name(token.negTokenResp->supportedMech) == "NTLMSSP");
    CHECK(token.negTokenResp->responseTokenLength == kNegotiate.size());
    CHECK(token.negTokenResp->mechListMIC);
    CHECK(std::holds_alternative<NtlmNegotiate>(token.mechanism));
}

TEST_CASE("a server's hints are not taken for a MIC") {
    const auto hints = der(0xA3, {der(0x30, {der(0xA0, {der(0x1B, {test::octets("not_defined_in_RFC4178")})})})});
    const auto mic = der(0xA3, {der(0x04, {Octets(16)})});
    const auto token = [](const Octets& third) { return der(0xA0, {der(0x30, {third})}); };
    REQUIRE(parse_security_token(token(hints)).negTokenInit);
    CHECK_FALSE(parse_security_token(token(hints)).negTokenInit->mechListMIC);
    CHECK(parse_security_token(token(mic)).negTokenInit->mechListMIC);
}

TEST_CASE("mechanisms of a token are named by their object identifiers") {
    struct Row {
        Octets oid;
        const char* name;
    };
    const auto row = GENERATE(values<Row>({{kOidSpnego, "SPNEGO"},
                                           {kOidNtlm, "NTLMSSP"},
                                           {kOidKerberos, "Kerberos"},
                                           {kOidMsKerberos, "Kerberos (Microsoft)"},
                                           {kOidUserToUser, "Kerberos user-to-user"},
                                           {kOidNegoEx, "NegoEx"},
                                           {kOidPku2u, "PKU2U"}}));
    const auto token = parse_security_token(init_token({row.oid}, {}));
    REQUIRE(token.negTokenInit);
    REQUIRE(token.negTokenInit->mechTypes.size() == 1);
    CHECK(mech_name(token.negTokenInit->mechTypes[0]) == row.name);
    CHECK(mech_name("1.2.3").empty());
}

TEST_CASE("a NegoEx token is the list of its messages") {
    const auto message = [](const char* type) {
        return joined(
            {test::octets("NEGOEXTS"), from_hex(type), from_hex("00 00 00 00 28 00 00 00 28 00 00 00"), Octets(16)});
    };
    const auto token = parse_security_token(joined({message("00 00 00 00"), message("02 00 00 00")}));
    const auto* negoex = std::get_if<NegoEx>(&token.mechanism);
    REQUIRE(negoex);
    CHECK(negoex->messageTypes == std::vector<std::uint32_t>{0, 2});
    CHECK_FALSE(token.problem);
    auto cut = message("05 00 00 00");
    cut.pop_back();
    const auto rest = parse_security_token(cut);
    REQUIRE(rest.problem);
    CHECK(rest.problem->field == "cbMessageLength");
}

TEST_CASE("a token that nobody knows has its length, and one that is cut keeps what came before") {
    const auto unknown = parse_security_token(from_hex("de ad be ef"));
    CHECK(unknown.length == 4);
    CHECK_FALSE(unknown.problem);
    CHECK(std::holds_alternative<std::monostate>(unknown.mechanism));

    auto ntlm = kNegotiate;
    ntlm.resize(14);
    const auto token = parse_security_token(init_token({kOidNtlm}, ntlm));
    REQUIRE(token.negTokenInit);
    CHECK(token.negTokenInit->mechTypes.size() == 1);
    REQUIRE(token.problem);
    CHECK(token.problem->field == "NegotiateFlags");
}

TEST_CASE("the early user authorization result is one word") {
    const auto denied = parse_early_user_authorization_result(from_hex("05 00 00 00"));
    REQUIRE(denied);
    CHECK(denied->authorizationResult == 5);
    CHECK(authorization_result_name(5) == "AUTHZ_ACCESS_DENIED");
    CHECK(authorization_result_name(0) == "AUTHZ_SUCCESS");
    CHECK(authorization_result_name(1).empty());
    const auto cut = parse_early_user_authorization_result(from_hex("05 00 00"), 9);
    REQUIRE_FALSE(cut);
    CHECK(cut.error() == bytes::ParseError{bytes::Problem::truncated, "authorizationResult", 9, 4, 3});
}
