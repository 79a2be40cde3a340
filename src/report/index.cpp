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
    html.open("dl", {{"class", "counts"}});
    const auto number = [&](std::string_view label, std::size_t n) {
        html.open("div").leaf("dt", label).leaf("dd", fmt::format("{}", n)).close();
    };
    number("cases", index.all);
    for (const auto& [outcome, n] : index.outcomes) number(outcome, n);
    number("with damaged or unread inputs", index.with_damage);
    html.close();
}

// Stages in their order, causes by how often they are.
void matrix(Html& html, const Index& index) {
    std::map<std::string, std::size_t> causes;
    std::set<std::string> stages;
    for (const auto& [cause, by_stage] : index.failures)
        for (const auto& [stage, n] : by_stage) {
            causes[cause] += n;
            stages.insert(stage);
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
            const auto& by_stage = index.failures.at(cause);
            const auto at = by_stage.find(stage);
            const std::size_t n = at == by_stage.end() ? 0 : at->second;
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

// Columns whose words stand in the rows of cases.
constexpr std::array<std::string_view, 5> kFiltering{"server", "client", "day", "case_name", "example"};

void cell_of(Html& html, std::string_view column, const std::string& text) {
    if (text.empty() || std::ranges::find(kFiltering, column) == kFiltering.end()) {
        html.leaf("td", text);
        return;
    }
    html.open("td").leaf("button", text, {{"type", "button"}, {"data-words", text}}).close();
}

void side_table(Html& html, const IndexTable& table) {
    if (table.rows.empty()) return;
    html.open("details", {{"open", ""}}).leaf("summary", table.title);
    html.open("div", {{"class", "wide"}}).open("table").open("thead").open("tr");
    for (std::string column : table.columns) {
        std::ranges::replace(column, '_', ' ');
        html.leaf("th", column, {{"scope", "col"}});
    }
    html.close().close().open("tbody");
    for (const auto& row : table.rows) {
        html.open("tr");
        for (std::size_t i = 0; i < row.size(); ++i) cell_of(html, table.columns[i], row[i]);
        html.close();
    }
    html.close().close().close();
    if (table.more)
        html.leaf("p", fmt::format("There are more: rdpdx batch query DIR {}", table.question), {{"class", "foot"}});
    html.close();
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
    if (index.cases.size() < index.all)
        html.leaf("p",
                  fmt::format("The first {} cases by name. All of them: rdpdx batch query DIR \"SELECT * FROM cases\"",
                              index.cases.size()));
}

}  // namespace

void Index::add(IndexCase c) {
    ++all;
    done += c.status == "done";
    whole += c.status == "done" && c.damaged == 0;
    with_damage += c.damaged > 0;
    ++outcomes[c.outcome.empty() ? c.status : c.outcome];
    if (went_wrong(c)) ++failures[cause_of(c)][c.stage];
    if (cases.size() < kMostRows) cases.push_back(std::move(c));
}

std::string render_index(const Index& index) {
    Html html;
    html.leaf("h1", fmt::format("{} cases", index.all));
    counts(html, index);
    matrix(html, index);
    html.open("div", {{"class", "sides"}});
    for (const IndexTable& table : index.tables) side_table(html, table);
    html.close();
    case_table(html, index);
    html.leaf("p",
              fmt::format("Made by rdpdx {} with rules {}. Times are UTC. cases.sqlite beside this page has all of it.",
                          index.version, index.rules),
              {{"class", "foot"}});
    const Shipped &style = page_part("index.css"), &script = page_part("index.js");
    const std::string policy =
        fmt::format("default-src 'none'; style-src {}; script-src {}; base-uri 'none'; form-action 'none'",
                    policy_source(style), policy_source(script));
    return fill_page(page_part("index.html").text,
                     {{"policy", policy}, {"style", style.text}, {"body", html.take()}, {"script", script.text}});
}

}  // namespace rdpdx::report
