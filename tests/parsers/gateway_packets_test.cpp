#include "parsers/gateway/packets.hpp"

#include "tests/support/bytes.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/cuts.hpp"

using namespace rdpdx;
using test::Cut;
using test::from_hex;

namespace {

const char* const kHandshakeRequest =
    "01 00 00 00              # packetType PKT_TYPE_HANDSHAKE_REQUEST, reserved\n"
    "0e 00 00 00              # packetLength 14\n"
    "01 00                    # verMajor 1, verMinor 0\n"
    "00 00                    # clientVersion\n"
    "02 00                    # ExtendedAuth: pluggable\n";
const char* const kHandshakeResponse =
    "02 00 00 00              # PKT_TYPE_HANDSHAKE_RESPONSE\n"
    "12 00 00 00              # packetLength 18\n"
    "e9 59 07 80              # errorCode E_PROXY_CAPABILITYMISMATCH\n"
    "01 00                    # verMajor 1, verMinor 0\n"
    "02 00                    # serverVersion\n"
    "03 00                    # ExtendedAuth\n";
const char* const kExtendedAuth =
    "03 00 00 00              # PKT_TYPE_EXTENDED_AUTH_MSG\n"
    "2e 00 00 00              # packetLength 46\n"
    "00 00 00 00              # errorCode\n"
    "20 00                    # authBlobLen 32\n"
    "4e 54 4c 4d 53 53 50 00  # NTLMSSP\n"
    "01 00 00 00              # MessageType NEGOTIATE\n"
    "97 82 08 e0              # NegotiateFlags\n"
    "00 00 00 00 00 00 00 00  # DomainNameFields\n"
    "00 00 00 00 00 00 00 00  # WorkstationFields\n";
const char* const kTunnelCreate =
    "04 00 00 00              # PKT_TYPE_TUNNEL_CREATE\n"
    "1e 00 00 00              # packetLength 30\n"
    "3f 00 00 00              # capsFlags\n"
    "03 00                    # fieldsPresent: PAA cookie, reauthentication\n"
    "00 00                    # reserved\n"
    "01 02 03 04 05 06 07 08  # reauthTunnelContext\n"
    "04 00                    # PAACookie, 4 bytes\n"
    "73 65 63 72              # of it\n";
const char* const kTunnelResponse =
    "05 00 00 00              # PKT_TYPE_TUNNEL_RESPONSE\n"
    "3a 00 00 00              # packetLength 58\n"
    "02 00                    # serverVersion\n"
    "00 00 00 00              # statusCode\n"
    "17 00                    # fieldsPresent: tunnel id, capabilities, nonce with certificate, consent\n"
    "00 00                    # reserved\n"
    "0b 00 00 00              # tunnelId\n"
    "3f 00 00 00              # capsFlags\n"
    "00 11 22 33 44 55 66 77 88 99 aa bb cc dd ee ff # nonce\n"
    "04 00 41 00 42 00        # serverCert\n"
    "08 00 4f 00 4b 00 3f 00 00 00 # consentMsg OK?\n";
const char* const kTunnelAuth =
    "06 00 00 00              # PKT_TYPE_TUNNEL_AUTH\n"
    "14 00 00 00              # packetLength 20\n"
    "01 00                    # fieldsPresent: statement of health\n"
    "06 00 50 00 43 00 00 00  # clientName PC\n"
    "00 00                    # statementOfHealth, empty\n";
const char* const kTunnelAuthResponse =
    "07 00 00 00              # PKT_TYPE_TUNNEL_AUTH_RESPONSE\n"
    "18 00 00 00              # packetLength 24\n"
    "db 59 07 80              # errorCode E_PROXY_NAP_ACCESSDENIED\n"
    "03 00                    # fieldsPresent: redirection, idle timeout\n"
    "00 00                    # reserved\n"
    "00 00 00 80              # redirFlags\n"
    "1e 00 00 00              # idleTimeout 30 minutes\n";
const char* const kChannelCreate =
    "08 00 00 00              # PKT_TYPE_CHANNEL_CREATE\n"
    "1c 00 00 00              # packetLength 28\n"
    "01                       # numResources\n"
    "01                       # numAltResources\n"
    "3d 0d                    # port 3389\n"
    "03 00                    # protocol\n"
    "06 00 70 00 63 00 00 00  # resource pc\n"
    "04 00 71 00 00 00        # alternate q\n";
const char* const kChannelResponse =
    "09 00 00 00              # PKT_TYPE_CHANNEL_RESPONSE\n"
    "1a 00 00 00              # packetLength 26\n"
    "00 00 00 00              # errorCode\n"
    "07 00                    # fieldsPresent: channel id, cookie, UDP port\n"
    "00 00                    # reserved\n"
    "01 00 00 00              # channelId\n"
    "3f 0d                    # udpPort 3391\n"
    "02 00 aa bb              # authnCookie\n";
const char* const kData =
    "0a 00 00 00              # PKT_TYPE_DATA\n"
    "0d 00 00 00              # packetLength 13\n"
    "03 00 61 62 63           # data abc\n";
const char* const kServiceMessage =
    "0b 00 00 00              # PKT_TYPE_SERVICE_MESSAGE\n"
    "0e 00 00 00              # packetLength 14\n"
    "04 00 68 00 69 00        # message hi\n";
const char* const kReauth =
    "0c 00 00 00              # PKT_TYPE_REAUTH_MESSAGE\n"
    "10 00 00 00              # packetLength 16\n"
    "01 02 03 04 05 06 07 08  # reauthTunnelContext\n";
const char* const kKeepalive = "0d 00 00 00 08 00 00 00  # PKT_TYPE_KEEPALIVE\n";
const char* const kClose =
    "10 00 00 00              # PKT_TYPE_CLOSE_CHANNEL\n"
    "0c 00 00 00              # packetLength 12\n"
    "d4 04 00 00              # statusCode E_PROXY_CONNECTIONABORTED\n";

gateway::Packet parsed(const char* text) {
    const auto bytes = from_hex(text);
    const auto packet = gateway::parse_packet(bytes);
    REQUIRE(packet);
    CHECK(packet->header.packetLength == bytes.size());
    CHECK_FALSE(packet->problem);
    return *packet;
}
template <class T>
T parsed_as(const char* text) {
    const auto packet = parsed(text);
    const auto* body = std::get_if<T>(&packet.body);
    REQUIRE(body);
    return *body;
}

}  // namespace

