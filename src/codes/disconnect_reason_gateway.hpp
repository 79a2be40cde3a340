// discReason values of the RemoteApp (0x02......) and RD Gateway (0x03......) families.
// No document names them; the meanings are those of the client's own message texts, as collected in TechNet Wiki 37870.
#pragma once

#include <array>

#include "src/codes/codes.hpp"

namespace rdpdx::codes::tables {

inline constexpr std::string_view kGatewayTexts = "TechNet Wiki 37870 (texts of GetErrorDescription)";
inline constexpr std::string_view kGateway = "rd-gateway";

inline constexpr std::array kRemoteAppAndGateway{
    Code{0x2000001, "", "A RemoteApp session could not be reconnected.", "session", kObserved, "", kGatewayTexts},
    Code{0x2000002, "", "The remote computer does not support RemoteApp.", "session", kObserved,
         "Is the RD Session Host role (or a RemoteApp-capable edition) installed there?", kGatewayTexts},
    Code{0x3000001, "", "The RD Gateway did not accept the user name or the password.", kGateway, kObserved,
         "Gateway operational log and Security 4625 on the gateway.", kGatewayTexts},
    Code{0x3000002, "", "The revocation list for the gateway's certificate could not be reached.", kGateway, kObserved,
         "Can this client fetch the CRL or ask the OCSP responder named in the certificate?", kGatewayTexts},
    Code{0x3000003, "", "The name in the gateway's certificate is not the name that was asked for.", kGateway,
         kObserved, "Compare gatewayhostname in the .rdp file with subject and alternative names of the certificate.",
         kGatewayTexts},
    Code{0x3000006, "", "The gateway's certificate has expired.", kGateway, kObserved,
         "Validity dates of the certificate on port 443, and the client's clock.", kGatewayTexts},
    Code{0x3000007, "", "The client does not trust the issuer of the gateway's certificate.", kGateway, kObserved,
         "Which certificate does port 443 present? A TLS-inspecting proxy presents its own.", kGatewayTexts},
    Code{0x3000008, "", "The gateway was reached; the computer behind it reported an error.", kGateway, kObserved,
         "Look at the target, and at the leg between gateway and target.", kGatewayTexts},
    Code{0x3000009, "", "Sending to the gateway failed.", kGateway, kObserved,
         "Resets and retransmissions on the connection to port 443.", kGatewayTexts},
    Code{0x300000A, "", "Receiving from the gateway failed.", kGateway, kObserved,
         "Resets and retransmissions on the connection to port 443.", kGatewayTexts},
    Code{0x300000C, "", "The gateway could not be reached.", kGateway, kObserved,
         "Name resolution and TCP 443 to the gateway.", kGatewayTexts},
    Code{0x300000D, "", "The gateway is unavailable for the moment.", kGateway, kObserved,
         "Service TSGateway and the web server on the gateway.", kGatewayTexts},
    Code{0x3000015, "", "The RD Gateway did not accept the user name or the password.", kGateway, kObserved,
         "Gateway operational log and Security 4625 on the gateway.", kGatewayTexts},
    Code{0x3000018, "", "The gateway ended the connection.", kGateway, kObserved,
         "Gateway operational log at that minute.", kGatewayTexts},
    Code{0x3000019, "", "An administrator of the gateway ended the connection.", kGateway, kObserved, "",
         kGatewayTexts},
    Code{0x300001B, "",
         "The resource authorization policy (RAP) does not allow this target, or the target was written in a form that "
         "the policy does not know.",
         kGateway, kObserved, "Gateway event 301; compare short name, full name and address with the policy's group.",
         kGatewayTexts},
    Code{0x300001C, "",
         "The connection authorization policy (CAP) does not allow this user, or wants another way of authentication.",
         kGateway, kObserved, "Gateway event 201.", kGatewayTexts},
    Code{0x3000020, "", "A web proxy on the way to the gateway wants credentials.", kGateway, kObserved,
         "HTTP answers 407 before the tunnel starts.", kGatewayTexts},
    Code{0x3000022, "", "The gateway is at its limit of connections.", kGateway, kObserved,
         "Limit and number of current connections on the gateway.", kGatewayTexts},
    Code{0x3000032, "", "The gateway's idle timeout ended the session.", kGateway, kObserved, "", kGatewayTexts},
    Code{0x3000033, "", "The gateway's session time limit was reached.", kGateway, kObserved, "", kGatewayTexts},
    Code{0x3000038, "", "The gateway asked for authentication again while connected, and that failed.", kGateway,
         kObserved, "Has the password changed or the account been locked since the session began?", kGatewayTexts},
    Code{0x3000039, "", "The gateway checked its policies again while connected, and they no longer allow this user.",
         kGateway, kObserved, "Changes of groups or policies since the session began.", kGatewayTexts},
};

}  // namespace rdpdx::codes::tables
