// Inside of report: the sections of the HTML report, in their order on the page. Each writes nothing where it has
// nothing to say.
#pragma once

#include "src/report/html_parts.hpp"

namespace rdpdx::report {

void html_verdict(Html& html, const HtmlCase& c);  // the first screen
void html_attempts(Html& html, const HtmlCase& c);
void html_evidence(Html& html, const HtmlCase& c);
void html_alternatives(Html& html, const HtmlCase& c);
void html_ladder(Html& html, const HtmlCase& c);
void html_timeline(Html& html, const HtmlCase& c);
void html_network(Html& html, const HtmlCase& c);
void html_certificate(Html& html, const HtmlCase& c);
void html_environment(Html& html, const HtmlCase& c);
void html_clocks(Html& html, const HtmlCase& c);
void html_rules(Html& html, const HtmlCase& c);
void html_log_health(Html& html, const HtmlCase& c);
void html_missing(Html& html, const HtmlCase& c);
void html_steps(Html& html, const HtmlCase& c);
void html_inputs(Html& html, const HtmlCase& c);

// What the page's script makes the timeline from, as JSON.
std::string timeline_data(const HtmlCase& c);

}  // namespace rdpdx::report
