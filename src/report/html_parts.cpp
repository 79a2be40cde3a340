#include "src/report/html_parts.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "src/report/words.hpp"

namespace rdpdx::report {

using model::StageStatus;

void icon(Html& html, std::string_view name) {
    html.open("svg", {{"class", "icon"}, {"aria-hidden", "true"}, {"focusable", "false"}});
    html.shape("use", {{"href", fmt::format("#i-{}", name)}}).close();
}

std::string_view icon_of(StageStatus status) noexcept { return model::id(status); }

std::string_view tone_of(model::Outcome outcome) noexcept {
    return outcome == model::Outcome::succeeded                                      ? "passed"
           : outcome == model::Outcome::failed || outcome == model::Outcome::dropped ? "failed"
                                                                                     : "unsure";
}

void outcome_badge(Html& html, model::Outcome outcome) {
    const std::string_view tone = tone_of(outcome);
    html.open("span", {{"class", fmt::format("badge {}", tone)}});
    icon(html, tone == "unsure" ? "warn" : tone);
    html.text(model::id(outcome)).close();
}

void citations(Html& html, const HtmlCase& c, const std::vector<model::Evidence>& list) {
    constexpr std::size_t kMost = 20;  // at one place
    std::size_t n = 0;
    for (const std::string& name : c.evidence.names(list)) {
        if (++n > kMost) continue;
        html.text(n > 1 ? ", " : " ");
        if (n == 1) html.open("span", {{"class", "cite"}}).text("[");
        const auto& e = c.evidence.item(name).evidence();
        if (c.listed.contains(e))
            html.leaf("a", name, {{"href", "#" + name}});
        else
            html.text(name);
    }
    if (n > kMost) html.text(fmt::format(", {} more", n - kMost));
    if (n > 0) html.text("]").close();
}

void confidence(Html& html, model::Confidence confidence) {
    html.open("span", {{"class", fmt::format("confidence {}", model::id(confidence))}});
    html.open("svg", {{"class", "gauge"}, {"viewBox", "0 0 34 10"}, {"aria-hidden", "true"}, {"focusable", "false"}});
    for (unsigned i = 0; i < 3; ++i)
        html.shape("rect", {{"class", i < static_cast<unsigned>(confidence) ? "on" : "off"},
                            {"x", fmt::format("{}", i * 12)},
                            {"y", "1"},
                            {"width", "10"},
                            {"height", "8"},
                            {"rx", "2"}});
    html.close().text(model::id(confidence)).close();
}

void reasons(Html& html, const HtmlCase& c, const model::Finding& finding) {
    if (!finding.because.empty()) {
        html.open("ul", {{"class", "because"}});
        for (const auto& why : finding.because)
            html.open("li").leaf("span", "because", {{"class", "tag"}}).text(" ").leaf("span", why).close();
        html.close();
    }
    if (finding.against.empty()) return;
    html.open("ul", {{"class", "against"}});
    for (const auto& why : finding.against) {
        html.open("li").leaf("span", "against", {{"class", "tag"}}).text(" ").open("span").text(why);
        citations(html, c, finding.contradicting);
        html.close().close();
    }
    html.close();
}

void command(Html& html, std::string_view text, std::string_view label) {
    html.open("div", {{"class", "command"}, {"data-label", label}}).open("pre").leaf("code", text).close().close();
}

void step(Html& html, const model::Step& step) {
    html.leaf("p", step.text);
    if (!step.command.empty()) command(html, step.command, "command");
    if (step.caution.empty()) return;
    html.open("p", {{"class", "caution"}});
    icon(html, "warn");
    html.leaf("strong", "Caution:").text(" " + step.caution).close();
}

namespace {

void stage_cell(Html& html, const HtmlCase& c, const model::StageResult& s) {
    const bool said = s.status == StageStatus::passed || s.status == StageStatus::failed;
    const std::string word{model::id(s.status)};
    const bool inferred = said && s.basis == model::Basis::inferred;
    html.open("li", {{"class", word + (inferred ? " inferred" : "")}});
    html.open("span", {{"class", "dot"}});
    icon(html, icon_of(s.status));
    html.close();
    html.leaf("span", model::title(s.stage), {{"class", "name"}});
    html.open("span", {{"class", "state"}}).text(word);
    if (inferred) html.text(", inferred");
    // There is room for two; the table of evidence says for each what it is cited for.
    const auto most = s.evidence.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(s.evidence.size(), 2));
    if (s.status == StageStatus::failed) citations(html, c, {s.evidence.begin(), most});
    html.close().close();
}

}  // namespace

void stage_strip(Html& html, const HtmlCase& c, const model::Attempt& attempt, std::string_view label) {
    html.open("ol", {{"class", "strip"}, {"aria-label", label}});
    for (const auto& s : attempt.stages)
        if (model::main_track(s.stage)) stage_cell(html, c, s);
    html.close();
    bool side = false;
    for (const auto& s : attempt.stages) {
        if (model::main_track(s.stage) || !worth_showing(s)) continue;
        if (!side) html.open("ol", {{"class", "strip side"}, {"aria-label", "Stages of the side track over UDP"}});
        side = true;
        stage_cell(html, c, s);
    }
    if (side) html.close();
}

void codes_list(Html& html, const model::Attempt& attempt) {
    html.open("dl", {{"class", "codes"}});
    for (const CodeLine& line : code_lines(attempt)) {
        html.leaf("dt", line.label);
        html.open("dd").leaf("span", line.value, {{"class", "number"}});
        if (!line.name.empty()) html.text(" ").leaf("code", line.name);
        if (!line.meaning.empty()) html.text(" ").leaf("span", line.meaning, {{"class", "meaning"}});
        html.close();
    }
    html.close();
    for (const auto& sentence : attempt.codes_meaning) html.leaf("p", sentence, {{"class", "together"}});
}

void begin_section(Html& html, std::string_view id, std::string_view title) {
    const std::string heading = fmt::format("{}-title", id);
    html.open("section", {{"id", id}, {"aria-labelledby", heading}});
    html.leaf("h2", title, {{"id", heading}});
}

void fact(Html& html, std::string_view label, std::string_view text) {
    if (!text.empty()) html.leaf("dt", label).leaf("dd", text);
}

}  // namespace rdpdx::report
