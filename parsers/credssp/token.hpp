// Security tokens: what stands in negoTokens of a TSRequest, through SPNEGO down to NTLM or Kerberos. They are decoded
// at once, so that no view of a token (which holds responses and tickets) leaves this layer.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "parsers/credssp/kerberos.hpp"
#include "parsers/credssp/ntlm.hpp"

namespace rdpdx::credssp {

inline constexpr std::size_t kMaxMechTypes = 32, kMaxNegoExMessages = 16;

// "NTLMSSP", "Kerberos", "Kerberos (Microsoft)", "Kerberos user-to-user", "NegoEx", "PKU2U", "SPNEGO"; empty for
// another.
std::string_view mech_name(std::string_view oid) noexcept;

// [RFC4178] 4.2.1 NegTokenInit; Microsoft's NegTokenInit2 as well
struct NegTokenInit {
    std::vector<std::string> mechTypes;  // object identifiers, in the order of preference
    std::optional<std::size_t> mechTokenLength;
    bool mechListMIC{};
};

// [RFC4178] 4.2.2 NegTokenResp
struct NegTokenResp {
    std::optional<std::uint32_t> negState;  // 0 accept-completed, 1 accept-incomplete, 2 reject, 3 request-mic
    std::string supportedMech;              // object identifier, or empty
    std::optional<std::size_t> responseTokenLength;
    bool mechListMIC{};
};
std::string_view neg_state_name(std::uint32_t negState) noexcept;

// [MS-NEGOEX] 2.2.6 the messages of one token, by type: 0 INITIATOR_NEGO, 1 ACCEPTOR_NEGO, 2 and 3 META_DATA,
// 4 CHALLENGE, 5 AP_REQUEST, 6 VERIFY, 7 ALERT
struct NegoEx {
    std::vector<std::uint32_t> messageTypes;
};

// What the mechanism itself says. `monostate`: nothing, or nothing this program reads.
using Mechanism = std::variant<std::monostate, NtlmNegotiate, NtlmChallenge, NtlmAuthenticate, ApReq, ApRep, KrbError,
                               UserToUser, NegoEx>;

struct SecurityToken {
    std::size_t length{};  // bytes
    std::optional<NegTokenInit> negTokenInit;
    std::optional<NegTokenResp> negTokenResp;
    std::string mech;  // object identifier in front of the mechanism's token, where there is one
    Mechanism mechanism;
    std::optional<bytes::ParseError> problem;  // where decoding stopped; what stands above it holds
};

// Never fails as a whole: a token that nobody knows has a length.
SecurityToken parse_security_token(bytes::View token, std::size_t base = 0);

}  // namespace rdpdx::credssp
