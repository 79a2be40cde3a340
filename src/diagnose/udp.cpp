#include "src/diagnose/udp.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace rdpdx::diagnose {
namespace {

using model::Attempt;
using model::Duration;
using model::Observation;
using model::Outcome;
using model::Party;
using model::Stage;
using model::StageResult;
using model::StageStatus;
using model::Time;
using model::Track;
using model::UdpHalf;
using model::UdpTransport;

constexpr std::array kSideStages{Stage::udp_handshake, Stage::udp_security, Stage::udp_tunnel};
// Around the time that an implementation waits: its timers are coarse, and the last datagrams of a capture may be lost.
constexpr Duration kTolerance = std::chrono::seconds{2};
// One side was heard for so much longer than the other: the other's datagrams do not arrive.
constexpr Duration kHeardLonger = std::chrono::seconds{5};
constexpr std::uint32_t kSentInVain = 3, kSentAgain = 2;
constexpr Duration kLeastInVain = std::chrono::seconds{1};

StageResult& result(Attempt& attempt, Stage stage) { return attempt.stages[static_cast<std::size_t>(stage)]; }

// Its packets were sent again and again, and none was acknowledged.
bool in_vain(const UdpHalf& h) {
    if (h.since_acknowledged < kSentInVain || h.retransmissions < kSentAgain || !h.last_packet || !h.first)
        return false;
    return *h.last_packet - h.acknowledged.value_or(*h.first) >= kLeastInVain;
}

struct UdpEnd {
    std::string one_way;  // whose datagrams got lost: "client", "server", "both"; "silent": nobody's are seen; "none"
    std::optional<Time> tcp_end;
    Party closer{Party::unknown};
    Duration silence_client{}, silence_server{};  // since its last datagram, until TCP or the capture ends
    unsigned timer{};                             // seconds that the version waits, where just those had gone by
};

std::optional<Time> first_closing(const model::Wire& wire, Party& closer) {
    const auto& c = wire.client.closing;
    const auto& s = wire.server.closing;
    if (!c && !s) return {};
    const bool client = c && (!s || c->time <= s->time);
    closer = client ? Party::client : Party::server;
    return client ? c->time : s->time;
}

std::string direction(const UdpTransport& u, const UdpEnd& end) {
    const Time c = u.client.last.value_or(Time{}), s = u.server.last.value_or(Time{});
    const bool client = in_vain(u.client) || s - c >= kHeardLonger;
    const bool server = in_vain(u.server) || c - s >= kHeardLonger;
    if (client && server) return "both";
    if (client || server) return client ? "client" : "server";
    return std::min(end.silence_client, end.silence_server) >= kHeardLonger ? "silent" : "none";
}

bool about(Duration span, Duration limit) { return span >= limit - kTolerance && span <= limit + kTolerance; }

// How the conversation and the TCP connection of the same capture ended, by the clock of that capture.
UdpEnd end_of(const UdpTransport& u, const model::Wire& wire) {
    UdpEnd out;
    out.tcp_end = first_closing(wire, out.closer);
    const Time end = out.tcp_end.value_or(wire.capture_end);
    if (u.client.last) out.silence_client = end - *u.client.last;
    if (u.server.last) out.silence_server = end - *u.server.last;
    out.one_way = direction(u, out);
    if (!u.established || !out.tcp_end || out.one_way == "none") return out;
    // Who closes had not heard of the other: by what the capture shows, or by what it acknowledged last.
    const bool client = out.closer == Party::client;
    const UdpHalf& other = client ? u.server : u.client;
    const Duration silence = client ? out.silence_server : out.silence_client;
    const Duration limit = u.version == "3" ? kUdpGoneVersion3 : kUdpGone;
    const bool acknowledged = in_vain(other) && other.acknowledged && about(end - *other.acknowledged, limit);
    if (about(silence, limit) || acknowledged)
        out.timer = static_cast<unsigned>(std::chrono::duration_cast<std::chrono::seconds>(limit).count());
    return out;
}

const Track* wire_of(const Attempt& attempt, std::uint32_t input) {
    for (const Track& t : attempt.tracks)
        if (t.wire && t.input == input) return &t;
    return nullptr;
}

std::string sentence(const UdpEnd& end) {
    if (end.timer == 0) return "The side channel over UDP ends with what the capture shows of it.";
    const std::string_view lost = end.one_way == "client"   ? "what the client sent over UDP no longer arrived"
                                  : end.one_way == "server" ? "what the server sent over UDP no longer arrived"
                                  : end.one_way == "both"   ? "nothing arrived over UDP any more"
                                                            : "UDP had gone silent";
    return fmt::format(
        "The {} closed the TCP connection when {} for {} s, after which RDP-UDP takes its peer for gone.",
        model::id(end.closer), lost, end.timer);
}

void add_ended(Track& track, const Track& wire) {
    const auto milliseconds = [](Duration d) {
        return model::Value{
            static_cast<std::int64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(d).count())};
    };
    const UdpTransport& u = *track.udp;
    const UdpEnd end = end_of(u, *wire.wire);
    Observation o;
    o.time = track.ended;
    o.precision = track.precision;
    o.origin = model::Origin::capture;
    o.kind = "udp.ended";
    o.basis = model::Basis::inferred;
    o.evidence = track.seen.back().evidence;
    if (end.timer != 0 && wire.wire->client.closing && end.closer == Party::client)
        o.evidence = wire.wire->client.closing->evidence;
    if (end.timer != 0 && wire.wire->server.closing && end.closer == Party::server)
        o.evidence = wire.wire->server.closing->evidence;
    o.text = sentence(end);
    o.fields = {{"outcome", u.outcome}, {"one_way", end.one_way}};
    if (end.tcp_end) o.fields.push_back({"tcp_end_ms", milliseconds(*end.tcp_end - track.started)});
    o.fields.push_back({"silence_client_ms", milliseconds(end.silence_client)});
    o.fields.push_back({"silence_server_ms", milliseconds(end.silence_server)});
    o.fields.push_back({"timer", std::int64_t{end.timer}});
    track.seen.push_back(std::move(o));
}

