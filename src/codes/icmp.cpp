// ICMP type * 256 + code: RFC 792, RFC 1122 3.2.2.1, RFC 1812 5.2.7.1; ICMPv6: RFC 4443 3.
#include "src/codes/tables.hpp"

namespace rdpdx::codes {
namespace {

constexpr std::string_view kRfc792 = "RFC 792";
constexpr std::string_view kRfc1122 = "RFC 1122 3.2.2.1";
constexpr std::string_view kRfc1812 = "RFC 1812 5.2.7.1";
constexpr std::string_view kRfc4443 = "RFC 4443 3";
constexpr std::string_view kMtu = "Do large segments get lost while small ones pass? VPN and tunnel MTU.";
constexpr std::string_view kRoute = "Routes; VPN.";
constexpr std::string_view kFilter = "The sender's address names the device that filters.";

constexpr std::array kVersion4{
    Code{0x300, "net-unreachable", "The network cannot be reached.", "", kDocumented, kRoute, kRfc792},
    Code{0x301, "host-unreachable", "The host cannot be reached.", "", kDocumented, kRoute, kRfc792},
    Code{0x302, "protocol-unreachable", "The host does not know the protocol.", "", kDocumented, "", kRfc792},
    Code{0x303, "port-unreachable", "Nothing listens on the port.", "", kDocumented, "Usual for a closed UDP port.",
         kRfc792},
    Code{0x304, "fragmentation-needed", "The packet is too big and may not be fragmented; the next MTU is given.", "",
         kDocumented, kMtu, kRfc792},
    Code{0x309, "net-administratively-prohibited", "Policy forbids the network.", "", kDocumented, kFilter, kRfc1122},
    Code{0x30A, "host-administratively-prohibited", "Policy forbids the host.", "", kDocumented, kFilter, kRfc1122},
    Code{0x30D, "communication-administratively-prohibited", "A filter forbids it.", "", kDocumented, kFilter,
         kRfc1812},
    Code{0xB00, "ttl-exceeded", "The time to live ran out on the way.", "", kDocumented, "A routing loop?", kRfc792},
    Code{0xB01, "reassembly-time-exceeded", "Fragments were missing.", "", kDocumented, kMtu, kRfc792},
};
static_assert(tables::ascending(kVersion4));

constexpr std::array kVersion6{
    Code{0x100, "no-route", "There is no route to the destination.", "", kDocumented, kRoute, kRfc4443},
    Code{0x101, "administratively-prohibited", "Policy forbids it.", "", kDocumented, kFilter, kRfc4443},
    Code{0x102, "beyond-scope", "The destination is beyond the source address's scope.", "", kDocumented, "", kRfc4443},
    Code{0x103, "address-unreachable", "The address cannot be reached.", "", kDocumented, kRoute, kRfc4443},
    Code{0x104, "port-unreachable", "Nothing listens on the port.", "", kDocumented, "Usual for a closed UDP port.",
         kRfc4443},
    Code{0x105, "source-policy-failed", "Policy rejects the source address.", "", kDocumented, kFilter, kRfc4443},
    Code{0x106, "reject-route", "The route to the destination rejects.", "", kDocumented, kRoute, kRfc4443},
    Code{0x200, "packet-too-big", "The packet is too big; the MTU is given.", "", kDocumented, kMtu, kRfc4443},
    Code{0x300, "hop-limit-exceeded", "The hop limit ran out on the way.", "", kDocumented, "A routing loop?",
         kRfc4443},
    Code{0x301, "reassembly-time-exceeded", "Fragments were missing.", "", kDocumented, kMtu, kRfc4443},
};
static_assert(tables::ascending(kVersion6));

}  // namespace

std::span<const Code> tables::icmp4() noexcept { return kVersion4; }
std::span<const Code> tables::icmp6() noexcept { return kVersion6; }

}  // namespace rdpdx::codes
