// Inside of report: the parts of SARIF that say where things are and what was seen. Numbers are sections of
// SARIF 2.1.0.
#pragma once

#include "src/report/evidence.hpp"
#include "src/report/json_writer.hpp"

namespace rdpdx::report {

void write_message(JsonWriter& json, std::string_view key, std::string_view text);

// The inputs, in order, so that an index is that of the report (3.24).
void write_artifacts(JsonWriter& json, const std::vector<model::Input>& inputs);

// What was read badly, and what logs went through: it limits what the results can say (3.20).
void write_invocation(JsonWriter& json, const model::Report& report);

// Where to find evidence again: the byte in the file, and its number as Wireshark or the event viewer counts (3.28).
void write_location(JsonWriter& json, const model::Report& report, const EvidenceIndex& evidence,
                    const std::string& name, std::string_view text);

// What was seen of one attempt, in order of time (3.36).
void write_flow(JsonWriter& json, const model::Report& report, const EvidenceIndex& evidence,
                const std::vector<const TimelineRow*>& rows);

}  // namespace rdpdx::report
