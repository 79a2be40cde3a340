// The report as one page that needs nothing else: no request, no script but its own.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "src/report/html_sections.hpp"
#include "src/report/page_parts.hpp"
#include "src/report/render.hpp"
#include "src/report/words.hpp"

namespace rdpdx::report {
namespace {

struct Section {
    std::string_view id, title;
    void (*write)(Html&, const HtmlCase&);
};
constexpr std::array kSections{
    Section{"verdict", "Verdict", html_verdict},
    Section{"attempts", "All attempts", html_attempts},
    Section{"evidence", "Evidence", html_evidence},
    Section{"alternatives", "Other explanations", html_alternatives},
    Section{"ladder", "Ladder", html_ladder},
    Section{"timeline", "Timeline", html_timeline},
    Section{"network", "Path and UDP", html_network},
    Section{"certificate", "Certificate", html_certificate},
    Section{"environment", "Environment", html_environment},
    Section{"clocks", "Clocks", html_clocks},
    Section{"log-health", "Health of the logs", html_log_health},
    Section{"rules", "Rules", html_rules},
    Section{"missing", "What is missing", html_missing},
    Section{"steps", "What to do next", html_steps},
    Section{"inputs", "Inputs", html_inputs},
};

void navigation(Html& html, const std::vector<const Section*>& sections) {
    html.open("nav", {{"aria-label", "Parts of this report"}}).open("ol");
    for (const Section* s : sections)
        html.open("li").leaf("a", s->title, {{"href", fmt::format("#{}", s->id)}}).close();
    html.close().close();
}

std::string body_of(const HtmlCase& c) {
    std::vector<const Section*> written;
    Html content;
    for (const Section& s : kSections) {
        Html one;
        s.write(one, c);
        const std::string markup = one.take();
        if (markup.empty()) continue;
        written.push_back(&s);
        content.add(markup);
    }
    Html html;
    html.open("header", {{"class", "bar"}})
        .open("p")
        .leaf("strong", "rdpdx")
        .text(" report on a Remote Desktop connection")
        .close();
    html.leaf("p", fmt::format("version {}, rules {}", c.report.version, c.report.rules), {{"class", "versions"}})
        .close();
    html.open("div", {{"class", "frame"}});
    navigation(html, written);
    html.open("main");
    if (c.report.redacted) html.leaf("p", kRedacted, {{"class", "redacted"}});
    html.add(content.take()).close().close();
    html.open("footer").open("p");
    html.text(fmt::format(
        "Made by rdpdx {} with rules {}; report schema rdpdx.report/1. All times are {}, by the packets' clock where "
        "that of a source is known. Observed is what packets and events say; inferred is what sizes, order and "
        "timing tell. This file asks nothing of any network.",
        c.report.version, c.report.rules, model::to_text(c.report.zone)));
    html.close().close();
    return html.take();
}

// What the attempts that are shown cite, the verdict's first, so that each citation leads somewhere; of a case that
// cites without end, as many as somebody may look at.
std::set<model::Evidence> cited(const model::Report& report) {
    std::set<model::Evidence> out;
    const auto add = [&](const std::vector<model::Evidence>& list) {
        for (const auto& e : list)
            if (out.size() < kEvidenceShown) out.insert(e);
    };
    const auto add_attempt = [&](const model::Attempt& a) {
        if (a.end_evidence) add({*a.end_evidence});
        for (const auto& s : a.stages) add(s.evidence);
        if (a.cause) add(a.cause->evidence), add(a.cause->contradicting);
        for (const auto& f : a.alternatives) add(f.evidence), add(f.contradicting);
    };
    if (report.verdict.attempt) add_attempt(report.attempts[*report.verdict.attempt]);
    for (std::size_t i = 0; i < report.attempts.size() && i < kAttemptsShown; ++i) add_attempt(report.attempts[i]);
    return out;
}

}  // namespace

std::string render_html(const model::Report& report, const RawEvidence& raw) {
    const EvidenceIndex evidence{report};
    const HtmlCase c{report, evidence, report.verdict.attempt ? &report.attempts[*report.verdict.attempt] : nullptr,
                     cited(report), raw};
    const Shipped &style = page_part("style.css"), &script = page_part("script.js");
    const std::string policy =
        fmt::format("default-src 'none'; style-src {}; script-src {}; base-uri 'none'; form-action 'none'",
                    policy_source(style), policy_source(script));
    return fill_page(page_part("page.html").text, {{"policy", policy},
                                                   {"title", html_text("rdpdx: " + report.verdict.sentence)},
                                                   {"style", style.text},
                                                   {"body", body_of(c)},
                                                   {"data", timeline_data(c)},
                                                   {"script", script.text}});
}

}  // namespace rdpdx::report
