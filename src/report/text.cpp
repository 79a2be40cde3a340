// The report for a terminal: verdict first, then why, then what it rests on.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <set>

#include "src/codes/codes.hpp"
#include "src/report/evidence.hpp"
#include "src/report/page.hpp"
#include "src/report/udp.hpp"
#include "src/report/path.hpp"

namespace rdpdx::report {
namespace {

using model::Attempt;
using model::Outcome;
using model::StageStatus;

constexpr std::size_t kTimelineRows = 200;  // of one attempt; the JSON has them all

std::string peer(const model::Endpoint& e) {
    std::string text = e.address.empty() ? e.name : e.address;
    if (text.empty()) text = "unknown";
    const bool v6 = text.find(':') != std::string::npos;
    if (e.port) text = fmt::format(fmt::runtime(v6 ? "[{}]:{}" : "{}:{}"), text, e.port);
    if (!e.name.empty() && !e.address.empty()) text += fmt::format(" ({})", e.name);
    return text;
}

Tone tone_of(Outcome outcome) {
    return outcome == Outcome::succeeded                               ? Tone::good
           : outcome == Outcome::failed || outcome == Outcome::dropped ? Tone::bad
                                                                       : Tone::warn;
}

std::string cite(const std::vector<std::string>& names) {
    return names.empty() ? "" : fmt::format(" [{}]", fmt::join(names, ", "));
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
    std::string ended{a.end_kind.empty() ? "not seen to end"
                                         : fmt::format("{} ({})", model::id(a.ended_by), a.end_kind)};
    page.item("         ",
              fmt::format("attempt {} of {} | outcome {} | stage {} | {} | ended by {}", a.id, report.attempts.size(),
                          model::id(a.outcome), model::id(a.stage), model::id(a.basis), ended));
}

void stages(Page& page, const Attempt& a, const EvidenceIndex& evidence) {
    page.heading("Stages");
    for (std::size_t i = 0; i < a.stages.size(); ++i) {
        const auto& s = a.stages[i];
        if (s.status == StageStatus::not_seen && s.note.empty() && !model::main_track(s.stage)) continue;
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
    if (!a.possible_stages.empty()) {
        std::vector<std::string_view> names;
        for (const auto stage : a.possible_stages) names.push_back(model::title(stage));
        page.item("  ", fmt::format("{} is the earliest stage that fits; without keys it may also have been: {}.",
                                    model::title(a.stage), fmt::join(names, ", ")));
    }
}

void code_line(Page& page, std::string_view label, codes::Family family, std::int64_t value) {
    const auto number = static_cast<std::uint32_t>(value);
    const auto* code = family == codes::Family::ntstatus ? codes::find_status(number) : codes::find(family, number);
    std::string text = fmt::format("{} (0x{:X})", value, value);
    if (!code) text += ", not a known value";
    if (code && !code->name.empty()) text += fmt::format(" {}", code->name);
    if (code) text += fmt::format(": {}", code->meaning);
    page.item(fmt::format("  {:<19}", label), text);
}

struct CodeShown {
    std::string_view name, title;
    codes::Family family;
};
constexpr std::array kCodesShown{
    CodeShown{"gateway_error", "gateway error", codes::Family::hresult},
    CodeShown{"nego_failure", "RDP_NEG_FAILURE", codes::Family::negotiation_failure},
    CodeShown{"tls_alert", "TLS alert", codes::Family::tls_alert},
    CodeShown{"credssp_error", "CredSSP error", codes::Family::ntstatus},
    CodeShown{"kerberos_error", "Kerberos error", codes::Family::kerberos},
    CodeShown{"rdstls_result", "RDSTLS result", codes::Family::rdstls_result},
    CodeShown{"early_authorization", "early user authorization", codes::Family::early_authorization},
    CodeShown{"license_error", "licensing error", codes::Family::license_error},
    CodeShown{"error_info", "Set Error Info", codes::Family::error_info},
    CodeShown{"disconnect_reason", "disconnect reason", codes::Family::disconnect_reason},
};

// A number, or one in hex as text.
std::optional<std::int64_t> code_value(const model::Value& value) {
    if (const auto* n = std::get_if<std::int64_t>(&value)) return *n;
    const auto* text = std::get_if<std::string>(&value);
    if (!text || !text->starts_with("0x")) return {};
    std::uint32_t n = 0;
    const auto end = std::from_chars(text->data() + 2, text->data() + text->size(), n, 16);
    return end.ec == std::errc{} ? std::optional<std::int64_t>{n} : std::nullopt;
}

void codes_section(Page& page, const Attempt& a) {
    if (a.codes.empty()) return;
    page.heading("Codes");
    for (const auto& c : a.codes) {
        const auto* shown = std::ranges::find(kCodesShown, c.name, &CodeShown::name);
        const auto n = code_value(c.value);
        if (shown != kCodesShown.end() && n) code_line(page, shown->title, shown->family, *n);
        if (c.name == "http_status" && n) page.item(fmt::format("  {:<19}", "HTTP status"), fmt::format("{}", *n));
    }
}

// Logs whose times were corrected, each machine once.
void clocks(Page& page, const Attempt& a) {
    std::set<std::string> said;
    for (const auto& t : a.tracks) {
        if (!t.clock || t.clock->ahead == model::Duration{} || t.wire) continue;
        const std::string& machine = t.origin == model::Origin::server_log ? t.server.name : t.client.name;
        if (!said.insert(machine).second) continue;
        // Seconds are cut off, not rounded, when a span is written; the error must not show there.
        const model::Duration ahead =
            std::chrono::round<std::chrono::duration<std::int64_t, std::deci>>(t.clock->ahead);
        const bool behind = ahead < model::Duration{};
        page.item(
            "  clock          ",
            fmt::format("{} is {} {} the packets (give or take {}; {} in common); its times are shown corrected",
                        machine, model::to_text(std::chrono::abs(ahead)), behind ? "behind" : "ahead of",
                        model::to_text(t.clock->error),
                        t.clock->anchors == 1 ? "1 connection" : fmt::format("{} connections", t.clock->anchors)));
    }
}

void facts(Page& page, const Attempt& a) {
    page.heading(fmt::format("Attempt {}", a.id));
    page.item("  from           ", peer(a.client));
    page.item("  to             ", peer(a.server));
    if (!a.user.empty()) page.item("  user (hint)    ", a.user);
    page.item("  time           ", fmt::format("{}, {}", moment(a, a.started), model::to_text(a.ended - a.started)));
    clocks(page, a);
    const auto& n = a.negotiation;
    if (!n.requested.empty())
        page.item("  negotiation    ", fmt::format("offered {}, {}", fmt::join(n.requested, "+"),
                                                   n.selected  ? "selected " + *n.selected
                                                   : n.failure ? fmt::format("refused with code {}", *n.failure)
                                                               : std::string{"no RDP answer"}));
    if (!a.tls.version.empty()) page.item("  TLS            ", fmt::format("{}, {}", a.tls.version, a.tls.cipher));
    if (!a.tls.sni.empty()) page.item("  server name    ", a.tls.sni);
    for (const auto& udp : a.udp) page.item("  UDP            ", udp_text(udp));
    if (!a.certificate) return;
    const auto& c = *a.certificate;
    const auto day = [](const auto& t) {
        return t ? model::to_rfc3339(*t, model::Precision::micro).substr(0, 10) : std::string{"?"};
    };
    page.item("  certificate    ",
              fmt::format("{}, issued by {}, valid {} to {}{}", c.subject, c.self_signed ? "itself" : c.issuer,
                          day(c.not_before), day(c.not_after), c.valid_at_capture ? "" : ", NOT valid at this time"));
    page.item("                 ", "SHA-1 " + c.sha1);
}

void timeline(Page& page, const model::Report& report, std::size_t attempt, const EvidenceIndex& evidence) {
    page.heading("Timeline");
    std::size_t shown = 0, left = 0;
    for (const TimelineRow& row : evidence.timeline()) {
        if (row.attempt != attempt || row.observation->kind == "attempt.ended") continue;
        if (shown == kTimelineRows) {
            ++left;
            continue;
        }
        ++shown;
        const auto& o = *row.observation;
        const char* unit = o.evidence.kind == model::Evidence::Kind::packet ? "frame" : "record";
        const std::string where = report.inputs.size() > 1 ? " of " + report.inputs[o.evidence.input].path : "";
        const Tone tone = o.effect == model::Effect::failed ? Tone::bad : Tone::plain;
        page.item(fmt::format("  {:<4} {}  ", row.evidence, model::to_clock(row.time)),
                  fmt::format("{} ({} {}{})", o.text, unit, o.evidence.number, where), tone);
    }
    if (left) page.item("  ", fmt::format("... and {} more; the JSON report has them all.", left));
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
                  fmt::format("{}  {} -> {}  {} at {}{}", model::to_clock(a.started), peer(a.client), peer(a.server),
                              model::id(a.outcome), model::id(a.stage), a.cause ? ", " + a.cause->id : ""));
    }
    if (report.attempts.size() > kShown)
        page.item("  ", fmt::format("... and {} more; the JSON report has them all.", report.attempts.size() - kShown));
}

void inputs(Page& page, const model::Report& report) {
    page.heading("Inputs");
    for (const auto& input : report.inputs) {
        page.item("  - ",
                  fmt::format("{}: {}, {} bytes, {} items, {}", input.path, input.kind, input.bytes, input.items,
                              input.status == model::InputStatus::ok        ? "read whole"
                              : input.status == model::InputStatus::damaged ? "DAMAGED"
                                                                            : "NOT READ"));
        if (!input.sha256.empty()) page.item("      ", "SHA-256 " + input.sha256, Tone::dim);
        for (const auto& note : input.notes) page.item("      ", note, Tone::warn);
    }
}

}  // namespace

std::string render_text(const model::Report& report, const TextStyle& style) {
    const EvidenceIndex evidence{report};
    Page page{style};
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
        facts(page, a);
        if (!a.end_note.empty()) page.item("  end            ", a.end_note);
        codes_section(page, a);
        path_section(page, report, a);
        stages(page, a, evidence);
        timeline(page, report, *report.verdict.attempt, evidence);
        advice(page, a);
    }
    other_attempts(page, report);
    inputs(page, report);
    return page.take();
}

}  // namespace rdpdx::report
