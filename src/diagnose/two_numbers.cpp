#include "src/diagnose/two_numbers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace rdpdx::diagnose {
namespace {

using model::Attempt;
using model::Observation;
using model::Origin;
using model::Stage;
using model::Track;

constexpr std::int64_t kSocketClosed = 2308;  // 0x904, disconnectReasonAtClientWinsockFDCLOSE
constexpr std::int64_t kDenied = 7;           // ERRINFO_SERVER_DENIED_CONNECTION, exDiscReasonServerDeniedConnection

// Who may say why the server ended it: the PDU itself, RdpCoreTS 72, LocalSessionManager 40.
struct Said {
    const Observation* by{};
    std::int64_t code{};
};

std::string_view source_of(const Observation& o) {
    if (o.kind == "rdp.error-info") return "in a Set Error Info PDU";
    return o.string("name") == "error-info-set" ? "in its log (RdpCoreTS 72, SetErrorInfo)"
                                                : "in its log (LocalSessionManager 40)";
}

// Large numbers of LocalSessionManager are internal.
constexpr std::int64_t kLargestErrorInfo = 0x7FFF;

Said said_by_server(const Attempt& attempt) {
    Said out;
    for (const Track& t : attempt.tracks) {
        for (const Observation& o : t.seen) {
            const bool event =
                o.kind == "event" && (o.string("name") == "error-info-set" || o.string("name") == "session-end-reason");
            if (o.kind != "rdp.error-info" && !event) continue;
            const auto code = o.number("code").value_or(0);
            if (code == 0 || code > kLargestErrorInfo) continue;
            // The bytes themselves go before what a log says of them.
            if (!out.by || (o.kind == "rdp.error-info" && out.by->kind != o.kind)) out = {&o, code};
        }
    }
    return out;
}

std::optional<std::int64_t> disconnect_reason(const Attempt& attempt) {
    for (const auto& code : attempt.codes)
        if (code.name == "disconnect_reason")
            if (const auto* n = std::get_if<std::int64_t>(&code.value)) return *n;
    return {};
}

std::string where_closed(const Attempt& a) {
    std::string out = fmt::format(" Here that was at the stage {} ({})", model::title(a.stage), model::id(a.basis));
    if (a.end_kind.empty()) return out + ".";
    return fmt::format("{}, ended by {} ({}).", out,
                       a.ended_by == model::Party::unknown ? "whom is not known" : model::id(a.ended_by), a.end_kind);
}

// Codes of a server that refuses or fails. The others tell of an end that somebody asked for, or are internal.
bool failure(std::int64_t code) {
    constexpr std::array<std::int64_t, 8> kAskedFor{0x0, 0x1, 0x2, 0x3, 0x4, 0x5, 0xB, 0xC};
    return code <= kLargestErrorInfo && std::ranges::find(kAskedFor, code) == kAskedFor.end();
}

// An event that fits by its time or its user alone may be another connection's.
bool doubtful(std::string_view tie) {
    return !tie.empty() && tie != "activity" && tie != "port" && tie != "session" && tie != "address_and_user" &&
           tie != "address-and-user";
}

// Why nobody knows, or why it cannot have been the server.
std::string not_said(const Attempt& a) {
    const bool early = a.stage < Stage::client_info && a.basis == model::Basis::observed;
    if (early)
        return fmt::format("the connection ended at the stage {}, before a server can send error information at all",
                           model::title(a.stage));
    const bool locked =
        std::ranges::any_of(a.tracks, [](const Track& t) { return t.wire && t.wire->tls_seen && !t.wire->opened; });
    const bool server = std::ranges::any_of(a.tracks, [](const Track& t) { return t.origin == Origin::server_log; });
    if (server) return "the server's logs given here hold no such statement (RdpCoreTS 72, LocalSessionManager 40)";
    return locked ? "what TLS carried cannot be read, and no log of the server was given (RdpCoreTS 72, "
                    "LocalSessionManager 40)"
                  : "no Set Error Info PDU and no log of the server shows it";
}

}  // namespace

void blame_log(Ending& end, const Attempt& attempt) {
    // Times of a log whose clock was not compared with the packets' are about right at best.
    constexpr auto kAround = std::chrono::seconds{5};
    if (end.kind != "fin" && end.kind != "reset" && end.kind != "ultimatum") return;
    for (const Track& t : attempt.tracks) {
        if (t.origin != Origin::server_log) continue;
        for (const Observation& o : t.seen) {
            if (o.kind != "event" || o.string("name") != "error-info-set" || doubtful(o.string("tie"))) continue;
            const auto code = o.number("code").value_or(0);
            const auto apart = t.corrected(o.time) - end.time;
            if (!failure(code) || std::chrono::abs(apart) > kAround) continue;
            end.by = model::Party::server;
            end.kind = "error-info";
            end.note = fmt::format("The server's log says that it sent error information 0x{:X} (RdpCoreTS 72).", code);
            return;
        }
    }
}

void explain_numbers(Attempt& attempt) {
    const auto reason = disconnect_reason(attempt);
    const Said said = said_by_server(attempt);
    if (said.by) attempt.codes.push_back({"extended", said.code});
    if (attempt.outcome == model::Outcome::succeeded) return;
    auto& out = attempt.codes_meaning;
    if (reason == kSocketClosed)
        out.push_back(
            "0x904 (2308) means that the client's socket was closed by the other side (Winsock FD_CLOSE). It tells how "
            "the client noticed the end and not why, and fits every stage after the TCP connection." +
            where_closed(attempt));
    if (said.code == kDenied)
        out.push_back(fmt::format(
            "0x7 means that the server denied the connection, and here the server said so itself {}. It does not say "
            "what for: rights, licensing, drain mode and session limits all end like this.",
            source_of(*said.by)));
    else if (said.by && reason == kSocketClosed)
        out.push_back(
            fmt::format("The server gave the reason 0x{:X} {}, and not 0x7.", said.code, source_of(*said.by)));
    else if (reason == kSocketClosed)
        out.push_back(fmt::format(
            "If the dialog showed 0x7 (\"denied\") beside it, nothing here says that it came from the server: {}. "
            "Clients "
            "show it on their own when the other side closes before the connection is complete, so it proves nothing.",
            not_said(attempt)));
}

}  // namespace rdpdx::diagnose
