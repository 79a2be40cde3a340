// Who could have seen something, had it happened.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "src/rules/evaluate.hpp"

namespace rdpdx::rules {
namespace {

using model::Attempt;
using model::LogCover;
using model::Origin;
using model::Time;
using model::Track;

constexpr std::string_view kWindows = "Microsoft-Windows-";

// Providers whose channel is not "PROVIDER/Operational".
struct Channel {
    std::string_view provider, channel;  // without "Microsoft-Windows-"
};
constexpr std::array kChannels{
    Channel{"Application Error", "Application"},
    Channel{"EventLog", "System"},
    Channel{"Kernel-General", "System"},
    Channel{"Kernel-Power", "System"},
    Channel{"LsaSrv", "System"},
    Channel{"NETLOGON", "System"},
    Channel{"Power-Troubleshooter", "System"},
    Channel{"Schannel", "System"},
    Channel{"Security-Auditing", "Security"},
    Channel{"Security-Kerberos", "System"},
    Channel{"Service Control Manager", "System"},
    Channel{"Tcpip", "System"},
    Channel{"TermDD", "System"},
    Channel{"TerminalServices-ClientActiveXCore", "Microsoft-Windows-TerminalServices-RDPClient/Operational"},
    Channel{"Time-Service", "System"},
    Channel{"Windows Error Reporting", "Application"},
};

std::string lack_of_event(const Pattern& pattern, const Attempt& attempt, Time from, Time to) {
    const std::string channel = channel_of(pattern);
    const std::string_view whose = pattern.origin == Origin::client_log   ? " of the client"
                                   : pattern.origin == Origin::server_log ? " of the server"
                                                                          : "";
    bool late = false, there = false;
    for (const LogCover& log : attempt.logs) {
        if (!channel.empty() && log.channel != channel) continue;
        if (pattern.origin && log.origin != *pattern.origin && log.origin != Origin::other_log) continue;
        if (log.first <= from && log.last >= to) return {};
        there = true;
        late = late || log.first > from;
    }
    if (channel.empty()) return fmt::format("a log{} that covers this time", whose);
    if (!there) return fmt::format("the log {}{}", channel, whose);
    return fmt::format("a log {}{} that {}", channel, whose, late ? "begins early enough" : "goes on long enough");
}

// What only decrypted bytes show.
bool inside_tls(std::string_view kind) {
    return kind == "credssp.pdu" || kind == "credssp.early-authorization" || kind.starts_with("rdstls.") ||
           kind.starts_with("rdsaad.") || kind.starts_with("mcs.") || kind.starts_with("gcc.") ||
           kind.starts_with("rdp.");
}

// What other conversations show, which a capture of RDP's port alone has not.
bool beside(std::string_view kind) {
    return kind.starts_with("dns.") || kind.starts_with("arp.") || kind.starts_with("kdc") || kind == "icmp.error" ||
           kind.starts_with("gateway.");
}

std::string lack_on_wire(const Pattern& pattern, const Attempt& attempt, Time to) {
    const bool udp = pattern.kind.starts_with("udp.");
    bool captured = false, locked = false, partly = false;
    for (const Track& t : attempt.tracks) {
        if (udp ? !t.udp : !t.wire) continue;
        captured = true;
        if (udp) {
            if (t.udp->capture_end >= to) return {};
            partly = true;
            continue;
        }
        if (inside_tls(pattern.kind) && t.wire->tls_seen && !t.wire->opened) {
            locked = true;
            continue;
        }
        const bool whole = !t.wire->starts_midway && t.wire->client.gap_bytes == 0 && t.wire->server.gap_bytes == 0;
        if (whole && t.wire->capture_end >= to) return {};
        partly = true;
    }
    if (!captured) return "a packet capture of the connection";
    if (partly) return "a capture without gaps of the whole time";
    return locked ? "the secrets of the TLS session" : "a packet capture of the connection";
}

}  // namespace

std::string channel_of(const Pattern& pattern) {
    for (const Matcher& m : pattern.where)
        if (m.field == "channel") return m.values.front().text;
    for (const Matcher& m : pattern.where) {
        if (m.field != "provider") continue;
        std::string_view name = m.values.front().text;
        if (name.starts_with(kWindows)) name.remove_prefix(kWindows.size());
        const auto row = std::ranges::find(kChannels, name, &Channel::provider);
        return row != kChannels.end() ? std::string{row->channel} : fmt::format("{}{}/Operational", kWindows, name);
    }
    return {};
}

std::string lack_for(const Pattern& pattern, const Attempt& attempt, Time from, Time to) {
    if (pattern.kind == "event") return lack_of_event(pattern, attempt, from, to);
    if (pattern.kind.starts_with("config.")) return "texts of the machine's settings, as support bundles have them";
    if (beside(pattern.kind)) return "a capture that surely was not limited to RDP's own port";
    return lack_on_wire(pattern, attempt, to);
}

}  // namespace rdpdx::rules
