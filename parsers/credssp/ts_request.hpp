// CredSSP: one TSRequest, and the one word that follows it when the server was asked for HYBRID_EX.
#pragma once

#include "parsers/credssp/token.hpp"

namespace rdpdx::credssp {

inline constexpr std::size_t kMaxNegoTokens = 16;

// [MS-CSSP] 2.2.1 TSRequest. authInfo, pubKeyAuth and clientNonce are lengths in bytes, where they are there.
struct TsRequest {
    std::uint32_t version{};
    std::vector<SecurityToken> negoTokens;
    std::optional<std::size_t> authInfoLength, pubKeyAuthLength, clientNonceLength;
    std::optional<std::uint32_t> errorCode;  // an NTSTATUS: 0xC000006D
    std::size_t length{};                    // of the whole element; more may follow it in the stream
};

bytes::Parsed<TsRequest> parse_ts_request(bytes::View message, std::size_t base = 0);

// [MS-RDPBCGR] 2.2.10.2 Early User Authorization Result PDU. 0 AUTHZ_SUCCESS, 5 AUTHZ_ACCESS_DENIED.
struct EarlyUserAuthorizationResult {
    std::uint32_t authorizationResult{};
};

bytes::Parsed<EarlyUserAuthorizationResult> parse_early_user_authorization_result(bytes::View pdu,
                                                                                  std::size_t base = 0);
std::string_view authorization_result_name(std::uint32_t authorizationResult) noexcept;

}  // namespace rdpdx::credssp
