// Packets of the RD Gateway's HTTP transport, as WebSocket frames or HTTP bodies carry them. Cookies, security tokens
// and statements of health are lengths only; a token is read for its facts before it is let go.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "parsers/bytes/cursor.hpp"
#include "parsers/credssp/token.hpp"

namespace rdpdx::gateway {

// [MS-TSGU] 2.2.5.3 HTTP_PACKET_TYPE. Any other number is kept.
enum class PacketType : std::uint16_t {
    handshake_request = 0x1,
    handshake_response = 0x2,
    extended_auth = 0x3,
    tunnel_create = 0x4,
    tunnel_response = 0x5,
    tunnel_auth = 0x6,
    tunnel_auth_response = 0x7,
    channel_create = 0x8,
    channel_response = 0x9,
    data = 0xA,
    service_message = 0xB,
    reauth_message = 0xC,
    keepalive = 0xD,
    close_channel = 0x10,
    close_channel_response = 0x11,
};
// "PKT_TYPE_TUNNEL_CREATE"; empty for a number without a name.
std::string_view packet_name(std::uint16_t packetType) noexcept;

// [MS-TSGU] 2.2.10.9 HTTP_PACKET_HEADER
struct PacketHeader {
    std::uint16_t packetType{};
    std::uint32_t packetLength{};  // bytes, this header included
};
inline constexpr std::size_t kPacketHeader = 8;
// A tunnel response carries a certificate chain and a consent message; each has a length of two octets.
inline constexpr std::size_t kLargestPacket = std::size_t{256} * 1024;
bytes::Parsed<PacketHeader> parse_packet_header(bytes::Cursor& in);
// A header that a gateway or its client could have sent: known type, reserved field zero, length in bounds.
bool plausible(bytes::View head) noexcept;

// [MS-TSGU] 2.2.10 HTTP_HANDSHAKE_REQUEST_PACKET
struct HandshakeRequest {
    std::uint8_t verMajor{}, verMinor{};
    std::uint16_t clientVersion{}, extendedAuth{};
};
// [MS-TSGU] 2.2.10 HTTP_HANDSHAKE_RESPONSE_PACKET
struct HandshakeResponse {
    std::uint32_t errorCode{};
    std::uint8_t verMajor{}, verMinor{};
    std::uint16_t serverVersion{}, extendedAuth{};
};
// [MS-TSGU] 2.2.10 HTTP_EXTENDED_AUTH_PACKET
struct ExtendedAuth {
    std::uint32_t errorCode{};
    credssp::SecurityToken authBlob;
};
// [MS-TSGU] 2.2.10.18 HTTP_TUNNEL_PACKET, with its optional fields (2.2.10.19)
struct TunnelCreate {
    std::uint32_t capsFlags{};
    std::uint16_t fieldsPresent{};
    bool reauthTunnelContext{};
    std::optional<std::size_t> paaCookieLength;  // bytes
};
// [MS-TSGU] 2.2.10.20 HTTP_TUNNEL_RESPONSE, with its optional fields (2.2.10.21)
struct TunnelResponse {
    std::uint16_t serverVersion{};
    std::uint32_t statusCode{};
    std::uint16_t fieldsPresent{};
    std::optional<std::uint32_t> tunnelId, capsFlags;
    std::optional<std::size_t> serverCertLength;  // bytes
    std::string consentMsg;                       // what the gateway wants its users to agree to
};
// [MS-TSGU] 2.2.10.14 HTTP_TUNNEL_AUTH_PACKET
struct TunnelAuth {
    std::uint16_t fieldsPresent{};
    std::string clientName;
    std::optional<std::size_t> statementOfHealthLength;  // bytes
};
// [MS-TSGU] 2.2.10.16 HTTP_TUNNEL_AUTH_RESPONSE, with its optional fields (2.2.10.17)
struct TunnelAuthResponse {
    std::uint32_t errorCode{};
    std::uint16_t fieldsPresent{};
    std::optional<std::uint32_t> redirFlags, idleTimeout;  // idleTimeout in minutes
};
// [MS-TSGU] 2.2.10.2 HTTP_CHANNEL_PACKET, with its names (2.2.10.3)
struct ChannelCreate {
    std::uint16_t port{}, protocol{};
    std::vector<std::string> resourceNames, alternateNames;
};
// [MS-TSGU] 2.2.10.4 HTTP_CHANNEL_RESPONSE, with its optional fields (2.2.10.5)
struct ChannelResponse {
    std::uint32_t errorCode{};
    std::uint16_t fieldsPresent{};
    std::optional<std::uint32_t> channelId;
    std::optional<std::uint16_t> udpPort;
    std::optional<std::size_t> authnCookieLength;  // bytes
};
// [MS-TSGU] 2.2.10 HTTP_DATA_PACKET. A view into the packet.
struct Data {
    bytes::View data;
};
// [MS-TSGU] 2.2.10 HTTP_SERVICE_MESSAGE
struct ServiceMessage {
    std::string message;
};
// [MS-TSGU] 2.2.10 HTTP_REAUTH_MESSAGE, whose context is passed over
struct ReauthMessage {};
// [MS-TSGU] 2.2.10 HTTP_KEEPALIVE_PACKET
struct Keepalive {};
// [MS-TSGU] 2.2.10 HTTP_CLOSE_PACKET, request and response
struct CloseChannel {
    std::uint32_t statusCode{};
};

// `monostate`: of a type that nobody named.
struct Packet {
    PacketHeader header;
    std::variant<std::monostate, HandshakeRequest, HandshakeResponse, ExtendedAuth, TunnelCreate, TunnelResponse,
                 TunnelAuth, TunnelAuthResponse, ChannelCreate, ChannelResponse, Data, ServiceMessage, ReauthMessage,
                 Keepalive, CloseChannel>
        body;
    std::optional<bytes::ParseError> problem;  // optional fields end here; what stands before them holds
};

// One whole packet. A packet that ends in its fixed fields is an error.
bytes::Parsed<Packet> parse_packet(bytes::View packet, std::size_t base = 0);

}  // namespace rdpdx::gateway
