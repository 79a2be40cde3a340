// NTLM messages as CredSSP carries them. What could be used to find a password offline (challenge, responses, session
// key, MIC, nonces) is counted or said to be there, and never kept.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "parsers/bytes/cursor.hpp"

namespace rdpdx::credssp {

// [MS-NLMP] 2.2.2.10 VERSION
struct NtlmVersion {
    std::uint8_t productMajorVersion{}, productMinorVersion{};
    std::uint16_t productBuild{};
    std::uint8_t ntlmRevisionCurrent{};
};

// [MS-NLMP] 2.2.2.1 AV_PAIR, a sequence of them. Absent pairs are empty.
struct TargetInfo {
    std::string nbComputerName, nbDomainName, dnsComputerName, dnsDomainName, dnsTreeName;
    std::string targetName;                  // the service principal name that the client meant
    std::optional<std::uint32_t> avFlags;    // 0x2: the message has a MIC
    std::optional<std::uint64_t> timestamp;  // FILETIME: 100 ns since 1601
    bool channelBindings{};                  // there, and not all zero
};

// [MS-NLMP] 2.2.1.1 NEGOTIATE_MESSAGE
struct NtlmNegotiate {
    std::uint32_t negotiateFlags{};
    std::string domainName, workstation;
    std::optional<NtlmVersion> version;
};

// [MS-NLMP] 2.2.1.2 CHALLENGE_MESSAGE
struct NtlmChallenge {
    std::string targetName;
    std::uint32_t negotiateFlags{};
    std::optional<TargetInfo> targetInfo;
    std::optional<NtlmVersion> version;
};

enum class NtlmResponse { none, v1, v2 };

// [MS-NLMP] 2.2.1.3 AUTHENTICATE_MESSAGE
struct NtlmAuthenticate {
    std::size_t lmChallengeResponseLength{}, ntChallengeResponseLength{}, encryptedRandomSessionKeyLength{};  // bytes
    std::string domainName, userName, workstation;
    std::uint32_t negotiateFlags{};
    std::optional<NtlmVersion> version;
    NtlmResponse response{};
    std::optional<TargetInfo> targetInfo;  // of a v2 response
    bool mic{};                            // sixteen bytes that are not all zero stand where a MIC does
};

// The MessageType behind the signature "NTLMSSP\0", or nothing if that is not what begins here.
std::optional<std::uint32_t> ntlm_message_type(bytes::View message) noexcept;

bytes::Parsed<NtlmNegotiate> parse_ntlm_negotiate(bytes::View message, std::size_t base = 0);
bytes::Parsed<NtlmChallenge> parse_ntlm_challenge(bytes::View message, std::size_t base = 0);
bytes::Parsed<NtlmAuthenticate> parse_ntlm_authenticate(bytes::View message, std::size_t base = 0);

}  // namespace rdpdx::credssp
