// The case around the verdict: all attempts, what is missing, what to do, and what was read.
#include <fmt/format.h>

#include <algorithm>

#include "src/report/html_sections.hpp"
#include "src/report/words.hpp"

namespace rdpdx::report {
namespace {

using model::Attempt;

void head_row(Html& html, std::initializer_list<const char*> titles) {
    html.open("thead").open("tr");
    for (const char* title : titles) html.leaf("th", title, {{"scope", "col"}});
    html.close().close();
}

// A table that may be wider than a small screen; it can be moved by keyboard.
void open_table(Html& html, std::string_view label, std::initializer_list<const char*> titles) {
    html.open("div", {{"class", "wide"}, {"tabindex", "0"}, {"role", "group"}, {"aria-label", label}});
    html.open("table");
    head_row(html, titles);
    html.open("tbody");
}
void close_table(Html& html) { html.close().close().close(); }

constexpr std::size_t kAttemptRows = 500, kUnfolded = 10;

void attempt_row(Html& html, const HtmlCase& c, const Attempt& a, bool with_details) {
    html.open("tr").open("th", {{"scope", "row"}});
    if (&a == c.attempt || with_details)
        html.leaf("a", a.id, {{"href", &a == c.attempt ? "#verdict" : "#" + a.id}});
    else
        html.text(a.id);
    html.close();
    html.leaf("td", a.incident)
        .open("td")
        .leaf("time", model::to_second(a.started, c.report.zone), {{"datetime", moment(a, a.started)}})
        .close();
    html.leaf("td", peer_text(a.client)).leaf("td", peer_text(a.server));
    html.open("td");
    outcome_badge(html, a.outcome);
    html.close().leaf("td", model::title(a.stage));
    html.leaf("td", a.cause ? fmt::format("{} ({})", a.cause->title, model::id(a.cause->confidence)) : "\u2013")
        .close();
}

void attempt_details(Html& html, const HtmlCase& c, const Attempt& a) {
    html.open("details", {{"id", a.id}, {"class", "attempt"}}).open("summary");
    html.leaf("strong", a.id)
        .text(fmt::format(" {} at {}: {} to {}", model::id(a.outcome), model::title(a.stage), peer_text(a.client),
                          peer_text(a.server)));
    html.close();
    html.open("dl", {{"class", "facts"}});
    fact(html, "started", moment(a, a.started, c.report.zone));
    fact(html, "lasted", model::to_text(a.ended - a.started));
    fact(html, "ended by", ended_text(a));
    fact(html, "end", a.end_note);
    fact(html, "user (hint)", a.user);
    fact(html, "negotiation", negotiation_text(a.negotiation));
    fact(html, "TLS", tls_text(a.tls));
    html.close();
    stage_strip(html, c, a, fmt::format("Stages of attempt {}", a.id));
    if (a.cause) {
        html.open("p", {{"class", "claim"}});
        confidence(html, a.cause->confidence);
        html.text(" ").leaf("strong", a.cause->title);
        citations(html, c, a.cause->evidence);
        html.close();
        reasons(html, c, *a.cause);
    }
    if (!code_lines(a).empty()) codes_list(html, a);
    html.close();
}

}  // namespace

void html_attempts(Html& html, const HtmlCase& c) {
    const auto& all = c.report.attempts;
    if (all.size() < 2) return;
    begin_section(html, "attempts", "All attempts");
    html.leaf("p",
              fmt::format("{} attempts in {} incident{}. The verdict speaks of the latest incident that did not "
                          "succeed, or of the last if all did.",
                          all.size(), c.report.incidents.size(), c.report.incidents.size() == 1 ? "" : "s"),
              {{"class", "lead"}});
    open_table(html, "All attempts",
               {"Attempt", "Incident", "Started", "Client", "Server", "Outcome", "Stage", "Cause"});
    for (std::size_t i = 0; i < all.size() && i < kAttemptRows; ++i) attempt_row(html, c, all[i], i < kAttemptsShown);
    close_table(html);
    if (all.size() > kAttemptRows)
        html.leaf("p", fmt::format("... and {} more; the JSON report has them all.", all.size() - kAttemptRows),
                  {{"class", "note"}});
    const std::size_t with_details = std::min(all.size(), kAttemptsShown);
    const bool folded = with_details > kUnfolded;
    if (folded) html.open("details").leaf("summary", fmt::format("details of the first {}", with_details));
    for (std::size_t i = 0; i < with_details; ++i)
        if (&all[i] != c.attempt) attempt_details(html, c, all[i]);
    if (folded) html.close();
    html.close();
}

void html_missing(Html& html, const HtmlCase& c) {
    if (!c.attempt || c.attempt->missing.empty()) return;
    begin_section(html, "missing", "What is missing, and how to get it");
    html.open("dl", {{"class", "missing"}});
    for (const auto& m : c.attempt->missing) html.leaf("dt", m.what).leaf("dd", m.how);
    html.close().close();
}

void html_steps(Html& html, const HtmlCase& c) {
    if (!c.attempt || c.attempt->next_steps.empty()) return;
    begin_section(html, "steps", "What to do next");
    html.open("ol", {{"class", "steps"}});
    for (const auto& s : c.attempt->next_steps) {
        html.open("li");
        step(html, s);
        html.close();
    }
    html.close().close();
}

void html_inputs(Html& html, const HtmlCase& c) {
    begin_section(html, "inputs", "Inputs");
    html.leaf("p", "Everything that was given, as it was read.", {{"class", "lead"}});
    open_table(html, "Inputs", {"File", "Size", "Covers", "Read"});
    for (const auto& input : c.report.inputs) {
        html.open("tr").open("th", {{"scope", "row"}}).text(input.path);
        html.leaf("span", input.kind, {{"class", "kind"}});
        if (!input.sha256.empty()) html.leaf("code", "SHA-256 " + input.sha256, {{"class", "digest"}});
        html.close().open("td", {{"class", "size"}});
        html.text(fmt::format("{} bytes", input.bytes))
            .single("br", {})
            .text(fmt::format("{} items", input.items))
            .close();
        html.open("td", {{"class", "covers"}});
        for (const auto& time : {input.first_time, input.last_time})
            if (time)
                html.leaf("time", model::to_rfc3339(*time, input.precision, c.report.zone),
                          {{"datetime", model::to_rfc3339(*time, input.precision)}});
        html.close().open("td", {{"class", input.status == model::InputStatus::ok ? "fine" : "bad"}});
        html.text(status_text(input.status));
        for (const auto& note : input.notes) html.leaf("p", note, {{"class", "note"}});
        html.close().close();
    }
    close_table(html);
    html.close();
}

}  // namespace rdpdx::report
