// One side's bytes in the clear, on the wire or out of TLS -> PDUs of the transport.
#include <algorithm>

#include "parsers/bytes/der.hpp"
#include "parsers/handshake/recognise.hpp"

namespace rdpdx::handshake {
namespace {

constexpr std::size_t kHeadShown = 64;
constexpr std::size_t kTpktHeader = 4, kDataHeader = 3;
constexpr std::size_t kLargestPreconnection = 1024;
// [MS-CSSP] gives no limit; a Kerberos ticket with many groups is the largest part, and Windows ends at 64 KiB.
constexpr std::size_t kLargestTsRequest = std::size_t{256} * 1024;
// [MS-RDPBCGR] 2.2.1.1.1, requestedProtocols
constexpr std::uint32_t kRdstls = 4, kHybridEx = 8, kRdsAad = 0x10;
// [MS-RDPBCGR] 2.2.18.2 gives no limit; the assertion is a signed token of a few kilobytes.
constexpr std::size_t kLargestRdsAad = std::size_t{16} * 1024;

// The size of a DER element by its head: nothing where more is needed, 0 where it is none.
std::optional<std::size_t> der_size(bytes::View data) {
    bytes::Cursor in{data};
    in.u8("tag");
    const std::size_t length = bytes::der::read_length(in, "length");
    if (in.error())
        return in.error()->problem == bytes::Problem::truncated ? std::nullopt : std::optional<std::size_t>{0};
    return in.position() + length;
}

}  // namespace

std::size_t Reader::read_some(const Place& at, bytes::View data) {
    if (plain(at).mode == Mode::tpkt) return read_tpkt(at, data);
    return at.inside ? read_inner_start(at, data) : read_start(at, data);
}

std::size_t Reader::preconnection(const Place& at, bytes::View data) {
    bytes::Cursor in{data, at.offset};
    const auto pdu = x224::parse_preconnection_pdu(in);
    if (pdu) {
        emit(at, *pdu);
        return in.position() - at.offset;
    }
    if (data.size() < kLargestPreconnection) return 0;
    emit(at, Unparsed{"an RDP pre-connection PDU", pdu.error()});
    plain(at).mode = Mode::opaque;
    return data.size();
}

std::size_t Reader::foreign(const Place& at, bytes::View data) {
    // In a session a record may begin in the middle of what one before it began, which was not opened.
    if (!at.inside || !session_) emit(at, Foreign{guess_protocol(data), data.first(std::min(data.size(), kHeadShown))});
    plain(at).mode = Mode::opaque;
    return data.size();
}

std::size_t Reader::read_start(const Place& at, bytes::View data) {
    Plain& p = plain(at);
    switch (x224::recognise(data)) {
        case x224::FirstBytes::too_short:
            return 0;
        case x224::FirstBytes::preconnection_pdu:
            return preconnection(at, data);
        case x224::FirstBytes::connection_request:
        case x224::FirstBytes::connection_confirm:
        case x224::FirstBytes::tpkt:
            p.mode = Mode::tpkt;
            return 0;
        case x224::FirstBytes::tls:
            p.mode = Mode::tls;
            return 0;
        case x224::FirstBytes::other:
            break;
    }
    // A stream that is picked up inside TLS begins with any record type.
    if (tls::begins_with_record(data)) {
        p.mode = Mode::tls;
        return 0;
    }
    if (midway_ && guess_protocol(data).empty()) {
        p.mode = Mode::tls;
        tls_.gap(at.from, 0);
        return 0;
    }
    return foreign(at, data);
}

bool Reader::early_authorization_due(const Place& at, bytes::View data) const {
    // [MS-RDPBCGR] 2.2.10.2: four octets, a record of their own, as no TSRequest and no TPKT begins.
    const bool agreed = selected_ ? (*selected_ & kHybridEx) != 0 : data.size() == 4;
    return agreed && credssp_seen_ && at.from == Side::server && data.front() != std::byte{3};
}

// Before MCS: CredSSP with its last word, RDSTLS, or nothing of the kind.
std::size_t Reader::read_inner_start(const Place& at, bytes::View data) {
    Plain& p = plain(at);
    const auto first = std::to_integer<unsigned>(data.front());
    if (first == 0x30) return read_ts_request(at, data);
    if (first == 0x03) {
        p.mode = Mode::tpkt;
        return 0;
    }
    if (early_authorization_due(at, data)) {
        if (data.size() < 4) return 0;
        emit_parsed(at, credssp::parse_early_user_authorization_result(data.first(4), at.offset),
                    "an Early User Authorization Result");
        p.mode = Mode::tpkt;
        return 4;
    }
    // RDSTLS has no length of its own: a PDU is what a record holds.
    if (selected_.value_or(kRdstls) == kRdstls && first == 0x01) {
        emit_parsed(at, credssp::parse_rdstls_pdu(data, at.offset), "an RDSTLS PDU");
        return data.size();
    }
    if (selected_.value_or(kRdsAad) == kRdsAad && (first == '{' || first == 0)) return read_rds_aad(at, data);
    return foreign(at, data);
}

// [MS-RDPBCGR] 2.2.18: a JSON object and a zero behind it, which may come in a record of its own.
std::size_t Reader::read_rds_aad(const Place& at, bytes::View data) {
    if (data.front() == std::byte{0}) return rds_aad_seen_ ? 1 : foreign(at, data);
    const auto size = credssp::rds_aad_size(data.first(std::min(data.size(), kLargestRdsAad)));
    if (!size && data.size() < kLargestRdsAad) return 0;
    if (!size) return foreign(at, data);
    const auto pdu = credssp::parse_rds_aad_pdu(data.first(*size), at.offset);
    // Without a negotiation any JSON could be this; its own names tell it.
    if (!selected_ && !rds_aad_seen_ && (!pdu || credssp::rds_aad_type(*pdu).empty())) return foreign(at, data);
    rds_aad_seen_ = true;
    emit_parsed(at, pdu, "an RDS-AAD PDU");
    return *size;
}

std::size_t Reader::read_ts_request(const Place& at, bytes::View data) {
    const auto size = der_size(data);
    if (!size) return 0;
    if (*size == 0 || *size > kLargestTsRequest) {
        emit(at,
             Unparsed{"a TSRequest", {bytes::Problem::bad_value, "length", at.offset + 1, kLargestTsRequest, *size}});
        plain(at).mode = Mode::opaque;
        return data.size();
    }
    if (data.size() < *size) return 0;
    credssp_seen_ = true;
    emit_parsed(at, credssp::parse_ts_request(data.first(*size), at.offset), "a TSRequest");
    return *size;
}

std::size_t Reader::read_tpkt(const Place& at, bytes::View data) {
    Plain& p = plain(at);
    const auto first = std::to_integer<unsigned>(data[0]);
    if (first == 0x03) {
        bytes::Cursor in{data, at.offset};
        const auto header = x224::parse_tpkt_header(in);
        if (!header) return 0;
        if (header->length < kTpktHeader + kDataHeader) {
            emit(at, Unparsed{"a TPKT",
                              {bytes::Problem::bad_value, "length", at.offset + 2, kTpktHeader + kDataHeader,
                               header->length}});
            p.mode = Mode::opaque;
            return data.size();
        }
        if (data.size() < header->length) return 0;
        tpdu(at, data.first(header->length));
        return header->length;
    }
    if (!at.inside && first >= 0x14 && first <= 0x17) {
        if (data.size() < 5) return 0;
        if (tls::begins_with_record(data)) {
            p.mode = Mode::tls;
            return 0;
        }
    }
    if (at.inside && first == 0x30 && !mcs_seen_) return read_ts_request(at, data);
    return (first & 3U) == 0 && mcs_seen_ ? fast_path(at, data) : foreign(at, data);
}

// [MS-RDPBCGR] 2.2.9.1.2: action 0, one or two octets of length
std::size_t Reader::fast_path(const Place& at, bytes::View data) {
    if (data.size() < 3) return 0;
    const auto header = rdp::parse_fast_path_header(data, at.offset);
    if (!header || header->length < header->headerSize) return foreign(at, data);
    if (data.size() < header->length) return 0;
    emit(at, FastPath{header->length});
    return header->length;
}

void Reader::tpdu(const Place& at, bytes::View tpkt) {
    const auto code = x224::tpdu_code(tpkt);
    switch (static_cast<x224::TpduCode>(code.value_or(0) & 0xF0U)) {
        case x224::TpduCode::connection_request:
            return emit_parsed(at, x224::parse_connection_request(tpkt, at.offset), "an X.224 Connection Request");
        case x224::TpduCode::connection_confirm: {
            const auto confirm = x224::parse_connection_confirm(tpkt, at.offset);
            if (confirm) selected_ = confirm->negRsp ? confirm->negRsp->selectedProtocol : 0;
            return emit_parsed(at, confirm, "an X.224 Connection Confirm");
        }
        case x224::TpduCode::data:
            return domain_pdu(
                at, tpkt.size() > kTpktHeader + kDataHeader ? tpkt.subspan(kTpktHeader + kDataHeader) : bytes::View{});
        default:
            return emit_parsed(at, x224::parse_other_tpdu(tpkt, at.offset), "an X.224 TPDU");
    }
}

}  // namespace rdpdx::handshake
