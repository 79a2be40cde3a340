#include "parsers/rdpeudp/tunnel.hpp"

#include <algorithm>

namespace rdpdx::rdpeudp {
namespace {

using bytes::Cursor;
using bytes::Problem;

constexpr std::size_t kHeaderLength = 4, kLeastSubHeader = 2;

void read_sub_headers(Cursor& in, std::size_t length, std::vector<TunnelSubHeader>& out) {
    const std::size_t at = in.position();
    Cursor headers{in.take(length, "SubHeaders"), at};
    while (headers.remaining() > 0 && out.size() < kMostSubHeaders) {
        const std::size_t begin = headers.position();
        const std::size_t size = headers.u8("SubHeaderLength");
        const std::uint8_t type = headers.u8("SubHeaderType");
        if (!headers.error() && size < kLeastSubHeader)
            headers.fail({Problem::bad_value, "SubHeaderLength", begin, kLeastSubHeader, size});
        const bytes::View data = headers.take(std::max(size, kLeastSubHeader) - kLeastSubHeader, "SubHeaderData");
        if (!headers.error()) out.push_back({type, data});
    }
    if (headers.error()) in.fail(*headers.error());
}

TunnelCreateRequest read_create_request(Cursor& in) {
    TunnelCreateRequest out;
    out.RequestID = in.u32le("RequestID");
    in.skip(4, "Reserved");
    std::ranges::transform(in.take(out.SecurityCookie.size(), "SecurityCookie"), out.SecurityCookie.begin(),
                           [](std::byte b) { return std::to_integer<std::uint8_t>(b); });
    return out;
}

}  // namespace

bytes::Parsed<TunnelPdu> parse_tunnel_pdu(bytes::View pdu, std::size_t base) {
    Cursor in{pdu, base};
    TunnelPdu out;
    const std::uint8_t first = in.u8("Action");
    out.Action = first & 0x0FU;
    out.Flags = static_cast<std::uint8_t>(first >> 4);
    out.PayloadLength = in.u16le("PayloadLength");
    const std::size_t at = in.position();
    out.HeaderLength = in.u8("HeaderLength");
    if (!in.error() && out.HeaderLength < kHeaderLength)
        in.fail({Problem::bad_value, "HeaderLength", at, kHeaderLength, out.HeaderLength});
    if (out.HeaderLength > kHeaderLength) read_sub_headers(in, out.HeaderLength - kHeaderLength, out.subHeaders);
    switch (static_cast<TunnelAction>(out.Action)) {
        case TunnelAction::create_request:
            out.body = read_create_request(in);
            break;
        case TunnelAction::create_response:
            out.body = TunnelCreateResponse{in.u32le("HrResponse")};
            break;
        case TunnelAction::data:
            out.body = TunnelData{in.take(out.PayloadLength, "HigherLayerData")};
            break;
    }
    if (in.error()) return *in.error();
    return out;
}

std::optional<std::size_t> tunnel_pdu_length(bytes::View front) noexcept {
    Cursor in{front};
    const unsigned action = in.u8("Action");
    const std::size_t payload = in.u16le("PayloadLength");
    const std::size_t header = in.u8("HeaderLength");
    if (in.error()) return {};
    const bool known = (action & 0x0FU) <= static_cast<unsigned>(TunnelAction::data) && action >> 4 == 0;
    return known && header >= kHeaderLength ? header + payload : 0;
}

}  // namespace rdpdx::rdpeudp
