// Inside of observe: which values, services and accounts of a machine's texts are of RDP.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace rdpdx::observe {

struct Wanted {
    std::string_view key, id, name;  // the key's end, in lower case
    bool policy{};
};
inline constexpr std::string_view kServer = "\\control\\terminal server";
inline constexpr std::string_view kListener = "\\control\\terminal server\\winstations\\rdp-tcp";
inline constexpr std::string_view kPolicy = "\\policies\\microsoft\\windows nt\\terminal services";
inline constexpr std::string_view kCredssp = "\\policies\\system\\credssp\\parameters";
inline constexpr std::string_view kLsa = "\\control\\lsa";
inline constexpr std::array kWanted{
    Wanted{kServer, "terminal-server", "fDenyTSConnections"},
    Wanted{kServer, "terminal-server", "TSServerDrainMode"},
    Wanted{kListener, "rdp-tcp", "fEnableWinStation"},
    Wanted{kListener, "rdp-tcp", "fLogonDisabled"},
    Wanted{kListener, "rdp-tcp", "MaxInstanceCount"},
    Wanted{kListener, "rdp-tcp", "MinEncryptionLevel"},
    Wanted{kListener, "rdp-tcp", "PortNumber"},
    Wanted{kListener, "rdp-tcp", "SecurityLayer"},
    Wanted{kListener, "rdp-tcp", "SSLCertificateSHA1Hash"},
    Wanted{kListener, "rdp-tcp", "UserAuthentication"},
    Wanted{kPolicy, "policy", "fDenyTSConnections", true},
    Wanted{kPolicy, "policy", "MinEncryptionLevel", true},
    Wanted{kPolicy, "policy", "SecurityLayer", true},
    Wanted{kPolicy, "policy", "UserAuthentication", true},
    Wanted{kCredssp, "credssp", "AllowEncryptionOracle", true},
    Wanted{kLsa, "lsa", "DisableRestrictedAdmin"},
    Wanted{kLsa, "lsa", "LmCompatibilityLevel"},
};

struct Meaning {
    std::string_view name;
    std::int64_t number;
    std::string_view text;
};
inline constexpr std::array kMeanings{
    Meaning{"fDenyTSConnections", 0, "Remote Desktop is allowed"},
    Meaning{"fDenyTSConnections", 1, "Remote Desktop is switched off"},
    Meaning{"fEnableWinStation", 0, "the listener is switched off"},
    Meaning{"fEnableWinStation", 1, "the listener is switched on"},
    Meaning{"SecurityLayer", 0, "RDP's own security"},
    Meaning{"SecurityLayer", 1, "negotiate"},
    Meaning{"SecurityLayer", 2, "TLS"},
    Meaning{"UserAuthentication", 0, "NLA is not demanded"},
    Meaning{"UserAuthentication", 1, "NLA is demanded"},
    Meaning{"AllowEncryptionOracle", 0, "updated peers only"},
    Meaning{"AllowEncryptionOracle", 1, "mitigated"},
    Meaning{"AllowEncryptionOracle", 2, "vulnerable"},
    Meaning{"TSServerDrainMode", 0, "new logons are allowed"},
    Meaning{"TSServerDrainMode", 1, "new logons are refused"},
    Meaning{"TSServerDrainMode", 2, "new logons are refused until the server restarts"},
};

// Services that RDP stands on.
inline constexpr std::array<std::string_view, 6> kServices{"TermService", "SessionEnv",  "UmRdpService",
                                                           "KeyIso",      "CertPropSvc", "CryptSvc"};

// The private key of the certificate that Remote Desktop makes for itself.
inline constexpr std::string_view kRdpKey = "f686aace6942fb7f7ceb231212eef4a4";

// Who else NETWORK SERVICE is, as the service that reads the key runs.
inline constexpr std::array<std::string_view, 6> kItsGroups{"everyone",
                                                            "builtin\\users",
                                                            "nt authority\\authenticated users",
                                                            "nt authority\\service",
                                                            "nt service\\all services",
                                                            "nt service\\termservice"};

}  // namespace rdpdx::observe
