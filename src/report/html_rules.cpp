// Why rules found a cause or did not, clause by clause, and what limits the logs they were judged by.
#include <fmt/format.h>

#include <algorithm>

#include "src/report/html_sections.hpp"
#include "src/report/rule_trace.hpp"

namespace rdpdx::report {
namespace {

using model::ClauseTrace;
using model::RuleTrace;
using model::Truth;

constexpr std::size_t kRulesShown = 60, kClausesShown = 80, kNotesShown = 100;

std::string_view icon_for(Truth truth) {
    return truth == Truth::holds ? "passed" : truth == Truth::fails ? "failed" : "not-seen";
}

void clause(Html& html, const HtmlCase& c, const ClauseTrace& t) {
    html.open("tr", {{"class", fmt::format("{} {}", t.role, model::id(t.truth))}});
    html.leaf("td", t.depth == 0 ? std::string_view{t.role} : std::string_view{});
    html.open("td", {{"class", fmt::format("depth{}", std::min(t.depth, 4U))}}).text(t.text);
    citations(html, c, t.evidence);
    html.close().open("td").open("span", {{"class", "truth"}});
    icon(html, icon_for(t.truth));
    html.text(fmt::format(" {}", truth_text(t.truth))).close();
    if (!t.lack.empty()) html.leaf("span", "lacking: " + t.lack, {{"class", "where"}});
    html.close().close();
}

void rule(Html& html, const HtmlCase& c, const RuleTrace& t) {
    html.open("details", {{"class", "attempt"}}).open("summary");
    html.leaf("strong", t.title).text(fmt::format(" ({}): {}", t.id, rule_result(t))).close();
    if (!t.note.empty()) html.leaf("p", t.note, {{"class", "note"}});
    if (!t.clauses.empty()) {
        html.open("div",
                  {{"class", "wide"}, {"tabindex", "0"}, {"role", "group"}, {"aria-label", "Clauses of " + t.id}});
        html.open("table", {{"class", "clauses"}}).open("thead").open("tr");
        for (const char* title : {"Role", "Clause", "Result"}) html.leaf("th", title, {{"scope", "col"}});
        html.close().close().open("tbody");
        for (std::size_t i = 0; i < t.clauses.size() && i < kClausesShown; ++i) clause(html, c, t.clauses[i]);
        html.close().close().close();
    }
    html.close();
}

}  // namespace

void html_rules(Html& html, const HtmlCase& c) {
    if (!c.attempt || c.attempt->rule_trace.empty()) return;
    const auto& all = c.attempt->rule_trace;
    begin_section(html, "rules", "Rules, clause by clause");
    html.leaf("p",
              "What each rule that has something to say asked for, and whether the evidence has it. A clause that "
              "could not be judged is one that nothing of what was given could have shown.",
              {{"class", "lead"}});
    for (std::size_t i = 0; i < all.size() && i < kRulesShown; ++i) rule(html, c, all[i]);
    if (all.size() > kRulesShown)
        html.leaf("p", fmt::format("... and {} more; the JSON report has them all.", all.size() - kRulesShown),
                  {{"class", "note"}});
    html.close();
}

void html_log_health(Html& html, const HtmlCase& c) {
    const auto& all = c.report.log_health;
    if (all.empty()) return;
    begin_section(html, "log-health", "Health of the logs");
    html.leaf("p", "What the logs, or the machines that wrote them, went through. It limits what they can show.",
              {{"class", "lead"}});
    html.open("ul", {{"class", "health"}});
    for (std::size_t i = 0; i < all.size() && i < kNotesShown; ++i) {
        const auto& note = all[i];
        html.open("li");
        if (note.time)
            html.leaf("time", model::to_second(*note.time, c.report.zone),
                      {{"datetime", model::to_rfc3339(*note.time, note.precision)}})
                .text(" ");
        html.text(note.text).text(" ");
        html.leaf("span",
                  note.computer.empty() ? c.report.inputs[note.input].path
                                        : note.computer + ", " + c.report.inputs[note.input].path,
                  {{"class", "where"}});
        html.close();
    }
    html.close();
    if (all.size() > kNotesShown)
        html.leaf("p", fmt::format("... and {} more; the JSON report has them all.", all.size() - kNotesShown),
                  {{"class", "note"}});
    html.close();
}

}  // namespace rdpdx::report
