// Inside of report: what captures from both ends say of the way between.
#pragma once

#include "src/report/json_writer.hpp"
#include "src/report/page.hpp"

namespace rdpdx::report {

// An array with one object for each pair of captures.
void write_path(JsonWriter& json, const model::Attempt& attempt);
// A heading and a few lines; nothing where there is one capture alone. Also says how far the second capture's clock is
// off.
void path_section(Page& page, const model::Report& report, const model::Attempt& attempt);

}  // namespace rdpdx::report
