// Inside of report: an attempt as messages between client and server, drawn in plain characters.
#pragma once

#include "src/report/evidence.hpp"
#include "src/report/page.hpp"

namespace rdpdx::report {

// Nothing where there is nothing to draw, or where the page is too narrow for a drawing.
void ladder_section(Page& page, const model::Attempt& attempt, const EvidenceIndex& evidence, const model::Zone& zone);

}  // namespace rdpdx::report
