#include "src/app/rule_text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "src/report/page.hpp"
#include "src/rules/evaluate.hpp"

namespace rdpdx::app {
namespace {

using report::Page;
using report::Tone;
using rules::Clause;

void clauses(Page& page, const std::vector<Clause>& list, std::size_t indent) {
    for (const Clause& c : list) {
        std::string text = rules::to_text(c);
        if (c.at_most != model::Confidence::confirmed) text += fmt::format(" -> {} at most", model::id(c.at_most));
        page.item(fmt::format("{:{}}- ", "", indent), text);
        if (!c.because.empty()) page.item(fmt::format("{:{}}", "", indent + 4), c.because, Tone::dim);
        clauses(page, c.clauses, indent + 4);
    }
}

void section(Page& page, std::string_view title, const std::vector<Clause>& list) {
    if (list.empty()) return;
    page.heading(title);
    clauses(page, list, 2);
}

template <class Word>
std::string words(const std::vector<Word>& list) {
    std::vector<std::string_view> out;
    for (const auto w : list) out.push_back(model::id(w));
    return out.empty() ? "any" : fmt::format("{}", fmt::join(out, ", "));
}

void remedy(Page& page, const std::vector<model::Step>& steps) {
    if (steps.empty()) return;
    page.heading("Remedy");
    std::size_t n = 0;
    for (const auto& step : steps) {
        page.item(fmt::format("  {}. ", ++n), step.text);
        if (!step.command.empty()) page.command("     ", step.command);
        if (!step.caution.empty()) page.item("     caution: ", step.caution, Tone::warn);
    }
}

}  // namespace

std::string rule_text(const rules::CauseRule& rule, const report::TextStyle& style) {
    Page page{style};
    page.line(fmt::format("{} ({}): {}", rule.id, rule.catalogue, rule.title), Tone::strong);
    page.item("  file       ", rule.file);
    page.item("  stages     ", words(rule.stages));
    page.item("  outcomes   ", words(rule.outcomes));
    page.item("  at most    ", model::id(rule.at_most));
    if (rule.fallback) page.item("  fallback   ", "A description; any explanation goes before it.");
    section(page, "Required, all of these", rule.required);
    section(page, "Supporting, two of these raise possible to likely", rule.supporting);
    section(page, "Contradicting, any of these leaves it possible at most", rule.contradicting);
    remedy(page, rule.remedy);
    if (!rule.sources.empty()) {
        page.heading("Sources");
        for (const auto& source : rule.sources) page.item("  - ", source);
    }
    if (!rule.examples.empty()) {
        page.heading("Examples");
        for (const auto& e : rule.examples)
            page.item("  - ", fmt::format("{} Gives {}.", e.that, e.gives ? model::id(*e.gives) : "nothing"));
    }
    return page.take();
}

}  // namespace rdpdx::app
