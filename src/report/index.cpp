#include "src/report/index.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "src/model/words.hpp"
#include "src/report/html_writer.hpp"
#include "src/report/page_parts.hpp"

namespace rdpdx::report {
namespace {

constexpr std::string_view kNoCause = "(no cause named)";

bool went_wrong(const IndexCase& c) { return c.outcome == "failed" || c.outcome == "dropped"; }
std::string cause_of(const IndexCase& c) { return c.cause.empty() ? std::string{kNoCause} : c.cause; }

void counts(Html& html, const Index& index) {
    std::map<std::string, std::size_t> by_outcome;
    std::size_t damaged = 0;
    for (const IndexCase& c : index.cases) {
        ++by_outcome[c.outcome.empty() ? c.status : c.outcome];
        damaged += c.damaged > 0;
    }
    html.open("dl", {{"class", "counts"}});
    const auto number = [&](std::string_view label, std::size_t n) {
        html.open("div").leaf("dt", label).leaf("dd", fmt::format("{}", n)).close();
    };
    number("cases", index.cases.size());
    for (const auto& [outcome, n] : by_outcome) number(outcome, n);
    number("with damaged or unread inputs", damaged);
    html.close();
}

// Stages in their order, causes by how often they are.
void matrix(Html& html, const Index& index) {
    std::map<std::string, std::map<std::string, std::size_t>> cells;  // cause, stage
    std::map<std::string, std::size_t> causes;
    std::set<std::string> stages;
    for (const IndexCase& c : index.cases) {
        if (!went_wrong(c)) continue;
        ++cells[cause_of(c)][c.stage];
        ++causes[cause_of(c)];
        stages.insert(c.stage);
    }
    if (causes.empty()) return;
    std::vector<std::pair<std::string, std::size_t>> rows{causes.begin(), causes.end()};
    std::ranges::stable_sort(rows, std::ranges::greater{}, &std::pair<std::string, std::size_t>::second);
    html.leaf("h2", "Where it failed, and why").open("div", {{"class", "wide"}}).open("table", {{"class", "matrix"}});
    html.open("thead").open("tr").leaf("th", "cause", {{"scope", "col"}});
    std::vector<std::string> columns;
    for (std::size_t i = 0; i < model::kStages; ++i) {
        const std::string id{model::id(static_cast<model::Stage>(i))};
        if (stages.count(id) == 0) continue;
        columns.push_back(id);
        html.leaf("th", id, {{"scope", "col"}});
    }
    html.leaf("th", "all", {{"scope", "col"}}).close().close().open("tbody");
    for (const auto& [cause, all] : rows) {
        html.open("tr").leaf("th", cause, {{"scope", "row"}});
        for (const std::string& stage : columns) {
            const std::size_t n = cells[cause][stage];
            html.open("td");
            if (n > 0)
                html.leaf("button", fmt::format("{}", n),
                          {{"type", "button"},
                           {"data-cause", cause},
                           {"data-stage", stage},
                           {"aria-label", fmt::format("show {} cases: {}, {}", n, cause, stage)}});
            html.close();
        }
        html.leaf("td", fmt::format("{}", all)).close();
    }
    html.close().close().close();
}

void case_row(Html& html, const IndexCase& c) {
    const std::string cause = went_wrong(c) ? cause_of(c) : c.cause;
    html.open("tr", {{"data-cause", cause}, {"data-stage", c.stage}}).open("td");
    if (c.report.empty())
        html.text(c.name);
    else
        html.leaf("a", c.name, {{"href", c.report}});
    html.close();
    html.leaf("td", c.outcome.empty() ? c.status : c.outcome, {{"class", went_wrong(c) ? "failed" : "plain"}});
    html.leaf("td", c.stage).leaf("td", c.cause).leaf("td", c.confidence).leaf("td", c.ended_by);
    html.leaf("td", c.client).leaf("td", c.server).leaf("td", c.user).leaf("td", c.started);
    html.leaf("td", c.damaged > 0 ? fmt::format("{} of {}", c.damaged, c.inputs) : "");
    html.leaf("td", c.reason.empty() ? c.sentence : c.reason).close();
}

void case_table(Html& html, const Index& index) {
    constexpr std::array kColumns{"case",   "outcome", "stage", "cause",   "confidence",   "ended by",
                                  "client", "server",  "user",  "started", "inputs amiss", "verdict"};
    html.leaf("h2", "Cases").open("p", {{"class", "filter"}});
    html.open("label").text("Filter ").single("input", {{"id", "filter"}, {"type", "search"}}).close();
    html.leaf("button", "show all", {{"id", "all"}, {"type", "button"}});
    html.leaf("span", fmt::format("{} cases", index.cases.size()), {{"id", "shown"}, {"role", "status"}}).close();
    html.open("div", {{"class", "wide"}}).open("table", {{"id", "cases"}}).open("thead").open("tr");
    for (const char* column : kColumns) html.leaf("th", column, {{"scope", "col"}});
    html.close().close().open("tbody");
    for (const IndexCase& c : index.cases) case_row(html, c);
    html.close().close().close();
}

}  // namespace

std::string render_index(const Index& index) {
    Html html;
    html.leaf("h1", fmt::format("{} cases", index.cases.size()));
    counts(html, index);
    matrix(html, index);
    case_table(html, index);
    html.leaf("p",
              fmt::format("Made by rdpdx {} with rules {}. Times are UTC. cases.sqlite beside this page has all of it.",
                          index.version, index.rules),
              {{"class", "foot"}});
    const Shipped &style = page_part("index.css"), &script = page_part("index.js");
    const std::string policy =
        fmt::format("default-src 'none'; style-src {}; script-src {}; base-uri 'none'; form-action 'none'",
                    policy_source(style), policy_source(script));
    return fill_page(page_part("index.html").text, {{"policy", policy},
                                                    {"style", std::string{style.text}},
                                                    {"body", html.take()},
                                                    {"script", std::string{script.text}}});
}

}  // namespace rdpdx::report
