// Kerberos messages of port 88 for fixtures.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace rdpdx::test::kdc {

using Octets = std::vector<std::byte>;

struct Service {
    std::string_view first, second;
};
inline constexpr Service kTgt{"krbtgt", "LAB.EXAMPLE"}, kRdp{"TERMSRV", "rdsh1.lab.example"};

// An INTEGER, a GeneralString, a GeneralizedTime.
Octets number(std::uint8_t n);
Octets text(std::string_view t);
Octets time(std::string_view t);

// msg-type 10 AS-REQ or 12 TGS-REQ; the latter has no cname.
Octets request(std::uint8_t type, Service service, std::string_view user = "alice");
// msg-type 11 AS-REP or 13 TGS-REP.
Octets reply(std::uint8_t type, Service service, std::string_view user = "alice");
// As Windows answers: without a client's name.
Octets error(std::uint8_t code, Service service);
// With the length that TCP puts in front.
Octets framed(const Octets& message);

}  // namespace rdpdx::test::kdc
