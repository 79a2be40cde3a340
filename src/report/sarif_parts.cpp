#include "src/report/sarif_parts.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "src/report/json_parts.hpp"
#include "src/report/sarif_text.hpp"
#include "src/report/words.hpp"

namespace rdpdx::report {
namespace {

using model::Attempt;

constexpr std::size_t kMostSteps = 400;  // of one attempt: the first and the last; the JSON report has them all

void write_file(JsonWriter& json, const std::vector<model::Input>& inputs, std::uint32_t index) {
    json.begin_object();
    json.key("uri").value(relative_uri(inputs[index].path));
    json.key("index").value(index);
    json.end_object();
}

void write_notification(JsonWriter& json, const model::Report& report, std::string_view level, std::string_view text,
                        std::uint32_t input) {
    json.begin_object();
    json.key("level").value(level);
    write_message(json, "message", text);
    json.key("locations").begin_array();
    json.begin_object();
    json.key("physicalLocation").begin_object();
    write_file(json.key("artifactLocation"), report.inputs, input);
    json.end_object();
    json.end_object();
    json.end_array();
    json.end_object();
}

std::string_view importance_of(const Attempt& a, const model::Observation& o) {
    const bool cited = (a.cause && std::ranges::find(a.cause->evidence, o.evidence) != a.cause->evidence.end()) ||
                       a.end_evidence == o.evidence || o.effect == model::Effect::failed;
    return cited ? "essential" : o.effect == model::Effect::passed ? "important" : "unimportant";
}

void write_step(JsonWriter& json, const model::Report& report, const EvidenceIndex& evidence, const TimelineRow& row,
                std::uint32_t order) {
    const model::Observation& o = *row.observation;
    json.begin_object();
    write_location(json.key("location"), report, evidence, row.evidence(), o.text);
    std::vector<std::string> kinds{std::string{o.kind}, std::string{model::id(o.effect)},
                                   std::string{model::id(o.basis)}};
    if (o.stage) kinds.emplace_back(model::id(*o.stage));
    json.key("kinds").value(kinds);
    json.key("executionOrder").value(order);
    json.key("executionTimeUtc").value(model::to_rfc3339(row.time, o.precision));
    json.key("importance").value(importance_of(report.attempts[row.attempt], o));
    if (row.time != o.time) {
        json.key("properties").begin_object();
        json.key("ownTime").value(model::to_rfc3339(o.time, o.precision));
        json.end_object();
    }
    json.end_object();
}

}  // namespace

void write_message(JsonWriter& json, std::string_view key, std::string_view text) {
    json.key(key).begin_object();
    json.key("text").value(sarif_text(text));
    json.end_object();
}

void write_artifacts(JsonWriter& json, const std::vector<model::Input>& inputs) {
    json.begin_array();
    std::uint32_t index = 0;
    for (const auto& input : inputs) {
        json.begin_object();
        write_file(json.key("location"), inputs, index++);
        json.key("length").value(input.bytes);
        json.key("roles").value(std::vector<std::string>{"analysisTarget"});
        json.key("hashes").begin_object();
        if (!input.sha256.empty()) json.key("sha-256").value(input.sha256);
        json.end_object();
        json.key("properties").begin_object();
        json.key("kind").value(input.kind);
        json.key("status").value(id(input.status));
        json.key("items").value(input.items);
        json.end_object();
        json.end_object();
    }
    json.end_array();
}

void write_invocation(JsonWriter& json, const model::Report& report) {
    json.begin_object();
    json.key("executionSuccessful").value(true);
    json.key("toolExecutionNotifications").begin_array();
    for (std::uint32_t i = 0; i < report.inputs.size(); ++i) {
        const auto& input = report.inputs[i];
        if (input.status == model::InputStatus::ok) continue;
        std::string text = fmt::format("{}: {}", input.path, status_text(input.status));
        for (const auto& note : input.notes) text += ". " + note;
        write_notification(json, report, "warning", text, i);
    }
    for (const auto& note : report.log_health) write_notification(json, report, "note", note.text, note.input);
    json.end_array();
    json.end_object();
}

void write_location(JsonWriter& json, const model::Report& report, const EvidenceIndex& evidence,
                    const std::string& name, std::string_view text) {
    const model::Evidence& e = evidence.item(name).evidence();
    json.begin_object();
    json.key("physicalLocation").begin_object();
    write_file(json.key("artifactLocation"), report.inputs, e.input);
    json.key("region").begin_object();
    json.key("byteOffset").value(e.offset);
    json.end_object();
    json.end_object();
    json.key("logicalLocations").begin_array();
    json.begin_object();
    json.key("name").value(fmt::format("{} {}", model::unit(e.kind), e.number));
    json.key("fullyQualifiedName")
        .value(fmt::format("{}#{}={}", relative_uri(report.inputs[e.input].path), model::unit(e.kind), e.number));
    json.key("kind").value(model::id(e.kind));
    json.end_object();
    json.end_array();
    write_message(json, "message", text);
    json.key("properties").begin_object();
    json.key("evidence").value(name);
    json.key(model::unit(e.kind)).value(e.number);
    json.end_object();
    json.end_object();
}

void write_flow(JsonWriter& json, const model::Report& report, const EvidenceIndex& evidence,
                const std::vector<const TimelineRow*>& rows) {
    json.begin_array();
    if (!rows.empty()) {
        json.begin_object();
        write_message(json, "message", "What was seen of the connection, by the packets' clock.");
        json.key("threadFlows").begin_array();
        json.begin_object();
        json.key("locations").begin_array();
        for (std::size_t i = 0; i < rows.size(); ++i)
            if (i < kMostSteps / 2 || i + kMostSteps / 2 >= rows.size())
                write_step(json, report, evidence, *rows[i], static_cast<std::uint32_t>(i + 1));
        json.end_array();
        json.end_object();
        json.end_array();
        json.key("properties").begin_object();
        json.key("steps").value(static_cast<std::uint64_t>(rows.size()));
        json.key("leftOut").value(static_cast<std::uint64_t>(rows.size() - std::min(rows.size(), kMostSteps)));
        json.end_object();
        json.end_object();
    }
    json.end_array();
}

}  // namespace rdpdx::report
