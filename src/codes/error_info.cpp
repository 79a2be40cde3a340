// [MS-RDPBCGR] 2.2.5.1.1 Set Error Info PDU Data, errorInfo.
// Values that are absent from 0x0 to 0x1B (0x8, 0xD, 0xE, 0x13 to 0x16, 0x1B) have no public meaning on the wire.
#include "src/codes/error_info_protocol.hpp"
#include "src/codes/tables.hpp"

namespace rdpdx::codes {
namespace {

constexpr std::string_view kBcgr = "[MS-RDPBCGR] 2.2.5.1.1";
constexpr std::string_view kTestSuite = "Windows Protocol Test Suites, MS-RDPBCGR types (not in every edition)";
constexpr std::string_view kLicensing = "licensing";
constexpr std::string_view kAdmin = "LocalSessionManager 40 and 24 on the server name the session.";
constexpr std::string_view kLicenseLook = "Licensing mode, licence server and CALs; RemoteConnectionManager events.";
constexpr std::string_view kDriver = "Display driver and graphics policy of the server; Application 1000.";
constexpr std::string_view kBroker = "Connection broker: SessionBroker events, service Tssdis, the target's state.";

constexpr std::array kIndependent{
    Code{0x0, "ERRINFO_NONE", "No error; to be ignored.", "", kDocumented, "", kBcgr},
    Code{0x1, "ERRINFO_RPC_INITIATED_DISCONNECT", "An administration tool in another session disconnected it.",
         "session", kDocumented, kAdmin, kBcgr},
    Code{0x2, "ERRINFO_RPC_INITIATED_LOGOFF", "An administration tool in another session forced the logoff.", "session",
         kDocumented, kAdmin, kBcgr},
    Code{0x3, "ERRINFO_IDLE_TIMEOUT", "The server's idle timer ran out.", "session", kDocumented,
         "Session time limits in policy.", kBcgr},
    Code{0x4, "ERRINFO_LOGON_TIMEOUT", "The server's timer for active sessions ran out.", "session", kDocumented,
         "Session time limits in policy.", kBcgr},
    Code{0x5, "ERRINFO_DISCONNECTED_BY_OTHERCONNECTION", "Another connection took the session over.", "session",
         kDocumented, "Who else connected to that session?", kBcgr},
    Code{0x6, "ERRINFO_OUT_OF_MEMORY", "The server ran out of memory.", "", kDocumented,
         "Memory and commit of the server at that time.", kBcgr},
    Code{0x7, "ERRINFO_SERVER_DENIED_CONNECTION", "The server denied the connection, and said so itself.", "",
         kDocumented, "Logon rights, drain mode, session limits; Security 4625/4825 and LocalSessionManager 40.",
         kBcgr},
    Code{0x9, "ERRINFO_SERVER_INSUFFICIENT_PRIVILEGES", "The user lacks the rights to connect.", "", kDocumented,
         "Group Remote Desktop Users; the right to log on through Remote Desktop Services.", kBcgr},
    Code{0xA, "ERRINFO_SERVER_FRESH_CREDENTIALS_REQUIRED", "The server does not take saved credentials.", "",
         kDocumented, "Type the password instead of using the saved one.", kBcgr},
    Code{0xB, "ERRINFO_RPC_INITIATED_DISCONNECT_BYUSER", "A tool that ran in the user's own session disconnected it.",
         "session", kDocumented, "", kBcgr},
    Code{0xC, "ERRINFO_LOGOFF_BY_USER", "The user logged off.", "session", kDocumented, "", kBcgr},
    Code{0xF, "ERRINFO_CLOSE_STACK_ON_DRIVER_NOT_READY",
         "The session's display driver gave no sign of life in the time it had to start.", "session", kDocumented,
         kDriver, kBcgr},
    Code{0x10, "ERRINFO_SERVER_DWM_CRASH", "The desktop window manager of the session died.", "session", kDocumented,
         kDriver, kBcgr},
    Code{0x11, "ERRINFO_CLOSE_STACK_ON_DRIVER_FAILURE", "The session's display driver failed to start.", "session",
         kDocumented, kDriver, kBcgr},
    Code{0x12, "ERRINFO_CLOSE_STACK_ON_DRIVER_IFACE_FAILURE",
         "The session's display driver started, but the remoting stack could not use it.", "session", kDocumented,
         kDriver, kBcgr},
    Code{0x17, "ERRINFO_SERVER_WINLOGON_CRASH", "Winlogon of the session died.", "session", kDocumented,
         "Application 1000 for winlogon.exe; credential providers.", kBcgr},
    Code{0x18, "ERRINFO_SERVER_CSRSS_CRASH", "CSRSS of the session died.", "session", kDocumented,
         "Application and System log at that minute.", kBcgr},
    Code{0x19, "ERRINFO_SERVER_SHUTDOWN", "The server is shutting down.", "", kObserved, "System 1074, 6006.",
         kTestSuite},
    Code{0x1A, "ERRINFO_SERVER_REBOOT", "The server is rebooting.", "", kObserved, "System 1074, 6006, 6005.",
         kTestSuite},
    Code{0x100, "ERRINFO_LICENSE_INTERNAL", "An internal error of the licensing component.", kLicensing, kDocumented,
         kLicenseLook, kBcgr},
    Code{0x101, "ERRINFO_LICENSE_NO_LICENSE_SERVER", "No licence server could be found.", kLicensing, kDocumented,
         kLicenseLook, kBcgr},
    Code{0x102, "ERRINFO_LICENSE_NO_LICENSE", "No client access licence is available.", kLicensing, kDocumented,
         kLicenseLook, kBcgr},
    Code{0x103, "ERRINFO_LICENSE_BAD_CLIENT_MSG", "A licensing message of the client was invalid.", kLicensing,
         kDocumented, kLicenseLook, kBcgr},
    Code{0x104, "ERRINFO_LICENSE_HWID_DOESNT_MATCH_LICENSE", "The licence stored by the client was altered.",
         kLicensing, kDocumented, kLicenseLook, kBcgr},
    Code{0x105, "ERRINFO_LICENSE_BAD_CLIENT_LICENSE", "The licence stored by the client has a wrong format.",
         kLicensing, kDocumented, kLicenseLook, kBcgr},
    Code{0x106, "ERRINFO_LICENSE_CANT_FINISH_PROTOCOL", "Network trouble cut the licensing exchange off.", kLicensing,
         kDocumented, kLicenseLook, kBcgr},
    Code{0x107, "ERRINFO_LICENSE_CLIENT_ENDED_PROTOCOL", "The client left the licensing exchange early.", kLicensing,
         kDocumented, kLicenseLook, kBcgr},
    Code{0x108, "ERRINFO_LICENSE_BAD_CLIENT_ENCRYPTION", "A licensing message was encrypted wrongly.", kLicensing,
         kDocumented, kLicenseLook, kBcgr},
    Code{0x109, "ERRINFO_LICENSE_CANT_UPGRADE_LICENSE", "The client's licence could not be upgraded or renewed.",
         kLicensing, kDocumented, kLicenseLook, kBcgr},
    Code{0x10A, "ERRINFO_LICENSE_NO_REMOTE_CONNECTIONS", "The computer is not licensed for remote connections.",
         kLicensing, kDocumented, kLicenseLook, kBcgr},
    Code{0x400, "ERRINFO_CB_DESTINATION_NOT_FOUND", "The broker found no such destination.", "", kDocumented, kBroker,
         kBcgr},
    Code{0x402, "ERRINFO_CB_LOADING_DESTINATION",
         "The destination of the redirection is just disconnecting from the broker.", "", kDocumented, kBroker, kBcgr},
    Code{0x404, "ERRINFO_CB_REDIRECTING_TO_DESTINATION", "The redirection to the destination failed.", "", kDocumented,
         kBroker, kBcgr},
    Code{0x405, "ERRINFO_CB_SESSION_ONLINE_VM_WAKE", "Waking the virtual machine failed.", "", kDocumented, kBroker,
         kBcgr},
    Code{0x406, "ERRINFO_CB_SESSION_ONLINE_VM_BOOT", "Starting the virtual machine failed.", "", kDocumented, kBroker,
         kBcgr},
    Code{0x407, "ERRINFO_CB_SESSION_ONLINE_VM_NO_DNS", "The virtual machine's address could not be determined.", "",
         kDocumented, kBroker, kBcgr},
    Code{0x408, "ERRINFO_CB_DESTINATION_POOL_NOT_FREE", "The pool has no free destination.", "", kDocumented, kBroker,
         kBcgr},
    Code{0x409, "ERRINFO_CB_CONNECTION_CANCELLED", "The connection was cancelled.", "", kDocumented, kBroker, kBcgr},
    Code{0x410, "ERRINFO_CB_CONNECTION_ERROR_INVALID_SETTINGS",
         "The settings in the routing token of the Connection Request are invalid.", "x224-negotiation", kDocumented,
         kBroker, kBcgr},
    Code{0x411, "ERRINFO_CB_SESSION_ONLINE_VM_BOOT_TIMEOUT", "The virtual machine took too long to start.", "",
         kDocumented, kBroker, kBcgr},
    Code{0x412, "ERRINFO_CB_SESSION_ONLINE_VM_SESSMON_FAILED",
         "Monitoring the session failed while the virtual machine started.", "", kDocumented, kBroker, kBcgr},
};

constexpr auto kRows = tables::joined(kIndependent, tables::kErrorInfoProtocol);
static_assert(tables::ascending(kRows));

}  // namespace

std::span<const Code> tables::error_info() noexcept { return kRows; }

}  // namespace rdpdx::codes
