// T.125 7: Result (Connect Response, Attach User Confirm, Channel Join Confirm) and Reason of the Disconnect Provider
// Ultimatum.
#include "src/codes/tables.hpp"

namespace rdpdx::codes {
namespace {

constexpr std::string_view kT125 = "ITU-T T.125 7";

constexpr Code result(std::uint32_t value, std::string_view name, std::string_view meaning) {
    return {value, name, meaning, "", kDocumented, "", kT125};
}

constexpr std::array kResults{
    result(0, "rt-successful", "Success."),
    result(1, "rt-domain-merging", "Domains are just being merged."),
    result(2, "rt-domain-not-hierarchical", "The domain would not be a tree."),
    result(3, "rt-no-such-channel", "There is no such channel."),
    result(4, "rt-no-such-domain", "There is no such domain."),
    result(5, "rt-no-such-user", "There is no such user."),
    result(6, "rt-not-admitted", "Not admitted to the channel."),
    result(7, "rt-other-user-id", "The user id belongs to somebody else."),
    result(8, "rt-parameters-unacceptable", "The domain parameters are not acceptable."),
    result(9, "rt-token-not-available", "The token is not available."),
    result(10, "rt-token-not-possessed", "The token is not possessed."),
    result(11, "rt-too-many-channels", "There are too many channels."),
    result(12, "rt-too-many-tokens", "There are too many tokens."),
    result(13, "rt-too-many-users", "There are too many users."),
    result(14, "rt-unspecified-failure", "A failure without a reason."),
    result(15, "rt-user-rejected", "The other side's user rejected it."),
};
static_assert(tables::ascending(kResults));

constexpr std::array kReasons{
    Code{0, "rn-domain-disconnected", "The domain was disconnected.", "", kDocumented, "", kT125},
    Code{1, "rn-provider-initiated", "The sender's own side ended the connection; from a server, it hung up.", "",
         kDocumented, "A Set Error Info PDU before it would say why.", kT125},
    Code{2, "rn-token-purged", "A token was purged.", "", kDocumented, "", kT125},
    Code{3, "rn-user-requested", "A user asked for the end; after an active session the orderly way to go.", "",
         kDocumented, "", kT125},
    Code{4, "rn-channel-purged", "A channel was purged.", "", kDocumented, "", kT125},
};
static_assert(tables::ascending(kReasons));

}  // namespace

std::span<const Code> tables::mcs_result() noexcept { return kResults; }
std::span<const Code> tables::mcs_disconnect_reason() noexcept { return kReasons; }

}  // namespace rdpdx::codes
