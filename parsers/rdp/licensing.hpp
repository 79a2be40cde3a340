// Licensing: which message, who asks for what, and how it ended. Randoms, secrets and licences are lengths only.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "parsers/bytes/cursor.hpp"

namespace rdpdx::rdp {

inline constexpr std::size_t kMaxLicenseScopes = 32;

// [MS-RDPBCGR] 2.2.1.12.1.2 Licensing Binary Blob, without what it holds
struct LicenseBlob {
    std::uint16_t wBlobType{}, wBlobLen{};
};

// [MS-RDPBCGR] 2.2.1.12.1.3 Licensing Error Message (LICENSE_ERROR_MESSAGE)
struct LicenseErrorMessage {
    std::uint32_t dwErrorCode{};  // 7 is STATUS_VALID_CLIENT, which is success
    std::uint32_t dwStateTransition{};
    LicenseBlob bbErrorInfo;
};

// [MS-RDPELE] 2.2.2.1 Server License Request (SERVER_LICENSE_REQUEST)
struct ServerLicenseRequest {
    std::uint32_t dwVersion{};
    std::string companyName, productId;
    LicenseBlob keyExchangeList, serverCertificate;
    std::vector<std::string> scopeList;
};

// [MS-RDPELE] 2.2.2.4 Server Platform Challenge (SERVER_PLATFORM_CHALLENGE)
struct ServerPlatformChallenge {
    std::uint32_t connectFlags{};
    LicenseBlob encryptedPlatformChallenge;
};

// [MS-RDPELE] 2.2.2.6 Server Upgrade License and 2.2.2.7 Server New License
struct ServerLicense {
    LicenseBlob encryptedLicenseInfo;
};

// [MS-RDPELE] 2.2.2.2 Client New License Request (CLIENT_NEW_LICENSE_REQUEST)
struct ClientNewLicenseRequest {
    std::uint32_t preferredKeyExchangeAlg{}, platformId{};
    LicenseBlob encryptedPreMasterSecret;
    std::string clientUserName, clientMachineName;
};

// [MS-RDPELE] 2.2.2.3 Client License Information (CLIENT_LICENSE_INFO)
struct ClientLicenseInfo {
    std::uint32_t preferredKeyExchangeAlg{}, platformId{};
    LicenseBlob encryptedPreMasterSecret, licenseInfo, encryptedHwid;
};

// [MS-RDPELE] 2.2.2.5 Client Platform Challenge Response (CLIENT_PLATFORM_CHALLENGE_RESPONSE)
struct ClientPlatformChallengeResponse {
    LicenseBlob encryptedPlatformChallengeResponse, encryptedHwid;
};

// [MS-RDPBCGR] 2.2.1.12.1.1 Licensing Preamble (LICENSE_PREAMBLE), and the message behind it; `monostate` for a type
// that nobody knows.
struct LicensePdu {
    std::uint8_t bMsgType{}, flags{};
    std::uint16_t wMsgSize{};
    std::variant<std::monostate, LicenseErrorMessage, ServerLicenseRequest, ServerPlatformChallenge, ServerLicense,
                 ClientNewLicenseRequest, ClientLicenseInfo, ClientPlatformChallengeResponse>
        message;
};

// `pdu` is what follows the security header.
bytes::Parsed<LicensePdu> parse_license_pdu(bytes::View pdu, std::size_t base = 0);

}  // namespace rdpdx::rdp
