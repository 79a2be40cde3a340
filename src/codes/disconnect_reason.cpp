// IMsTscAxEvents::OnDisconnected, discReason: what the Windows client says about how the connection ended.
// Values without a name come from lists of the client's message texts or from public bug trackers, not from the
// interface's documentation.
#include "src/codes/disconnect_reason_gateway.hpp"
#include "src/codes/tables.hpp"

namespace rdpdx::codes {
namespace {

constexpr std::string_view kWin32 = "Win32 documentation, IMsTscAxEvents::OnDisconnected";
constexpr std::string_view kTexts = "TechNet Wiki 37870 (texts of GetErrorDescription)";
constexpr std::string_view kTrackers = "dialog texts in public bug trackers";

constexpr std::string_view kResolver = "DNS answers in the capture; client event 1007; Resolve-DnsName on the client.";
constexpr std::string_view kMemory = "Memory of the client at that time, not the network.";
constexpr std::string_view kAccount = "Security 4625 on the server: Status and SubStatus; 4771/4776 on the controller.";
constexpr std::string_view kTarget = "How was the target written (host name, address, port)?";
constexpr std::string_view kSmartCard = "Card, reader and service SCardSvr on the client; then redirection.";
constexpr std::string_view kDelegation = "Client policy for delegating credentials (TERMSRV/host); Kerberos or NTLM?";

constexpr std::array kPlain{
    Code{0x0, "disconnectReasonNoInfo", "Nothing is known about the end.", "", kDocumented, "", kWin32},
    Code{0x1, "disconnectReasonLocalNotError", "Closed on the client's side; not an error.", "", kDocumented,
         "A person or a program on the client ended it.", kWin32},
    Code{0x2, "disconnectReasonRemoteByUser", "The remote user ended it; not an error.", "session", kDocumented, "",
         kWin32},
    Code{0x3, "disconnectReasonByServer",
         "The server ended the connection. Not an error by itself: the extended code says why.", "", kDocumented,
         "The extended code; server events 40 (LocalSessionManager) and 72 (RdpCoreTS).", kWin32},
    Code{0x4, "", "Seen on the macOS and iOS clients together with extended code 0: the session ended on an error.", "",
         kObserved, "", kTrackers},
    Code{0x104, "disconnectReasonDNSLookupFailed", "The name of the computer did not resolve.", "name-resolution",
         kDocumented, kResolver, kWin32},
    Code{0x106, "disconnectReasonOutOfMemory", "The client ran out of memory.", "", kDocumented, kMemory, kWin32},
    Code{0x108, "disconnectReasonConnectionTimedOut", "The time limit passed while connecting.", "tcp-connect",
         kDocumented, "Was SYN answered? Was the Connection Request answered? A silent filter or a sleeping host fits.",
         kWin32},
    Code{0x10A, "", "The smart card service is not running.", "credssp", kObserved, kSmartCard, kTexts},
    Code{0x204, "disconnectReasonSocketConnectFailed", "connect() failed: refused or unreachable.", "tcp-connect",
         kDocumented, "RST or ICMP in answer to SYN? Is the RDP listener up, is the port right?", kWin32},
    Code{0x206, "disconnectReasonOutOfMemory2", "The client ran out of memory.", "", kDocumented, kMemory, kWin32},
    Code{0x208, "disconnectReasonHostNotFound", "The host was not found.", "name-resolution", kDocumented, kResolver,
         kWin32},
    Code{0x20A, "", "There is no smart card reader.", "credssp", kObserved, kSmartCard, kTexts},
    Code{0x304, "disconnectReasonWinsockSendFailed", "send() failed on the client's socket.", "", kDocumented,
         "Who reset the connection, and after which message?", kWin32},
    Code{0x306, "disconnectReasonOutOfMemory3", "The client ran out of memory.", "", kDocumented, kMemory, kWin32},
    Code{0x308, "disconnectReasonInvalidIPAddr", "The address cannot be used.", "name-resolution", kDocumented, kTarget,
         kWin32},
    Code{0x30A, "", "No smart card is inserted.", "credssp", kObserved, kSmartCard, kTexts},
    Code{0x404, "disconnectReasonSocketRecvFailed", "recv() failed on the client's socket, typically on a reset.", "",
         kDocumented, "Who sent the RST (time to live, IP identification), and after which message?", kWin32},
    Code{0x406, "disconnectReasonInvalidSecurityData", "The security data of the server is bad.", "client-info",
         kDocumented, "Standard RDP security only.", kWin32},
    Code{0x408, "disconnectReasonInternalError",
         "An internal error of the client; later texts speak of invalid characters in the computer name.", "",
         kDocumented, kTarget, kWin32},
    Code{0x40A, "", "The smart card subsystem reported an error.", "credssp", kObserved, kSmartCard, kTexts},
    Code{0x506, "disconnectReasonInvalidEncryption", "The encryption method is not acceptable.", "mcs-connect",
         kDocumented, "Encryption methods in the GCC security data of both sides.", kWin32},
    Code{0x508, "disconnectReasonDNSLookupFailed2", "The name of the computer did not resolve.", "name-resolution",
         kDocumented, kResolver, kWin32},
    Code{0x604, "disconnectReasonGetHostByNameFailed", "The resolver call failed.", "name-resolution", kDocumented,
         kResolver, kWin32},
    Code{0x606, "disconnectReasonInvalidServerSecurityInfo", "The server's security block is invalid.", "mcs-connect",
         kDocumented, "", kWin32},
    Code{0x608, "disconnectReasonTimerError", "A timer of the client failed.", "", kDocumented, "", kWin32},
    Code{0x704, "disconnectReasonTimeoutOccurred", "A timeout, at whatever stage.", "", kDocumented,
         "The last message before the silence names the stage.", kWin32},
    Code{0x706, "disconnectReasonServerCertificateUnpackErr", "The server's certificate could not be unpacked.",
         "mcs-connect", kDocumented, "The certificate in the GCC security data (standard RDP security), not TLS.",
         kWin32},
    Code{0x708, "",
         "Another console session is in progress already; also seen when the client is pointed at its own computer.",
         "", kObserved, "Is the target this computer (its name, localhost, 127.0.0.1)? Server logs stay empty then.",
         kTexts},
    Code{0x804, "disconnectReasonInvalidIP", "The address is bad.", "name-resolution", kDocumented, kTarget, kWin32},
    Code{0x807, "SSL_ERR_LOGON_FAILURE", "The credentials were rejected.", "credssp", kDocumented, kAccount, kWin32},
    Code{0x808, "disconnectReasonLicensingFailed", "Licence negotiation failed.", "licensing", kDocumented,
         "The licensing error message on the wire (license:N); licensing mode and licence server.", kWin32},
    Code{0x904, "disconnectReasonAtClientWinsockFDCLOSE",
         "The far side closed the socket: Winsock gave the client FD_CLOSE. At which stage, this number does not say.",
         "", kDocumented,
         "The capture: who sent the first FIN or RST, and after which message? Server: RdpCoreTS, Schannel.", kWin32},
    Code{0x906, "disconnectReasonInternalSecurityError", "An internal security error.", "", kDocumented, "", kWin32},
    Code{0x907, "",
         "The server's authentication certificate is not the one that was expected (agreed, pinned or redirected to).",
         "tls-handshake", kObserved, "Thumbprint in the capture against the one of the server.", kTexts},
    Code{0x908, "disconnectReasonLicensingTimeout", "Licensing took too long.", "licensing", kDocumented,
         "Is the licence server reachable from the server?", kWin32},
    Code{0xA06, "disconnectReasonInternalSecurityError2", "An internal security error.", "", kDocumented, "", kWin32},
    Code{0xA07, "SSL_ERR_NO_SUCH_USER", "The account does not exist.", "credssp", kDocumented, kAccount, kWin32},
    Code{0xB04, "", "An error prevented the connection; the text says no more.", "", kObserved, "", kTexts},
    Code{0xB06, "disconnectReasonEncryptionError", "Encrypting failed.", "session", kDocumented, "", kWin32},
    Code{0xB07, "SSL_ERR_ACCOUNT_DISABLED", "The account is disabled.", "credssp", kDocumented, kAccount, kWin32},
    Code{0xB09, "", "The server requires Network Level Authentication and this client cannot do it.",
         "x224-negotiation", kObserved, "requestedProtocols of the client; nego:5 from the server.", kTexts},
    Code{0xC06, "disconnectReasonDecryptionError", "Decrypting failed.", "session", kDocumented, "", kWin32},
    Code{0xC07, "SSL_ERR_ACCOUNT_RESTRICTION", "A restriction on the account (blank password, hours, ...).", "credssp",
         kDocumented, kAccount, kWin32},
    Code{0xC08, "disconnectReasonClientDecompressionError", "Bulk decompression failed.", "session", kDocumented, "",
         kWin32},
    Code{0xD06, "", "The client detected a protocol error.", "", kObserved, "", kTrackers},
    Code{0xD07, "SSL_ERR_ACCOUNT_LOCKED_OUT", "The account is locked out.", "credssp", kDocumented,
         "Security 4740 on the domain controller names where the bad attempts came from.", kWin32},
    Code{0xD09, "",
         "Policy wants the credentials typed in the Windows Security dialog, and the target cannot take them that way.",
         "credssp", kObserved, kDelegation, kTexts},
    Code{0xE06, "", "The server wants the FIPS encryption level, which the client does not support.", "mcs-connect",
         kObserved, "", kTexts},
    Code{0xE07, "SSL_ERR_ACCOUNT_EXPIRED", "The account has expired.", "credssp", kDocumented, kAccount, kWin32},
    Code{0xE08, "", "Automatic reconnection failed.", "session", kObserved, "Why was the first connection lost?",
         kTexts},
    Code{0xE09, "", "The target does not support Restricted Admin mode.", "x224-negotiation", kObserved,
         "Flags of the Connection Confirm: RESTRICTED_ADMIN_MODE_SUPPORTED.", kTexts},
    Code{0xF07, "SSL_ERR_PASSWORD_EXPIRED", "The password has expired.", "credssp", kDocumented,
         "With NLA it must be changed another way first.", kWin32},
    Code{0xF08, "", "Delegation policy forbids sending these credentials to the target.", "credssp", kObserved,
         kDelegation, kTexts},
    Code{0x1007, "", "The account may not log on at this hour.", "credssp", kObserved, kAccount, kTexts},
    Code{0x1008, "", "The client is out of video resources.", "session", kObserved, "", kTexts},
    Code{0x1104, "", "The client detected a protocol error.", "", kObserved, "", kTrackers},
    Code{0x1107, "", "The account may not log on from this workstation.", "credssp", kObserved, kAccount, kTexts},
    Code{0x1108, "", "An unrecoverable error of the client; seen on repeated starts after display scaling changed.", "",
         kObserved, "", kTrackers},
    Code{0x1207, "SSL_ERR_PASSWORD_MUST_CHANGE", "The password must be changed before the first logon.", "credssp",
         kDocumented, "With NLA it must be changed another way first.", kWin32},
    Code{0x1307, "", "The account lacks this type of logon.", "credssp", kObserved,
         "The user right to log on through Remote Desktop Services; group Remote Desktop Users.", kTexts},
    Code{0x1407, "", "Kerberos user-to-user authentication is required.", "credssp", kObserved, "", kTexts},
    Code{0x1607, "SSL_ERR_DELEGATION_POLICY", "Policy does not let the credentials be delegated to this target.",
         "credssp", kDocumented, kDelegation, kWin32},
    Code{0x1707, "SSL_ERR_POLICY_NTLM_ONLY", "Delegation needs mutual authentication, and only NTLM was available.",
         "credssp", kDocumented, kDelegation, kWin32},
    Code{0x1807, "SSL_ERR_NO_AUTHENTICATING_AUTHORITY",
         "No authority for the logon could be reached: domain controller, domain name or trust.", "credssp",
         kDocumented, "Port 88 to a domain controller; Netlogon 5719/3210; the domain part of the user name.", kWin32},
    Code{0x1B07, "SSL_ERR_CERT_EXPIRED",
         "The client rejected the server's certificate as expired (its text also blames a large clock difference).",
         "tls-handshake", kDocumented, "notAfter of the certificate, and both clocks.", kWin32},
    Code{0x1C07, "SSL_ERR_SMARTCARD_WRONG_PIN", "The PIN of the smart card is wrong.", "credssp", kDocumented, "",
         kWin32},
    Code{0x1D07, "", "Date or time of client and server are too far apart.", "credssp", kObserved,
         "w32tm /query /status on both; KRB-ERROR 37 on port 88.", kTexts},
    Code{0x2107, "SSL_ERR_FRESH_CRED_REQUIRED_BY_SERVER", "Server policy refuses saved credentials.", "credssp",
         kDocumented, "Type the password instead of using the saved one.", kWin32},
    Code{0x2207, "SSL_ERR_SMARTCARD_CARD_BLOCKED", "The smart card is blocked.", "credssp", kDocumented, "", kWin32},
    Code{0x2507, "", "A RemoteApp session could not be reconnected.", "session", kObserved, "", kTexts},
    Code{0x2604, "", "Client and server versions do not fit.", "", kObserved, "Update both ends.", kTexts},
};

constexpr auto kRows = tables::joined(kPlain, tables::kRemoteAppAndGateway);
static_assert(tables::ascending(kRows));

}  // namespace

std::span<const Code> tables::disconnect_reason() noexcept { return kRows; }

}  // namespace rdpdx::codes
