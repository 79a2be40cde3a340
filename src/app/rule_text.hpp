// One cause in full, for `rdpdx rules show`.
#pragma once

#include "src/report/render.hpp"
#include "src/rules/rule.hpp"

namespace rdpdx::app {

std::string rule_text(const rules::CauseRule& rule, const report::TextStyle& style);

}  // namespace rdpdx::app
