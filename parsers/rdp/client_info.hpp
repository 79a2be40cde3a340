// The security header, and what the client says of itself and its user behind it. The password is present or not.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "parsers/bytes/cursor.hpp"

namespace rdpdx::rdp {

// [MS-RDPBCGR] 2.2.8.1.1.2.1 Basic Security Header, flags
enum SecurityFlags : std::uint16_t {
    kSecExchangePkt = 0x0001,
    kSecTransportReq = 0x0002,
    kSecTransportRsp = 0x0004,
    kSecEncrypt = 0x0008,
    kSecInfoPkt = 0x0040,
    kSecLicensePkt = 0x0080,
    kSecRedirectionPkt = 0x0400,
    kSecAutodetectReq = 0x1000,
    kSecAutodetectRsp = 0x2000,
    kSecHeartbeat = 0x4000,
};

// [MS-RDPBCGR] 2.2.8.1.1.2.1 Basic Security Header (TS_SECURITY_HEADER)
struct SecurityHeader {
    std::uint16_t flags{}, flagsHi{};
};
// Leaves `in` behind the header.
bytes::Parsed<SecurityHeader> parse_security_header(bytes::Cursor& in);

// [MS-RDPBCGR] 2.2.1.11.1.1.1 Extended Info Packet (TS_EXTENDED_INFO_PACKET), as far as this client sent it
struct ExtendedInfoPacket {
    std::uint16_t clientAddressFamily{};
    std::string clientAddress, clientDir;
    std::optional<std::int32_t> timeZoneBias;  // minutes: UTC = local time + Bias
    std::string timeZoneStandardName, timeZoneDaylightName;
    std::optional<std::uint32_t> clientSessionId, performanceFlags;
    bool autoReconnectCookie{};
    std::string dynamicDSTTimeZoneKeyName;
    std::optional<bool> dynamicDaylightTimeDisabled;
};

// [MS-RDPBCGR] 2.2.1.11.1.1 Info Packet (TS_INFO_PACKET)
struct InfoPacket {
    std::uint32_t codePage{}, flags{};
    std::string domain, userName, alternateShell, workingDir;
    bool password{};
    std::optional<ExtendedInfoPacket> extraInfo;
};
// `packet` is what follows the security header.
bytes::Parsed<InfoPacket> parse_info_packet(bytes::View packet, std::size_t base = 0);

}  // namespace rdpdx::rdp
