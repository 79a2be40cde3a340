// [MS-RDPEMT]: what is said inside TLS or DTLS over RDP-UDP. Little-endian.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

#include "parsers/bytes/cursor.hpp"

namespace rdpdx::rdpeudp {

enum class TunnelAction : std::uint8_t { create_request = 0, create_response = 1, data = 2 };

// [MS-RDPEMT] 2.2.1.1.1 RDP_TUNNEL_SUBHEADER. A view into the PDU.
struct TunnelSubHeader {
    std::uint8_t SubHeaderType{};  // 0 auto-detect request, 1 auto-detect response
    bytes::View SubHeaderData;
};
// [MS-RDPEMT] 2.2.2.1 Tunnel Create Request. The cookie is a secret; nobody but whoever hashes it needs it.
struct TunnelCreateRequest {
    std::uint32_t RequestID{};
    std::array<std::uint8_t, 16> SecurityCookie{};
};
// [MS-RDPEMT] 2.2.2.2 Tunnel Create Response
struct TunnelCreateResponse {
    std::uint32_t HrResponse{};
};
// [MS-RDPEMT] 2.2.2.3 Tunnel Data. A view into the PDU.
struct TunnelData {
    bytes::View HigherLayerData;
};

// [MS-RDPEMT] 2.2.1.1 RDP_TUNNEL_HEADER and what follows. `monostate`: another action.
struct TunnelPdu {
    std::uint8_t Action{}, Flags{};
    std::uint16_t PayloadLength{};
    std::uint8_t HeaderLength{};
    std::vector<TunnelSubHeader> subHeaders;  // at most kMostSubHeaders
    std::variant<std::monostate, TunnelCreateRequest, TunnelCreateResponse, TunnelData> body;
};
inline constexpr std::size_t kMostSubHeaders = 16;
bytes::Parsed<TunnelPdu> parse_tunnel_pdu(bytes::View pdu, std::size_t base = 0);

// How long the PDU at the front is, or nothing where its first four bytes are not there yet. 0: it is none.
std::optional<std::size_t> tunnel_pdu_length(bytes::View front) noexcept;

}  // namespace rdpdx::rdpeudp
