// The server's Connection Confirm: what it selected, or why it refuses.
#include <bit>

#include "parsers/x224/header.hpp"

namespace rdpdx::x224 {
namespace {

// [MS-RDPBCGR] 2.2.1.2.1 and 2.2.1.2.2: what the document names.
constexpr std::uint8_t kKnownRspFlags = 0x1F;
constexpr std::uint32_t kHighestProtocol = 0x10, kHighestFailureCode = 6;

void note_length(ConnectionConfirm& pdu, std::string field, std::uint16_t length) {
    if (length != kNegotiationSize) pdu.oddities.push_back({std::move(field), not_expected(length, kNegotiationSize)});
}

void read_neg_rsp(ConnectionConfirm& pdu, bytes::Cursor& in) {
    RdpNegRsp rsp;
    rsp.type = in.u8("type");
    rsp.flags = in.u8("flags");
    rsp.length = in.u16le("length");
    rsp.selectedProtocol = in.u32le("selectedProtocol");
    note_length(pdu, "negRsp.length", rsp.length);
    if (rsp.flags & ~kKnownRspFlags)
        pdu.oddities.push_back({"negRsp.flags", fmt::format("is 0x{:02X}, with bits nobody named", rsp.flags)});
    if (std::popcount(rsp.selectedProtocol) > 1 || rsp.selectedProtocol > kHighestProtocol)
        pdu.oddities.push_back(
            {"selectedProtocol", fmt::format("is 0x{:08X}, which is no single protocol", rsp.selectedProtocol)});
    pdu.negRsp = rsp;
}

void read_neg_failure(ConnectionConfirm& pdu, bytes::Cursor& in) {
    RdpNegFailure failure;
    failure.type = in.u8("type");
    failure.flags = in.u8("flags");
    failure.length = in.u16le("length");
    failure.failureCode = in.u32le("failureCode");
    note_length(pdu, "negFailure.length", failure.length);
    if (failure.failureCode == 0 || failure.failureCode > kHighestFailureCode)
        pdu.oddities.push_back({"failureCode", fmt::format("is {}, which nobody named", failure.failureCode)});
    pdu.negFailure = failure;
}

}  // namespace

bytes::Parsed<ConnectionConfirm> parse_connection_confirm(bytes::View tpkt, std::size_t base) {
    ConnectionConfirm pdu;
    const auto variable = parse_fixed_part(pdu, TpduCode::connection_confirm, tpkt, base);
    if (!variable) return variable.error();
    bytes::Cursor in = *variable;
    pdu.iso_parameters = skip_iso_parameters(in, kTypeNegRsp);
    if (in.remaining() == 0) return pdu;  // a server without negotiation: standard RDP security
    const auto type = std::to_integer<std::uint8_t>(in.peek(1).front());
    if (type != kTypeNegRsp && type != kTypeNegFailure) {
        pdu.oddities.push_back(
            {"type", fmt::format("is 0x{:02X}, which no confirm has; {} bytes are left over", type, in.remaining())});
        return pdu;
    }
    if (in.remaining() < kNegotiationSize) {
        pdu.oddities.push_back({type == kTypeNegRsp ? "negRsp" : "negFailure",
                                fmt::format("breaks off after {} of {} bytes", in.remaining(), kNegotiationSize)});
        return pdu;
    }
    type == kTypeNegRsp ? read_neg_rsp(pdu, in) : read_neg_failure(pdu, in);
    if (in.remaining() > 0)
        pdu.oddities.push_back({"length", fmt::format("leaves {} bytes after the negotiation", in.remaining())});
    return pdu;
}

}  // namespace rdpdx::x224
