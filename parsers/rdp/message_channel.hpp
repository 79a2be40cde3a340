// What servers and clients say beside the session: network detection, heartbeats, side channels over UDP; and the head
// of fast-path PDUs.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "parsers/bytes/cursor.hpp"

namespace rdpdx::rdp {

// Each function but the last takes what follows the security header.

// [MS-RDPBCGR] 2.2.14.1 Server-to-Client Request, 2.2.14.2 Client-to-Server Response messages of auto-detection
struct AutoDetect {
    std::uint8_t headerLength{};
    std::uint8_t headerTypeId{};  // 0 TYPE_ID_AUTODETECT_REQUEST, 1 TYPE_ID_AUTODETECT_RESPONSE
    std::uint16_t sequenceNumber{};
    std::uint16_t requestType{};                        // responseType, in a response
    std::optional<std::uint32_t> baseRTT, averageRTT;   // milliseconds
    std::optional<std::uint32_t> bandwidth;             // kilobits a second
    std::optional<std::uint32_t> timeDelta, byteCount;  // of a bandwidth measurement: milliseconds, bytes
};
bytes::Parsed<AutoDetect> parse_auto_detect(bytes::View pdu, std::size_t base = 0);
// "RDP_RTT_REQUEST"; empty for a type without a name.
std::string_view auto_detect_name(std::uint8_t headerTypeId, std::uint16_t requestType) noexcept;

// [MS-RDPBCGR] 2.2.16.1 Server Heartbeat PDU
struct Heartbeat {
    std::uint8_t period{};            // seconds
    std::uint8_t count1{}, count2{};  // missed ones before a warning, before a new connection
};
bytes::Parsed<Heartbeat> parse_heartbeat(bytes::View pdu, std::size_t base = 0);

// [MS-RDPBCGR] 2.2.15.1 Server Initiate Multitransport Request PDU. A view into the PDU.
struct InitiateMultitransportRequest {
    std::uint32_t requestId{};
    std::uint16_t requestedProtocol{};  // 1 reliable, 2 lossy
    bytes::View securityCookie;         // a secret; nobody but whoever hashes it needs it
};
bytes::Parsed<InitiateMultitransportRequest> parse_initiate_multitransport_request(bytes::View pdu,
                                                                                   std::size_t base = 0);

// [MS-RDPBCGR] 2.2.15.2 Client Initiate Multitransport Response PDU
struct MultitransportResponse {
    std::uint32_t requestId{}, hrResponse{};
};
bytes::Parsed<MultitransportResponse> parse_multitransport_response(bytes::View pdu, std::size_t base = 0);

// [MS-RDPBCGR] 2.2.8.1.2 Client Fast-Path Input Event PDU, 2.2.9.1.2 Server Fast-Path Update PDU: the head
struct FastPathHeader {
    std::uint8_t action{};      // 0 FASTPATH_ACTION_FASTPATH; 3 is a TPKT header, which is none of this
    std::uint8_t numEvents{};   // of input; 0 when the number follows the head
    std::uint8_t flags{};       // 1 SECURE_CHECKSUM, 2 ENCRYPTED
    std::uint16_t length{};     // with this head
    std::uint8_t headerSize{};  // 2 or 3
};
bytes::Parsed<FastPathHeader> parse_fast_path_header(bytes::View pdu, std::size_t base = 0);

}  // namespace rdpdx::rdp