bool unanswered(const Attempt& a) {
    return std::ranges::any_of(a.udp, [](const UdpTransport& u) { return !u.established && u.outcome != "syn-sent"; });
}

bool ended_badly(const Attempt& a) { return a.outcome == Outcome::failed || a.outcome == Outcome::dropped; }

}  // namespace

void blame_udp(Ending& end, const Attempt& attempt) {
    if (end.kind != "fin" && end.kind != "reset" && end.kind != "silence") return;
    for (const Track& t : attempt.tracks) {
        const Track* wire = t.udp ? wire_of(attempt, t.input) : nullptr;
        if (!wire) continue;
        const UdpEnd udp = end_of(*t.udp, *wire->wire);
        if (udp.timer == 0) continue;
        end.by = Party::unknown;
        end.kind = "udp-silence";
        end.note = sentence(udp);
        return;
    }
}

void assess_udp(Attempt& attempt) {
    for (Track& t : attempt.tracks) {
        const Track* wire = t.udp ? wire_of(attempt, t.input) : nullptr;
        if (wire && !t.seen.empty()) add_ended(t, *wire);
    }
    bool failed = result(attempt, Stage::multitransport_request).status == StageStatus::failed;
    for (const Stage stage : kSideStages) {
        StageResult& r = result(attempt, stage);
        if (r.status == StageStatus::not_seen && failed) r.status = StageStatus::not_reached;
        if (r.status != StageStatus::failed) continue;
        failed = true;
        if (!udp_alone(attempt)) r.note = "A warning: without the side channel, the session uses TCP alone.";
        for (const UdpTransport& u : attempt.udp)
            if (stage == Stage::udp_handshake && !u.note.empty()) r.note += " " + u.note;
    }
}

void assess_udp_alone(Attempt& attempt) {
    assess_udp(attempt);
    attempt.outcome = Outcome::incomplete;
    attempt.stage = Stage::udp_handshake;
    for (const Stage stage : kSideStages) {
        const StageStatus status = result(attempt, stage).status;
        if (status == StageStatus::passed || status == StageStatus::failed) attempt.stage = stage;
    }
    attempt.basis = result(attempt, attempt.stage).basis;
}

void compare_udp(std::vector<Attempt>& attempts, std::span<const model::Incident> incidents) {
    for (const model::Incident& incident : incidents) {
        std::int64_t repeated = 0, worked = 0;
        for (const std::size_t i : incident.attempts) {
            const Attempt& a = attempts[i];
            if (unanswered(a) && ended_badly(a)) ++repeated;
            if (a.udp.empty() && a.outcome == Outcome::succeeded) worked = 1;
        }
        for (const std::size_t i : incident.attempts) {
            const bool same = std::ranges::any_of(incident.attempts, [&](std::size_t j) {
                const Attempt& other = attempts[j];
                return other.udp.empty() && ended_badly(other) && other.stage == attempts[i].stage;
            });
            for (Track& t : attempts[i].tracks)
                for (Observation& o : t.seen)
                    if (o.kind == "udp.ended") {
                        o.fields.push_back({"repeated", repeated});
                        o.fields.push_back({"tcp_only_worked", worked});
                        o.fields.push_back({"tcp_only_failed", std::int64_t{same}});
                    }
        }
    }
}

}  // namespace rdpdx::diagnose
