// The report for a ticket that takes Markdown.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <span>

#include "src/report/environment.hpp"
#include "src/report/evidence.hpp"
#include "src/report/lookup.hpp"
#include "src/report/markdown_writer.hpp"
#include "src/report/render.hpp"
#include "src/report/rule_trace.hpp"
#include "src/report/udp.hpp"
#include "src/report/words.hpp"

namespace rdpdx::report {
namespace {

using model::Attempt;

constexpr std::size_t kRows = 2000;  // of the long report's timeline; the JSON has them all
constexpr std::size_t kAttempts = 50;

enum class Length { small, full };

void finding(MarkdownPage& page, const model::Finding& f, const EvidenceIndex& evidence) {
    page.paragraph(fmt::format("**{}:** {} ({}){}", model::id(f.confidence), markdown_text(f.title),
                               markdown_code(f.id), markdown_text(cite(evidence.names(f.evidence)))));
    for (const auto& why : f.because) page.bullet("because: " + markdown_text(why));
    for (const auto& why : f.against)
        page.bullet("against: " + markdown_text(why + cite(evidence.names(f.contradicting))));
}

void fact(MarkdownPage& page, std::string_view label, std::string_view text) {
    if (!text.empty()) page.bullet(fmt::format("{}: {}", label, markdown_text(text)));
}

void facts(MarkdownPage& page, const Attempt& a, const model::Zone& zone, Length length) {
    page.heading(3, "Connection");
    fact(page, "from", peer_text(a.client));
    fact(page, "to", peer_text(a.server));
    if (!a.user.empty()) page.bullet("user (hint): " + markdown_code(a.user));
    fact(page, "time", fmt::format("{}, {}", moment(a, a.started, zone), model::to_text(a.ended - a.started)));
    for (const auto& sentence : clock_sentences(a)) fact(page, "clock", sentence);
    fact(page, "negotiation", negotiation_text(a.negotiation));
    fact(page, "TLS", tls_text(a.tls));
    fact(page, "server name", a.tls.sni);
    for (const auto& udp : a.udp) fact(page, "UDP", udp_text(udp));
    if (a.certificate) fact(page, "certificate", certificate_text(*a.certificate));
    if (a.certificate && length == Length::full) fact(page, "certificate's SHA-1", a.certificate->sha1);
    fact(page, "end", a.end_note);
    if (length == Length::full && !connection_filter(a).empty())
        page.bullet("Wireshark filter: " + markdown_code(connection_filter(a)));
}

void codes_section(MarkdownPage& page, const Attempt& a) {
    const auto lines = code_lines(a);
    if (lines.empty()) return;
    page.heading(3, "Codes");
    for (const CodeLine& line : lines)
        page.bullet(fmt::format("{}: {}", markdown_text(line.label), markdown_text(text_of(line))));
    for (const auto& sentence : a.codes_meaning) page.paragraph(markdown_text(sentence));
}

void stages(MarkdownPage& page, const Attempt& a, const EvidenceIndex& evidence) {
    page.heading(3, "Stages");
    page.table_head({"stage", "status", "basis", "evidence", "note"});
    for (const auto& s : a.stages) {
        if (!worth_showing(s)) continue;
        const bool said = s.status == model::StageStatus::passed || s.status == model::StageStatus::failed;
        const std::string status =
            s.status == model::StageStatus::failed ? "**FAILED**" : std::string{model::id(s.status)};
        page.table_row({markdown_text(model::title(s.stage)), status, said ? std::string{model::id(s.basis)} : "",
                        fmt::format("{}", fmt::join(evidence.names(s.evidence), ", ")), markdown_text(s.note)});
    }
    if (!a.possible_stages.empty()) page.paragraph(markdown_text(possible_stages_text(a)));
}

void advice(MarkdownPage& page, const Attempt& a) {
    if (!a.next_steps.empty()) page.heading(3, "What to do next");
    std::size_t n = 0;
    for (const auto& step : a.next_steps) {
        page.numbered(++n, markdown_text(step.text) +
                               (step.caution.empty() ? "" : " **Caution:** " + markdown_text(step.caution)));
        if (!step.command.empty()) page.block(step.command, 3);
    }
    if (!a.missing.empty()) page.heading(3, "What is missing, and how to get it");
    for (const auto& m : a.missing) page.bullet(markdown_text(m.what) + " " + markdown_text(m.how));
}

void environment_section(MarkdownPage& page, const Attempt& a, const EvidenceIndex& evidence) {
    const auto facts_known = environment(a);
    if (facts_known.empty()) return;
    page.heading(3, "Environment");
    for (const auto& f : facts_known)
        page.bullet(fmt::format("{}: {}{}", f.label, markdown_text(f.value),
                                markdown_text(f.evidence ? cite(evidence.names({*f.evidence})) : std::string{})));
}

// Says what a list that was cut leaves out.
void rest(MarkdownPage& page, std::size_t all, std::size_t shown) {
    if (all > shown) page.paragraph(fmt::format("... and {} more; the JSON report has them all.", all - shown));
}

void rules_section(MarkdownPage& page, const Attempt& a, const EvidenceIndex& evidence) {
    if (a.rule_trace.empty()) return;
    page.heading(3, "Rules, clause by clause");
    for (const auto& t : a.rule_trace) {
        page.paragraph(fmt::format("**{}** ({}): {}. {}", markdown_text(t.title), markdown_code(t.id), rule_result(t),
                                   markdown_text(t.note)));
        for (const auto& c : t.clauses)
            page.bullet(fmt::format("{}, {}: {}{}{}", c.role, truth_text(c.truth), markdown_text(c.text),
                                    markdown_text(cite(evidence.names(c.evidence))),
                                    c.lack.empty() ? "" : "; lacking: " + markdown_text(c.lack)));
    }
}

void log_health(MarkdownPage& page, const model::Report& report) {
    if (report.log_health.empty()) return;
    constexpr std::size_t kNotes = 40;
    page.heading(3, "Health of the logs");
    for (std::size_t i = 0; i < report.log_health.size() && i < kNotes; ++i) {
        const auto& note = report.log_health[i];
        page.bullet(fmt::format("{}{} ({})", note.time ? model::to_second(*note.time, report.zone) + " " : "",
                                markdown_text(note.text), markdown_code(report.inputs[note.input].path)));
    }
    rest(page, report.log_health.size(), kNotes);
}

void timeline(MarkdownPage& page, const model::Report& report, const EvidenceIndex& evidence) {
    page.heading(3, fmt::format("Timeline ({})", model::to_text(report.zone)));
    page.table_head({"evidence", "time", "attempt", "stage", "what", "where"});
    std::size_t shown_rows = 0;
    for (const TimelineRow& row : evidence.timeline()) {
        if (++shown_rows > kRows) continue;
        const auto& o = *row.observation;
        page.table_row({row.evidence(), model::to_rfc3339(row.time, o.precision, report.zone),
                        report.attempts[row.attempt].id, o.stage ? std::string{model::id(*o.stage)} : "",
                        markdown_text(o.text),
                        markdown_text(fmt::format("{} {} of {}", model::unit(o.evidence.kind), o.evidence.number,
                                                  report.inputs[o.evidence.input].path))});
    }
    rest(page, shown_rows, kRows);
}

void settings(MarkdownPage& page, const model::Report& report, const EvidenceIndex& evidence) {
    if (!report.verdict.attempt) return;
    const auto texts = evidence.texts_of(report.attempts[*report.verdict.attempt]);
    if (texts.empty()) return;
    page.heading(3, "Settings, as they were when somebody collected them");
    page.table_head({"evidence", "what", "where"});
    for (const auto* item : std::span{texts}.first(std::min(texts.size(), kRows)))
        page.table_row(
            {evidence.name(item->evidence()), markdown_text(item->observation->text),
             markdown_text(fmt::format("{} {} of {}", model::unit(item->evidence().kind), item->evidence().number,
                                       report.inputs[item->evidence().input].path))});
    rest(page, texts.size(), kRows);
}

void attempts(MarkdownPage& page, const model::Report& report) {
    if (report.attempts.size() < 2) return;
    page.heading(3, "All attempts");
    page.table_head({"attempt", "incident", "time", "client", "server", "outcome", "stage", "cause"});
    for (std::size_t i = 0; i < report.attempts.size() && i < kAttempts; ++i) {
        const Attempt& a = report.attempts[i];
        page.table_row({a.id, a.incident, moment(a, a.started, report.zone), markdown_text(peer_text(a.client)),
                        markdown_text(peer_text(a.server)), std::string{model::id(a.outcome)},
                        std::string{model::id(a.stage)}, a.cause ? a.cause->id : ""});
    }
    rest(page, report.attempts.size(), kAttempts);
}

void inputs(MarkdownPage& page, const model::Report& report, Length length) {
    page.heading(3, "Inputs");
    for (const auto& input : report.inputs) {
        page.bullet(fmt::format("{}: {}, {} bytes, {} items, {}{}", markdown_code(input.path),
                                markdown_text(input.kind), input.bytes, input.items, status_text(input.status),
                                input.sha256.empty() ? "" : ", SHA-256 " + markdown_code(input.sha256)));
        if (length == Length::full)
            for (const auto& note : input.notes) page.bullet("note: " + markdown_text(note));
    }
    page.paragraph(fmt::format("rdpdx {}, rules {}, report schema rdpdx.report/1", markdown_text(report.version),
                               markdown_text(report.rules)));
}

void verdict(MarkdownPage& page, const model::Report& report) {
    const auto& v = report.verdict;
    page.heading(2, v.sentence);
    if (!v.attempt) return;
    const Attempt& a = report.attempts[*v.attempt];
    page.paragraph(fmt::format("attempt {} of {} | outcome **{}** | stage **{}** ({}) | ended by {}", a.id,
                               report.attempts.size(), model::id(a.outcome), model::id(a.stage), model::id(a.basis),
                               markdown_text(ended_text(a))));
}

std::string render(const model::Report& report, Length length) {
    const EvidenceIndex evidence{report};
    MarkdownPage page;
    if (report.redacted) page.paragraph(std::string{kRedacted});
    verdict(page, report);
    if (report.verdict.attempt) {
        const Attempt& a = report.attempts[*report.verdict.attempt];
        if (a.cause) {
            page.heading(3, "Cause");
            finding(page, *a.cause, evidence);
        }
        if (!a.alternatives.empty() && length == Length::full) {
            page.heading(3, "Other explanations");
            for (const auto& f : a.alternatives) finding(page, f, evidence);
        }
        codes_section(page, a);
        facts(page, a, report.zone, length);
        if (length == Length::full) stages(page, a, evidence);
        advice(page, a);
        if (length == Length::full) {
            environment_section(page, a, evidence);
            rules_section(page, a, evidence);
        }
    }
    if (length == Length::full) {
        attempts(page, report);
        timeline(page, report, evidence);
        log_health(page, report);
        settings(page, report, evidence);
    }
    inputs(page, report, length);
    return page.take();
}

}  // namespace

std::string render_markdown(const model::Report& report) { return render(report, Length::small); }
std::string render_markdown_long(const model::Report& report) { return render(report, Length::full); }

}  // namespace rdpdx::report