TEST_CASE("the handshake says versions, authentication and an error code") {
    const auto request = parsed_as<gateway::HandshakeRequest>(kHandshakeRequest);
    CHECK(request.verMajor == 1);
    CHECK(request.extendedAuth == 2);
    const auto response = parsed_as<gateway::HandshakeResponse>(kHandshakeResponse);
    CHECK(response.errorCode == 0x800759E9);
    CHECK(response.verMajor == 1);
    CHECK(response.serverVersion == 2);
    CHECK(response.extendedAuth == 3);
}

TEST_CASE("extended authentication is a security token") {
    const auto auth = parsed_as<gateway::ExtendedAuth>(kExtendedAuth);
    CHECK(auth.authBlob.length == 32);
    CHECK(std::holds_alternative<credssp::NtlmNegotiate>(auth.authBlob.mechanism));
}

TEST_CASE("of a cookie only its length is kept") {
    const auto create = parsed_as<gateway::TunnelCreate>(kTunnelCreate);
    CHECK(create.capsFlags == 0x3F);
    CHECK(create.reauthTunnelContext);
    CHECK(create.paaCookieLength == 4U);
    const auto channel = parsed_as<gateway::ChannelResponse>(kChannelResponse);
    CHECK(channel.authnCookieLength == 2U);
}

TEST_CASE("a tunnel response has its id, certificate and consent message") {
    const auto response = parsed_as<gateway::TunnelResponse>(kTunnelResponse);
    CHECK(response.statusCode == 0);
    CHECK(response.tunnelId == 11U);
    CHECK(response.capsFlags == 0x3FU);
    CHECK(response.serverCertLength == 4U);
    CHECK(response.consentMsg == "OK?");
}

TEST_CASE("tunnel authorization names the machine and answers with a code") {
    CHECK(parsed_as<gateway::TunnelAuth>(kTunnelAuth).clientName == "PC");
    const auto response = parsed_as<gateway::TunnelAuthResponse>(kTunnelAuthResponse);
    CHECK(response.errorCode == 0x800759DB);
    CHECK(response.redirFlags == 0x80000000U);
    CHECK(response.idleTimeout == 30U);
}

TEST_CASE("a channel is asked for by names and a port, and answered with a UDP port") {
    const auto create = parsed_as<gateway::ChannelCreate>(kChannelCreate);
    CHECK(create.port == 3389);
    CHECK(create.resourceNames == std::vector<std::string>{"pc"});
    CHECK(create.alternateNames == std::vector<std::string>{"q"});
    const auto response = parsed_as<gateway::ChannelResponse>(kChannelResponse);
    CHECK(response.errorCode == 0);
    CHECK(response.channelId == 1U);
    CHECK(response.udpPort == 3391);
}

TEST_CASE("data, messages and the end of a channel are told apart") {
    const auto bytes = from_hex(kData);
    const auto packet = gateway::parse_packet(bytes);
    REQUIRE(packet);
    const auto* data = std::get_if<gateway::Data>(&packet->body);
    REQUIRE(data);
    CHECK(bytes::text_of(data->data) == "abc");
    CHECK(parsed_as<gateway::ServiceMessage>(kServiceMessage).message == "hi");
    CHECK(std::holds_alternative<gateway::ReauthMessage>(parsed(kReauth).body));
    CHECK(std::holds_alternative<gateway::Keepalive>(parsed(kKeepalive).body));
    CHECK(parsed_as<gateway::CloseChannel>(kClose).statusCode == 0x4D4);
}

