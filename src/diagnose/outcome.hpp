// Inside of diagnose: how an attempt went, from its stages and its end (contract, section 2).
#pragma once

#include <optional>

#include "src/diagnose/ending.hpp"
#include "src/diagnose/inference.hpp"

namespace rdpdx::diagnose {

template <class Visit>
void each_observation(const model::Attempt& attempt, Visit visit) {
    for (const model::Track& t : attempt.tracks)
        for (const model::Observation& o : t.seen) visit(o);
}

// These stages were seen to pass.
bool session_seen(const model::Attempt& attempt);
bool finalized(const model::Attempt& attempt);
// Without keys: enough went by for a session to be active. `told` goes before the mere number of records.
bool session_possible(const model::Wire& wire, const std::optional<Inference>& told = {});

model::Outcome outcome_on_wire(const model::Attempt& attempt, const model::Track& track, const Ending& end,
                               const std::optional<Inference>& told);
// What a client's disconnect reason (1026) says of the outcome when there are no packets.
model::Outcome outcome_in_logs(const model::Attempt& attempt);

}  // namespace rdpdx::diagnose
