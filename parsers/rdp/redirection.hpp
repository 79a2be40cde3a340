// Server redirection: go to another machine. What opens its door is said to be there, and not kept.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "parsers/bytes/cursor.hpp"

namespace rdpdx::rdp {

inline constexpr std::size_t kMaxTargetNetAddresses = 64;

// [MS-RDPBCGR] 2.2.13.1 Server Redirection Packet (RDP_SERVER_REDIRECTION_PACKET). Fields whose flag is not set are
// empty; lengths are bytes.
struct ServerRedirectionPacket {
    std::uint16_t flags{};   // 0x0400 SEC_REDIRECTION_PKT
    std::uint16_t length{};  // with these first four bytes
    std::uint32_t sessionId{}, redirFlags{};
    std::string targetNetAddress, userName, domain, targetFQDN, targetNetBiosName;
    std::vector<std::string> targetNetAddresses;
    std::size_t loadBalanceInfoLength{}, passwordLength{}, tsvUrlLength{}, redirectionGuidLength{},
        targetCertificateLength{};
};
// `packet` begins at its flags: two octets of padding stand between it and a share control header.
bytes::Parsed<ServerRedirectionPacket> parse_server_redirection(bytes::View packet, std::size_t base = 0);

}  // namespace rdpdx::rdp
