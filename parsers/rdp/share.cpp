#include "parsers/rdp/share.hpp"

namespace rdpdx::rdp {

using bytes::Cursor;
using bytes::Parsed;
using bytes::View;

Parsed<ShareControlHeader> parse_share_control_header(Cursor& in) {
    ShareControlHeader out;
    out.totalLength = in.u16le("totalLength");
    out.pduType = in.u16le("pduType");
    constexpr std::uint16_t kWithoutSource = 4;
    if (out.totalLength != kWithoutSource) out.pduSource = in.u16le("pduSource");
    if (in.error()) return *in.error();
    return out;
}

Parsed<ShareDataHeader> parse_share_data_header(Cursor& in) {
    ShareDataHeader out;
    out.shareId = in.u32le("shareId");
    in.u8("pad1");
    out.streamId = in.u8("streamId");
    out.uncompressedLength = in.u16le("uncompressedLength");
    out.pduType2 = in.u8("pduType2");
    out.compressedType = in.u8("compressedType");
    out.compressedLength = in.u16le("compressedLength");
    if (in.error()) return *in.error();
    return out;
}

Parsed<DeactivateAll> parse_deactivate_all(View pdu, std::size_t base) {
    Cursor in{pdu, base};
    DeactivateAll out;
    if (in.remaining() == 0) return out;
    out.shareId = in.u32le("shareId");
    out.sourceDescriptorLength = in.u16le("lengthSourceDescriptor");
    in.skip(out.sourceDescriptorLength, "sourceDescriptor");
    if (in.error()) return *in.error();
    return out;
}

Parsed<Synchronize> parse_synchronize(View pdu, std::size_t base) {
    Cursor in{pdu, base};
    Synchronize out;
    out.messageType = in.u16le("messageType");
    out.targetUser = in.u16le("targetUser");
    if (in.error()) return *in.error();
    return out;
}

Parsed<Control> parse_control(View pdu, std::size_t base) {
    Cursor in{pdu, base};
    Control out;
    out.action = in.u16le("action");
    out.grantId = in.u16le("grantId");
    out.controlId = in.u32le("controlId");
    if (in.error()) return *in.error();
    return out;
}

Parsed<FontPdu> parse_font_pdu(View pdu, std::size_t base) {
    Cursor in{pdu, base};
    FontPdu out;
    out.numberEntries = in.u16le("numberEntries");
    out.totalNumEntries = in.u16le("totalNumEntries");
    out.flags = in.u16le("flags");
    out.entrySize = in.u16le("entrySize");
    if (in.error()) return *in.error();
    return out;
}

Parsed<SetErrorInfo> parse_set_error_info(View pdu, std::size_t base) {
    Cursor in{pdu, base};
    SetErrorInfo out;
    out.errorInfo = in.u32le("errorInfo");
    if (in.error()) return *in.error();
    return out;
}

}  // namespace rdpdx::rdp
