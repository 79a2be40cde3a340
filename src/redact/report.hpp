// A report, and what flows and inspect show, with pseudonyms in place of whom it speaks of. Whatever format it is
// rendered in then, all of them say the same.
#pragma once

#include <vector>

#include "src/model/attempt.hpp"
#include "src/redact/redactor.hpp"

namespace rdpdx::redact {

// Learns every name of it, then rewrites it. Outcomes, stages, causes, codes, times, ports, numbers of frames and
// records, and the digests of inputs stay as they are.
void redact(model::Report& report, Redactor& redactor);
void redact(std::vector<model::Input>& inputs, std::vector<model::Track>& tracks, Redactor& redactor);

}  // namespace rdpdx::redact
