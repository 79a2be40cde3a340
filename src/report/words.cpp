#include "src/report/words.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <set>

#include "src/codes/codes.hpp"

namespace rdpdx::report {
namespace {

using model::Attempt;

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

CodeLine code_line(const CodeShown& shown, std::int64_t value) {
    const auto number = static_cast<std::uint32_t>(value);
    const auto* code =
        shown.family == codes::Family::ntstatus ? codes::find_status(number) : codes::find(shown.family, number);
    CodeLine line{std::string{shown.title}, fmt::format("{} (0x{:X})", value, value), {}, {}};
    if (!code) {
        line.meaning = "not a known value";
        return line;
    }
    line.name = code->name;
    line.meaning = code->meaning;
    return line;
}

}  // namespace

std::string peer_text(const model::Endpoint& e) {
    std::string text = e.address.empty() ? e.name : e.address;
    if (text.empty()) text = "unknown";
    const bool v6 = text.find(':') != std::string::npos;
    if (e.port) text = fmt::format(fmt::runtime(v6 ? "[{}]:{}" : "{}:{}"), text, e.port);
    if (!e.name.empty() && !e.address.empty()) text += fmt::format(" ({})", e.name);
    return text;
}

std::string cite(const std::vector<std::string>& names) {
    return names.empty() ? "" : fmt::format(" [{}]", fmt::join(names, ", "));
}

std::string ended_text(const Attempt& a) {
    return a.end_kind.empty() ? "(not seen)" : fmt::format("{} ({})", model::id(a.ended_by), a.end_kind);
}

std::string possible_stages_text(const Attempt& a) {
    if (a.possible_stages.empty()) return {};
    std::vector<std::string_view> names;
    for (const auto stage : a.possible_stages) names.push_back(model::title(stage));
    return fmt::format("{} is the earliest stage that fits; by the same evidence it may also have been: {}.",
                       model::title(a.stage), fmt::join(names, ", "));
}

std::vector<CodeLine> code_lines(const Attempt& a) {
    std::vector<CodeLine> out;
    for (const auto& c : a.codes) {
        const auto* shown = std::ranges::find(kCodesShown, c.name, &CodeShown::name);
        const auto n = code_value(c.value);
        if (shown != kCodesShown.end() && n) out.push_back(code_line(*shown, *n));
        if (c.name == "http_status" && n) out.push_back({"HTTP status", fmt::format("{}", *n), {}, {}});
    }
    return out;
}

std::string text_of(const CodeLine& line) {
    std::string out = line.value;
    if (!line.name.empty()) out += " " + line.name;
    const bool known = line.meaning != "not a known value";
    if (!line.meaning.empty()) out += (known ? ": " : ", ") + line.meaning;
    return out;
}

std::string drift_text(const model::Clock& clock) {
    if (clock.drift_ppb == 0) return {};
    const model::Duration an_hour{std::abs(clock.drift_ppb) * 3600};
    return fmt::format(" and {} {} an hour", clock.drift_ppb > 0 ? "gains" : "loses",
                       model::to_text(std::chrono::round<std::chrono::milliseconds>(an_hour)));
}

std::vector<std::string> clock_sentences(const Attempt& a) {
    std::vector<std::string> out;
    std::set<std::string> said;
    for (const auto& t : a.tracks) {
        if (!t.clock || t.clock->ahead == model::Duration{} || t.wire) continue;
        const std::string& machine = t.origin == model::Origin::server_log ? t.server.name : t.client.name;
        if (!said.insert(machine).second) continue;
        // Seconds are cut off, not rounded, when a span is written; the error must not show there.
        const model::Duration ahead =
            std::chrono::round<std::chrono::duration<std::int64_t, std::deci>>(t.clock->ahead);
        const bool behind = ahead < model::Duration{};
        out.push_back(
            fmt::format("{} is {} {} the packets{} (give or take {}; {} in common); its times are shown corrected",
                        machine, model::to_text(std::chrono::abs(ahead)), behind ? "behind" : "ahead of",
                        drift_text(*t.clock), model::to_text(t.clock->error),
                        t.clock->anchors == 1 ? "1 connection" : fmt::format("{} connections", t.clock->anchors)));
    }
    return out;
}

std::string negotiation_text(const model::Negotiation& n) {
    if (n.requested.empty()) return {};
    return fmt::format("offered {}, {}", fmt::join(n.requested, "+"),
                       n.selected  ? "selected " + *n.selected
                       : n.failure ? fmt::format("refused with code {}", *n.failure)
                                   : std::string{"no RDP answer"});
}

std::string tls_text(const model::Tls& tls) {
    return tls.version.empty() ? std::string{} : fmt::format("{}, {}", tls.version, tls.cipher);
}

std::string day_text(const std::optional<model::Time>& time) {
    return time ? model::to_rfc3339(*time, model::Precision::micro).substr(0, 10) : std::string{"?"};
}

std::string certificate_text(const model::Certificate& c) {
    return fmt::format("{}, issued by {}, valid {} to {}{}", c.subject, c.self_signed ? "itself" : c.issuer,
                       day_text(c.not_before), day_text(c.not_after),
                       c.valid_at_capture ? "" : ", NOT valid at this time");
}

std::string_view status_text(model::InputStatus status) noexcept {
    return status == model::InputStatus::ok        ? "read whole"
           : status == model::InputStatus::damaged ? "DAMAGED"
                                                   : "NOT READ";
}

std::string value_text(const model::Value& value) {
    if (const auto* n = std::get_if<std::int64_t>(&value)) return fmt::format("{}", *n);
    if (const auto* list = std::get_if<std::vector<std::string>>(&value))
        return fmt::format("{}", fmt::join(*list, ", "));
    return std::get<std::string>(value);
}

std::string place_text(const model::Report& report, const model::Evidence& evidence) {
    const std::string where = report.inputs.size() > 1 ? " of " + report.inputs[evidence.input].path : "";
    return fmt::format("{} {}{}", model::unit(evidence.kind), evidence.number, where);
}

bool worth_showing(const model::StageResult& stage) noexcept {
    return model::main_track(stage.stage) || stage.status != model::StageStatus::not_seen || !stage.note.empty();
}

}  // namespace rdpdx::report
