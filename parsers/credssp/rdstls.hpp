// RDSTLS: how a redirected client proves itself inside TLS. Passwords and cookies are lengths only.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "parsers/bytes/cursor.hpp"

namespace rdpdx::credssp {

// [MS-RDPBCGR] 2.2.17 RDSTLS PDUs. What a PDU of this kind does not have is absent.
struct RdstlsPdu {
    std::uint16_t version{};
    std::uint16_t pduType{};   // 1 capabilities, 2 authentication request, 4 authentication response
    std::uint16_t dataType{};  // of a request: 1 password, 2 auto-reconnect cookie
    std::optional<std::uint16_t> supportedVersions;
    std::optional<std::uint32_t> resultCode;
    std::optional<std::uint32_t> sessionId;
    std::string userName, domain;
    std::size_t redirectionGuidLength{}, passwordLength{}, autoReconnectCookieLength{};  // bytes
};

bytes::Parsed<RdstlsPdu> parse_rdstls_pdu(bytes::View pdu, std::size_t base = 0);

// "RDSTLS_RESULT_LOGON_FAILURE"; empty for a code without a name.
std::string_view rdstls_result_name(std::uint32_t resultCode) noexcept;

}  // namespace rdpdx::credssp
