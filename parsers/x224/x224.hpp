// TPKT, X.224 and the RDP negotiation, as they stand in the clear at the head of every RDP connection.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "parsers/bytes/cursor.hpp"

namespace rdpdx::x224 {

// [T.123] section 8, [MS-RDPBCGR] 2.2.1.1 tpktHeader. length counts the header's four bytes.
struct TpktHeader {
    std::uint8_t version{}, reserved{};
    std::uint16_t length{};
};
bytes::Parsed<TpktHeader> parse_tpkt_header(bytes::Cursor& in);

// [X.224] section 13: the code's high four bits. Any other value is kept as a number.
enum class TpduCode : std::uint8_t {
    connection_request = 0xE0,
    connection_confirm = 0xD0,
    disconnect_request = 0x80,
    data = 0xF0,
    error = 0x70,
};

// [MS-RDPBCGR] 2.2.1.1.1 RDP_NEG_REQ
struct RdpNegReq {
    std::uint8_t type{}, flags{};
    std::uint16_t length{};
    std::uint32_t requestedProtocols{};
};
// [MS-RDPBCGR] 2.2.1.1.2 RDP_NEG_CORRELATION_INFO
struct RdpNegCorrelationInfo {
    std::uint8_t type{}, flags{};
    std::uint16_t length{};
    std::array<std::uint8_t, 16> correlationId{};
};
// [MS-RDPBCGR] 2.2.1.2.1 RDP_NEG_RSP
struct RdpNegRsp {
    std::uint8_t type{}, flags{};
    std::uint16_t length{};
    std::uint32_t selectedProtocol{};
};
// [MS-RDPBCGR] 2.2.1.2.2 RDP_NEG_FAILURE
struct RdpNegFailure {
    std::uint8_t type{}, flags{};
    std::uint16_t length{};
    std::uint32_t failureCode{};
};

// Oddities are values, not errors: lengths that do not agree, unknown types, bytes left over.
struct Oddity {
    std::string field;  // the specification's name
    std::string text;   // "is 12 where 8 was expected"
};

// [MS-RDPBCGR] 2.2.1.1 Client X.224 Connection Request PDU
struct ConnectionRequest {
    TpktHeader tpkt;
    std::uint8_t lengthIndicator{}, code{};
    std::uint16_t destinationReference{}, sourceReference{};
    std::uint8_t classOption{};
    std::optional<std::string> cookie;        // the text after "Cookie: mstshash=", valid UTF-8
    std::optional<std::string> routingToken;  // any other line, e.g. "Cookie: msts=...", without its CR LF
    std::optional<RdpNegReq> negReq;
    std::optional<RdpNegCorrelationInfo> correlationInfo;
    // The variable part has plain X.224 parameters (TPDU size, TSAPs), as S7 and MMS send them and RDP does not.
    bool iso_parameters{};
    std::vector<Oddity> oddities;
};
// `tpkt` is one whole TPKT, header included, and what follows it is left alone; `base` its offset, for errors. An error
// only where the fixed part breaks off or is no Connection Request; a variable part that breaks off gives oddities.
bytes::Parsed<ConnectionRequest> parse_connection_request(bytes::View tpkt, std::size_t base = 0);

// [MS-RDPBCGR] 2.2.1.2 Server X.224 Connection Confirm PDU
struct ConnectionConfirm {
    TpktHeader tpkt;
    std::uint8_t lengthIndicator{}, code{};
    std::uint16_t destinationReference{}, sourceReference{};
    std::uint8_t classOption{};
    std::optional<RdpNegRsp> negRsp;
    std::optional<RdpNegFailure> negFailure;
    bool iso_parameters{};  // as in ConnectionRequest
    std::vector<Oddity> oddities;
};
// As parse_connection_request.
bytes::Parsed<ConnectionConfirm> parse_connection_confirm(bytes::View tpkt, std::size_t base = 0);

// [X.224] 13.5 Disconnect Request and 13.12 Error: the reason or reject cause octet.
struct OtherTpdu {
    TpktHeader tpkt;
    std::uint8_t lengthIndicator{}, code{};
    std::optional<std::uint8_t> reason;
};
bytes::Parsed<OtherTpdu> parse_other_tpdu(bytes::View tpkt, std::size_t base = 0);

// The TPDU's code octet without reading the rest; nothing if fewer than six bytes or not a TPKT.
std::optional<std::uint8_t> tpdu_code(bytes::View tpkt);

// [MS-RDPEPS] 2.2.1 RDP_PRECONNECTION_PDU_V1 and V2
struct PreConnectionPdu {
    std::uint32_t cbSize{}, Flags{}, Version{}, Id{};
    std::optional<std::string> wszPCB;
};
// Leaves the cursor after cbSize bytes.
bytes::Parsed<PreConnectionPdu> parse_preconnection_pdu(bytes::Cursor& in);

// What the first bytes of a TCP stream look like; more bytes may change `too_short` only.
enum class FirstBytes { too_short, connection_request, connection_confirm, preconnection_pdu, tpkt, tls, other };
// `tls` is a record header of a handshake; an SSL 2.0 hello is `other`. Twelve bytes are always enough.
FirstBytes recognise(bytes::View head);

}  // namespace rdpdx::x224
