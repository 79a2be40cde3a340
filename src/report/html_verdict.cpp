// The first screen: what happened, where, why, what the numbers mean, and what to do.
#include <fmt/format.h>

#include "src/report/html_sections.hpp"
#include "src/report/words.hpp"

namespace rdpdx::report {
namespace {

using model::Attempt;

void head(Html& html, const HtmlCase& c) {
    const Attempt& a = *c.attempt;
    html.open("p", {{"class", "which"}});
    outcome_badge(html, a.outcome);
    html.text(" ").leaf("span", fmt::format("attempt {} of {}", a.id, c.report.attempts.size()));
    html.text(" ").leaf("time", moment(a, a.started, c.report.zone), {{"datetime", moment(a, a.started)}});
    html.close();
    html.leaf("h1", c.report.verdict.sentence);
    html.open("dl", {{"class", "summary"}});
    fact(html, "from", peer_text(a.client));
    fact(html, "to", peer_text(a.server));
    html.leaf("dt", "stage")
        .open("dd")
        .leaf("strong", model::title(a.stage))
        .text(fmt::format(", {}", model::id(a.basis)))
        .close();
    html.leaf("dt", "ended by").open("dd").text(ended_text(a));
    if (a.end_evidence) citations(html, c, {*a.end_evidence});
    html.close();
    fact(html, "lasted", model::to_text(a.ended - a.started));
    fact(html, "user (hint)", a.user);
    html.close();
}

void cause_card(Html& html, const HtmlCase& c) {
    html.open("section", {{"class", "card cause"}, {"aria-labelledby", "cause-title"}});
    html.leaf("h2", "Cause", {{"id", "cause-title"}});
    if (const auto& cause = c.attempt->cause) {
        html.open("p", {{"class", "claim"}});
        confidence(html, cause->confidence);
        html.text(" ").leaf("strong", cause->title);
        citations(html, c, cause->evidence);
        html.close();
        reasons(html, c, *cause);
        html.open("p", {{"class", "note"}}).leaf("code", cause->id);
        if (!c.attempt->alternatives.empty())
            html.text(" ").leaf("a",
                                fmt::format("{} other explanation{}", c.attempt->alternatives.size(),
                                            c.attempt->alternatives.size() == 1 ? "" : "s"),
                                {{"href", "#alternatives"}});
        html.close();
    } else {
        html.leaf("p", c.attempt->outcome == model::Outcome::succeeded ? "None: the connection worked."
                                                                       : "The evidence does not name one.");
    }
    if (!c.attempt->end_note.empty()) html.leaf("p", c.attempt->end_note, {{"class", "note"}});
    if (!c.attempt->possible_stages.empty()) html.leaf("p", possible_stages_text(*c.attempt), {{"class", "note"}});
    html.close();
}

void next_card(Html& html, const HtmlCase& c) {
    const auto& steps = c.attempt->next_steps;
    const auto& missing = c.attempt->missing;
    if (steps.empty() && missing.empty()) return;
    html.open("section", {{"class", "card next"}, {"aria-labelledby", "next-title"}});
    html.leaf("h2", "Next step", {{"id", "next-title"}});
    if (!steps.empty()) {
        step(html, steps.front());
        if (steps.size() > 1)
            html.open("p", {{"class", "note"}})
                .leaf("a", fmt::format("all {} steps", steps.size()), {{"href", "#steps"}})
                .close();
    } else {
        html.leaf("p", missing.front().what);
        html.leaf("p", missing.front().how, {{"class", "note"}});
    }
    html.close();
}

}  // namespace

void html_verdict(Html& html, const HtmlCase& c) {
    const std::string tone{c.attempt ? tone_of(c.report.verdict.outcome) : "unsure"};
    html.open("section", {{"id", "verdict"}, {"class", "verdict " + tone}, {"aria-label", "Verdict"}});
    if (!c.attempt) {
        html.leaf("h1", c.report.verdict.sentence).close();
        return;
    }
    head(html, c);
    stage_strip(html, c, *c.attempt, "Stages of the connection");
    html.open("div", {{"class", "cards"}});
    cause_card(html, c);
    if (!code_lines(*c.attempt).empty()) {
        html.open("section", {{"class", "card numbers"}, {"aria-labelledby", "codes-title"}});
        html.leaf("h2", "Codes", {{"id", "codes-title"}});
        codes_list(html, *c.attempt);
        html.close();
    }
    next_card(html, c);
    html.close().close();
}

}  // namespace rdpdx::report
