// A gateway's connections in the clear, made for tests: packets, WebSocket frames, heads.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tests/support/bytes.hpp"

namespace rdpdx::test {

using GatewayBytes = std::vector<std::byte>;

inline GatewayBytes text_bytes(std::string_view text) {
    const bytes::View view = bytes::view_of(text);
    return {view.begin(), view.end()};
}
inline void append(GatewayBytes& to, bytes::View more) { to.insert(to.end(), more.begin(), more.end()); }
inline GatewayBytes joined(const std::vector<GatewayBytes>& parts) {
    GatewayBytes out;
    for (const auto& p : parts) append(out, p);
    return out;
}
inline void little(GatewayBytes& to, std::uint64_t value, unsigned octets) {
    for (unsigned i = 0; i < octets; ++i) to.push_back(static_cast<std::byte>(value >> (8 * i) & 0xFFU));
}

// [MS-TSGU] 2.2.10.9, with what stands behind the header.
inline GatewayBytes packet(std::uint16_t type, bytes::View body = {}) {
    GatewayBytes out;
    little(out, type, 2);
    little(out, 0, 2);
    little(out, 8 + body.size(), 4);
    append(out, body);
    return out;
}
inline GatewayBytes data_packet(bytes::View data) {
    GatewayBytes body;
    little(body, data.size(), 2);
    append(body, data);
    return packet(0xA, body);
}
// Names in ASCII.
inline GatewayBytes channel_create(std::string_view target, std::uint16_t port) {
    GatewayBytes body = from_hex("01 00");
    little(body, port, 2);
    little(body, 3, 2);
    little(body, 2 * (target.size() + 1), 2);
    for (const char c : target) little(body, static_cast<unsigned char>(c), 2);
    little(body, 0, 2);
    return packet(0x8, body);
}
inline GatewayBytes channel_response(std::uint32_t errorCode) {
    GatewayBytes body;
    little(body, errorCode, 4);
    little(body, 0, 4);
    return packet(0x9, body);
}

// [RFC 6455] 5.2: one whole binary frame; a client's is masked.
inline GatewayBytes frame(bytes::View payload, bool masked) {
    GatewayBytes out = from_hex("82");
    const unsigned mask = masked ? 0x80U : 0;
    if (payload.size() < 126) {
        little(out, mask | payload.size(), 1);
    } else {
        little(out, mask | 126U, 1);
        little(out, payload.size() >> 8, 1);
        little(out, payload.size() & 0xFFU, 1);
    }
    const GatewayBytes key = from_hex("a1 b2 c3 d4");
    if (masked) append(out, key);
    for (std::size_t i = 0; i < payload.size(); ++i) out.push_back(masked ? payload[i] ^ key[i % 4] : payload[i]);
    return out;
}
inline GatewayBytes chunk(bytes::View data) {
    static constexpr std::string_view kDigits = "0123456789abcdef";
    std::string size;
    for (std::size_t n = data.size(); n > 0; n /= 16) size.insert(size.begin(), kDigits[n % 16]);
    return joined({text_bytes(size + "\r\n"), {data.begin(), data.end()}, text_bytes("\r\n")});
}

inline const std::string kConnectionId = "RDG-Connection-Id: {0BADF00D-0000-0000-0000-000000000001}\r\n";
inline GatewayBytes websocket_request() {
    return text_bytes("RDG_OUT_DATA /remoteDesktopGateway/ HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
                      kConnectionId + "Host: gw.example\r\n\r\n");
}
inline GatewayBytes switching() {
    return text_bytes("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n");
}

}  // namespace rdpdx::test
