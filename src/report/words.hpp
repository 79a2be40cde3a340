// Inside of report: the words that the formats for people share, so that they cannot disagree. Strings from evidence
// stand in them as they are; whoever prints them makes them safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "src/model/attempt.hpp"

namespace rdpdx::report {

// What a report says of itself whose names and addresses are pseudonyms.
inline constexpr std::string_view kRedacted =
    "REDACTED: addresses, names, SIDs, ids and file names are replaced by pseudonyms; filters and queries that hold "
    "one do not fit the original evidence. Frame and record numbers, times, ports and codes are the original's.";

// "198.51.100.10:49740 (CLI-PC1)"
std::string peer_text(const model::Endpoint& endpoint);

// " [E3, E5]", or empty.
std::string cite(const std::vector<std::string>& names);

// "server (fin)", or "(not seen)".
std::string ended_text(const model::Attempt& attempt);

// Which other stages fit as well; empty where none does.
std::string possible_stages_text(const model::Attempt& attempt);

// One code of an attempt with what it means.
struct CodeLine {
    std::string label;  // "TLS alert"
    std::string value;  // "40 (0x28)"
    std::string name;   // "handshake_failure", or empty
    std::string meaning;
};
std::vector<CodeLine> code_lines(const model::Attempt& attempt);
// "40 (0x28) handshake_failure: No common parameters."
std::string text_of(const CodeLine& line);

std::string drift_text(const model::Clock& clock);  // " and gains 41 ms an hour", or nothing
// One sentence for each machine whose times were corrected.
std::vector<std::string> clock_sentences(const model::Attempt& attempt);

// What was offered and chosen; empty where nothing was seen.
std::string negotiation_text(const model::Negotiation& negotiation);
std::string tls_text(const model::Tls& tls);

// "2024-01-01", or "?".
std::string day_text(const std::optional<model::Time>& time);
std::string certificate_text(const model::Certificate& certificate);

// "read whole", "DAMAGED", "NOT READ"
std::string_view status_text(model::InputStatus status) noexcept;

// A field of an observation; the items of a list are separated by commas.
std::string value_text(const model::Value& value);

// Where an observation stands: "frame 6 of client.pcapng". The file is named where there are several.
std::string place_text(const model::Report& report, const model::Evidence& evidence);

// Stages that a reader wants to see: the main track, and of the others those that were seen or have something to say.
bool worth_showing(const model::StageResult& stage) noexcept;

}  // namespace rdpdx::report
