// [MS-RDPBCGR] 2.2.1.1.1 RDP_NEG_REQ, 2.2.1.2.1 RDP_NEG_RSP, 2.2.1.2.2 RDP_NEG_FAILURE
#include "src/codes/tables.hpp"

namespace rdpdx::codes {
namespace {

constexpr std::string_view kRequest = "[MS-RDPBCGR] 2.2.1.1.1";
constexpr std::string_view kResponse = "[MS-RDPBCGR] 2.2.1.2.1";
constexpr std::string_view kFailure = "[MS-RDPBCGR] 2.2.1.2.2";
constexpr std::string_view kStage = "x224-negotiation";

constexpr std::array kFailures{
    Code{1, "SSL_REQUIRED_BY_SERVER",
         "The server wants TLS or CredSSP, and the client offered standard RDP security only (or CredSSP only to a "
         "server with TLS only).",
         kStage, kDocumented, "SecurityLayer of the server against requestedProtocols of the client.", kFailure},
    Code{2, "SSL_NOT_ALLOWED_BY_SERVER", "The server is set to standard RDP security only.", kStage, kDocumented,
         "SecurityLayer of the listener (0 = RDP).", kFailure},
    Code{3, "SSL_CERT_NOT_ON_SERVER", "The server has no usable certificate for TLS.", kStage, kDocumented,
         "The Remote Desktop certificate store, its private key, and SSLCertificateSHA1Hash of the listener.",
         kFailure},
    Code{4, "INCONSISTENT_FLAGS", "The protocols asked for do not fit the one already in force.", kStage, kDocumented,
         "A client error or a proxy in between.", kFailure},
    Code{5, "HYBRID_REQUIRED_BY_SERVER", "The server requires CredSSP (Network Level Authentication).", kStage,
         kDocumented, "Does the client offer HYBRID? enablecredsspsupport in the .rdp file; NLA policy.", kFailure},
    Code{6, "SSL_WITH_USER_AUTH_REQUIRED_BY_SERVER", "The server requires TLS with a client certificate.", kStage,
         kDocumented, "", kFailure},
};
static_assert(tables::ascending(kFailures));

// PROTOCOL_RDP is the absence of all bits; codes::protocols_text knows that.
constexpr std::array kProtocols{
    Code{0x01, "SSL", "TLS.", kStage, kDocumented, "", kRequest},
    Code{0x02, "HYBRID", "CredSSP (Network Level Authentication) inside TLS.", kStage, kDocumented, "", kRequest},
    Code{0x04, "RDSTLS", "RDSTLS, used after a redirection by a broker.", kStage, kDocumented, "", kRequest},
    Code{0x08, "HYBRID_EX", "CredSSP followed by the Early User Authorization Result.", kStage, kDocumented, "",
         kRequest},
    Code{0x10, "RDSAAD", "Microsoft Entra authentication (RDS-AAD-Auth) inside TLS.", kStage, kDocumented, "",
         kRequest},
};
static_assert(tables::ascending(kProtocols));

constexpr std::array kRequestFlags{
    Code{0x01, "RESTRICTED_ADMIN_MODE_REQUIRED", "The client insists on Restricted Admin mode.", kStage, kDocumented,
         "", kRequest},
    Code{0x02, "REDIRECTED_AUTHENTICATION_MODE_REQUIRED", "The client insists on Remote Credential Guard.", kStage,
         kDocumented, "", kRequest},
    Code{0x08, "CORRELATION_INFO_PRESENT", "A correlation id follows; server logs may carry it as activity id.", kStage,
         kDocumented, "", kRequest},
};
static_assert(tables::ascending(kRequestFlags));

constexpr std::array kResponseFlags{
    Code{0x01, "EXTENDED_CLIENT_DATA_SUPPORTED", "The server takes extended GCC blocks of the client.", kStage,
         kDocumented, "", kResponse},
    Code{0x02, "DYNVC_GFX_PROTOCOL_SUPPORTED", "The server supports the graphics pipeline.", kStage, kDocumented, "",
         kResponse},
    Code{0x04, "NEGRSP_FLAG_RESERVED", "Reserved.", kStage, kDocumented, "", kResponse},
    Code{0x08, "RESTRICTED_ADMIN_MODE_SUPPORTED", "The server supports Restricted Admin mode.", kStage, kDocumented, "",
         kResponse},
    Code{0x10, "REDIRECTED_AUTHENTICATION_MODE_SUPPORTED", "The server supports Remote Credential Guard.", kStage,
         kDocumented, "", kResponse},
};
static_assert(tables::ascending(kResponseFlags));

}  // namespace

std::span<const Code> tables::negotiation_failure() noexcept { return kFailures; }
std::span<const Code> tables::negotiation_protocol() noexcept { return kProtocols; }
std::span<const Code> tables::negotiation_request() noexcept { return kRequestFlags; }
std::span<const Code> tables::negotiation_response() noexcept { return kResponseFlags; }

}  // namespace rdpdx::codes
