// Everything that was seen, a line each: for a terminal, for spreadsheets, for machines and for Timesketch.
#include <fmt/format.h>

#include "src/report/csv.hpp"
#include "src/report/evidence.hpp"
#include "src/report/json_parts.hpp"
#include "src/report/page.hpp"
#include "src/report/render.hpp"
#include "src/report/words.hpp"

namespace rdpdx::report {
namespace {

std::string_view unit_of(const model::Evidence& e) { return model::unit(e.kind); }

std::string_view stage_of(const model::Observation& o) { return o.stage ? model::id(*o.stage) : std::string_view{}; }

// Timesketch wants an offset rather than a Z, and microseconds are what it keeps.
std::string datetime(model::Time time) {
    std::string text = model::to_rfc3339(time, model::Precision::micro);
    text.replace(text.size() - 1, 1, "+00:00");
    return text;
}

void write_tags(JsonWriter& json, const model::Report& report, const TimelineRow& row) {
    const model::Observation& o = *row.observation;
    std::vector<std::string> tags{"rdp", std::string{model::id(o.origin)}, report.attempts[row.attempt].id};
    if (o.stage) tags.emplace_back(stage_of(o));
    if (o.effect == model::Effect::failed) tags.emplace_back("failed");
    if (o.basis == model::Basis::inferred) tags.emplace_back("inferred");
    if (report.redacted) tags.emplace_back("redacted");
    json.key("tag").value(tags);
}

}  // namespace

std::string render_timeline_text(const model::Report& report, const TextStyle& style) {
    const EvidenceIndex evidence{report};
    Page page{style};
    if (report.redacted) page.line(kRedacted);
    for (const TimelineRow& row : evidence.timeline()) {
        const model::Observation& o = *row.observation;
        page.item(fmt::format("{}  {:<5} {:<4} ", model::to_rfc3339(row.time, o.precision, report.zone), row.evidence(),
                              report.attempts[row.attempt].id),
                  fmt::format("{} ({})", o.text, place_text(report, o.evidence)),
                  o.effect == model::Effect::failed ? Tone::bad : Tone::plain);
    }
    return page.take();
}

std::string render_timeline_csv(const model::Report& report) {
    const EvidenceIndex evidence{report};
    std::string out = "time,own_time,evidence,attempt,origin,file,place,kind,stage,outcome,basis,text\n";
    for (const TimelineRow& row : evidence.timeline()) {
        const model::Observation& o = *row.observation;
        std::string_view before;
        for (const std::string& cell :
             {model::to_rfc3339(row.time, o.precision), model::to_rfc3339(o.time, o.precision), row.evidence(),
              report.attempts[row.attempt].id, std::string{model::id(o.origin)}, report.inputs[o.evidence.input].path,
              fmt::format("{} {}", unit_of(o.evidence), o.evidence.number), std::string{o.kind},
              std::string{stage_of(o)}, std::string{model::id(o.effect)}, std::string{model::id(o.basis)},
              o.text.str()}) {
            out += before;
            add_csv_cell([&](std::string_view piece) { out += piece; }, terminal_safe(cell));
            before = ",";
        }
        out += '\n';
    }
    return out;
}

std::string render_timeline_jsonl(const model::Report& report) {
    const EvidenceIndex evidence{report};
    std::string out;
    for (const TimelineRow& row : evidence.timeline()) {
        const model::Observation& o = *row.observation;
        JsonWriter json{out, false};
        json.begin_object();
        json.key("time").value(model::to_rfc3339(o.time, o.precision));
        write_known(json.key("corrected"), row.time != o.time ? model::to_rfc3339(row.time, o.precision) : "");
        json.key("source").value(report.inputs[o.evidence.input].path);
        json.key("origin").value(model::id(o.origin));
        json.key("attempt").value(report.attempts[row.attempt].id);
        json.key("kind").value(o.kind);
        write_known(json.key("stage"), stage_of(o));
        json.key("outcome").value(model::id(o.effect));
        json.key("basis").value(model::id(o.basis));
        json.key("text").value(o.text);
        json.key("evidence").value(row.evidence());
        json.key(unit_of(o.evidence)).value(o.evidence.number);
        if (report.redacted) json.key("redacted").value(true);
        json.end_object();
        out += '\n';
    }
    return out;
}

std::string render_timeline_timesketch(const model::Report& report) {
    const EvidenceIndex evidence{report};
    std::string out;
    for (const TimelineRow& row : evidence.timeline()) {
        const model::Observation& o = *row.observation;
        const bool packet = o.evidence.kind == model::Evidence::Kind::packet;
        JsonWriter json{out, false};
        json.begin_object();
        json.key("message").value(o.text);
        json.key("datetime").value(datetime(row.time));
        json.key("timestamp")
            .value(std::int64_t{std::chrono::floor<std::chrono::microseconds>(row.time).time_since_epoch().count()});
        json.key("timestamp_desc")
            .value(row.time != o.time ? (packet ? "packet, corrected" : "event, corrected")
                                      : (packet ? "packet" : "event"));
        write_tags(json, report, row);
        json.key("source_file").value(report.inputs[o.evidence.input].path);
        json.key(packet ? "frame_number" : "record_number").value(o.evidence.number);
        json.key("rdp_kind").value(o.kind);
        json.key("evidence").value(row.evidence());
        json.end_object();
        out += '\n';
    }
    return out;
}

}  // namespace rdpdx::report
