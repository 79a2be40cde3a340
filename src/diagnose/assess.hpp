// An attempt's observations -> how far it came, how it ended, and by whose act (contract, sections 1 and 2).
#pragma once

#include "src/model/attempt.hpp"

namespace rdpdx::diagnose {

// A side that closes after waiting this long for an answer did not end the connection; its silent peer did.
inline constexpr model::Duration kWaitedInVain = std::chrono::seconds{3};
// Without keys: a client needs at least this many encrypted records of its own before a session can be active (MCS
// Connect Initial, Erect Domain, Attach User, Client Info, Confirm Active, Synchronize, Control twice, Font List; one
// less for records that carry two).
inline constexpr std::uint64_t kRecordsBeforeSession = 8;

// Fills stages, stage, basis, possible_stages, outcome, ended_by, end_kind, negotiation, tls, certificate and codes,
// and adds an observation "attempt.ended" for rules to ask for.
void assess(model::Attempt& attempt);

}  // namespace rdpdx::diagnose
