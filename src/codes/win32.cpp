// Win32, Winsock and DNS result numbers as met in RdpCoreTS 142 and 143, client event 1007 and message texts.
#include "src/codes/tables.hpp"

namespace rdpdx::codes {
namespace {

constexpr std::string_view kWinError = "Win32 documentation, system error codes";
constexpr std::string_view kWinsock = "Win32 documentation, Windows Sockets error codes";
constexpr std::string_view kTcp = "tcp-connect";
constexpr std::string_view kName = "name-resolution";

constexpr std::array kRows{
    Code{0, "ERROR_SUCCESS", "Success.", "", kDocumented, "", kWinError},
    Code{5, "ERROR_ACCESS_DENIED", "Access is denied.", "", kDocumented, "", kWinError},
    Code{64, "ERROR_NETNAME_DELETED", "The peer is gone or closed the connection.", "", kDocumented,
         "Routine trace of scanners; for a real client look at who closed first.", kWinError},
    Code{121, "ERROR_SEM_TIMEOUT", "A network operation timed out.", "", kDocumented, "Retransmissions.", kWinError},
    Code{1225, "ERROR_CONNECTION_REFUSED", "The remote computer refused the connection.", kTcp, kDocumented,
         "Is anything listening on that port?", kWinError},
    Code{1236, "ERROR_CONNECTION_ABORTED", "The local system aborted the connection.", "", kDocumented, "", kWinError},
    Code{1326, "ERROR_LOGON_FAILURE", "User name or password is wrong.", "credssp", kDocumented,
         "Security 4625 on the server.", kWinError},
    Code{1460, "ERROR_TIMEOUT", "The time limit passed; as a DNS result: no answer.", "", kDocumented, "", kWinError},
    Code{5023, "ERROR_INVALID_STATE", "The object is in the wrong state for this.", "", kDocumented, "", kWinError},
    Code{9002, "DNS_ERROR_RCODE_SERVER_FAILURE", "The DNS server failed (SERVFAIL).", kName, kDocumented, "",
         kWinError},
    Code{9003, "DNS_ERROR_RCODE_NAME_ERROR", "The DNS name does not exist (NXDOMAIN).", kName, kDocumented,
         "Spelling, search suffix, VPN resolver.", kWinError},
    Code{10051, "WSAENETUNREACH", "The network cannot be reached.", kTcp, kDocumented, "Routes; VPN.", kWinsock},
    Code{10053, "WSAECONNABORTED", "This side gave the connection up.", "", kDocumented,
         "Retransmissions before the end; security software on this computer.", kWinsock},
    Code{10054, "WSAECONNRESET", "The connection was reset by the far side (or in its name).", "", kDocumented,
         "Compare the RST's time to live with that of the SYN-ACK.", kWinsock},
    Code{10060, "WSAETIMEDOUT", "No answer in time.", kTcp, kDocumented, "A silent filter or a sleeping host.",
         kWinsock},
    Code{10061, "WSAECONNREFUSED", "The connection was refused: nothing listens there, or a filter says so.", kTcp,
         kDocumented, "Is the RDP listener up, is the port right?", kWinsock},
    Code{10065, "WSAEHOSTUNREACH", "The host cannot be reached.", kTcp, kDocumented, "ICMP in the capture.", kWinsock},
    Code{11001, "WSAHOST_NOT_FOUND", "The host name does not exist.", kName, kDocumented, "Resolve-DnsName.", kWinsock},
    Code{11002, "WSATRY_AGAIN", "The name could not be resolved for now.", kName, kDocumented, "DNS server in reach?",
         kWinsock},
    Code{11004, "WSANO_DATA", "The name exists, but has no address of the kind asked for.", kName, kDocumented, "",
         kWinsock},
};
static_assert(tables::ascending(kRows));

}  // namespace

std::span<const Code> tables::win32() noexcept { return kRows; }

}  // namespace rdpdx::codes
