// ExtendedDisconnectReasonCode: what the client adds to discReason. It may repeat the server's Set Error Info PDU, or
// be the client's own refinement; the number does not tell which.
#include "src/codes/tables.hpp"

namespace rdpdx::codes {
namespace {

constexpr std::string_view kWin32 = "Win32 documentation, ExtendedDisconnectReasonCode";
constexpr std::string_view kLicensing = "licensing";
constexpr std::string_view kSentOrMade =
    "Server event 72 SetErrorInfo or LocalSessionManager 40 with the same number show that the server said it.";
constexpr std::string_view kLicenseLook = "Licensing events of the server; the licensing messages on the wire.";

constexpr std::array kRows{
    Code{0x0, "exDiscReasonNoInfo", "No further information.", "", kDocumented, "", kWin32},
    Code{0x1, "exDiscReasonAPIInitiatedDisconnect", "An application disconnected the session.", "session", kDocumented,
         "", kWin32},
    Code{0x2, "exDiscReasonAPIInitiatedLogoff", "An application logged the client off.", "session", kDocumented, "",
         kWin32},
    Code{0x3, "exDiscReasonServerIdleTimeout", "The server's idle time limit was reached.", "session", kDocumented,
         "Session time limits in policy.", kWin32},
    Code{0x4, "exDiscReasonServerLogonTimeout", "The server's time limit for the logon or the session was reached.", "",
         kDocumented, "Session time limits in policy.", kWin32},
    Code{0x5, "exDiscReasonReplacedByOtherConnection", "Another connection took the session over.", "session",
         kDocumented, "Who else connected to that session?", kWin32},
    Code{0x6, "exDiscReasonOutOfMemory", "Memory ran out.", "", kDocumented, "", kWin32},
    Code{0x7, "exDiscReasonServerDeniedConnection",
         "The server denied the connection. Beside 0x904 it is often the client's own way to say that the far side "
         "closed early (inferred), so it does not prove a message from the server.",
         "", kDocumented, kSentOrMade, kWin32},
    Code{0x8, "exDiscReasonServerDeniedConnectionFips", "The server denied the connection for security (FIPS).", "",
         kDocumented, "FIPS policy of both ends. This value has no twin among the error-info codes.", kWin32},
    Code{0x9, "exDiscReasonServerInsufficientPrivileges", "The server denied the connection: privileges are missing.",
         "", kDocumented, "Group Remote Desktop Users; the right to log on through Remote Desktop Services.", kWin32},
    Code{0xA, "exDiscReasonServerFreshCredsRequired", "The server wants freshly typed credentials.", "", kDocumented,
         "Type the password instead of using the saved one.", kWin32},
    Code{0xB, "exDiscReasonRpcInitiatedDisconnectByUser", "Something the user did started the disconnect.", "session",
         kDocumented, "", kWin32},
    Code{0xC, "exDiscReasonLogoffByUser", "The user logged off.", "session", kDocumented, "", kWin32},
    Code{0x100, "exDiscReasonLicenseInternal", "An internal error of licensing.", kLicensing, kDocumented, kLicenseLook,
         kWin32},
    Code{0x101, "exDiscReasonLicenseNoLicenseServer", "No licence server could be found.", kLicensing, kDocumented,
         kLicenseLook, kWin32},
    Code{0x102, "exDiscReasonLicenseNoLicense", "No licence is available.", kLicensing, kDocumented, kLicenseLook,
         kWin32},
    Code{0x103, "exDiscReasonLicenseErrClientMsg", "A licensing message of the client was invalid.", kLicensing,
         kDocumented, kLicenseLook, kWin32},
    Code{0x104, "exDiscReasonLicenseHwidDoesntMatchLicense",
         "The hardware id does not fit the licence that the client stores.", kLicensing, kDocumented, kLicenseLook,
         kWin32},
    Code{0x105, "exDiscReasonLicenseErrClientLicense", "The licence that the client stores is invalid.", kLicensing,
         kDocumented, kLicenseLook, kWin32},
    Code{0x106, "exDiscReasonLicenseCantFinishProtocol", "The licensing exchange could not be finished.", kLicensing,
         kDocumented, kLicenseLook, kWin32},
    Code{0x107, "exDiscReasonLicenseClientEndedProtocol", "The client ended the licensing exchange.", kLicensing,
         kDocumented, kLicenseLook, kWin32},
    Code{0x108, "exDiscReasonLicenseErrClientEncryption", "A licensing message was encrypted wrongly.", kLicensing,
         kDocumented, kLicenseLook, kWin32},
    Code{0x109, "exDiscReasonLicenseCantUpgradeLicense", "The stored licence could not be upgraded.", kLicensing,
         kDocumented, kLicenseLook, kWin32},
    Code{0x10A, "exDiscReasonLicenseNoRemoteConnections", "The computer is not licensed for remote connections.",
         kLicensing, kDocumented, kLicenseLook, kWin32},
    Code{0x10B, "exDiscReasonLicenseCreatingLicStoreAccDenied",
         "The client may not open or create its own licence store.", kLicensing, kDocumented,
         "Access rights of the client's key HKLM\\SOFTWARE\\Microsoft\\MSLicensing.", kWin32},
    Code{0x300, "exDiscReasonRdpEncInvalidCredentials", "The credentials are invalid (standard RDP security).", "",
         kDocumented, "Security 4625 on the server.", kWin32},
    Code{0x1000, "exDiscReasonProtocolRangeStart", "First value of the band of protocol errors.", "", kDocumented,
         "Values in the band: look the number up among the error-info codes, and read the server's log.", kWin32},
    Code{0x7FFF, "exDiscReasonProtocolRangeEnd", "Last value of the band of protocol errors.", "", kDocumented,
         "Values in the band: look the number up among the error-info codes, and read the server's log.", kWin32},
};
static_assert(tables::ascending(kRows));

}  // namespace

std::span<const Code> tables::extended_reason() noexcept { return kRows; }

}  // namespace rdpdx::codes
