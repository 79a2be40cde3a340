#include "src/diagnose/path.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "src/diagnose/assess.hpp"

namespace rdpdx::diagnose {
namespace {

using model::Party;
using model::PathComparison;
using model::PathWay;
using model::Track;

// The first FIN or RST that was made on the way, if it came before the end or is the end.
const PathWay::Example* forged_end(const PathComparison& path, model::Time end) {
    constexpr auto kAtOnce = std::chrono::milliseconds{100};
    const PathWay::Example* first = nullptr;
    for (const PathWay* way : {&path.from_client, &path.from_server})
        for (const auto& e : way->forged_packets)
            if ((e.what == "RST" || e.what == "FIN") && e.time <= end + kAtOnce && (!first || e.time < first->time))
                first = &e;
    return first;
}

// The capture near the server shows a reset that it sent itself.
bool sent_by_server(const model::Attempt& attempt, const PathComparison& path) {
    for (const Track& t : attempt.tracks)
        if (t.wire && t.input == path.near_server)
            return std::ranges::any_of(t.wire->packets, [](const auto& p) { return p.rst && p.from == Party::server; });
    return false;
}

// `ended` is end.time by the reference clock.
void blame_loss(Ending& end, const PathComparison& path, model::Time ended) {
    const auto lost = [&](const PathWay& way) {
        return way.never_arrived > 0 && way.first_never_arrived && *way.first_never_arrived <= ended;
    };
    // A peer that acknowledged and then was silent is to blame, unless its answer is what was lost.
    const bool server = lost(path.from_server), client = lost(path.from_client);
    const bool answered = end.by == Party::server || end.by == Party::client;
    if (answered ? !(end.by == Party::server ? server : client) : !(server || client)) return;
    const PathWay& way =
        server && (!client || *path.from_server.first_never_arrived <= *path.from_client.first_never_arrived)
            ? path.from_server
            : path.from_client;
    const char* who = &way == &path.from_server ? "server" : "client";
    const auto& first = way.lost_packets.front();
    end.by = Party::network;
    if (!path.shown)
        end.note = fmt::format("The SYN got no answer, and a capture that ran at the same time does not show it{}.",
                               path.assumption.empty() ? "" : "; it was lost on the path if " + path.assumption);
    else if (first.what == "SYN" || first.what == "SYN-ACK")
        end.note = fmt::format("Both captures show it: the {} left the {} and never arrived.", first.what, who);
    else
        end.note = fmt::format("Both captures show it: {} bytes that the {} sent never arrived at the other end.",
                               way.never_arrived, who);
}

// Open when the capture ends: one side sent the same again and again, and none of it arrived.
void end_in_loss(Ending& end, const Track& track, const PathComparison& path) {
    constexpr std::uint64_t kTries = 3;
    const model::Wire& wire = *track.wire;
    for (const bool client : {true, false}) {
        const PathWay& way = client ? path.from_client : path.from_server;
        const model::WireHalf& half = client ? wire.client : wire.server;
        if (way.lost < kTries || way.never_arrived == 0 || half.unacknowledged == 0) continue;
        const auto waited = track.corrected(wire.capture_end) - *way.first_never_arrived;
        if (waited < kWaitedInVain) continue;
        end = {true, Party::network, "silence", way.lost_packets.front().sent, wire.capture_end, {}, waited, false};
        end.note = fmt::format(
            "Both captures show it: {} bytes that the {} sent again and again never arrived at the other end, for {} "
            "until the capture ends.",
            way.never_arrived, client ? "client" : "server", model::to_text(waited));
        return;
    }
}

}  // namespace

void blame_path(Ending& end, const model::Attempt& attempt) {
    const auto wire = std::ranges::find_if(attempt.tracks, [](const Track& t) { return t.wire.has_value(); });
    if (wire == attempt.tracks.end()) return;
    for (const PathComparison& path : attempt.path)
        if (!end.ended && path.shown && wire->wire->connected) end_in_loss(end, *wire, path);
    if (!end.ended) return;
    const model::Time ended = wire->corrected(end.time);
    for (const PathComparison& path : attempt.path) {
        if (const auto* forged = forged_end(path, ended)) {
            const bool from_server =
                std::ranges::any_of(path.from_server.forged_packets, [&](const auto& e) { return &e == forged; });
            end.by = Party::network;
            end.kind = forged->what == "RST" ? "reset" : "fin";
            end.note = fmt::format("Both captures show it: a {} in the {}'s name arrived that the {} never sent.",
                                   forged->what, from_server ? "server" : "client", from_server ? "server" : "client");
            return;
        }
        if (end.kind == "reset" && end.by == Party::network && sent_by_server(attempt, path)) {
            end.by = Party::server;
            end.note =
                "The reset's TTL is not that of the server's SYN-ACK, but the capture near the server shows the "
                "server send it.";
        }
        if (end.kind == "silence" || end.kind == "no-answer") blame_loss(end, path, ended);
    }
}

}  // namespace rdpdx::diagnose
