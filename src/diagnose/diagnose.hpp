// Assessed attempts + rules -> causes, what is missing, what to do next, and the verdict of the case.
#pragma once

#include <span>

#include "src/model/attempt.hpp"
#include "src/rules/rule.hpp"

namespace rdpdx::diagnose {

// Needs an attempt that went through assess(): fills cause, alternatives, codes_meaning, missing and
// next_steps.
void explain(model::Attempt& attempt, std::span<const rules::CauseRule> causes);

// The outcome of each incident, and which attempt the case's verdict speaks of (contract, section 2), with its
// sentence.
void conclude(model::Report& report);

}  // namespace rdpdx::diagnose
