// The TPKT header and the TPDUs that carry no negotiation.
#include "parsers/x224/header.hpp"
#include "parsers/x224/x224.hpp"

namespace rdpdx::x224 {

bytes::Parsed<TpktHeader> parse_tpkt_header(bytes::Cursor& in) {
    TpktHeader header;
    header.version = in.u8("version");
    header.reserved = in.u8("reserved");
    header.length = in.u16be("length");
    if (in.error()) return *in.error();
    return header;
}

std::optional<std::uint8_t> tpdu_code(bytes::View tpkt) {
    bytes::Cursor in{tpkt};
    const auto header = parse_tpkt_header(in);
    in.u8("LI");
    const auto code = in.u8("code");
    if (in.error() || header->version != kTpktVersion) return {};
    return code;
}

bytes::Parsed<OtherTpdu> parse_other_tpdu(bytes::View tpkt, std::size_t base) {
    bytes::Cursor in{tpkt, base};
    OtherTpdu pdu;
    const auto header = parse_tpkt_header(in);
    if (!header) return header.error();
    pdu.tpkt = *header;
    pdu.lengthIndicator = in.u8("LI");
    pdu.code = in.u8("code");
    if (in.error()) return *in.error();
    switch (static_cast<TpduCode>(pdu.code & kCodeMask)) {
        case TpduCode::disconnect_request:
            in.skip(4, "DST-REF");  // and SRC-REF
            pdu.reason = in.u8("reason");
            break;
        case TpduCode::error:
            in.skip(2, "DST-REF");
            pdu.reason = in.u8("reject cause");
            break;
        default:
            break;
    }
    if (in.error()) pdu.reason.reset();  // cut off before it: the code alone is still worth knowing
    return pdu;
}

}  // namespace rdpdx::x224
