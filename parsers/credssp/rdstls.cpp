#include "parsers/credssp/rdstls.hpp"

#include <algorithm>
#include <array>

#include "parsers/bytes/terminated.hpp"

namespace rdpdx::credssp {
namespace {

using bytes::Cursor;

struct CodeName {
    std::uint32_t code;
    std::string_view name;
};
// [MS-RDPBCGR] 2.2.17.3, resultCode. Sorted by code.
constexpr std::array kResults{
    CodeName{0x000, "RDSTLS_RESULT_SUCCESS"},
    CodeName{0x005, "RDSTLS_RESULT_ACCESS_DENIED"},
    CodeName{0x52E, "RDSTLS_RESULT_LOGON_FAILURE"},
    CodeName{0x530, "RDSTLS_RESULT_INVALID_LOGON_HOURS"},
    CodeName{0x532, "RDSTLS_RESULT_PASSWORD_EXPIRED"},
    CodeName{0x533, "RDSTLS_RESULT_ACCOUNT_DISABLED"},
    CodeName{0x773, "RDSTLS_RESULT_PASSWORD_MUST_CHANGE"},
    CodeName{0x775, "RDSTLS_RESULT_ACCOUNT_LOCKED_OUT"},
};
static_assert(std::ranges::adjacent_find(kResults, std::ranges::greater_equal{}, &CodeName::code) == kResults.end());

bytes::View counted(Cursor& in, std::string_view length, std::string_view field) {
    const std::uint16_t n = in.u16le(length);
    return in.take(n, field);
}

// [MS-RDPBCGR] 2.2.17.2
void request(Cursor& in, RdstlsPdu& out) {
    if (out.dataType == 1) {
        out.redirectionGuidLength = counted(in, "RedirectionGuidLength", "RedirectionGuid").size();
        out.userName = bytes::utf16le_until_zero(counted(in, "UserNameLength", "UserName"));
        out.domain = bytes::utf16le_until_zero(counted(in, "DomainLength", "Domain"));
        out.passwordLength = counted(in, "PasswordLength", "Password").size();
    } else if (out.dataType == 2) {
        out.sessionId = in.u32le("SessionID");
        out.autoReconnectCookieLength = counted(in, "AutoReconnectCookieLength", "AutoReconnectCookie").size();
    }
}

}  // namespace

bytes::Parsed<RdstlsPdu> parse_rdstls_pdu(bytes::View pdu, std::size_t base) {
    Cursor in{pdu, base};
    RdstlsPdu out;
    out.version = in.u16le("Version");
    out.pduType = in.u16le("PduType");
    out.dataType = in.u16le("DataType");
    if (out.pduType == 1) out.supportedVersions = in.u16le("SupportedVersions");
    if (out.pduType == 2) request(in, out);
    if (out.pduType == 4) out.resultCode = in.u32le("ResultCode");
    if (in.error()) return *in.error();
    return out;
}

std::string_view rdstls_result_name(std::uint32_t resultCode) noexcept {
    const auto row = std::ranges::lower_bound(kResults, resultCode, {}, &CodeName::code);
    return row != kResults.end() && row->code == resultCode ? row->name : std::string_view{};
}

}  // namespace rdpdx::credssp
