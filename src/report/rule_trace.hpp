// Inside of report: which clause of a rule held, in words and in JSON.
#pragma once

#include "src/report/evidence.hpp"
#include "src/report/json_writer.hpp"
#include "src/report/page.hpp"

namespace rdpdx::report {

// "likely", "does not apply", "does not hold", "could not be judged"
std::string_view rule_result(const model::RuleTrace& t);
std::string_view truth_text(model::Truth truth);  // "holds", "does not hold", "could not be judged"

// Nothing where no rule was asked for.
void rule_trace_section(Page& page, const model::Attempt& attempt, const EvidenceIndex& evidence);
void write_rule_trace(JsonWriter& json, const model::Attempt& attempt, const EvidenceIndex& evidence);

// What logs and their machines went through; nothing where there is nothing to say.
void log_health_section(Page& page, const model::Report& report);
void write_log_health(JsonWriter& json, const model::Report& report);

}  // namespace rdpdx::report
