#include "src/model/words.hpp"

#include <algorithm>

#include "src/model/observation.hpp"

namespace rdpdx::model {
namespace {

// Each table stands in the order of its enum.
constexpr std::array<std::string_view, kStages> kStageIds{
    "name-resolution", "tcp-connect",         "rd-gateway",   "x224-negotiation", "tls-handshake",
    "credssp",         "early-authorization", "mcs-connect",  "channel-join",     "client-info",
    "licensing",       "capability-exchange", "finalization", "session",          "multitransport-request",
    "udp-handshake",   "udp-security",        "udp-tunnel"};
constexpr std::array<std::string_view, kStages> kStageTitles{
    "name resolution", "TCP connect",         "RD Gateway",   "X.224 negotiation", "TLS handshake",
    "CredSSP (NLA)",   "early authorization", "MCS connect",  "channel join",      "client info",
    "licensing",       "capability exchange", "finalization", "session",           "multitransport request",
    "UDP handshake",   "UDP security",        "UDP tunnel"};
constexpr std::array<std::string_view, 5> kStatusIds{"not-seen", "not-reached", "skipped", "failed", "passed"};
constexpr std::array<std::string_view, 2> kBasisIds{"observed", "inferred"};
constexpr std::array<std::string_view, 5> kOutcomeIds{"failed", "succeeded", "dropped", "incomplete", "not-rdp"};
constexpr std::array<std::string_view, 4> kPartyIds{"client", "server", "network", "unknown"};
constexpr std::array<std::string_view, 4> kConfidenceIds{"undetermined", "possible", "likely", "confirmed"};
constexpr std::array<std::string_view, 4> kEffectIds{"noted", "passed", "failed", "noise"};
constexpr std::array<std::string_view, 4> kOriginIds{"capture", "client-log", "server-log", "other-log"};
constexpr std::array<std::string_view, 3> kEvidenceIds{"packet", "event", "line"};
constexpr std::array<std::string_view, 3> kEvidenceUnits{"frame", "record", "line"};
constexpr std::array<std::string_view, 3> kTruthIds{"fails", "unknown", "holds"};

template <class Table, class Enum>
constexpr std::string_view word(const Table& table, Enum value) noexcept {
    const auto i = static_cast<std::size_t>(value);
    return i < table.size() ? table[i] : std::string_view{};
}

template <class Enum, class Table>
constexpr std::optional<Enum> value_of(const Table& table, std::string_view text) noexcept {
    const auto at = std::ranges::find(table, text);
    if (at == table.end()) return {};
    return static_cast<Enum>(at - table.begin());
}

}  // namespace

std::string_view id(Stage stage) noexcept { return word(kStageIds, stage); }
std::string_view title(Stage stage) noexcept { return word(kStageTitles, stage); }
std::string_view id(StageStatus status) noexcept { return word(kStatusIds, status); }
std::string_view id(Basis basis) noexcept { return word(kBasisIds, basis); }
std::string_view id(Outcome outcome) noexcept { return word(kOutcomeIds, outcome); }
std::string_view id(Party party) noexcept { return word(kPartyIds, party); }
std::string_view id(Confidence confidence) noexcept { return word(kConfidenceIds, confidence); }
std::string_view id(Effect effect) noexcept { return word(kEffectIds, effect); }
std::string_view id(Origin origin) noexcept { return word(kOriginIds, origin); }
std::string_view id(Truth truth) noexcept { return word(kTruthIds, truth); }
std::string_view id(Evidence::Kind kind) noexcept { return word(kEvidenceIds, kind); }
std::string_view unit(Evidence::Kind kind) noexcept { return word(kEvidenceUnits, kind); }

std::optional<Stage> stage_by_id(std::string_view text) noexcept { return value_of<Stage>(kStageIds, text); }
std::optional<StageStatus> stage_status_by_id(std::string_view text) noexcept {
    return value_of<StageStatus>(kStatusIds, text);
}
std::optional<Outcome> outcome_by_id(std::string_view text) noexcept { return value_of<Outcome>(kOutcomeIds, text); }
std::optional<Party> party_by_id(std::string_view text) noexcept { return value_of<Party>(kPartyIds, text); }
std::optional<Confidence> confidence_by_id(std::string_view text) noexcept {
    return value_of<Confidence>(kConfidenceIds, text);
}
std::optional<Effect> effect_by_id(std::string_view text) noexcept { return value_of<Effect>(kEffectIds, text); }
std::optional<Origin> origin_by_id(std::string_view text) noexcept { return value_of<Origin>(kOriginIds, text); }

}  // namespace rdpdx::model
