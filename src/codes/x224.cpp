// ITU-T X.224 13.5.3: reason of the Disconnect Request TPDU. The standard gives meanings and no identifiers.
#include "src/codes/tables.hpp"

namespace rdpdx::codes {
namespace {

constexpr Code row(std::uint32_t value, std::string_view meaning) {
    return {value, "", meaning, "x224-negotiation", kDocumented, "", "ITU-T X.224 13.5.3"};
}

constexpr std::array kRows{
    row(0, "No reason given."),
    row(1, "Congestion at the transport service access point."),
    row(2, "No session entity is attached there."),
    row(3, "The address is unknown."),
    row(128, "Normal disconnect, asked for by the session entity."),
    row(129, "Congestion of the remote transport entity when the connection was requested."),
    row(130, "Negotiating the connection failed."),
    row(131, "The source reference is used twice."),
    row(132, "The references do not fit."),
    row(133, "A protocol error."),
    row(135, "The references ran out."),
    row(136, "The connection request was refused on this network connection."),
    row(138, "A header or a parameter has an invalid length."),
};
static_assert(tables::ascending(kRows));

}  // namespace

std::span<const Code> tables::x224_disconnect_reason() noexcept { return kRows; }

}  // namespace rdpdx::codes
