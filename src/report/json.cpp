// The contract, section 5.
#include <map>

#include "src/report/evidence.hpp"
#include "src/report/json_parts.hpp"
#include "src/report/path.hpp"
#include "src/report/render.hpp"
#include "src/report/rule_trace.hpp"
#include "src/report/udp.hpp"

namespace rdpdx::report {
namespace {

using model::Attempt;

void write_finding(JsonWriter& json, const model::Finding& f, const EvidenceIndex& evidence) {
    json.begin_object();
    json.key("id").value(f.id);
    json.key("title").value(f.title);
    json.key("confidence").value(model::id(f.confidence));
    json.key("evidence").value(evidence.names(f.evidence));
    json.key("because").value(f.because);
    json.key("contradicting").value(evidence.names(f.contradicting));
    json.key("against").value(f.against);
    json.end_object();
}

void write_stages(JsonWriter& json, const Attempt& a, const EvidenceIndex& evidence) {
    json.begin_array();
    for (const auto& s : a.stages) {
        json.begin_object();
        json.key("id").value(model::id(s.stage));
        json.key("status").value(model::id(s.status));
        json.key("basis").value(model::id(s.basis));
        json.key("evidence").value(evidence.names(s.evidence));
        json.key("note").value(s.note);
        json.end_object();
    }
    json.end_array();
}

void write_end(JsonWriter& json, const Attempt& a, const EvidenceIndex& evidence) {
    if (a.end_kind.empty()) return json.null();
    json.begin_object();
    json.key("kind").value(a.end_kind);
    write_known(json.key("evidence"), a.end_evidence ? evidence.name(*a.end_evidence) : std::string{});
    json.key("note").value(a.end_note);
    json.end_object();
}

void write_advice(JsonWriter& json, const Attempt& a) {
    json.key("missing").begin_array();
    for (const auto& m : a.missing) {
        json.begin_object();
        json.key("what").value(m.what);
        json.key("how").value(m.how);
        json.end_object();
    }
    json.end_array();
    json.key("next_steps").begin_array();
    for (const auto& step : a.next_steps) {
        json.begin_object();
        json.key("text").value(step.text);
        write_known(json.key("command"), step.command);
        write_known(json.key("cause"), step.cause);
        write_known(json.key("caution"), step.caution);
        json.end_object();
    }
    json.end_array();
}

void write_attempt(JsonWriter& json, const Attempt& a, const EvidenceIndex& evidence) {
    json.begin_object();
    json.key("id").value(a.id);
    json.key("incident").value(a.incident);
    write_endpoint(json.key("client"), a.client);
    write_endpoint(json.key("server"), a.server);
    write_known(json.key("user"), a.user);
    json.key("started").value(moment(a, a.started));
    json.key("ended").value(moment(a, a.ended));
    json.key("outcome").value(model::id(a.outcome));
    json.key("ended_by").value(model::id(a.ended_by));
    write_end(json.key("end"), a, evidence);
    json.key("stage").value(model::id(a.stage));
    json.key("basis").value(model::id(a.basis));
    std::vector<std::string> possible;
    for (const auto stage : a.possible_stages) possible.emplace_back(model::id(stage));
    json.key("possible_stages").value(possible);
    write_stages(json.key("stages"), a, evidence);
    json.key("cause");
    if (a.cause)
        write_finding(json, *a.cause, evidence);
    else
        json.null();
    json.key("alternatives").begin_array();
    for (const auto& f : a.alternatives) write_finding(json, f, evidence);
    json.end_array();
    json.key("codes").begin_object();
    for (const auto& code : a.codes) write_value(json.key(code.name), code.value);
    json.end_object();
    if (!a.codes_meaning.empty()) json.key("codes_meaning").value(a.codes_meaning);
    write_negotiation(json.key("negotiation"), a.negotiation);
    write_tls(json.key("tls"), a.tls);
    write_certificate(json.key("certificate"), a.certificate.get());
    json.key("udp").begin_array();
    for (const auto& udp : a.udp) write_udp(json, udp);
    json.end_array();
    write_path(json.key("path"), a);
    write_advice(json, a);
    if (!a.rule_trace.empty()) write_rule_trace(json.key("rule_trace"), a, evidence);
    json.end_object();
}

void write_verdict(JsonWriter& json, const model::Report& report) {
    const auto& v = report.verdict;
    json.begin_object();
    if (v.attempt) {
        const Attempt& a = report.attempts[*v.attempt];
        json.key("attempt").value(a.id);
        json.key("outcome").value(model::id(v.outcome));
        json.key("stage").value(model::id(a.stage));
        json.key("basis").value(model::id(a.basis));
        write_known(json.key("cause"), a.cause ? a.cause->id : std::string{});
        json.key("confidence").value(model::id(a.cause ? a.cause->confidence : model::Confidence::undetermined));
    } else {
        for (const char* key : {"attempt", "outcome", "stage", "cause", "confidence"}) json.key(key).null();
    }
    json.key("sentence").value(v.sentence);
    json.end_object();
}

void write_clocks(JsonWriter& json, const model::Report& report) {
    const auto milliseconds = [](model::Duration d) {
        return std::chrono::round<std::chrono::milliseconds>(d).count();
    };
    json.begin_array();
    for (const auto& [input, clock] : clocks_of(report)) {
        json.begin_object();
        json.key("source").value(report.inputs[input].path);
        json.key("offset_ms").value(std::int64_t{milliseconds(clock.ahead)});
        json.key("error_ms").value(std::int64_t{milliseconds(clock.error)});
        json.key("anchors").value(static_cast<std::int64_t>(clock.anchors));
        if (clock.drift_ppb != 0) json.key("drift_ppb").value(clock.drift_ppb);
        if (clock.since) json.key("since").value(model::to_rfc3339(*clock.since, model::Precision::hundred_nanos));
        json.end_object();
    }
    json.end_array();
}

void write_timeline(JsonWriter& json, const model::Report& report, const EvidenceIndex& evidence) {
    json.begin_array();
    for (const TimelineRow& row : evidence.timeline()) {
        const model::Observation& o = *row.observation;
        json.begin_object();
        json.key("time").value(model::to_rfc3339(o.time, o.precision));
        if (row.time != o.time)
            json.key("corrected").value(model::to_rfc3339(row.time, o.precision));
        else
            json.key("corrected").null();
        json.key("source").value(report.inputs[o.evidence.input].path);
        json.key("origin").value(model::id(o.origin));
        json.key("attempt").value(report.attempts[row.attempt].id);
        json.key("kind").value(o.kind);
        write_known(json.key("stage"), o.stage ? model::id(*o.stage) : std::string_view{});
        json.key("outcome").value(model::id(o.effect));
        json.key("basis").value(model::id(o.basis));
        json.key("text").value(o.text);
        json.key("evidence").value(std::vector{row.evidence()});
        json.end_object();
    }
    json.end_array();
}

void write_evidence(JsonWriter& json, const EvidenceIndex& evidence) {
    json.begin_object();
    std::size_t n = 0;
    for (const auto& item : evidence.items()) {
        json.key("E" + std::to_string(++n));
        json.begin_object();
        json.key("input").value(item.evidence().input);
        json.key("kind").value(model::id(item.evidence().kind));
        json.key("number").value(item.evidence().number);
        json.key("offset").value(item.evidence().offset);
        json.key("summary").value(item.observation->text);
        json.end_object();
    }
    json.end_object();
}

}  // namespace

std::string render_json(const model::Report& report) {
    const EvidenceIndex evidence{report};
    std::string out;
    JsonWriter json{out};
    json.begin_object();
    json.key("schema").value("rdpdx.report/1");
    if (report.redacted) json.key("redacted").value(true);
    json.key("tool").begin_object();
    json.key("name").value("rdpdx");
    json.key("version").value(report.version);
    json.key("rules").value(report.rules);
    json.end_object();
    write_inputs(json.key("inputs"), report.inputs);
    write_clocks(json.key("clocks"), report);
    json.key("incidents").begin_array();
    for (const auto& incident : report.incidents) {
        json.begin_object();
        json.key("id").value(incident.id);
        std::vector<std::string> ids;
        for (const auto i : incident.attempts) ids.push_back(report.attempts[i].id);
        json.key("attempts").value(ids);
        json.key("outcome").value(model::id(incident.outcome));
        json.end_object();
    }
    json.end_array();
    json.key("attempts").begin_array();
    for (const auto& a : report.attempts) write_attempt(json, a, evidence);
    json.end_array();
    if (!report.log_health.empty()) write_log_health(json.key("log_health"), report);
    write_verdict(json.key("verdict"), report);
    write_timeline(json.key("timeline"), report, evidence);
    write_evidence(json.key("evidence"), evidence);
    json.end_object();
    out += '\n';
    return out;
}

}  // namespace rdpdx::report
