// The contract's words: stages, outcomes, who ended it, how sure we are. Their ids are what reports and rules use.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace rdpdx::model {

// In the order of a connection. The last four run beside the main track.
enum class Stage : std::uint8_t {
    name_resolution,
    tcp_connect,
    rd_gateway,
    x224_negotiation,
    tls_handshake,
    credssp,
    early_authorization,
    mcs_connect,
    channel_join,
    client_info,
    licensing,
    capability_exchange,
    finalization,
    session,
    multitransport_request,
    udp_handshake,
    udp_security,
    udp_tunnel,
};
inline constexpr std::size_t kStages = 18;
inline constexpr std::size_t kMainStages = 14;

constexpr bool main_track(Stage stage) noexcept { return static_cast<std::size_t>(stage) < kMainStages; }
// Hidden from whoever has no keys of the TLS session.
constexpr bool inside_tls(Stage stage) noexcept { return main_track(stage) && stage > Stage::tls_handshake; }

enum class StageStatus : std::uint8_t { not_seen, not_reached, skipped, failed, passed };
enum class Basis : std::uint8_t { observed, inferred };
enum class Outcome : std::uint8_t { failed, succeeded, dropped, incomplete, not_rdp };
enum class Party : std::uint8_t { client, server, network, unknown };
enum class Confidence : std::uint8_t { undetermined, possible, likely, confirmed };  // weakest first
// What an observation says about its stage.
enum class Effect : std::uint8_t { noted, passed, failed, noise };
// What is known of a statement. A source that could have told and did not makes it fail; no such source, unknown.
enum class Truth : std::uint8_t { fails, unknown, holds };
// Who saw it.
enum class Origin : std::uint8_t { capture, client_log, server_log, other_log };

std::string_view id(Stage stage) noexcept;
std::string_view title(Stage stage) noexcept;  // "TLS handshake"
std::string_view id(StageStatus status) noexcept;
std::string_view id(Basis basis) noexcept;
std::string_view id(Outcome outcome) noexcept;
std::string_view id(Party party) noexcept;
std::string_view id(Confidence confidence) noexcept;
std::string_view id(Effect effect) noexcept;
std::string_view id(Origin origin) noexcept;
std::string_view id(Truth truth) noexcept;

std::optional<Stage> stage_by_id(std::string_view text) noexcept;
std::optional<StageStatus> stage_status_by_id(std::string_view text) noexcept;
std::optional<Outcome> outcome_by_id(std::string_view text) noexcept;
std::optional<Party> party_by_id(std::string_view text) noexcept;
std::optional<Confidence> confidence_by_id(std::string_view text) noexcept;
std::optional<Effect> effect_by_id(std::string_view text) noexcept;
std::optional<Origin> origin_by_id(std::string_view text) noexcept;

}  // namespace rdpdx::model
