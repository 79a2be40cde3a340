// The client's Connection Request: cookie or routing token, and what it asks for.
#include <algorithm>

#include "parsers/bytes/text.hpp"
#include "parsers/x224/header.hpp"

namespace rdpdx::x224 {
namespace {

constexpr std::string_view kCookiePrefix = "Cookie: mstshash=";
constexpr std::string_view kLineEnd = "\r\n";
// [MS-RDPBCGR] 2.2.1.1.1: the bits that the document names.
constexpr std::uint8_t kKnownReqFlags = 0x0B, kCorrelationInfoPresent = 0x08;
constexpr std::uint32_t kKnownProtocols = 0x1F;

bool printable(std::byte b) { return b >= std::byte{0x20} && b != std::byte{0x7F}; }

// Where RDP_NEG_REQ stands at the end of text that no CR LF ends, or the whole size.
std::size_t end_of_unfinished_line(std::string_view text) {
    if (text.size() < kNegotiationSize) return text.size();
    const std::size_t at = text.size() - kNegotiationSize;
    constexpr std::string_view kLengthEight{"\x08\0", 2};
    const bool structure = text[at] == kTypeNegReq && text.substr(at + 2, 2) == kLengthEight;
    return structure ? at : text.size();
}

void keep_line(ConnectionRequest& pdu, std::string_view line) {
    const bool cookie = line.substr(0, kCookiePrefix.size()) == kCookiePrefix;
    const std::string_view field = cookie ? "cookie" : "routingToken";
    const std::string_view value = cookie ? line.substr(kCookiePrefix.size()) : line;
    auto& kept = cookie ? pdu.cookie : pdu.routingToken;
    std::string text = bytes::valid_utf8(value);
    if (text != value || !std::ranges::all_of(bytes::view_of(value), printable))
        pdu.oddities.push_back({std::string{field}, "holds bytes that are no printable text"});
    if (kept)
        pdu.oddities.push_back({std::string{field}, fmt::format("is there again, {} bytes long", value.size())});
    else
        kept = std::move(text);
}

// Lines of text in front of the negotiation. More than one is not allowed, but it costs nothing to read them.
void read_lines(ConnectionRequest& pdu, bytes::Cursor& in) {
    while (in.remaining() > 0 && printable(in.peek(1).front())) {
        const std::string_view text = bytes::text_of(in.peek(in.remaining()));
        const std::size_t end = text.find(kLineEnd);
        if (end == std::string_view::npos) {
            const std::string_view line = text.substr(0, end_of_unfinished_line(text));
            in.skip(line.size(), "cookie");
            keep_line(pdu, line);
            pdu.oddities.push_back({pdu.cookie ? "cookie" : "routingToken", "does not end in CR LF"});
            return;
        }
        in.skip(end + kLineEnd.size(), "cookie");
        keep_line(pdu, text.substr(0, end));
    }
}

void read_neg_req(ConnectionRequest& pdu, bytes::Cursor& in) {
    RdpNegReq req;
    req.type = in.u8("type");
    req.flags = in.u8("flags");
    req.length = in.u16le("length");
    req.requestedProtocols = in.u32le("requestedProtocols");
    if (req.length != kNegotiationSize)
        pdu.oddities.push_back({"negReq.length", not_expected(req.length, kNegotiationSize)});
    if (req.flags & ~kKnownReqFlags)
        pdu.oddities.push_back({"negReq.flags", fmt::format("is 0x{:02X}, with bits nobody named", req.flags)});
    if (req.requestedProtocols & ~kKnownProtocols)
        pdu.oddities.push_back(
            {"requestedProtocols", fmt::format("is 0x{:08X}, with bits nobody named", req.requestedProtocols)});
    if (pdu.negReq)
        pdu.oddities.push_back({"negReq", "is there again"});
    else
        pdu.negReq = req;
}

void read_correlation_info(ConnectionRequest& pdu, bytes::Cursor& in) {
    RdpNegCorrelationInfo info;
    info.type = in.u8("type");
    info.flags = in.u8("flags");
    info.length = in.u16le("length");
    for (auto& octet : info.correlationId) octet = in.u8("correlationId");
    in.skip(16, "reserved");
    if (info.length != kCorrelationInfoSize)
        pdu.oddities.push_back({"correlationInfo.length", not_expected(info.length, kCorrelationInfoSize)});
    if (pdu.correlationInfo)
        pdu.oddities.push_back({"correlationInfo", "is there again"});
    else
        pdu.correlationInfo = info;
}

void read_negotiation(ConnectionRequest& pdu, bytes::Cursor& in) {
    while (in.remaining() > 0) {
        const auto type = std::to_integer<std::uint8_t>(in.peek(1).front());
        const bool req = type == kTypeNegReq;
        if (!req && type != kTypeCorrelationInfo) {
            pdu.oddities.push_back({"type", fmt::format("is 0x{:02X}, which no request has; {} bytes are left over",
                                                        type, in.remaining())});
            return;
        }
        const std::size_t need = req ? kNegotiationSize : kCorrelationInfoSize;
        if (in.remaining() < need) {
            pdu.oddities.push_back({req ? "negReq" : "correlationInfo",
                                    fmt::format("breaks off after {} of {} bytes", in.remaining(), need)});
            return;
        }
        req ? read_neg_req(pdu, in) : read_correlation_info(pdu, in);
    }
}

}  // namespace

bytes::Parsed<ConnectionRequest> parse_connection_request(bytes::View tpkt, std::size_t base) {
    ConnectionRequest pdu;
    const auto variable = parse_fixed_part(pdu, TpduCode::connection_request, tpkt, base);
    if (!variable) return variable.error();
    bytes::Cursor in = *variable;
    pdu.iso_parameters = skip_iso_parameters(in, kTypeNegReq);
    read_lines(pdu, in);
    read_negotiation(pdu, in);
    const bool promised = pdu.negReq && (pdu.negReq->flags & kCorrelationInfoPresent);
    if (promised != pdu.correlationInfo.has_value())
        pdu.oddities.push_back({"correlationInfo", promised ? "is announced by the flags and not there"
                                                            : "is there and not announced by the flags"});
    return pdu;
}

}  // namespace rdpdx::x224
