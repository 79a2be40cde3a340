// The report for a terminal: verdict first, then why, then what it rests on.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <span>

#include "src/report/evidence.hpp"
#include "src/report/page.hpp"
#include "src/report/path.hpp"
#include "src/report/rule_trace.hpp"
#include "src/report/text_ladder.hpp"
#include "src/report/udp.hpp"
#include "src/report/words.hpp"

namespace rdpdx::report {
namespace {

using model::Attempt;
using model::Outcome;
using model::StageStatus;

constexpr std::size_t kTimelineRows = 200;  // of one attempt; the JSON has them all
constexpr std::size_t kSettingsRows = 40;

Tone tone_of(Outcome outcome) {
    return outcome == Outcome::succeeded                               ? Tone::good
           : outcome == Outcome::failed || outcome == Outcome::dropped ? Tone::bad
                                                                       : Tone::warn;
}

void finding(Page& page, const model::Finding& f, const EvidenceIndex& evidence, std::string_view lead) {
    page.item(lead,
              fmt::format("{}: {} ({}){}", model::id(f.confidence), f.title, f.id, cite(evidence.names(f.evidence))));
    for (const auto& why : f.because) page.item("      because  ", why);
    for (const auto& why : f.against) page.item("      against  ", why + cite(evidence.names(f.contradicting)));
}

void verdict(Page& page, const model::Report& report) {
    const auto& v = report.verdict;
    page.item("VERDICT  ", v.sentence, v.attempt ? tone_of(v.outcome) : Tone::warn);
    if (!v.attempt) return;
    const Attempt& a = report.attempts[*v.attempt];
    page.item("         ",
              fmt::format("attempt {} of {} | outcome {} | stage {} | {} | ended by {}", a.id, report.attempts.size(),
                          model::id(a.outcome), model::id(a.stage), model::id(a.basis), ended_text(a)));
}

void stages(Page& page, const Attempt& a, const EvidenceIndex& evidence) {
    page.heading("Stages");
    for (std::size_t i = 0; i < a.stages.size(); ++i) {
        const auto& s = a.stages[i];
        if (!worth_showing(s)) continue;
        const Tone tone = s.status == StageStatus::passed   ? Tone::good
                          : s.status == StageStatus::failed ? Tone::bad
                                                            : Tone::dim;
        const bool said = s.status == StageStatus::passed || s.status == StageStatus::failed;
        const std::string status = s.status == StageStatus::failed ? "FAILED" : std::string{model::id(s.status)};
        std::string text =
            said ? fmt::format("{}, {}{}", status, model::id(s.basis), cite(evidence.names(s.evidence))) : status;
        if (!s.note.empty()) text += ". " + s.note;
        page.item(fmt::format("  {:<24}", model::title(s.stage)), text, tone);
    }
    if (!a.possible_stages.empty()) page.item("  ", possible_stages_text(a));
}

void codes_section(Page& page, const Attempt& a) {
    if (a.codes.empty()) return;
    page.heading("Codes");
    for (const CodeLine& line : code_lines(a)) page.item(fmt::format("  {:<19}", line.label), text_of(line));
    for (const auto& sentence : a.codes_meaning) page.item("  ", sentence);
}

void facts(Page& page, const Attempt& a, const model::Zone& zone) {
    page.heading(fmt::format("Attempt {}", a.id));
    page.item("  from           ", peer_text(a.client));
    page.item("  to             ", peer_text(a.server));
    if (!a.user.empty()) page.item("  user (hint)    ", a.user);
    page.item("  time           ",
              fmt::format("{}, {}", moment(a, a.started, zone), model::to_text(a.ended - a.started)));
    for (const auto& sentence : clock_sentences(a)) page.item("  clock          ", sentence);
    if (!a.negotiation.requested.empty()) page.item("  negotiation    ", negotiation_text(a.negotiation));
    if (!a.tls.version.empty()) page.item("  TLS            ", tls_text(a.tls));
    if (!a.tls.sni.empty()) page.item("  server name    ", a.tls.sni);
    for (const auto& udp : a.udp) page.item("  UDP            ", udp_text(udp));
    if (!a.certificate) return;
    page.item("  certificate    ", certificate_text(*a.certificate));
    page.item("                 ", "SHA-1 " + a.certificate->sha1);
}

void timeline(Page& page, const model::Report& report, std::size_t attempt, const EvidenceIndex& evidence) {
    page.heading(fmt::format("Timeline ({})", model::to_text(report.zone)));
    std::size_t shown = 0, left = 0;
    for (const TimelineRow& row : evidence.timeline()) {
        if (row.attempt != attempt || row.observation->kind == "attempt.ended") continue;
        if (shown == kTimelineRows) {
            ++left;
            continue;
        }
        ++shown;
        const auto& o = *row.observation;
        const Tone tone = o.effect == model::Effect::failed ? Tone::bad : Tone::plain;
        page.item(fmt::format("  {:<4} {}  ", row.evidence(), model::to_clock(row.time, report.zone)),
                  fmt::format("{} ({})", o.text, place_text(report, o.evidence)), tone);
    }
    if (left) page.item("  ", fmt::format("... and {} more; the JSON report has them all.", left));
}

void settings(Page& page, const model::Report& report, const Attempt& a, const EvidenceIndex& evidence) {
    const auto texts = evidence.texts_of(a);
    if (texts.empty()) return;
    page.heading("Settings, as they were when somebody collected them");
    for (const auto* item : std::span{texts}.first(std::min(texts.size(), kSettingsRows)))
        page.item(fmt::format("  {:<4} ", evidence.name(item->evidence())),
                  fmt::format("{} ({})", item->observation->text, place_text(report, item->evidence())));
    if (texts.size() > kSettingsRows)
        page.item("  ", fmt::format("... and {} more; the JSON report has them all.", texts.size() - kSettingsRows));
}

void advice(Page& page, const Attempt& a) {
    if (!a.missing.empty()) {
        page.heading("What is missing, and how to get it");
        for (const auto& m : a.missing) {
            page.item("  - ", m.what);
            page.item("      ", m.how, Tone::dim);
        }
    }
    if (a.next_steps.empty()) return;
    page.heading("What to do next");
    std::size_t n = 0;
    for (const auto& step : a.next_steps) {
        page.item(fmt::format("  {}. ", ++n), step.text);
        if (!step.command.empty()) page.command("     ", step.command);
        if (!step.caution.empty()) page.item("     caution: ", step.caution, Tone::warn);
    }
}

void other_attempts(Page& page, const model::Report& report) {
    if (report.attempts.size() < 2) return;
    constexpr std::size_t kShown = 50;
    page.heading("All attempts");
    for (std::size_t i = 0; i < report.attempts.size() && i < kShown; ++i) {
        const Attempt& a = report.attempts[i];
        page.item(fmt::format("  {:<5}{:<5}", a.id, a.incident),
                  fmt::format("{}  {} -> {}  {} at {}{}", model::to_clock(a.started, report.zone), peer_text(a.client),
                              peer_text(a.server), model::id(a.outcome), model::id(a.stage),
                              a.cause ? ", " + a.cause->id : ""));
    }
    if (report.attempts.size() > kShown)
        page.item("  ", fmt::format("... and {} more; the JSON report has them all.", report.attempts.size() - kShown));
}

void inputs(Page& page, const model::Report& report) {
    page.heading("Inputs");
    for (const auto& input : report.inputs) {
        page.item("  - ", fmt::format("{}: {}, {} bytes, {} items, {}", input.path, input.kind, input.bytes,
                                      input.items, status_text(input.status)));
        for (const auto& note : input.notes) page.item("      ", note, Tone::warn);
    }
}

}  // namespace

std::string render_text(const model::Report& report, const TextStyle& style) {
    const EvidenceIndex evidence{report};
    Page page{style};
    if (report.redacted) {
        page.line(kRedacted);
        page.line();
    }
    verdict(page, report);
    if (report.verdict.attempt) {
        const Attempt& a = report.attempts[*report.verdict.attempt];
        if (a.cause) {
            page.heading("Cause");
            finding(page, *a.cause, evidence, "  ");
        }
        if (!a.alternatives.empty()) {
            page.heading("Other explanations");
            for (const auto& f : a.alternatives) finding(page, f, evidence, "  - ");
        }
        facts(page, a, report.zone);
        if (!a.end_note.empty()) page.item("  end            ", a.end_note);
        codes_section(page, a);
        path_section(page, report, a);
        stages(page, a, evidence);
        ladder_section(page, a, evidence, report.zone);
        timeline(page, report, *report.verdict.attempt, evidence);
        settings(page, report, a, evidence);
        advice(page, a);
        rule_trace_section(page, a, evidence);
    }
    other_attempts(page, report);
    log_health_section(page, report);
    inputs(page, report);
    return page.take();
}

}  // namespace rdpdx::report
