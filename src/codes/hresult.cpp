// HRESULT and SECURITY_STATUS of SSPI, CredSSP, Schannel and CryptoAPI, and the wrapped Win32 errors seen beside them.
// Names and values: winerror.h; meanings: Win32 documentation, "SSPI Status Codes".
#include "src/codes/tables.hpp"

namespace rdpdx::codes {
namespace {

constexpr std::string_view kSspi = "Win32 documentation, SSPI status codes";
constexpr std::string_view kWinError = "winerror.h";
constexpr std::string_view kTls = "tls-handshake";
constexpr std::string_view kNla = "credssp";
constexpr std::string_view kKey = "Schannel 36870; MachineKeys permissions; services KeyIso and CryptSvc.";
constexpr std::string_view kChain = "The certificate's chain and dates; CAPI2 log.";

constexpr std::array kRows{
    Code{0x00090317, "SEC_I_CONTEXT_EXPIRED", "The peer closed the TLS context in good order.", "", kDocumented, "",
         kSspi},
    Code{0x00090320, "SEC_I_INCOMPLETE_CREDENTIALS", "The server asked for a client certificate.", kTls, kDocumented,
         "", kSspi},
    Code{0x80004004, "E_ABORT",
         "Aborted: by the client, by a timeout while connecting (event 226), or a declined UDP transport.", "",
         kDocumented, "As an answer to multitransport it costs the UDP side channel only.", kWinError},
    Code{0x80004005, "E_FAIL", "A failure without a reason; typical of event 226 RDPClient_SSL.", "", kDocumented,
         "State names of event 226; the capture.", kWinError},
    Code{0x8000FFFF, "E_UNEXPECTED",
         "An unexpected failure; also logged at the end of normal sessions (event 226, InvalidState).", "", kDocumented,
         "Benign where the session had worked before.", kWinError},
    Code{0x80070005, "E_ACCESSDENIED", "Access is denied.", "", kDocumented, "", kWinError},
    Code{0x80070040, "ERROR_NETNAME_DELETED", "Wrapped Win32 64: the peer is gone or closed.", "", kDocumented,
         "Who closed first?", kWinError},
    Code{0x80070079, "ERROR_SEM_TIMEOUT", "Wrapped Win32 121: a network timeout.", "", kDocumented, "", kWinError},
    Code{0x8007139F, "ERROR_INVALID_STATE", "Wrapped Win32 5023: wrong state; seen of RDP_SEC in RdpCoreTS 226.", "",
         kDocumented, "", kWinError},
    Code{0x80072745, "WSAECONNABORTED", "Wrapped Winsock 10053: this side gave the connection up.", "", kDocumented,
         "Retransmissions before the end.", kWinError},
    Code{0x80072746, "WSAECONNRESET", "Wrapped Winsock 10054: the connection was reset.", "", kDocumented,
         "Who sent the RST?", kWinError},
    Code{0x8007274C, "WSAETIMEDOUT", "Wrapped Winsock 10060: no answer in time.", "", kDocumented, "", kWinError},
    Code{0x8007274D, "WSAECONNREFUSED", "Wrapped Winsock 10061: the connection was refused.", "tcp-connect",
         kDocumented, "", kWinError},
    Code{0x8009000B, "NTE_BAD_KEY_STATE", "The key cannot be used in its present state.", kTls, kDocumented, kKey,
         kWinError},
    Code{0x8009000F, "NTE_EXISTS", "The object exists already; typical status of RCM 1057.", kTls, kDocumented, kKey,
         kWinError},
    Code{0x80090010, "NTE_PERM", "Access to the key is denied.", kTls, kDocumented, kKey, kWinError},
    Code{0x80090016, "NTE_BAD_KEYSET", "The key set does not exist or cannot be opened.", kTls, kDocumented, kKey,
         kWinError},
    Code{0x80090301, "SEC_E_INVALID_HANDLE", "A security handle is invalid.", "", kDocumented, "", kSspi},
    Code{0x80090302, "SEC_E_UNSUPPORTED_FUNCTION", "The function, or the TLS version, is not supported.", "",
         kDocumented, "With CredSSP: the encryption oracle policy and the update level of both ends.", kSspi},
    Code{0x80090303, "SEC_E_TARGET_UNKNOWN", "The target (its service name) is not known.", kNla, kDocumented,
         "SPN TERMSRV/host.", kSspi},
    Code{0x80090304, "SEC_E_INTERNAL_ERROR", "The Local Security Authority could not be reached, or failed.", "",
         kDocumented, "Domain controller in reach? Must the password change? Key usable?", kSspi},
    Code{0x80090305, "SEC_E_SECPKG_NOT_FOUND", "The security package does not exist.", "", kDocumented, "", kSspi},
    Code{0x80090308, "SEC_E_INVALID_TOKEN", "A token is invalid: damaged, intercepted, or of another version.", "",
         kDocumented, "", kSspi},
    Code{0x8009030C, "SEC_E_LOGON_DENIED", "The credentials were refused.", kNla, kDocumented,
         "Security 4625 on the server.", kSspi},
    Code{0x8009030D, "SEC_E_UNKNOWN_CREDENTIALS",
         "The credentials are not recognised; with Schannel 36870 the private key cannot be used.", "", kDocumented,
         kKey, kSspi},
    Code{0x8009030E, "SEC_E_NO_CREDENTIALS", "There are no credentials.", "", kDocumented, "", kSspi},
    Code{0x8009030F, "SEC_E_MESSAGE_ALTERED", "A message was altered on the way.", "", kDocumented, "", kSspi},
    Code{0x80090311, "SEC_E_NO_AUTHENTICATING_AUTHORITY", "No domain controller could be reached.", kNla, kDocumented,
         "DNS and port 88 to a domain controller.", kSspi},
    Code{0x80090317, "SEC_E_CONTEXT_EXPIRED", "The context is closed already.", "", kDocumented, "", kSspi},
    Code{0x80090318, "SEC_E_INCOMPLETE_MESSAGE", "Only a part of a record has come so far.", "", kDocumented, "",
         kSspi},
    Code{0x80090320, "SEC_E_INCOMPLETE_CREDENTIALS", "The credentials are incomplete.", "", kDocumented, "", kSspi},
    Code{0x80090322, "SEC_E_WRONG_PRINCIPAL", "The target is not the one that was asked for.", "", kDocumented,
         "Name typed, certificate name, SPN, DNS.", kSspi},
    Code{0x80090324, "SEC_E_TIME_SKEW", "The clocks of both sides are too far apart.", kNla, kDocumented,
         "w32tm /query /status on both.", kSspi},
    Code{0x80090325, "SEC_E_UNTRUSTED_ROOT", "The chain ends in a root that is not trusted.", kTls, kDocumented, kChain,
         kSspi},
    Code{0x80090326, "SEC_E_ILLEGAL_MESSAGE", "A message was unexpected or badly formed.", kTls, kDocumented, "",
         kSspi},
    Code{0x80090327, "SEC_E_CERT_UNKNOWN", "The certificate could not be processed.", kTls, kDocumented, kChain, kSspi},
    Code{0x80090328, "SEC_E_CERT_EXPIRED", "The certificate has expired.", kTls, kDocumented, kChain, kSspi},
    Code{0x80090329, "SEC_E_ENCRYPT_FAILURE", "Encrypting failed.", "", kDocumented, "", kSspi},
    Code{0x80090330, "SEC_E_DECRYPT_FAILURE", "Decrypting failed.", "", kDocumented, "", kSspi},
    Code{0x80090331, "SEC_E_ALGORITHM_MISMATCH", "Both sides have no algorithm in common.", kTls, kDocumented,
         "Cipher suites and versions offered.", kSspi},
    Code{0x80090333, "SEC_E_UNFINISHED_CONTEXT_DELETED", "The security exchange was abandoned half-way.", "",
         kDocumented, "The peer closed: who, and why?", kSspi},
    Code{0x80090346, "SEC_E_BAD_BINDINGS", "The channel bindings do not fit.", kNla, kDocumented,
         "Something between both ends terminates TLS (proxy, inspection).", kSspi},
    Code{0x80090350, "SEC_E_DOWNGRADE_DETECTED", "A possible downgrade; also when no domain controller is in reach.",
         kNla, kDocumented, "", kSspi},
    Code{0x8009035E, "SEC_E_DELEGATION_POLICY", "Policy does not let the credentials be delegated to this target.",
         kNla, kDocumented, "Delegation policy of the client for TERMSRV/host.", kSspi},
    Code{0x8009035F, "SEC_E_POLICY_NLTM_ONLY", "Delegation needs mutual authentication, and only NTLM was available.",
         kNla, kDocumented, "Connect by full name so that Kerberos is possible.", kSspi},
    Code{0x80090363, "SEC_E_MUTUAL_AUTH_FAILED", "Mutual authentication failed.", kNla, kDocumented, "", kSspi},
    Code{0x80090367, "SEC_E_APPLICATION_PROTOCOL_MISMATCH", "No common application protocol (ALPN).", kTls, kDocumented,
         "", kSspi},
    Code{0x80092004, "CRYPT_E_NOT_FOUND", "The certificate was not found.", kTls, kDocumented,
         "SSLCertificateSHA1Hash of the listener against the store.", kWinError},
    Code{0x80092010, "CRYPT_E_REVOKED", "The certificate was revoked.", kTls, kDocumented, kChain, kWinError},
    Code{0x80092012, "CRYPT_E_NO_REVOCATION_CHECK", "Revocation could not be checked.", kTls, kDocumented, kChain,
         kWinError},
    Code{0x80092013, "CRYPT_E_REVOCATION_OFFLINE", "The revocation server could not be reached.", kTls, kDocumented,
         kChain, kWinError},
    Code{0x800B0101, "CERT_E_EXPIRED", "The certificate is outside its validity dates.", kTls, kDocumented, kChain,
         kWinError},
    Code{0x800B0109, "CERT_E_UNTRUSTEDROOT", "The chain ends in a root that is not trusted.", kTls, kDocumented, kChain,
         kWinError},
    Code{0x800B010F, "CERT_E_CN_NO_MATCH", "The name in the certificate is not the name of the target.", kTls,
         kDocumented, kChain, kWinError},
    Code{0xD0000001, "",
         "Has the shape of an NTSTATUS wrapped as HRESULT (0xC0000001, a failure without a reason); seen in "
         "LocalSessionManager 40 and in RdpCoreTS 72 SetErrorInfo.",
         "", kObserved, "Its neighbours in the log.", "public sample logs"},
};
static_assert(tables::ascending(kRows));

}  // namespace

std::span<const Code> tables::hresult() noexcept { return kRows; }

}  // namespace rdpdx::codes
