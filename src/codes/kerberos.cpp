// RFC 4120 7.5.9, Error Codes: error-code of KRB-ERROR, Status of events 4768, 4769 and 4771.
#include "src/codes/tables.hpp"

namespace rdpdx::codes {
namespace {

// The rows differ in number, name, meaning and hint only.
constexpr Code row(std::uint32_t value, std::string_view name, std::string_view meaning, std::string_view hint = "") {
    return {value, name, meaning, "credssp", kDocumented, hint, "RFC 4120 7.5.9"};
}

constexpr std::array kRows{
    row(0, "KDC_ERR_NONE", "No error."),
    row(1, "KDC_ERR_NAME_EXP", "The client's entry has expired."),
    row(2, "KDC_ERR_SERVICE_EXP", "The server's entry has expired."),
    row(3, "KDC_ERR_BAD_PVNO", "The protocol version is not supported."),
    row(4, "KDC_ERR_C_OLD_MAST_KVNO", "The client's key is under an old master key."),
    row(5, "KDC_ERR_S_OLD_MAST_KVNO", "The server's key is under an old master key."),
    row(6, "KDC_ERR_C_PRINCIPAL_UNKNOWN", "The user is not in the Kerberos database.", "Form of the user name."),
    row(7, "KDC_ERR_S_PRINCIPAL_UNKNOWN", "The service name is not in the Kerberos database.",
        "SPN TERMSRV/host missing or the target typed as address or alias: then NTLM takes over, or nothing does."),
    row(8, "KDC_ERR_PRINCIPAL_NOT_UNIQUE", "The name has several entries.", "setspn -X finds doubles."),
    row(9, "KDC_ERR_NULL_KEY", "The account has no key."),
    row(10, "KDC_ERR_CANNOT_POSTDATE", "The ticket may not be postdated."),
    row(11, "KDC_ERR_NEVER_VALID", "The ticket would never be valid.", "Clocks."),
    row(12, "KDC_ERR_POLICY", "Policy refuses: workstation, hours or authentication policy."),
    row(13, "KDC_ERR_BADOPTION", "The request has an option that cannot be granted."),
    row(14, "KDC_ERR_ETYPE_NOSUPP", "No common encryption type.", "RC4 switched off, or AES keys missing."),
    row(15, "KDC_ERR_SUMTYPE_NOSUPP", "The checksum type is not supported."),
    row(16, "KDC_ERR_PADATA_TYPE_NOSUPP", "The kind of pre-authentication is not supported."),
    row(17, "KDC_ERR_TRTYPE_NOSUPP", "The transited type is not supported."),
    row(18, "KDC_ERR_CLIENT_REVOKED", "The account is disabled, locked out or expired."),
    row(19, "KDC_ERR_SERVICE_REVOKED", "The service's account is disabled."),
    row(20, "KDC_ERR_TGT_REVOKED", "The ticket-granting ticket was revoked."),
    row(21, "KDC_ERR_CLIENT_NOTYET", "The client is not valid yet."),
    row(22, "KDC_ERR_SERVICE_NOTYET", "The service is not valid yet."),
    row(23, "KDC_ERR_KEY_EXPIRED", "The password has expired.", "With NLA it must be changed another way first."),
    row(24, "KDC_ERR_PREAUTH_FAILED", "Pre-authentication failed: the password is wrong."),
    row(25, "KDC_ERR_PREAUTH_REQUIRED", "Pre-authentication is required: the normal first round, not an error."),
    row(26, "KDC_ERR_SERVER_NOMATCH", "Ticket and server do not fit."),
    row(27, "KDC_ERR_MUST_USE_USER2USER", "The service takes user-to-user authentication only."),
    row(28, "KDC_ERR_PATH_NOT_ACCEPTED", "The path of realms is not accepted."),
    row(29, "KDC_ERR_SVC_UNAVAILABLE", "A service that the KDC needs is unavailable.", "Health of the controller."),
    row(31, "KRB_AP_ERR_BAD_INTEGRITY", "Decryption failed its integrity check."),
    row(32, "KRB_AP_ERR_TKT_EXPIRED", "The ticket has expired.", "Clocks; klist purge."),
    row(33, "KRB_AP_ERR_TKT_NYV", "The ticket is not valid yet.", "Clocks."),
    row(34, "KRB_AP_ERR_REPEAT", "The request is a repetition."),
    row(35, "KRB_AP_ERR_NOT_US", "The ticket is for somebody else."),
    row(36, "KRB_AP_ERR_BADMATCH", "Ticket and authenticator do not fit."),
    row(37, "KRB_AP_ERR_SKEW", "The clocks differ by more than the tolerance (five minutes by default).",
        "w32tm /query /status on both."),
    row(38, "KRB_AP_ERR_BADADDR", "The network address does not fit the ticket."),
    row(39, "KRB_AP_ERR_BADVERSION", "The protocol version does not fit."),
    row(40, "KRB_AP_ERR_MSG_TYPE", "The message type is invalid."),
    row(41, "KRB_AP_ERR_MODIFIED", "The message was altered, or made for another key.",
        "Stale DNS, a double SPN, a cloned machine: the wrong host answered."),
    row(42, "KRB_AP_ERR_BADORDER", "Messages came out of order."),
    row(44, "KRB_AP_ERR_BADKEYVER", "The key's version is not available."),
    row(45, "KRB_AP_ERR_NOKEY", "The service's key is not available."),
    row(46, "KRB_AP_ERR_MUT_FAIL", "Mutual authentication failed."),
    row(47, "KRB_AP_ERR_BADDIRECTION", "A message went the wrong way."),
    row(48, "KRB_AP_ERR_METHOD", "Another method of authentication is required."),
    row(49, "KRB_AP_ERR_BADSEQ", "A sequence number is wrong."),
    row(50, "KRB_AP_ERR_INAPP_CKSUM", "The checksum is of an unsuitable type."),
    row(51, "KRB_AP_PATH_NOT_ACCEPTED", "Policy rejects the path of realms."),
    row(52, "KRB_ERR_RESPONSE_TOO_BIG", "The answer is too big for UDP: retry over TCP.",
        "Port 88 over TCP open? UDP fragments get lost in many VPNs."),
    row(60, "KRB_ERR_GENERIC", "An error without a number of its own.", "e-data may hold an NTSTATUS."),
    row(61, "KRB_ERR_FIELD_TOOLONG", "A field is too long for this implementation."),
    row(62, "KDC_ERROR_CLIENT_NOT_TRUSTED", "The client's certificate is not trusted."),
    row(63, "KDC_ERROR_KDC_NOT_TRUSTED", "The KDC is not trusted."),
    row(64, "KDC_ERROR_INVALID_SIG", "A signature is invalid."),
    row(65, "KDC_ERR_KEY_TOO_WEAK", "The key is too weak."),
    row(66, "KDC_ERR_CERTIFICATE_MISMATCH", "Certificate and client do not fit."),
    row(67, "KRB_AP_ERR_NO_TGT", "There is no ticket-granting ticket for user-to-user authentication."),
    row(68, "KDC_ERR_WRONG_REALM", "Another realm is in charge (a referral)."),
    row(69, "KRB_AP_ERR_USER_TO_USER_REQUIRED", "The ticket must be for user-to-user authentication."),
    row(70, "KDC_ERR_CANT_VERIFY_CERTIFICATE", "The certificate cannot be verified."),
    row(71, "KDC_ERR_INVALID_CERTIFICATE", "The certificate is invalid."),
    row(72, "KDC_ERR_REVOKED_CERTIFICATE", "The certificate was revoked."),
    row(73, "KDC_ERR_REVOCATION_STATUS_UNKNOWN", "It is unknown whether the certificate was revoked."),
    row(74, "KDC_ERR_REVOCATION_STATUS_UNAVAILABLE", "Revocation could not be checked."),
    row(75, "KDC_ERR_CLIENT_NAME_MISMATCH", "The client's name does not fit."),
    row(76, "KDC_ERR_KDC_NAME_MISMATCH", "The KDC's name does not fit."),
};
static_assert(tables::ascending(kRows));

}  // namespace

std::span<const Code> tables::kerberos() noexcept { return kRows; }

}  // namespace rdpdx::codes
