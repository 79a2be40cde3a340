#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "src/diagnose/missing.hpp"
#include "src/rules/evaluate.hpp"

namespace rdpdx::diagnose {
namespace {

using model::Attempt;
using model::LogCover;
using model::Missing;
using model::Origin;

constexpr std::size_t kMostAwaited = 3;
constexpr std::size_t kEnough = 2;  // causes that wait; for one alone, nobody goes and fetches a log
constexpr std::string_view kClientChannel = "Microsoft-Windows-TerminalServices-RDPClient/Operational";
constexpr std::string_view kWindows = "Microsoft-Windows-";

// What the server's Security log has of every try with credentials where logons are audited.
constexpr std::array<std::string_view, 9> kLogons{"network-logon",        "network-logon-failed", "session-logon",
                                                  "session-logon-failed", "session-unlock",       "other-logon",
                                                  "other-logon-failed",   "ntlm-accepted",        "ntlm-refused"};

// Asked for in one go where no log of the server is there at all.
constexpr std::array<std::string_view, 3> kServersOwn{
    "Microsoft-Windows-RemoteDesktopServices-RdpCoreTS/Operational",
    "Microsoft-Windows-TerminalServices-RemoteConnectionManager/Operational", "System"};

// "Microsoft-Windows-TerminalServices-LocalSessionManager/Operational" -> "LocalSessionManager.evtx"
std::string file_for(std::string_view channel) {
    if (channel.starts_with(kWindows)) channel.remove_prefix(kWindows.size());
    channel = channel.substr(0, channel.find('/'));
    return fmt::format("{}.evtx", channel.substr(channel.rfind('-') + 1));
}

// Events that are written only where somebody said so.
std::string_view switched_on_by(std::string_view channel) {
    if (channel == "Security")
        return "; if auditpol /get /subcategory:Logon shows no failures: auditpol /set /subcategory:Logon "
               "/failure:enable, and repeat the attempt";
    if (channel.find("NTLM") != std::string_view::npos)
        return "; it stays empty until NTLM auditing is on (policy \"Restrict NTLM: Audit Incoming NTLM Traffic\")";
    return "";
}

bool begins_late(const Attempt& attempt, std::string_view channel) {
    return std::ranges::any_of(attempt.logs, [&](const LogCover& log) {
        return log.channel == channel && log.origin != Origin::client_log && log.first > attempt.started;
    });
}

bool covered(const Attempt& attempt, std::string_view channel) {
    return std::ranges::any_of(attempt.logs, [&](const LogCover& log) {
        return log.channel == channel && log.origin != Origin::client_log && log.first <= attempt.started;
    });
}

// The server was shown to have looked at credentials.
bool logged_on(const Attempt& attempt) {
    return std::ranges::any_of(attempt.stages, [&](const model::StageResult& s) {
        if (s.stage != model::Stage::credssp || s.basis != model::Basis::observed) return false;
        return s.status == model::StageStatus::passed ||
               (s.status == model::StageStatus::failed && attempt.ended_by == model::Party::server);
    });
}

// The server's Security log goes on throughout the attempt, and says nothing of a logon that took place.
bool unaudited(const Attempt& attempt) {
    const bool throughout = std::ranges::any_of(attempt.logs, [&](const LogCover& log) {
        return log.channel == "Security" && log.origin == Origin::server_log && log.first <= attempt.started &&
               log.last >= attempt.ended;
    });
    if (!throughout || !logged_on(attempt)) return false;
    return std::ranges::none_of(attempt.tracks, [](const model::Track& t) {
        return std::ranges::any_of(t.seen, [](const model::Observation& o) {
            return std::ranges::find(kLogons, o.string("name")) != kLogons.end();
        });
    });
}

}  // namespace

std::vector<Missing> missing_logs(const Attempt& attempt, std::span<const rules::CauseRule> causes) {
    std::vector<Missing> out;
    if (attempt.outcome != model::Outcome::failed && attempt.outcome != model::Outcome::dropped) return out;
    const bool server =
        std::ranges::any_of(attempt.tracks, [](const auto& t) { return t.origin == Origin::server_log; });
    for (const auto& awaited : rules::awaited_logs(causes, attempt)) {
        const std::string& channel = awaited.channel;
        if (awaited.causes < kEnough || channel == kClientChannel || covered(attempt, channel)) continue;
        if (!server && std::ranges::find(kServersOwn, channel) != kServersOwn.end()) continue;
        if (begins_late(attempt, channel))
            out.push_back(
                {fmt::format("The server's log {} begins after the attempt: what it held of that was overwritten. "
                             "{} causes wait for it.",
                             channel, awaited.causes),
                 fmt::format("On the server: wevtutil sl \"{}\" /ms:134217728 (a larger log), repeat the attempt, "
                             "then wevtutil epl \"{}\" {}",
                             channel, channel, file_for(channel))});
        else
            out.push_back(
                {fmt::format("The server's log {} is not there; {} causes wait for it.", channel, awaited.causes),
                 fmt::format("On the server: wevtutil epl \"{}\" {}{}", channel, file_for(channel),
                             switched_on_by(channel))});
        if (out.size() == kMostAwaited) break;
    }
    if (unaudited(attempt))
        out.push_back(
            {"The server's Security log covers the attempt and has no logon of it (4624, 4625): auditing of "
             "logons is off, or the export was filtered.",
             "On the server: auditpol /get /category:\"Logon/Logoff\"; where Logon says No Auditing: auditpol "
             "/set /subcategory:Logon /success:enable /failure:enable, and repeat the attempt"});
    return out;
}

}  // namespace rdpdx::diagnose
