// RDS-AAD: how a client with an account of Microsoft Entra proves itself inside TLS. The assertion is a length only.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "parsers/bytes/cursor.hpp"

namespace rdpdx::credssp {

// [MS-RDPBCGR] 2.2.18 RDS-AAD Auth PDUs: one JSON object each. What an object does not have is absent.
struct RdsAadPdu {
    std::optional<std::size_t> tsNonceLength;          // 2.2.18.1 Server Nonce; characters as written
    std::optional<std::size_t> rdpAssertionLength;     // 2.2.18.2 Authentication Request
    std::optional<std::int64_t> authenticationResult;  // 2.2.18.3 Authentication Result; 0 is success
};

// How many bytes the JSON object at the front has, without the zero that ends the PDU; nothing where its end has not
// come yet, 0 where it is none.
std::optional<std::size_t> rds_aad_size(bytes::View front) noexcept;
bytes::Parsed<RdsAadPdu> parse_rds_aad_pdu(bytes::View pdu, std::size_t base = 0);

// "server nonce", "authentication request", "authentication result"; empty for an object of none of these.
std::string_view rds_aad_type(const RdsAadPdu& pdu) noexcept;

}  // namespace rdpdx::credssp
