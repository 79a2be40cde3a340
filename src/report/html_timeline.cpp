// Everything that was seen. The first rows stand in the page; the script of the page makes the others from data.
#include <fmt/format.h>

#include <array>
#include <unordered_map>

#include "src/report/html_sections.hpp"
#include "src/report/json_writer.hpp"
#include "src/report/text_safety.hpp"

namespace rdpdx::report {
namespace {

constexpr std::size_t kRows = 100;  // at a time; script.js has the same number

// Without a script, the rows of the attempt that the verdict is about, or all where there is none.
bool first_shown(const HtmlCase& c, const TimelineRow& row) {
    return !c.attempt || c.report.attempts.size() < 2 || &c.report.attempts[row.attempt] == c.attempt;
}

void row(Html& html, const HtmlCase& c, const TimelineRow& row, const model::Time* before) {
    const model::Observation& o = *row.observation;
    const bool failed = o.effect == model::Effect::failed;
    html.open("tr", {{"class", model::id(o.effect)}});
    html.open("td");
    if (c.listed.contains(o.evidence))
        html.leaf("a", row.evidence(), {{"href", "#" + row.evidence()}});
    else
        html.text(row.evidence());
    html.close().open("td").leaf("time", model::to_clock(row.time, c.report.zone),
                                 {{"datetime", model::to_rfc3339(row.time, o.precision)}});
    if (row.time != o.time) html.leaf("span", model::to_clock(o.time, c.report.zone), {{"class", "original"}});
    html.close().leaf("td", before ? "+" + model::to_text(row.time - *before) : "", {{"class", "delta"}});
    html.open("td", {{"class", "source"}})
        .text(model::id(o.origin))
        .leaf("span", c.report.inputs[o.evidence.input].path, {{"class", "file"}})
        .close();
    html.leaf("td", o.stage ? model::title(*o.stage) : std::string_view{}, {{"class", "stage"}});
    html.open("td").text(o.text);
    if (failed) html.text(" ").leaf("strong", "failed", {{"class", "mark"}});
    html.close().close();
}

void filters(Html& html) {
    html.open("fieldset", {{"id", "filters"}, {"class", "filters"}, {"hidden", {}}})
        .leaf("legend", "Filter the timeline");
    for (const auto& [id, label] :
         {std::pair{"by-attempt", "Attempt"}, std::pair{"by-source", "Source"}, std::pair{"by-stage", "Stage"}})
        html.open("div").leaf("label", label, {{"for", id}}).open("select", {{"id", id}}).close().close();
    html.open("div").leaf("label", "Text", {{"for", "by-text"}});
    html.single("input", {{"id", "by-text"}, {"type", "search"}, {"autocomplete", "off"}}).close();
    html.leaf("button", "Earlier", {{"id", "earlier"}, {"type", "button"}})
        .leaf("button", "Later", {{"id", "later"}, {"type", "button"}});
    html.leaf("output", "", {{"id", "count"}, {"for", "by-attempt by-source by-stage by-text"}}).close();
}

}  // namespace

void html_timeline(Html& html, const HtmlCase& c) {
    const auto& rows = c.evidence.timeline();
    if (rows.empty()) return;
    begin_section(html, "timeline", "Timeline");
    html.leaf("p",
              fmt::format("All sources by the packets' clock; the zone is {}. Where a source's clock was off, its own "
                          "time stands below.",
                          model::to_text(c.report.zone)),
              {{"class", "lead"}});
    filters(html);
    html.open("div", {{"class", "wide"}, {"tabindex", "0"}, {"role", "group"}, {"aria-label", "Timeline"}});
    html.open("table", {{"class", "timeline"}}).open("thead").open("tr");
    for (const char* title : {"No.", "Time", "After", "Source", "Stage", "What"})
        html.leaf("th", title, {{"scope", "col"}});
    html.close().close().open("tbody", {{"id", "rows"}});
    std::size_t shown_rows = 0, all = 0;
    const TimelineRow* before = nullptr;
    for (const TimelineRow& r : rows) {
        if (!first_shown(c, r)) continue;
        if (++all > kRows) continue;
        row(html, c, r, before ? &before->time : nullptr);
        before = &r;
        ++shown_rows;
    }
    html.close().close().close();
    const std::string what =
        c.attempt && c.report.attempts.size() > 1 ? fmt::format(" of attempt {}", c.attempt->id) : "";
    html.open("noscript")
        .leaf("p",
              fmt::format("{} of {} rows{}; without scripts the JSON report has the others.", shown_rows, all, what),
              {{"class", "note"}})
        .close();
    html.close();
}

namespace {

// Rows are numbers, as many in each as script.js has names for; what repeats stands once in a list beside them.
std::string row_numbers(const HtmlCase& c, model::Time base, std::vector<std::string_view>& texts) {
    constexpr std::int64_t kSecond = 1'000'000'000;
    std::unordered_map<std::string_view, std::size_t> known;
    std::string out;
    for (const TimelineRow& r : c.evidence.timeline()) {
        const model::Observation& o = *r.observation;
        const auto [at, fresh] = known.try_emplace(o.text, texts.size());
        if (fresh) texts.push_back(o.text);
        const auto since = (r.time - base).count(), own = (o.time - r.time).count();
        fmt::format_to(std::back_inserter(out), "{}{},{},{},{},{},{},{},{},{},{},{},{},{}", out.empty() ? "" : ",\n",
                       since / kSecond, since % kSecond, own / kSecond, own % kSecond,
                       static_cast<unsigned>(o.precision), o.evidence.input, static_cast<unsigned>(o.origin),
                       o.stage ? static_cast<int>(*o.stage) : -1, static_cast<unsigned>(o.effect), r.attempt, r.number,
                       at->second, c.listed.contains(o.evidence) ? 1 : 0);
    }
    return out;
}

template <class List, class Text>
void write_list(JsonWriter& json, std::string_view key, const List& list, Text text) {
    json.key(key).begin_array();
    for (const auto& item : list) json.value(text(item));
    json.end_array();
}

// Nothing in a text may end the element that holds the data, or begin a comment there.
std::string inside_an_element(const std::string& json) {
    std::string out;
    out.reserve(json.size());
    for (const char c : json) c == '<' ? out.append("\\u003c") : out.append(1, c);
    return out;
}

}  // namespace

std::string timeline_data(const HtmlCase& c) {
    using enum model::Effect;
    using enum model::Origin;
    const auto& rows = c.evidence.timeline();
    const model::Time base = rows.empty() ? model::Time{} : std::chrono::floor<std::chrono::seconds>(rows.front().time);
    std::vector<std::string_view> texts;
    const std::string numbers = row_numbers(c, base, texts);
    std::array<model::Stage, model::kStages> stages{};
    for (std::size_t i = 0; i < stages.size(); ++i) stages[i] = static_cast<model::Stage>(i);
    std::string out;
    JsonWriter json{out, false};
    json.begin_object();
    json.key("base").value(
        std::int64_t{std::chrono::duration_cast<std::chrono::seconds>(base.time_since_epoch()).count()});
    json.key("zone")
        .begin_array();  // from which second on, how many seconds ahead of UTC, and its mark where it changes
    for (const auto& change : c.report.zone.changes) {
        json.begin_array();
        json.value(std::int64_t{std::chrono::floor<std::chrono::seconds>(change.from).time_since_epoch().count()});
        json.value(std::int64_t{std::chrono::seconds{change.ahead}.count()});
        json.value(change.abbreviation);
        json.end_array();
    }
    json.end_array();
    json.key("verdict").value(c.attempt ? static_cast<int>(c.attempt - c.report.attempts.data()) : -1);
    write_list(json, "attempts", c.report.attempts, [](const model::Attempt& a) { return a.id; });
    write_list(json, "sources", c.report.inputs, [](const model::Input& input) { return shown(input.path); });
    write_list(json, "origins", std::array{capture, client_log, server_log, other_log},
               [](model::Origin o) { return model::id(o); });
    write_list(json, "stages", stages, [](model::Stage s) { return model::title(s); });
    write_list(json, "effects", std::array{noted, passed, failed, noise}, [](model::Effect e) { return model::id(e); });
    write_list(json, "texts", texts, [](std::string_view text) { return shown(text); });
    json.end_object();
    out.insert(out.size() - 1, ",\"rows\":[" + numbers + "]");
    return inside_an_element(out);
}

}  // namespace rdpdx::report
