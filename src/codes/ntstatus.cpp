// NTSTATUS as met in TSRequest.errorCode ([MS-CSSP] 2.2.1), in Security 4625 (Status, SubStatus) and in TermDD 56.
// Names: [MS-ERREF] 2.3. In 4625 the particular reason usually stands in SubStatus beside Status 0xC000006D.
#include "src/codes/tables.hpp"

namespace rdpdx::codes {
namespace {

constexpr std::string_view kErref = "[MS-ERREF] 2.3";
constexpr std::string_view kAudit = "[MS-ERREF] 2.3; documentation of event 4625";
constexpr std::string_view kNla = "credssp";
constexpr std::string_view kTrust = "Test-ComputerSecureChannel; nltest /sc_query; Netlogon 3210, 5719.";
constexpr std::string_view kChange = "With NLA it must be changed another way first (console, web portal).";

constexpr std::array kRows{
    Code{0x00000000, "STATUS_SUCCESS", "Success.", "", kDocumented, "", kErref},
    Code{0xC0000001, "STATUS_UNSUCCESSFUL", "A failure without a reason.", "", kDocumented, "Look at its neighbours.",
         kErref},
    Code{0xC0000005, "STATUS_ACCESS_VIOLATION", "A process crashed on a bad address.", "", kDocumented,
         "Application 1000 and a dump.", kErref},
    Code{0xC000000D, "STATUS_INVALID_PARAMETER", "A parameter was malformed.", "", kDocumented,
         "Update level of both ends.", kErref},
    Code{0xC0000017, "STATUS_NO_MEMORY", "Memory ran out.", "", kDocumented, "", kErref},
    Code{0xC0000022, "STATUS_ACCESS_DENIED", "Access is denied.", "", kDocumented, "Rights of the account.", kErref},
    Code{0xC000005E, "STATUS_NO_LOGON_SERVERS", "No domain controller could be reached.", kNla, kDocumented,
         "DNS, VPN, and the way to a domain controller.", kAudit},
    Code{0xC0000064, "STATUS_NO_SUCH_USER", "The account does not exist.", kNla, kDocumented,
         "Form of the name and its domain part.", kAudit},
    Code{0xC000006A, "STATUS_WRONG_PASSWORD", "The password is wrong.", kNla, kDocumented,
         "Saved credentials may be stale.", kAudit},
    Code{0xC000006D, "STATUS_LOGON_FAILURE", "Logon failed; no detail is given.", kNla, kDocumented,
         "SubStatus of event 4625 has the reason.", kAudit},
    Code{0xC000006E, "STATUS_ACCOUNT_RESTRICTION", "A restriction on the account, a blank password for one.", kNla,
         kDocumented, "", kAudit},
    Code{0xC000006F, "STATUS_INVALID_LOGON_HOURS", "The account may not log on at this hour.", kNla, kDocumented, "",
         kAudit},
    Code{0xC0000070, "STATUS_INVALID_WORKSTATION", "The account may not log on from this workstation.", kNla,
         kDocumented, "", kAudit},
    Code{0xC0000071, "STATUS_PASSWORD_EXPIRED", "The password has expired.", kNla, kDocumented, kChange, kAudit},
    Code{0xC0000072, "STATUS_ACCOUNT_DISABLED", "The account is disabled.", kNla, kDocumented, "", kAudit},
    Code{0xC000007A, "STATUS_PROCEDURE_NOT_FOUND", "A function was not found: files do not fit each other.", "",
         kDocumented, "", kErref},
    Code{0xC000009A, "STATUS_INSUFFICIENT_RESOURCES", "Resources ran out.", "", kDocumented,
         "Memory, pool and sockets of the server.", kErref},
    Code{0xC00000B5, "STATUS_IO_TIMEOUT", "The transport timed out; often in the data of TermDD 56.", "", kDocumented,
         "The network.", kErref},
    Code{0xC00000BB, "STATUS_NOT_SUPPORTED", "Not supported: a protocol or an algorithm.", "", kDocumented,
         "Update levels; FIPS policy.", kErref},
    Code{0xC00000DC, "STATUS_INVALID_SERVER_STATE", "The account database is in a wrong state for this.", kNla,
         kDocumented, "Health of the domain controller.", kAudit},
    Code{0xC0000133, "STATUS_TIME_DIFFERENCE_AT_DC", "The clocks of client and domain controller are too far apart.",
         kNla, kDocumented, "w32tm /query /status on both.", kAudit},
    Code{0xC000015B, "STATUS_LOGON_TYPE_NOT_GRANTED", "The account lacks this type of logon.", kNla, kDocumented,
         "The right to log on through Remote Desktop Services; group Remote Desktop Users.", kAudit},
    Code{0xC000018B, "STATUS_NO_TRUST_SAM_ACCOUNT", "The domain has no account for this computer.", kNla, kDocumented,
         kTrust, kErref},
    Code{0xC000018C, "STATUS_TRUSTED_DOMAIN_FAILURE", "The trust between the domains failed.", kNla, kDocumented,
         kTrust, kAudit},
    Code{0xC000018D, "STATUS_TRUSTED_RELATIONSHIP_FAILURE", "The trust between computer and domain failed.", kNla,
         kDocumented, kTrust, kErref},
    Code{0xC0000190, "STATUS_TRUST_FAILURE", "A trust failed.", kNla, kDocumented, kTrust, kErref},
    Code{0xC0000192, "STATUS_NETLOGON_NOT_STARTED", "The Netlogon service is not running.", kNla, kDocumented,
         "Start it and look at why it stopped.", kAudit},
    Code{0xC0000193, "STATUS_ACCOUNT_EXPIRED", "The account has expired.", kNla, kDocumented, "", kAudit},
    Code{0xC0000224, "STATUS_PASSWORD_MUST_CHANGE", "The password must be changed first.", kNla, kDocumented, kChange,
         kAudit},
    Code{0xC0000225, "STATUS_NOT_FOUND", "Something was not found; in logons a sign of an inconsistency.", "",
         kDocumented, "", kAudit},
    Code{0xC0000234, "STATUS_ACCOUNT_LOCKED_OUT", "The account is locked out.", kNla, kDocumented,
         "Security 4740 names where the bad attempts came from.", kAudit},
    Code{0xC00002EE, "STATUS_UNFINISHED_CONTEXT_DELETED", "Authentication was abandoned half-way.", kNla, kDocumented,
         "The peer closed during NLA: who, and why?", kAudit},
    Code{0xC000035B, "STATUS_BAD_BINDINGS", "The channel bindings do not fit.", kNla, kDocumented,
         "Something between both ends terminates TLS (proxy, inspection).", kErref},
    Code{0xC0000371, "STATUS_NO_SECRETS", "The local account store has no secret for the account.", kNla, kDocumented,
         "", kAudit},
    Code{0xC0000388, "STATUS_DOWNGRADE_DETECTED", "Only a weaker method was possible, and policy forbids it.", kNla,
         kDocumented, "Often just no domain controller in reach.", kErref},
    Code{0xC0000413, "STATUS_AUTHENTICATION_FIREWALL_FAILED",
         "Selective authentication or a policy keeps the user out.", kNla, kDocumented,
         "The right 'Allowed to authenticate' on the computer object.", kAudit},
    Code{0xC0000418, "STATUS_NTLM_BLOCKED", "Policy blocks NTLM.", kNla, kDocumented,
         "Connect by full name so that Kerberos is possible; NTLM operational log 4001 to 4003.", kErref},
};
static_assert(tables::ascending(kRows));

}  // namespace

std::span<const Code> tables::ntstatus() noexcept { return kRows; }

}  // namespace rdpdx::codes