TEST_CASE("a packet of unknown type keeps its number") {
    const auto packet = parsed("77 00 00 00 0a 00 00 00 01 02");
    CHECK(packet.header.packetType == 0x77);
    CHECK(std::holds_alternative<std::monostate>(packet.body));
    CHECK(gateway::packet_name(0x77).empty());
    CHECK(gateway::packet_name(0x11) == "PKT_TYPE_CLOSE_CHANNEL_RESPONSE");
}

TEST_CASE("optional fields that break off leave the main word standing") {
    auto bytes = from_hex(kTunnelAuthResponse);
    bytes.resize(18);
    const auto packet = gateway::parse_packet(bytes, 100);
    REQUIRE(packet);
    REQUIRE(packet->problem);
    CHECK(packet->problem->field == "redirFlags");
    CHECK(packet->problem->offset == 116);
    CHECK(std::get<gateway::TunnelAuthResponse>(packet->body).errorCode == 0x800759DB);
}

TEST_CASE("a packet header is plausible or not") {
    struct Row {
        const char* head;
        bool good;
    };
    const auto row = GENERATE(values<Row>({
        {"0a 00 00 00 08 00 00 00", true},
        {"0a 00 00 00 07 00 00 00", false},  // shorter than itself
        {"0a 00 01 00 08 00 00 00", false},  // reserved
        {"0e 00 00 00 08 00 00 00", false},  // no such type
        {"0a 00 00 00 01 00 04 00", false},  // longer than any
        {"0a 00 00 00 08 00 00", false},     // cut
    }));
    CHECK(gateway::plausible(from_hex(row.head)) == row.good);
}

TEST_CASE("gateway packets that break off say where") {
    struct Row {
        const char* packet;
        std::vector<Cut> cuts;
        std::vector<std::size_t> may_end;  // what is missing there is optional
    };
    const auto from = [](std::size_t first, std::size_t last) {
        std::vector<std::size_t> out;
        for (std::size_t n = first; n < last; ++n) out.push_back(n);
        return out;
    };
    const std::vector<Row> rows{
        {kHandshakeRequest,
         {{1, "packetType", 0},
          {3, "reserved", 2},
          {7, "packetLength", 4},
          {8, "verMajor", 8},
          {9, "verMinor", 9},
          {11, "clientVersion", 10},
          {13, "ExtendedAuth", 12}},
         {}},
        {kHandshakeResponse,
         {{11, "errorCode", 8},
          {12, "verMajor", 12},
          {13, "verMinor", 13},
          {15, "serverVersion", 14},
          {17, "ExtendedAuth", 16}},
         {}},
        {kExtendedAuth,
         {{11, "errorCode", 8}, {13, "authBlobLen", 12}, {14, "authBlob", 14}, {45, "authBlob", 14}},
         {}},
        {kTunnelCreate, {{11, "capsFlags", 8}, {13, "fieldsPresent", 12}, {15, "reserved", 14}}, from(16, 30)},
        {kTunnelResponse,
         {{9, "serverVersion", 8}, {13, "statusCode", 10}, {15, "fieldsPresent", 14}, {17, "reserved", 16}},
         from(18, 58)},
        {kTunnelAuth, {{9, "fieldsPresent", 8}, {11, "clientName", 10}, {17, "clientName", 12}}, from(18, 20)},
        {kTunnelAuthResponse, {{11, "errorCode", 8}, {13, "fieldsPresent", 12}, {15, "reserved", 14}}, from(16, 24)},
        {kChannelCreate,
         {{8, "numResources", 8},
          {9, "numAltResources", 9},
          {11, "port", 10},
          {13, "protocol", 12},
          {15, "pResource", 14},
          {21, "pResource", 16},
          {23, "pAltResource", 22},
          {27, "pAltResource", 24}},
         {}},
        {kChannelResponse, {{11, "errorCode", 8}, {13, "fieldsPresent", 12}, {15, "reserved", 14}}, from(16, 26)},
        {kData, {{9, "data", 8}, {12, "data", 10}}, {}},
        {kServiceMessage, {{9, "message", 8}, {13, "message", 10}}, {}},
        {kReauth, {{15, "reauthTunnelContext", 8}}, {}},
        {kKeepalive, {{7, "packetLength", 4}}, {}},
        {kClose, {{11, "statusCode", 8}}, {}},
    };
    for (const Row& row : rows) {
        INFO(row.packet);
        test::check_cuts([](bytes::View view, std::size_t base) { return gateway::parse_packet(view, base); },
                         from_hex(row.packet), row.cuts, row.may_end);
    }
}
