#include "src/diagnose/outcome.hpp"

#include <algorithm>
#include <array>

#include "src/diagnose/assess.hpp"

namespace rdpdx::diagnose {
namespace {

using model::Attempt;
using model::Effect;
using model::Observation;
using model::Outcome;
using model::Party;
using model::Stage;
using model::StageResult;
using model::StageStatus;
using model::Track;

bool session_possible_by_records(const model::Wire& wire) {
    if (wire.opened) return false;
    if (wire.client.encrypted_records >= kRecordsBeforeSession) return true;
    // Picked up midway inside TLS: nothing tells how far it had come.
    return wire.starts_midway && wire.tls_seen && wire.client.encrypted_records > 0 &&
           wire.negotiation.requested.empty();
}

bool port_check(const model::Wire& wire) {
    return wire.connected && !wire.starts_midway && wire.client.payload_bytes == 0 && wire.server.payload_bytes == 0;
}

const Observation* last_of(const Track& track, std::string_view kind) {
    const Observation* last = nullptr;
    for (const Observation& o : track.seen)
        if (o.kind == kind) last = &o;
    return last;
}

// [MS-RDPBCGR] 2.2.5.1.1: somebody ended an active session, or took it over; nothing broke.
bool asked_for(std::int64_t error_info) {
    constexpr std::array<std::int64_t, 5> kAskedFor{0x1, 0x2, 0x5, 0xB, 0xC};
    return std::ranges::find(kAskedFor, error_info) != kAskedFor.end();
}

// Of a session that was active.
Outcome outcome_of_session(const Track& track, const Ending& end) {
    if (!end.ended) return Outcome::succeeded;
    if (end.kind == "reset" || end.kind == "silence" || end.kind == "udp-silence") return Outcome::dropped;
    if (end.kind == "error-info") {
        const Observation* info = last_of(track, "rdp.error-info");
        return info && asked_for(info->number("code").value_or(0)) ? Outcome::succeeded : Outcome::dropped;
    }
    // A server that has nothing more to say and closes without a word: its process is gone.
    if (end.kind == "fin" && end.by == Party::server && track.wire->opened && !last_of(track, "tls.alert"))
        return Outcome::dropped;
    return Outcome::succeeded;
}

}  // namespace

bool session_seen(const Attempt& attempt) {
    return attempt.stages[static_cast<std::size_t>(Stage::session)].status == StageStatus::passed;
}

bool finalized(const Attempt& attempt) {
    return attempt.stages[static_cast<std::size_t>(Stage::finalization)].status == StageStatus::passed;
}

bool session_possible(const model::Wire& wire, const std::optional<Inference>& told) {
    if (!told) return session_possible_by_records(wire);
    const auto& others = told->alternatives;
    return told->stage == Stage::session || std::ranges::find(others, Stage::session) != others.end();
}

Outcome outcome_on_wire(const Attempt& attempt, const Track& track, const Ending& end,
                        const std::optional<Inference>& told) {
    const model::Wire& wire = *track.wire;
    const bool any_failed = std::ranges::any_of(attempt.stages, [](const StageResult& r) {
        return r.status == StageStatus::failed && model::main_track(r.stage);
    });
    if (port_check(wire) && end.ended && end.by == Party::client && end.kind != "silence") return Outcome::not_rdp;
    if (wire.another_protocol && !any_failed) return Outcome::not_rdp;
    if (session_seen(attempt)) return outcome_of_session(track, end);
    if (any_failed) return Outcome::failed;
    if (last_of(track, "rdp.redirection") && end.by == Party::client) return Outcome::incomplete;
    // How a session went is not in the sizes of its records; a log that saw it finalized has evidence of it.
    const StageResult& last = attempt.stages[static_cast<std::size_t>(Stage::finalization)];
    if (told && told->stage == Stage::session && last.evidence.empty()) return Outcome::incomplete;
    // The connection sequence was completed, and what came after ended in order.
    if (finalized(attempt) && end.ended && (end.by == Party::client || end.kind == "ultimatum"))
        return Outcome::succeeded;
    if (!end.ended || wire.unseen || session_possible(wire, told)) return Outcome::incomplete;
    // A gap or a start in mid-stream hides what would have decided it.
    if (wire.starts_midway && attempt.stage <= Stage::tls_handshake) return Outcome::incomplete;
    return Outcome::failed;
}

Outcome outcome_in_logs(const Attempt& attempt) {
    std::optional<std::int64_t> reason;
    bool failed = false;
    each_observation(attempt, [&](const Observation& o) {
        if (o.string("name") == "disconnected") reason = o.number("code");
        failed = failed || (o.effect == Effect::failed && (!o.stage || model::main_track(*o.stage)));
    });
    const bool error = reason && *reason > 3;
    if (session_seen(attempt) || (finalized(attempt) && reason)) return error ? Outcome::dropped : Outcome::succeeded;
    if (error || failed) return Outcome::failed;
    return Outcome::incomplete;
}

}  // namespace rdpdx::diagnose
