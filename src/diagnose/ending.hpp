// Inside of diagnose: how a captured connection ended.
#pragma once

#include "src/model/attempt.hpp"

namespace rdpdx::diagnose {

struct Ending {
    bool ended{};  // something ended it; otherwise the capture stops first
    model::Party by{model::Party::unknown};
    std::string kind;  // "refusal", "alert", "error-info", "ultimatum", "fin", "reset", "refused", "unreachable",
                       // "no-answer", "silence"
    std::optional<model::Evidence> evidence;
    model::Time time{};
    std::string note;
    model::Duration waited{};  // since the last payload of the side that waited
    bool answered{true};       // the peer acknowledged all that it was sent
};

// `session`: a session may be active, so that silence before the end means nothing.
Ending ending_of(const model::Track& track, bool session);

}  // namespace rdpdx::diagnose
