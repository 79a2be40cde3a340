// Everything that an RDP connection may show, as one type.
#pragma once

#include <string>
#include <variant>

#include "parsers/credssp/rds_aad.hpp"
#include "parsers/credssp/rdstls.hpp"
#include "parsers/credssp/ts_request.hpp"
#include "parsers/mcs/gcc.hpp"
#include "parsers/mcs/mcs.hpp"
#include "parsers/rdp/client_info.hpp"
#include "parsers/rdp/licensing.hpp"
#include "parsers/rdp/message_channel.hpp"
#include "parsers/rdp/redirection.hpp"
#include "parsers/rdp/session_info.hpp"
#include "parsers/rdp/share.hpp"
#include "parsers/stream/flow.hpp"
#include "parsers/tls/connection_reader.hpp"
#include "parsers/x224/x224.hpp"

namespace rdpdx::handshake {

using stream::Mark;
using stream::Side;

// Bytes of another protocol. `protocol` is a guess from the first bytes ("HTTP"), or empty.
struct Foreign {
    std::string_view protocol;
    bytes::View head;  // at most 64 bytes
};
// [MS-RDPBCGR] 2.2.8.1.2, 2.2.9.1.2: fast-path input or output; in the clear only standard RDP security shows it.
struct FastPath {
    std::uint16_t length{};
};
// [MS-RDPBCGR] 2.2.8.1.1.2.1: what stands behind a security header. `monostate`: encrypted by standard RDP security, or
// of a kind that is not read here.
struct SecurityPdu {
    rdp::SecurityHeader header;
    std::variant<std::monostate, rdp::InfoPacket, rdp::LicensePdu, rdp::AutoDetect, rdp::Heartbeat,
                 rdp::InitiateMultitransportRequest, rdp::MultitransportResponse, rdp::ServerRedirectionPacket>
        body;
};
// [MS-RDPBCGR] 2.2.8.1.1.1.1: what stands behind a share control header, and of a PDUTYPE_DATAPDU behind a share data
// header. `monostate`: compressed, or of a kind whose head is all that is read here.
struct SharePdu {
    rdp::ShareControlHeader control;
    std::optional<rdp::ShareDataHeader> data;
    std::variant<std::monostate, rdp::ActivePdu, rdp::DeactivateAll, rdp::Synchronize, rdp::Control, rdp::FontPdu,
                 rdp::SetErrorInfo, rdp::SaveSessionInfo, rdp::ServerRedirectionPacket>
        body;
};
// Bytes that the capture does not have.
struct Gap {
    std::uint64_t bytes{};
};
// What could not be read where something of ours was expected. It is evidence too.
struct Unparsed {
    std::string what;  // "an X.224 Connection Confirm"
    bytes::ParseError error;
};

// Views live during the call that hands the PDU over. A Send Data PDU is followed by what it carries, a Connect PDU by
// what it says in full, an encrypted record by what it held.
using Body =
    std::variant<x224::PreConnectionPdu, x224::ConnectionRequest, x224::ConnectionConfirm, x224::OtherTpdu,
                 mcs::DomainPdu, mcs::ConnectInitial, mcs::ConnectResponse, FastPath, SecurityPdu, SharePdu,
                 tls::ClientHello, tls::ServerHello, tls::HandshakeMessage, tls::ChangeCipherSpec, tls::Alert,
                 tls::EncryptedAlert, tls::EncryptedHandshake, tls::ApplicationData, tls::Opening, credssp::TsRequest,
                 credssp::EarlyUserAuthorizationResult, credssp::RdstlsPdu, credssp::RdsAadPdu, Foreign, Gap, Unparsed>;

struct Pdu {
    Side from{};
    Mark mark;               // the packet in which it began; of what TLS carried, its record
    std::uint64_t offset{};  // in that side's stream
    bool inside{};           // TLS carried it
    Body body;
};

}  // namespace rdpdx::handshake
