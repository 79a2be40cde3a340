// Inside of report: pieces that the sections of the HTML report share.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "src/report/evidence.hpp"
#include "src/report/html_writer.hpp"
#include "src/report/render.hpp"

namespace rdpdx::report {

// What the sections are about. References; the report outlives it.
struct HtmlCase {
    const model::Report& report;
    const EvidenceIndex& evidence;
    const model::Attempt* attempt{};   // the verdict's, or null
    std::set<model::Evidence> listed;  // what has a row in the table of evidence, and so can be linked
    const RawEvidence& raw;            // may be empty
};

inline constexpr std::size_t kEvidenceShown = 500;  // rows of the table of evidence
inline constexpr std::size_t kAttemptsShown = 40;   // with their details; the JSON has them all

// One of the symbols of page.html; a picture beside words, never in their place.
void icon(Html& html, std::string_view name);
std::string_view icon_of(model::StageStatus status) noexcept;
// "passed", "failed", "unsure": what colour goes with it.
std::string_view tone_of(model::Outcome outcome) noexcept;

// The outcome in a word, with its symbol.
void outcome_badge(Html& html, model::Outcome outcome);

// Links to rows of the table of evidence, in brackets; nothing where the list is empty.
void citations(Html& html, const HtmlCase& c, const std::vector<model::Evidence>& list);

// How sure a cause is, in a word and a gauge.
void confidence(Html& html, model::Confidence confidence);

// Why, and what speaks against it.
void reasons(Html& html, const HtmlCase& c, const model::Finding& finding);

// Something to be copied.
void command(Html& html, std::string_view text, std::string_view label);

void step(Html& html, const model::Step& step);

// The stages as a strip: one cell each, in order.
void stage_strip(Html& html, const HtmlCase& c, const model::Attempt& attempt, std::string_view label);

void codes_list(Html& html, const model::Attempt& attempt);

// <section> with its heading; close() ends it.
void begin_section(Html& html, std::string_view id, std::string_view title);

// A row of a <dl>; nothing where the text is empty.
void fact(Html& html, std::string_view label, std::string_view text);

}  // namespace rdpdx::report
