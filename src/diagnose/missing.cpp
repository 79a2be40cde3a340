#include "src/diagnose/missing.hpp"

#include <algorithm>
#include <array>

namespace rdpdx::diagnose {
namespace {

using model::Attempt;
using model::Origin;
using model::Stage;

struct Need {
    std::string_view what, how;
    bool (*applies)(const Attempt&);
};

bool has(const Attempt& a, Origin origin) {
    return std::ranges::any_of(a.tracks, [&](const model::Track& t) { return t.origin == origin; });
}
long captures(const Attempt& a) {
    return std::ranges::count_if(a.tracks, [](const model::Track& t) { return t.wire.has_value(); });
}
// Secrets were given, and do not open this connection.
bool locked(const Attempt& a) {
    return std::ranges::any_of(a.tracks, [](const model::Track& t) { return t.wire && !t.wire->secrets.empty(); });
}
bool any_wire(const Attempt& a, bool (*holds)(const model::Wire&)) {
    return std::ranges::any_of(a.tracks, [&](const model::Track& t) { return t.wire && holds(*t.wire); });
}
bool all_wires(const Attempt& a, bool (*holds)(const model::Wire&)) {
    return captures(a) > 0 &&
           std::ranges::all_of(a.tracks, [&](const model::Track& t) { return !t.wire || holds(*t.wire); });
}
bool connected(const Attempt& a) { return a.stage > Stage::tcp_connect; }

// In the order of what they tell. Commands are for an elevated command prompt.
constexpr std::array kNeeds{
    Need{"No packet capture shows this connection.",
         "On the client: pktmon filter add RDP -p 3389 & pktmon start --capture --pkt-size 0, repeat the attempt, "
         "pktmon stop & pktmon etl2pcap PktMon.etl -o client.pcapng",
         [](const Attempt& a) { return captures(a) == 0; }},
    Need{"The capture shows one direction of this connection alone, so nothing can be said of answers.",
         "Capture without a filter of direction, at one of the two machines itself; on a mirror port, mirror both "
         "directions.",
         [](const Attempt& a) { return all_wires(a, [](const model::Wire& w) { return w.unseen.has_value(); }); }},
    Need{
        "The capture does not have the beginning of this connection (no SYN): it starts late, or is a filtered export.",
        "Start the capture before the attempt, and keep every packet of the connection: tcp.stream, not tls or rdp, as "
        "the filter of an export.",
        [](const Attempt& a) { return all_wires(a, [](const model::Wire& w) { return w.starts_midway; }); }},
    Need{"The capture stops, or falls silent for long, before the connection ends.",
         "Let the capture run until the client has shown its error, and half a minute more.",
         [](const Attempt& a) {
             return a.outcome == model::Outcome::incomplete && a.end_kind.empty() &&
                    all_wires(a, [](const model::Wire& w) { return !w.unseen; });
         }},
    Need{"The capture has only the beginning of some of this connection's packets (snap length).",
         "Capture packets whole: pktmon start --capture --pkt-size 0, tcpdump -s 0, dumpcap -s 0",
         [](const Attempt& a) { return any_wire(a, [](const model::Wire& w) { return w.cut > 0; }); }},
    Need{"The capturing machine dropped packets; some of this connection's may be among them.",
         "Capture to a fast disk with a larger buffer and a filter for the port: dumpcap -B 64 -f \"port 3389\"",
         [](const Attempt& a) { return any_wire(a, [](const model::Wire& w) { return w.dropped > 0; }); }},
    Need{"No log of the server tells its side (RdpCoreTS, RemoteConnectionManager, Schannel).",
         "On the server: wevtutil qe Microsoft-Windows-RemoteDesktopServices-RdpCoreTS/Operational /f:xml > "
         "rdpcorets.xml & "
         "wevtutil qe Microsoft-Windows-TerminalServices-RemoteConnectionManager/Operational /f:xml > rcm.xml & "
         "wevtutil qe System /f:xml > system.xml",
         [](const Attempt& a) { return !has(a, Origin::server_log) && connected(a); }},
    Need{
        "No capture from the server's side, so a loss or a reset on the path cannot be told from the server's own act.",
        "On the server, at the same time as on the client: pktmon filter add RDP -p 3389 & pktmon start --capture "
        "--pkt-size 0, later pktmon stop & pktmon etl2pcap PktMon.etl -o server.pcapng",
        [](const Attempt& a) {
            return captures(a) == 1 && (a.ended_by == model::Party::unknown || a.ended_by == model::Party::network ||
                                        a.end_kind == "reset" || a.end_kind == "fin");
        }},
    Need{"The secrets that were given do not open this connection: they are of another one, or wrong.",
         "Give the key log that was written during this very attempt (--keylog FILE); its CLIENT_RANDOM is the random "
         "of "
         "this ClientHello.",
         [](const Attempt& a) { return locked(a); }},
    Need{"What happened inside TLS is not readable without the session's secrets.",
         "Repeat the attempt with a client that writes a key log, for example xfreerdp /tls-secrets-file:FILE, or read "
         "the "
         "server's RdpCoreTS log, which names the stage.",
         [](const Attempt& a) {
             return model::inside_tls(a.stage) && a.basis == model::Basis::inferred && captures(a) > 0 && !locked(a);
         }},
    Need{"No log of the client tells what it saw (disconnect reason, state of its security layer).",
         "On the client: wevtutil qe Microsoft-Windows-TerminalServices-RDPClient/Operational /f:xml > client.xml",
         [](const Attempt& a) { return !has(a, Origin::client_log); }},
};

}  // namespace

std::vector<model::Missing> missing_for(const Attempt& attempt) {
    std::vector<model::Missing> out;
    if (attempt.outcome == model::Outcome::succeeded) return out;
    for (const Need& need : kNeeds)
        if (need.applies(attempt)) out.push_back({std::string{need.what}, std::string{need.how}});
    return out;
}

}  // namespace rdpdx::diagnose
