#include "src/report/rule_trace.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "src/report/json_parts.hpp"

namespace rdpdx::report {
namespace {

using model::RuleTrace;
using model::Truth;

constexpr std::size_t kNotesShown = 40;

std::string_view mark(Truth truth) { return truth == Truth::holds ? "+" : truth == Truth::fails ? "-" : "?"; }

std::string head(const RuleTrace& t) { return fmt::format("{} ({}): {}. {}", t.id, t.title, rule_result(t), t.note); }

}  // namespace

std::string_view truth_text(Truth truth) {
    return truth == Truth::holds ? "holds" : truth == Truth::fails ? "does not hold" : "could not be judged";
}

std::string_view rule_result(const RuleTrace& t) {
    if (t.confidence) return model::id(*t.confidence);
    if (!t.in_scope) return "does not apply";
    // Required clauses that all hold give a confidence: without one, something was not to be seen.
    return truth_text(t.truth == Truth::fails ? Truth::fails : Truth::unknown);
}

void rule_trace_section(Page& page, const model::Attempt& attempt, const EvidenceIndex& evidence) {
    if (attempt.rule_trace.empty()) return;
    page.heading("Rules, clause by clause");
    page.item("  ", "+ holds, - does not, ? could not be judged: nobody could have seen it", Tone::dim);
    for (const RuleTrace& t : attempt.rule_trace) {
        page.item("  ", head(t), t.confidence ? Tone::strong : Tone::plain);
        std::string_view role;
        for (const auto& c : t.clauses) {
            if (c.depth == 0 && c.role != role) page.item("    ", role = c.role, Tone::dim);
            const auto names = evidence.names(c.evidence);
            const std::string cited = names.empty() ? "" : fmt::format(" [{}]", fmt::join(names, ", "));
            const std::string lack = c.lack.empty() ? "" : fmt::format("; lacking: {}", c.lack);
            page.item(fmt::format("{:{}}{} ", "", 6 + 2 * c.depth, mark(c.truth)), c.text + cited + lack,
                      c.truth == Truth::fails ? Tone::dim : Tone::plain);
        }
    }
}

void write_rule_trace(JsonWriter& json, const model::Attempt& attempt, const EvidenceIndex& evidence) {
    json.begin_array();
    for (const RuleTrace& t : attempt.rule_trace) {
        json.begin_object();
        json.key("id").value(t.id);
        json.key("title").value(t.title);
        json.key("applies").value(t.in_scope);
        json.key("required").value(model::id(t.truth));
        write_known(json.key("confidence"), t.confidence ? model::id(*t.confidence) : std::string_view{});
        write_known(json.key("note"), t.note);
        json.key("clauses").begin_array();
        for (const auto& c : t.clauses) {
            json.begin_object();
            json.key("role").value(c.role);
            json.key("depth").value(std::uint32_t{c.depth});
            json.key("text").value(c.text);
            json.key("truth").value(model::id(c.truth));
            json.key("evidence").value(evidence.names(c.evidence));
            write_known(json.key("lacking"), c.lack);
            json.end_object();
        }
        json.end_array();
        json.end_object();
    }
    json.end_array();
}

void log_health_section(Page& page, const model::Report& report) {
    if (report.log_health.empty()) return;
    page.heading("Health of the logs");
    std::size_t shown = 0;
    for (const auto& note : report.log_health) {
        if (++shown > kNotesShown) break;
        const std::string where = note.computer.empty()
                                      ? report.inputs[note.input].path
                                      : fmt::format("{}, {}", note.computer, report.inputs[note.input].path);
        const std::string when = note.time ? model::to_second(*note.time, report.zone) + "  " : "";
        page.item("  - ", fmt::format("{}{} ({})", when, note.text, where));
    }
    if (report.log_health.size() > kNotesShown)
        page.item("  ", fmt::format("... and {} more; the JSON report has them all.",
                                    report.log_health.size() - kNotesShown));
}

void write_log_health(JsonWriter& json, const model::Report& report) {
    json.begin_array();
    for (const auto& note : report.log_health) {
        json.begin_object();
        json.key("input").value(std::uint32_t{note.input});
        json.key("kind").value(note.kind);
        write_known(json.key("computer"), note.computer);
        write_known(json.key("channel"), note.channel);
        write_known(json.key("time"), note.time ? model::to_rfc3339(*note.time, note.precision) : std::string{});
        json.key("text").value(note.text);
        if (note.evidence)
            json.key("number").value(note.evidence->number);
        else
            json.key("number").null();
        json.end_object();
    }
    json.end_array();
}

}  // namespace rdpdx::report
