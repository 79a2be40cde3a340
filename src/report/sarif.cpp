// SARIF 2.1.0 (OASIS). Numbers in comments are sections of that standard.
#include <algorithm>

#include "src/report/evidence.hpp"
#include "src/report/json_parts.hpp"
#include "src/report/render.hpp"
#include "src/report/sarif_parts.hpp"
#include "src/report/sarif_text.hpp"
#include "src/report/words.hpp"

namespace rdpdx::report {
namespace {

using model::Attempt;
using model::Confidence;
using model::Finding;

constexpr std::string_view kNoCause = "undetermined";

bool is_result(const Attempt& a) { return a.outcome == model::Outcome::failed || a.outcome == model::Outcome::dropped; }

std::string_view level_of(const Attempt& a) {
    const auto confidence = a.cause ? a.cause->confidence : Confidence::undetermined;
    return confidence == Confidence::confirmed ? "error" : confidence == Confidence::likely ? "warning" : "note";
}

// The causes that results name, each once.
std::vector<const Finding*> causes_named(const model::Report& report) {
    std::vector<const Finding*> out;
    const auto add = [&](const Finding& f) {
        if (std::ranges::find(out, f.id, &Finding::id) == out.end()) out.push_back(&f);
    };
    for (const Attempt& a : report.attempts) {
        if (!is_result(a)) continue;
        if (a.cause) add(*a.cause);
        for (const Finding& f : a.alternatives) add(f);
    }
    return out;
}

void write_rule(JsonWriter& json, const Finding& cause) {
    json.begin_object();
    json.key("id").value(cause.id);
    write_message(json, "shortDescription", cause.title);
    if (!cause.remedy.empty()) {
        json.key("help").begin_object();
        json.key("text").value(remedy_text(cause.remedy));
        json.key("markdown").value(remedy_markdown(cause.remedy));
        json.end_object();
    }
    json.end_object();
}

void write_tool(JsonWriter& json, const model::Report& report, const std::vector<const Finding*>& causes) {
    json.begin_object();
    json.key("driver").begin_object();
    json.key("name").value("rdpdx");
    json.key("version").value(report.version);
    json.key("rules").begin_array();
    for (const Finding* cause : causes) write_rule(json, *cause);
    json.begin_object();
    json.key("id").value(kNoCause);
    write_message(json, "shortDescription", "The evidence is not enough to name a cause.");
    json.end_object();
    json.end_array();
    json.key("properties").begin_object();
    json.key("rules").value(report.rules);
    json.end_object();
    json.end_object();
    json.end_object();
}

void write_facts(JsonWriter& json, const Attempt& a, const EvidenceIndex& evidence) {
    json.begin_object();
    json.key("attempt").value(a.id);
    json.key("outcome").value(model::id(a.outcome));
    json.key("stage").value(model::id(a.stage));
    json.key("basis").value(model::id(a.basis));
    json.key("confidence").value(model::id(a.cause ? a.cause->confidence : Confidence::undetermined));
    json.key("endedBy").value(model::id(a.ended_by));
    json.key("client").value(peer_text(a.client));
    json.key("server").value(peer_text(a.server));
    json.key("started").value(moment(a, a.started));
    json.key("ended").value(moment(a, a.ended));
    json.key("codes").begin_object();
    for (const auto& code : a.codes) write_value(json.key(code.name), code.value);
    json.end_object();
    if (a.cause) {
        json.key("because").value(a.cause->because);
        json.key("against").value(a.cause->against);
        json.key("contradicting").value(evidence.names(a.cause->contradicting));
    }
    json.key("alternatives").begin_array();
    for (const Finding& f : a.alternatives) {
        json.begin_object();
        json.key("id").value(f.id);
        json.key("title").value(f.title);
        json.key("confidence").value(model::id(f.confidence));
        json.key("evidence").value(evidence.names(f.evidence));
        json.end_object();
    }
    json.end_array();
    json.end_object();
}

// What the cause rests on; where none is named, what ended the connection.
std::vector<std::string> cited(const Attempt& a, const EvidenceIndex& evidence) {
    if (a.cause) return evidence.names(a.cause->evidence);
    return a.end_evidence ? evidence.names({*a.end_evidence}) : std::vector<std::string>{};
}

void write_result(JsonWriter& json, const model::Report& report, const Attempt& a, const EvidenceIndex& evidence,
                  const std::vector<const Finding*>& causes, const std::vector<const TimelineRow*>& rows) {
    const std::string_view rule = a.cause ? std::string_view{a.cause->id} : kNoCause;
    const auto at = std::ranges::find(causes, rule, &Finding::id);
    json.begin_object();
    json.key("ruleId").value(rule);
    json.key("ruleIndex").value(static_cast<std::uint64_t>(at - causes.begin()));  // kNoCause is the last rule
    json.key("kind").value("fail");
    json.key("level").value(level_of(a));
    write_message(json, "message", a.sentence);
    json.key("locations").begin_array();
    for (const std::string& name : cited(a, evidence))
        write_location(json, report, evidence, name, evidence.item(name).observation->text);
    json.end_array();
    write_flow(json.key("codeFlows"), report, evidence, rows);
    write_facts(json.key("properties"), a, evidence);
    json.end_object();
}

}  // namespace

std::string render_sarif(const model::Report& report) {
    const EvidenceIndex evidence{report};
    const auto causes = causes_named(report);
    std::vector<std::vector<const TimelineRow*>> rows(report.attempts.size());
    for (const TimelineRow& row : evidence.timeline()) rows[row.attempt].push_back(&row);
    std::string out;
    JsonWriter json{out};
    json.begin_object();
    json.key("$schema").value(
        "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json");
    json.key("version").value("2.1.0");
    json.key("runs").begin_array();
    json.begin_object();
    write_tool(json.key("tool"), report, causes);
    json.key("invocations").begin_array();
    write_invocation(json, report);
    json.end_array();
    write_artifacts(json.key("artifacts"), report.inputs);
    json.key("results").begin_array();
    for (std::size_t i = 0; i < report.attempts.size(); ++i)
        if (is_result(report.attempts[i])) write_result(json, report, report.attempts[i], evidence, causes, rows[i]);
    json.end_array();
    json.key("properties").begin_object();
    json.key("verdict").value(report.verdict.sentence);
    if (report.redacted) json.key("redacted").value(true);
    json.end_object();
    json.end_object();
    json.end_array();
    json.end_object();
    out += '\n';
    return out;
}

}  // namespace rdpdx::report
