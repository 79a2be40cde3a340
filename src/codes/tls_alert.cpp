// TLS AlertDescription: RFC 8446 6, with the older numbers of RFC 5246 7.2 and the extensions' own documents.
// The Schannel status in a hint is what a Windows peer reports on receiving the alert (Win32, "Schannel Error Codes").
#include "src/codes/tables.hpp"

namespace rdpdx::codes {
namespace {

constexpr std::string_view kTls = "tls-handshake";
constexpr std::string_view kRfc8446 = "RFC 8446 6";
constexpr std::string_view kRfc5246 = "RFC 5246 7.2 (not used by TLS 1.3)";

constexpr std::array kRows{
    Code{0, "close_notify", "The sender closes TLS in good order; not an error.", "", kDocumented,
         "Schannel: SEC_I_CONTEXT_EXPIRED.", kRfc8446},
    Code{10, "unexpected_message", "A message came out of turn.", kTls, kDocumented,
         "A middlebox that rewrites? Schannel: SEC_E_ILLEGAL_MESSAGE.", kRfc8446},
    Code{20, "bad_record_mac", "A record failed its integrity check.", "", kDocumented,
         "Corruption on the way: network offload, VPN. Schannel: SEC_E_MESSAGE_ALTERED.", kRfc8446},
    Code{21, "decryption_failed", "A record could not be decrypted.", "", kDocumented,
         "Corruption on the way. Schannel: SEC_E_DECRYPT_FAILURE.", kRfc5246},
    Code{22, "record_overflow", "A record was too long.", "", kDocumented, "Schannel: SEC_E_ILLEGAL_MESSAGE.",
         kRfc8446},
    Code{30, "decompression_failure", "A record could not be decompressed.", "", kDocumented, "", kRfc5246},
    Code{40, "handshake_failure",
         "No common parameters (cipher suite, group, signature), or the server's credential cannot be used.", kTls,
         kDocumented, "What the ClientHello offered; Schannel 36870, 36874, 36888 on the server.", kRfc8446},
    Code{41, "no_certificate", "No certificate to offer (SSL 3.0 only).", kTls, kDocumented, "", "RFC 6101 5.4.2"},
    Code{42, "bad_certificate", "The peer's certificate is damaged or its signature is wrong.", kTls, kDocumented,
         "Schannel: SEC_E_CERT_UNKNOWN.", kRfc8446},
    Code{43, "unsupported_certificate", "The peer's certificate is of a kind or use that is not supported.", kTls,
         kDocumented, "Key type, key usage, Server Authentication among the extended usages.", kRfc8446},
    Code{44, "certificate_revoked", "The peer's certificate was revoked.", kTls, kDocumented,
         "Schannel: CRYPT_E_REVOKED.", kRfc8446},
    Code{45, "certificate_expired", "The peer's certificate has expired or is not valid yet.", kTls, kDocumented,
         "Its dates, and both clocks. Schannel: SEC_E_CERT_EXPIRED.", kRfc8446},
    Code{46, "certificate_unknown", "The certificate was declined for another reason.", kTls, kDocumented,
         "A person or a policy refused it; common where a client looks first and connects again.", kRfc8446},
    Code{47, "illegal_parameter", "A field of the handshake had an impossible value.", kTls, kDocumented,
         "Schannel: SEC_E_ILLEGAL_MESSAGE.", kRfc8446},
    Code{48, "unknown_ca", "The issuer of the certificate is not trusted.", kTls, kDocumented,
         "Self-signed, or signed by an inspecting proxy? Schannel: SEC_E_UNTRUSTED_ROOT.", kRfc8446},
    Code{49, "access_denied", "The certificate is valid, but access is refused.", kTls, kDocumented,
         "Schannel: SEC_E_LOGON_DENIED.", kRfc8446},
    Code{50, "decode_error", "A message could not be decoded: cut off or mangled.", kTls, kDocumented,
         "Schannel: SEC_E_ILLEGAL_MESSAGE.", kRfc8446},
    Code{51, "decrypt_error", "A signature or the Finished message does not verify.", kTls, kDocumented,
         "Does the server's private key fit its certificate? Schannel: SEC_E_DECRYPT_FAILURE.", kRfc8446},
    Code{60, "export_restriction", "Parameters against old export rules.", kTls, kDocumented, "", "RFC 2246 7.2"},
    Code{70, "protocol_version", "The TLS versions of both sides do not overlap.", kTls, kDocumented,
         "Versions offered in the ClientHello; enabled protocols of the server. Schannel: SEC_E_UNSUPPORTED_FUNCTION.",
         kRfc8446},
    Code{71, "insufficient_security", "What the client offers is too weak for the server's policy.", kTls, kDocumented,
         "Schannel: SEC_E_ALGORITHM_MISMATCH.", kRfc8446},
    Code{80, "internal_error", "The sender failed on its own; of a server, often its private key or crypto service.",
         kTls, kDocumented, "Schannel 36870, 36874, 36888 on the server. Schannel: SEC_E_INTERNAL_ERROR.", kRfc8446},
    Code{86, "inappropriate_fallback", "The client retried with a lower version, and the server refused the downgrade.",
         kTls, kDocumented, "Why did the first try fail?", "RFC 7507"},
    Code{90, "user_canceled", "The handshake was cancelled.", kTls, kDocumented,
         "Schannel: SEC_E_UNFINISHED_CONTEXT_DELETED.", kRfc8446},
    Code{100, "no_renegotiation", "The sender does not renegotiate.", "", kDocumented, "", kRfc5246},
    Code{109, "missing_extension", "The handshake lacks an extension that it must have.", kTls, kDocumented, "",
         kRfc8446},
    Code{110, "unsupported_extension", "An extension came that was not offered.", kTls, kDocumented, "", kRfc8446},
    Code{111, "certificate_unobtainable", "The certificate could not be fetched from its URL.", kTls, kDocumented, "",
         "RFC 6066 9"},
    Code{112, "unrecognized_name", "The server does not know the name in SNI; often just a warning.", kTls, kDocumented,
         "", kRfc8446},
    Code{113, "bad_certificate_status_response", "The OCSP answer in the handshake is invalid.", kTls, kDocumented, "",
         kRfc8446},
    Code{114, "bad_certificate_hash_value", "The hash of a fetched certificate does not fit.", kTls, kDocumented, "",
         "RFC 6066 9"},
    Code{115, "unknown_psk_identity", "The server knows no such pre-shared key.", kTls, kDocumented,
         "Session resumption after the server restarted?", kRfc8446},
    Code{116, "certificate_required", "The server demands a client certificate and got none.", kTls, kDocumented, "",
         kRfc8446},
    Code{120, "no_application_protocol", "No common application protocol (ALPN).", kTls, kDocumented, "", kRfc8446},
};
static_assert(tables::ascending(kRows));

}  // namespace

std::span<const Code> tables::tls_alert() noexcept { return kRows; }

}  // namespace rdpdx::codes
