#include "parsers/rdp/session_info.hpp"

#include "parsers/bytes/terminated.hpp"

namespace rdpdx::rdp {
namespace {

using bytes::Cursor;

// A name in a field of fixed size, of which `used` bytes are meant.
std::string in_field(Cursor& in, std::size_t size, std::uint32_t used, std::string_view field) {
    const bytes::View view = in.take(size, field);
    return bytes::utf16le_until_zero(view.first(used < view.size() ? used : view.size()));
}

LogonInfo version1(Cursor& in) {
    LogonInfo out;
    const std::uint32_t domain = in.u32le("cbDomain");
    out.domain = in_field(in, 52, domain, "Domain");
    const std::uint32_t user = in.u32le("cbUserName");
    out.userName = in_field(in, 512, user, "UserName");
    out.sessionId = in.u32le("SessionId");
    return out;
}

LogonInfo version2(Cursor& in) {
    LogonInfo out;
    in.u16le("Version");
    in.u32le("Size");
    out.sessionId = in.u32le("SessionId");
    const std::uint32_t domain = in.u32le("cbDomain");
    const std::uint32_t user = in.u32le("cbUserName");
    in.skip(558, "Pad");
    out.domain = bytes::utf16le_until_zero(in.take(domain, "Domain"));
    out.userName = bytes::utf16le_until_zero(in.take(user, "UserName"));
    return out;
}

LogonInfoExtended extended(Cursor& in) {
    constexpr std::uint32_t kAutoReconnectCookie = 0x1, kLogonErrors = 0x2;
    LogonInfoExtended out;
    in.u16le("Length");
    out.fieldsPresent = in.u32le("FieldsPresent");
    if (out.fieldsPresent & kAutoReconnectCookie) {
        const std::uint32_t size = in.u32le("cbFieldData");
        in.skip(size, "AutoReconnectCookie");
        out.autoReconnectCookie = size > 0;
    }
    if (out.fieldsPresent & kLogonErrors) {
        in.u32le("cbFieldData");
        LogonErrorsInfo errors;
        errors.errorNotificationType = in.u32le("ErrorNotificationType");
        errors.errorNotificationData = in.u32le("ErrorNotificationData");
        out.logonErrors = errors;
    }
    return out;
}

}  // namespace

bytes::Parsed<SaveSessionInfo> parse_save_session_info(bytes::View pdu, std::size_t base) {
    Cursor in{pdu, base};
    SaveSessionInfo out;
    out.infoType = in.u32le("infoType");
    if (out.infoType == 0 && !in.error()) out.infoData = version1(in);
    if (out.infoType == 1) out.infoData = version2(in);
    if (out.infoType == 3) out.infoData = extended(in);
    if (in.error()) return *in.error();
    return out;
}

}  // namespace rdpdx::rdp
