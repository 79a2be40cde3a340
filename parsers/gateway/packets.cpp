#include "parsers/gateway/packets.hpp"

#include <algorithm>
#include <array>

#include "parsers/bytes/terminated.hpp"

namespace rdpdx::gateway {
namespace {

using bytes::Cursor;

struct PacketName {
    std::uint16_t type;
    std::string_view name;
};
// [MS-TSGU] 2.2.5.3. Sorted by type.
constexpr std::array kPacketNames{
    PacketName{0x1, "PKT_TYPE_HANDSHAKE_REQUEST"},
    PacketName{0x2, "PKT_TYPE_HANDSHAKE_RESPONSE"},
    PacketName{0x3, "PKT_TYPE_EXTENDED_AUTH_MSG"},
    PacketName{0x4, "PKT_TYPE_TUNNEL_CREATE"},
    PacketName{0x5, "PKT_TYPE_TUNNEL_RESPONSE"},
    PacketName{0x6, "PKT_TYPE_TUNNEL_AUTH"},
    PacketName{0x7, "PKT_TYPE_TUNNEL_AUTH_RESPONSE"},
    PacketName{0x8, "PKT_TYPE_CHANNEL_CREATE"},
    PacketName{0x9, "PKT_TYPE_CHANNEL_RESPONSE"},
    PacketName{0xA, "PKT_TYPE_DATA"},
    PacketName{0xB, "PKT_TYPE_SERVICE_MESSAGE"},
    PacketName{0xC, "PKT_TYPE_REAUTH_MESSAGE"},
    PacketName{0xD, "PKT_TYPE_KEEPALIVE"},
    PacketName{0x10, "PKT_TYPE_CLOSE_CHANNEL"},
    PacketName{0x11, "PKT_TYPE_CLOSE_CHANNEL_RESPONSE"},
};
static_assert(std::ranges::adjacent_find(kPacketNames, std::ranges::greater_equal{}, &PacketName::type) ==
              kPacketNames.end());

// [MS-TSGU] 2.2.10 HTTP_byte_BLOB and HTTP_UNICODE_STRING: two octets of length and as many bytes.
bytes::View counted(Cursor& in, std::string_view field) { return in.take(in.u16le(field), field); }
std::string name(Cursor& in, std::string_view field) { return bytes::utf16le_until_zero(counted(in, field)); }

HandshakeRequest handshake_request(Cursor& in) {
    HandshakeRequest out;
    out.verMajor = in.u8("verMajor");
    out.verMinor = in.u8("verMinor");
    out.clientVersion = in.u16le("clientVersion");
    out.extendedAuth = in.u16le("ExtendedAuth");
    return out;
}

HandshakeResponse handshake_response(Cursor& in) {
    HandshakeResponse out;
    out.errorCode = in.u32le("errorCode");
    out.verMajor = in.u8("verMajor");
    out.verMinor = in.u8("verMinor");
    out.serverVersion = in.u16le("serverVersion");
    out.extendedAuth = in.u16le("ExtendedAuth");
    return out;
}

ExtendedAuth extended_auth(Cursor& in) {
    ExtendedAuth out;
    out.errorCode = in.u32le("errorCode");
    const std::size_t length = in.u16le("authBlobLen");
    const std::size_t at = in.position();
    const bytes::View blob = in.take(length, "authBlob");
    if (!in.error()) out.authBlob = credssp::parse_security_token(blob, at);
    return out;
}

// The optional fields of these packets stand in a second part; what ends there has said its main word.
TunnelCreate tunnel_create(Cursor& in, Cursor& optional) {
    TunnelCreate out;
    out.capsFlags = in.u32le("capsFlags");
    out.fieldsPresent = in.u16le("fieldsPresent");
    in.u16le("reserved");
    optional = in;
    if (out.fieldsPresent & 0x2U) {
        optional.u64le("reauthTunnelContext");
        out.reauthTunnelContext = true;
    }
    if (out.fieldsPresent & 0x1U) out.paaCookieLength = counted(optional, "PAACookie").size();
    return out;
}

TunnelResponse tunnel_response(Cursor& in, Cursor& optional) {
    constexpr std::size_t kNonce = 16;
    TunnelResponse out;
    out.serverVersion = in.u16le("serverVersion");
    out.statusCode = in.u32le("statusCode");
    out.fieldsPresent = in.u16le("fieldsPresent");
    in.u16le("reserved");
    optional = in;
    if (out.fieldsPresent & 0x1U) out.tunnelId = optional.u32le("tunnelId");
    if (out.fieldsPresent & 0x2U) out.capsFlags = optional.u32le("capsFlags");
    if (out.fieldsPresent & 0x4U) {
        optional.skip(kNonce, "nonce");
        out.serverCertLength = counted(optional, "serverCert").size();
    }
    if (out.fieldsPresent & 0x10U) out.consentMsg = name(optional, "consentMsg");
    return out;
}

TunnelAuth tunnel_auth(Cursor& in, Cursor& optional) {
    TunnelAuth out;
    out.fieldsPresent = in.u16le("fieldsPresent");
    out.clientName = name(in, "clientName");
    optional = in;
    if (out.fieldsPresent & 0x1U) out.statementOfHealthLength = counted(optional, "statementOfHealth").size();
    return out;
}

TunnelAuthResponse tunnel_auth_response(Cursor& in, Cursor& optional) {
    TunnelAuthResponse out;
    out.errorCode = in.u32le("errorCode");
    out.fieldsPresent = in.u16le("fieldsPresent");
    in.u16le("reserved");
    optional = in;
    if (out.fieldsPresent & 0x1U) out.redirFlags = optional.u32le("redirFlags");
    if (out.fieldsPresent & 0x2U) out.idleTimeout = optional.u32le("idleTimeout");
    return out;
}

ChannelCreate channel_create(Cursor& in) {
    ChannelCreate out;
    const unsigned resources = in.u8("numResources");
    const unsigned alternates = in.u8("numAltResources");
    out.port = in.u16le("port");
    out.protocol = in.u16le("protocol");
    for (unsigned i = 0; i < resources && !in.error(); ++i) out.resourceNames.push_back(name(in, "pResource"));
    for (unsigned i = 0; i < alternates && !in.error(); ++i) out.alternateNames.push_back(name(in, "pAltResource"));
    return out;
}

ChannelResponse channel_response(Cursor& in, Cursor& optional) {
    ChannelResponse out;
    out.errorCode = in.u32le("errorCode");
    out.fieldsPresent = in.u16le("fieldsPresent");
    in.u16le("reserved");
    optional = in;
    if (out.fieldsPresent & 0x1U) out.channelId = optional.u32le("channelId");
    if (out.fieldsPresent & 0x4U) out.udpPort = optional.u16le("udpPort");
    if (out.fieldsPresent & 0x2U) out.authnCookieLength = counted(optional, "authnCookie").size();
    return out;
}

void read_body(Cursor& in, Cursor& optional, Packet& out) {
    switch (static_cast<PacketType>(out.header.packetType)) {
        case PacketType::handshake_request:
            out.body = handshake_request(in);
            return;
        case PacketType::handshake_response:
            out.body = handshake_response(in);
            return;
        case PacketType::extended_auth:
            out.body = extended_auth(in);
            return;
        case PacketType::tunnel_create:
            out.body = tunnel_create(in, optional);
            return;
        case PacketType::tunnel_response:
            out.body = tunnel_response(in, optional);
            return;
        case PacketType::tunnel_auth:
            out.body = tunnel_auth(in, optional);
            return;
        case PacketType::tunnel_auth_response:
            out.body = tunnel_auth_response(in, optional);
            return;
        case PacketType::channel_create:
            out.body = channel_create(in);
            return;
        case PacketType::channel_response:
            out.body = channel_response(in, optional);
            return;
        case PacketType::data:
            out.body = Data{counted(in, "data")};
            return;
        case PacketType::service_message:
            out.body = ServiceMessage{name(in, "message")};
            return;
        case PacketType::reauth_message:
            in.u64le("reauthTunnelContext");
            out.body = ReauthMessage{};
            return;
        case PacketType::keepalive:
            out.body = Keepalive{};
            return;
        case PacketType::close_channel:
        case PacketType::close_channel_response:
            out.body = CloseChannel{in.u32le("statusCode")};
            return;
    }
}

}  // namespace

std::string_view packet_name(std::uint16_t packetType) noexcept {
    const auto row = std::ranges::lower_bound(kPacketNames, packetType, {}, &PacketName::type);
    return row != kPacketNames.end() && row->type == packetType ? row->name : std::string_view{};
}

bytes::Parsed<PacketHeader> parse_packet_header(Cursor& in) {
    PacketHeader out;
    out.packetType = in.u16le("packetType");
    in.u16le("reserved");
    out.packetLength = in.u32le("packetLength");
    if (in.error()) return *in.error();
    return out;
}

bool plausible(bytes::View head) noexcept {
    Cursor in{head};
    const std::uint16_t type = in.u16le("packetType");
    const std::uint16_t reserved = in.u16le("reserved");
    const std::uint32_t length = in.u32le("packetLength");
    return !in.error() && reserved == 0 && !packet_name(type).empty() && length >= kPacketHeader &&
           length <= kLargestPacket;
}

bytes::Parsed<Packet> parse_packet(bytes::View packet, std::size_t base) {
    Cursor in{packet, base};
    const auto header = parse_packet_header(in);
    if (!header) return header.error();
    Packet out{*header, {}, {}};
    Cursor optional{{}};
    read_body(in, optional, out);
    if (in.error()) return *in.error();
    out.problem = optional.error();
    return out;
}

}  // namespace rdpdx::gateway
