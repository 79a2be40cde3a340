#include "parsers/rdp/client_info.hpp"

#include "parsers/bytes/terminated.hpp"

namespace rdpdx::rdp {
namespace {

using bytes::Cursor;

constexpr std::uint32_t kInfoUnicode = 0x00000010;

struct Zone {
    std::int32_t bias{};
    std::string standard, daylight;
};

// [MS-RDPBCGR] 2.2.1.11.1.1.1.1 Time Zone Information (TS_TIME_ZONE_INFORMATION)
Zone time_zone(Cursor& in) {
    Zone out;
    out.bias = static_cast<std::int32_t>(in.u32le("Bias"));
    out.standard = bytes::utf16le_until_zero(in.take(64, "StandardName"));
    in.skip(16, "StandardDate");
    in.u32le("StandardBias");
    out.daylight = bytes::utf16le_until_zero(in.take(64, "DaylightName"));
    in.skip(16, "DaylightDate");
    in.u32le("DaylightBias");
    return out;
}

std::string counted(Cursor& in, std::string_view length, std::string_view field) {
    const std::uint16_t n = in.u16le(length);
    return bytes::utf16le_until_zero(in.take(n, field));
}

// Each later version of the protocol added to the end: a client may stop before any of these.
ExtendedInfoPacket extended(Cursor& in) {
    ExtendedInfoPacket out;
    out.clientAddressFamily = in.u16le("clientAddressFamily");
    out.clientAddress = counted(in, "cbClientAddress", "clientAddress");
    out.clientDir = counted(in, "cbClientDir", "clientDir");
    if (in.remaining() > 0) {
        const Zone zone = time_zone(in);
        out.timeZoneBias = zone.bias;
        out.timeZoneStandardName = zone.standard;
        out.timeZoneDaylightName = zone.daylight;
    }
    if (in.remaining() > 0) out.clientSessionId = in.u32le("clientSessionId");
    if (in.remaining() > 0) out.performanceFlags = in.u32le("performanceFlags");
    if (in.remaining() > 0) {
        const std::uint16_t cookie = in.u16le("cbAutoReconnectCookie");
        in.skip(cookie, "autoReconnectCookie");
        out.autoReconnectCookie = cookie > 0;
    }
    if (in.remaining() > 0) in.skip(4, "reserved1");
    if (in.remaining() > 0)
        out.dynamicDSTTimeZoneKeyName = counted(in, "cbDynamicDSTTimeZoneKeyName", "dynamicDSTTimeZoneKeyName");
    if (in.remaining() > 0) out.dynamicDaylightTimeDisabled = in.u16le("dynamicDaylightTimeDisabled") != 0;
    return out;
}

}  // namespace

bytes::Parsed<SecurityHeader> parse_security_header(Cursor& in) {
    SecurityHeader out;
    out.flags = in.u16le("flags");
    out.flagsHi = in.u16le("flagsHi");
    if (in.error()) return *in.error();
    return out;
}

bytes::Parsed<InfoPacket> parse_info_packet(bytes::View packet, std::size_t base) {
    Cursor in{packet, base};
    InfoPacket out;
    out.codePage = in.u32le("CodePage");
    out.flags = in.u32le("flags");
    const std::size_t domain = in.u16le("cbDomain");
    const std::size_t user = in.u16le("cbUserName");
    const std::size_t password = in.u16le("cbPassword");
    const std::size_t shell = in.u16le("cbAlternateShell");
    const std::size_t dir = in.u16le("cbWorkingDir");
    const bool unicode = out.flags & kInfoUnicode;
    const std::size_t terminator = unicode ? 2 : 1;  // which the lengths do not count
    const auto text = [&](std::size_t n, std::string_view field) {
        const bytes::View view = in.take(n + terminator, field);
        return unicode ? bytes::utf16le_until_zero(view) : bytes::text_until_zero(view);
    };
    out.domain = text(domain, "Domain");
    out.userName = text(user, "UserName");
    in.skip(password + terminator, "Password");
    out.password = password > 0;
    out.alternateShell = text(shell, "AlternateShell");
    out.workingDir = text(dir, "WorkingDir");
    if (in.remaining() > 0) out.extraInfo = extended(in);
    if (in.error()) return *in.error();
    return out;
}

}  // namespace rdpdx::rdp
