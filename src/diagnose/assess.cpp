#include "src/diagnose/assess.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "src/diagnose/ending.hpp"
#include "src/diagnose/inference.hpp"
#include "src/diagnose/outcome.hpp"
#include "src/diagnose/path.hpp"
#include "src/diagnose/two_numbers.hpp"
#include "src/diagnose/udp.hpp"

namespace rdpdx::diagnose {
namespace {

using model::Attempt;
using model::Basis;
using model::Effect;
using model::Observation;
using model::Origin;
using model::Outcome;
using model::Party;
using model::Stage;
using model::StageResult;
using model::StageStatus;
using model::Track;

const Track* wire_track(const Attempt& attempt) {
    for (const Track& t : attempt.tracks)
        if (t.wire) return &t;
    return nullptr;
}

StageResult& result(Attempt& attempt, Stage stage) { return attempt.stages[static_cast<std::size_t>(stage)]; }

void copy_facts(Attempt& attempt) {
    for (const Track& t : attempt.tracks) {
        if (!t.wire) continue;
        if (attempt.negotiation.requested.empty()) attempt.negotiation = t.wire->negotiation;
        if (attempt.tls.version.empty()) attempt.tls = t.wire->tls;
        if (!attempt.certificate) attempt.certificate = t.wire->certificate;
    }
}

// What the stages themselves were seen to do.
void collect(Attempt& attempt) {
    attempt.stages.resize(model::kStages);
    for (std::size_t i = 0; i < model::kStages; ++i) attempt.stages[i].stage = static_cast<Stage>(i);
    each_observation(attempt, [&](const Observation& o) {
        if (!o.stage || (o.effect != Effect::passed && o.effect != Effect::failed)) return;
        StageResult& r = result(attempt, *o.stage);
        const auto status = o.effect == Effect::passed ? StageStatus::passed : StageStatus::failed;
        // A stage that was seen to pass did pass, whatever else was said of it.
        if (status > r.status || r.status == StageStatus::not_seen) {
            r.status = status;
            r.basis = o.basis;
            r.evidence = {o.evidence};
        } else if (status == r.status) {
            if (o.basis == Basis::observed) r.basis = Basis::observed;
            r.evidence.push_back(o.evidence);
        }
    });
}

// Stages that are no part of this connection.
void skip(Attempt& attempt, const Track* wire) {
    const auto mark = [&](Stage stage, std::string note) {
        StageResult& r = result(attempt, stage);
        if (r.status != StageStatus::not_seen) return;
        r.status = StageStatus::skipped;
        r.note = std::move(note);
    };
    if (!wire) return;
    if (!wire->wire->gateway) mark(Stage::rd_gateway, "The capture shows the connection without a gateway.");
    const auto& selected = wire->wire->negotiation.selected;
    if (!selected) {
        if (wire->wire->tls_seen && !wire->wire->starts_midway && wire->wire->negotiation.requested.empty())
            mark(Stage::x224_negotiation, "TLS begins at once, without X.224 negotiation.");
        return;
    }
    if (*selected == "RDP") mark(Stage::tls_handshake, "Standard RDP security was selected.");
    if (*selected == "RDP" || *selected == "SSL") mark(Stage::credssp, "No NLA: " + *selected + " was selected.");
    if (*selected != "HYBRID_EX") mark(Stage::early_authorization, "Only HYBRID_EX has it.");
}

// Stages of which a message was seen on the wire.
std::array<bool, model::kStages> met(const Attempt& attempt) {
    std::array<bool, model::kStages> out{};
    each_observation(attempt, [&](const Observation& o) {
        if (o.origin == Origin::capture && o.stage && o.effect == Effect::noted && o.basis == Basis::observed)
            out[static_cast<std::size_t>(*o.stage)] = true;
    });
    return out;
}

// Whatever lies before a stage that passed, that was seen to fail, or that was begun has passed as well.
void fill_in(Attempt& attempt) {
    std::size_t last = 0;
    bool any = false;
    const auto begun = met(attempt);
    for (std::size_t i = 0; i < model::kMainStages; ++i) {
        const auto status = attempt.stages[i].status;
        if (begun[i] && !any) last = i;
        if (status != StageStatus::passed && (status != StageStatus::failed || any)) continue;
        last = i;
        any = any || status == StageStatus::failed;
    }
    for (std::size_t i = static_cast<std::size_t>(Stage::tcp_connect); i < last; ++i) {
        StageResult& r = attempt.stages[i];
        if (r.status != StageStatus::not_seen && r.status != StageStatus::failed) continue;
        if (i == static_cast<std::size_t>(Stage::rd_gateway)) continue;
        r.status = StageStatus::passed;
        r.basis = Basis::inferred;
        r.note = "A later stage was reached.";
        r.evidence.clear();
    }
}

Stage first_not_passed(const Attempt& attempt) {
    const Track* wire = wire_track(attempt);
    const bool gateway = wire && wire->wire->gateway;
    for (std::size_t i = 0; i < model::kMainStages; ++i) {
        const StageResult& r = attempt.stages[i];
        const bool optional = r.stage == Stage::name_resolution || (r.stage == Stage::rd_gateway && !gateway);
        if (r.status == StageStatus::failed) return r.stage;
        if (r.status == StageStatus::not_seen && !optional) return r.stage;
    }
    return Stage::session;
}

// Stages that the encrypted records show to have passed.
void pass(Attempt& attempt, const Inference& told) {
    for (auto i = static_cast<std::size_t>(Stage::credssp); i < static_cast<std::size_t>(told.stage); ++i) {
        StageResult& r = attempt.stages[i];
        if (r.status != StageStatus::not_seen) continue;
        r.status = StageStatus::passed;
        r.basis = Basis::inferred;
        r.note = "Told from the sizes and the order of encrypted records.";
    }
}

Basis basis_of(const Attempt& attempt, const Track* wire) {
    const StageResult& r = attempt.stages[static_cast<std::size_t>(attempt.stage)];
    // What a log lets one infer does not weaken what packets show.
    const bool by_log = r.status == StageStatus::failed && r.basis == Basis::inferred &&
                        std::ranges::all_of(r.evidence, [](const model::Evidence& e) {
                            return e.kind == model::Evidence::Kind::event;
                        });
    if ((r.status == StageStatus::failed || r.status == StageStatus::passed) && !(wire && by_log)) return r.basis;
    if (!wire) return Basis::inferred;
    const bool encrypted = wire->wire->tls_seen && !wire->wire->opened;
    if (model::inside_tls(attempt.stage)) return encrypted ? Basis::inferred : Basis::observed;
    if (attempt.stage == Stage::tls_handshake && wire->wire->tls.tls13 && wire->wire->tls_finished && encrypted)
        return Basis::inferred;
    return wire->wire->starts_midway ? Basis::inferred : Basis::observed;
}

void list_possible(Attempt& attempt, const Track* wire, const std::optional<Inference>& told) {
    if (attempt.basis != Basis::inferred) return;
    if (told && told->stage == attempt.stage) {
        for (const Stage stage : told->alternatives)
            if (stage < attempt.stage || result(attempt, stage).status == StageStatus::not_seen)
                attempt.possible_stages.push_back(stage);
        return;
    }
    const bool enough = !wire || session_possible(*wire->wire);
    const Stage last = enough ? Stage::session : Stage::licensing;
    if (wire && (wire->wire->client.encrypted_records == 0 || !model::inside_tls(attempt.stage))) return;
    for (std::size_t i = static_cast<std::size_t>(attempt.stage) + 1; i <= static_cast<std::size_t>(last); ++i)
        if (attempt.stages[i].status == StageStatus::not_seen)
            attempt.possible_stages.push_back(attempt.stages[i].stage);
}

void settle_stages(Attempt& attempt) {
    StageResult& session = result(attempt, Stage::session);
    if (attempt.outcome == Outcome::succeeded && session.status == StageStatus::not_seen) {
        session.status = StageStatus::passed;
        session.basis = Basis::inferred;
        session.note = "The connection sequence was complete, and its end was an orderly one.";
    }
    const bool failed = attempt.outcome == Outcome::failed || attempt.outcome == Outcome::dropped;
    for (std::size_t i = 0; i < model::kMainStages; ++i) {
        StageResult& r = attempt.stages[i];
        if (r.stage == attempt.stage && failed) {
            r.status = StageStatus::failed;
            r.basis = attempt.basis;
            if (r.evidence.empty() && attempt.end_evidence) r.evidence.push_back(*attempt.end_evidence);
        } else if (r.stage > attempt.stage && failed && r.status == StageStatus::not_seen) {
            const bool possible = std::ranges::find(attempt.possible_stages, r.stage) != attempt.possible_stages.end();
            if (possible)
                r.note = "May have been reached; nothing that was given shows it.";
            else
                r.status = StageStatus::not_reached;
        }
    }
}

// The observation that matters most before the end: what the last message was.
std::string last_before(const Track& track, model::Time end) {
    constexpr std::array<std::string_view, 7> kProtocols{"gateway.", "x224.", "tls.", "credssp.",
                                                         "rdstls.",  "mcs.",  "rdp."};
    std::string last = "tcp.connected";
    for (const Observation& o : track.seen) {
        if (o.time > end) continue;
        for (const auto prefix : kProtocols)
            if (o.kind.starts_with(prefix)) last = o.kind.name();
    }
    return last;
}

void add_ended(Attempt& attempt, Track& track, const Ending& end) {
    const auto number = [](auto v) { return model::Value{static_cast<std::int64_t>(v)}; };
    const model::Wire& wire = *track.wire;
    Observation o;
    o.time = end.time;
    o.precision = track.precision;
    o.origin = Origin::capture;
    o.kind = "attempt.ended";
    o.basis = Basis::inferred;
    o.actor = end.by;
    o.evidence = end.evidence.value_or(track.seen.back().evidence);
    o.text = end.note.empty() ? fmt::format("The connection is ended by the {} ({}).", model::id(end.by), end.kind)
                              : end.note;
    o.fields = {{"by", std::string{model::id(end.by)}},
                {"how", end.kind},
                {"after", last_before(track, end.time)},
                {"waited_ms", number(std::chrono::duration_cast<std::chrono::milliseconds>(end.waited).count())},
                {"answered", number(end.answered)},
                {"bytes_client", number(wire.client.payload_bytes)},
                {"bytes_server", number(wire.server.payload_bytes)},
                {"encrypted_client", number(wire.client.encrypted_records)},
                {"encrypted_server", number(wire.server.encrypted_records)},
                {"lost_client", number(wire.client.unacknowledged ? wire.client.gap_bytes : 0)},
                {"lost_server", number(wire.server.unacknowledged ? wire.server.gap_bytes : 0)}};
    attempt.end_note = end.note;
    track.seen.push_back(std::move(o));
}

void add_inferred(Track& track, const Inference& told) {
    std::vector<std::string> alternatives;
    for (const Stage stage : told.alternatives) alternatives.emplace_back(model::id(stage));
    Observation o;
    o.time = told.time;
    o.precision = track.precision;
    o.origin = Origin::capture;
    o.kind = "tls.inferred";
    o.stage = told.stage;
    o.basis = Basis::inferred;
    o.evidence = told.evidence;
    o.text = told.text;
    o.fields = {{"rule", std::string{told.rule}},
                {"stage", std::string{model::id(told.stage)}},
                {"alternatives", std::move(alternatives)}};
    const auto behind = std::ranges::find_if(track.seen, [&](const Observation& other) { return other.time > o.time; });
    track.seen.insert(behind, std::move(o));
}

void collect_codes(Attempt& attempt) {
    const auto set = [&](std::string_view name, model::Value value) {
        for (auto& f : attempt.codes)
            if (f.name == name) return;
        attempt.codes.push_back({std::string{name}, std::move(value)});
    };
    each_observation(attempt, [&](const Observation& o) {
        if (o.kind == "x224.negotiation-failure") set("nego_failure", *o.field("code"));
        if (o.kind == "credssp.pdu" && o.number("error").value_or(0) != 0)
            set("credssp_error", fmt::format("0x{:08X}", *o.number("error")));
        if (o.kind == "credssp.pdu" && o.number("kerberos_error")) set("kerberos_error", *o.field("kerberos_error"));
        if (o.kind == "rdp.error-info" && o.effect == Effect::failed) set("error_info", *o.field("code"));
        if (o.kind == "rdp.license" && o.effect == Effect::failed && o.field("code"))
            set("license_error", *o.field("code"));
        if (o.kind == "credssp.early-authorization" && o.effect == Effect::failed)
            set("early_authorization", *o.field("result"));
        if (o.kind == "rdstls.pdu" && o.effect == Effect::failed) set("rdstls_result", *o.field("result"));
        if (o.kind == "gateway.http" && o.effect == Effect::failed) set("http_status", *o.field("status"));
        if ((o.kind == "gateway.tunnel" || o.kind == "gateway.channel") && o.effect == Effect::failed)
            set("gateway_error", fmt::format("0x{:08X}", *o.number("code")));
        if (o.kind == "tls.alert" && o.effect == Effect::failed) set("tls_alert", *o.field("description"));
        if (o.kind == "event" && o.string("name") == "disconnected" && o.number("code"))
            set("disconnect_reason", *o.field("code"));
    });
}

}  // namespace

void assess(Attempt& attempt) {
    copy_facts(attempt);
    collect(attempt);
    if (udp_alone(attempt)) return assess_udp_alone(attempt);
    const Track* wire = wire_track(attempt);
    skip(attempt, wire);
    const auto told = wire ? infer(*wire->wire) : std::nullopt;
    if (told) pass(attempt, *told);
    fill_in(attempt);
    collect_codes(attempt);
    attempt.stage = session_seen(attempt) ? Stage::session : first_not_passed(attempt);
    if (wire) {
        const bool session = session_seen(attempt) || finalized(attempt) || session_possible(*wire->wire, told);
        Ending end = ending_of(*wire, session);
        blame_path(end, attempt);
        blame_udp(end, attempt);
        blame_log(end, attempt);
        attempt.outcome = outcome_on_wire(attempt, *wire, end, told);
        attempt.ended_by = end.by;
        attempt.end_kind = end.kind;
        attempt.end_evidence = end.evidence;
        if (attempt.outcome == Outcome::not_rdp) attempt.stage = Stage::x224_negotiation;
        auto& track = *std::ranges::find_if(attempt.tracks, [](const Track& t) { return t.wire.has_value(); });
        if (end.ended) add_ended(attempt, track, end);
        if (told) add_inferred(track, *told);
        wire = &track;
    } else {
        attempt.outcome = outcome_in_logs(attempt);
    }
    attempt.basis = basis_of(attempt, wire);
    list_possible(attempt, wire, told);
    settle_stages(attempt);
    assess_udp(attempt);
}

}  // namespace rdpdx::diagnose
