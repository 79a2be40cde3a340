#include "src/report/ladder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "src/report/words.hpp"

namespace rdpdx::report {
namespace {

using model::Party;
using Shape = Rung::Shape;

enum class Way { client, server, from, both, path, none };  // `from`: as the field of that name says

// How a kind of observation looks in a diagram: its words, and fields whose values follow them.
struct Look {
    std::string_view kind, title, fields;
    Way way;
    bool single;  // one packet: with two captures, whether each has it means something
};
constexpr std::array kLooks{
    Look{"arp.conflict", "address conflict", "", Way::path, false},
    Look{"credssp.early-authorization", "Early User Authorization", "name", Way::server, false},
    Look{"credssp.pdu", "CredSSP", "mechanism message error_name", Way::from, false},
    Look{"dns.answer", "DNS answer", "name", Way::path, false},
    Look{"dns.failure", "DNS failure", "name reason", Way::path, false},
    Look{"gateway.channel", "gateway channel", "name", Way::from, false},
    Look{"gateway.http", "HTTP", "method status", Way::from, false},
    Look{"gateway.tunnel", "gateway tunnel", "message name", Way::from, false},
    Look{"gcc.client", "MCS Connect Initial", "name", Way::client, false},
    Look{"gcc.server", "MCS Connect Response", "", Way::server, false},
    Look{"icmp.error", "ICMP error", "type code mtu", Way::path, false},
    Look{"mcs.pdu", "MCS", "name", Way::from, false},
    Look{"path.forged", "forged:", "what", Way::path, false},
    Look{"path.lost", "lost on the path:", "what", Way::path, false},
    Look{"rdp.client-info", "Client Info", "", Way::client, false},
    Look{"rdp.error-info", "Set Error Info", "code name", Way::server, false},
    Look{"rdp.license", "licensing", "message name", Way::from, false},
    Look{"rdp.multitransport-request", "Initiate Multitransport Request", "protocol", Way::server, false},
    Look{"rdp.multitransport-response", "Multitransport Response", "name", Way::client, false},
    Look{"rdp.redirection", "Server Redirection", "target", Way::server, false},
    Look{"rdp.session-info", "Save Session Info", "type", Way::server, false},
    Look{"rdp.share", "", "type action", Way::from, false},
    Look{"rdsaad.pdu", "RDS-AAD", "type result", Way::from, false},
    Look{"rdstls.pdu", "RDSTLS", "type name", Way::from, false},
    Look{"stream.foreign", "not RDP:", "protocol", Way::from, false},
    Look{"tcp.connected", "SYN+ACK, ACK", "", Way::both, false},
    Look{"tcp.fin", "FIN", "", Way::from, true},
    Look{"tcp.refused", "RST (refused)", "", Way::server, true},
    Look{"tcp.reset", "RST", "", Way::from, true},
    Look{"tcp.syn", "SYN", "", Way::client, true},
    Look{"tls.alert", "TLS alert", "description name", Way::from, true},
    Look{"tls.application-data", "encrypted", "", Way::from, false},
    Look{"tls.certificate", "Certificate:", "subject", Way::server, true},
    Look{"tls.client-hello", "ClientHello", "", Way::client, true},
    Look{"tls.encrypted-alert", "encrypted alert", "", Way::from, false},
    Look{"tls.finished", "TLS Finished", "", Way::from, false},
    Look{"tls.server-hello", "ServerHello:", "version cipher", Way::server, true},
    Look{"x224.connection-confirm", "Connection Confirm:", "selected", Way::server, true},
    Look{"x224.connection-request", "Connection Request:", "requested", Way::client, true},
    Look{"x224.negotiation-failure", "Negotiation Failure", "code name", Way::server, true},
    Look{"x224.other", "X.224", "name code", Way::from, true},
};
static_assert(std::ranges::is_sorted(kLooks, {}, &Look::kind));

const Look* look_of(std::string_view kind) {
    const auto at = std::ranges::lower_bound(kLooks, kind, {}, &Look::kind);
    return at != kLooks.end() && at->kind == kind ? &*at : nullptr;
}

std::string label_of(const Look& look, const model::Observation& o) {
    std::string out{look.title};
    for (std::string_view names = look.fields; !names.empty();) {
        const auto end = std::min(names.find(' '), names.size());
        const model::Value* value = o.field(names.substr(0, end));
        const std::string text = value ? value_text(*value) : std::string{};
        if (!text.empty()) out += (out.empty() ? "" : " ") + text;
        names.remove_prefix(std::min(end + 1, names.size()));
    }
    if (const auto count = o.number("count"); o.kind == "tcp.syn" && count.value_or(1) > 1)
        out += fmt::format(" \u00d7 {}", *count);
    if (const auto n = o.number("records"); o.kind == "tls.application-data" && n)
        out += fmt::format(", {} record{}", *n, *n == 1 ? "" : "s");
    return out;
}

Party party_of(const Look& look, const model::Observation& o) {
    if (look.way == Way::client) return Party::client;
    if (look.way == Way::server) return Party::server;
    const std::string_view from = o.string("from");
    return from == "client" ? Party::client : from == "server" ? Party::server : o.actor;
}

std::optional<Rung> event_rung(const model::Observation& o) {
    Rung r;
    r.shape = o.origin == model::Origin::client_log   ? Shape::client_note
              : o.origin == model::Origin::server_log ? Shape::server_note
                                                      : Shape::path_note;
    std::string_view provider = o.string("provider");
    provider.remove_prefix(std::min(provider.rfind('-') + 1, provider.size()));
    const auto id = o.number("id");
    if (!id) return {};
    r.label = fmt::format("{} {}", provider, *id);
    return r;
}

std::optional<Rung> packet_rung(const model::Observation& o) {
    const Look* look = look_of(o.kind);
    if (!look || o.effect == model::Effect::noise) return {};
    Rung r;
    r.label = label_of(*look, o);
    r.from = party_of(*look, o);
    const bool sided = r.from == Party::client || r.from == Party::server;
    r.shape = look->way == Way::path             ? Shape::path_note
              : look->way == Way::both || !sided ? Shape::both
                                                 : Shape::message;
    return r;
}

struct Seen {
    Rung rung;
    std::uint32_t input{};
    const Look* look{};
    bool matched{};
};

// What an opened connection shows better: its messages, and each side's Finished.
bool told_otherwise(const model::Track& track, const model::Observation& o) {
    if (!track.wire || !track.wire->opened) return false;
    return o.kind == "tls.application-data" || (o.kind == "tls.finished" && o.string("from") == "both");
}

std::vector<Seen> all_of(const model::Attempt& a, const EvidenceIndex& evidence) {
    std::vector<Seen> out;
    for (const auto& track : a.tracks) {
        if (track.udp) continue;
        for (const auto& o : track.seen) {
            auto rung = o.origin == model::Origin::capture ? packet_rung(o) : event_rung(o);
            const std::string name = evidence.name(o.evidence);
            if (!rung || name.empty() || told_otherwise(track, o)) continue;
            rung->text = o.text;
            rung->evidence = {name};
            rung->time = track.corrected(o.time);
            rung->effect = o.effect;
            rung->inferred = o.basis == model::Basis::inferred;
            rung->end = a.end_evidence == o.evidence && o.kind != "event" && rung->shape != Shape::path_note;
            out.push_back({std::move(*rung), track.input, look_of(o.kind), false});
        }
    }
    std::ranges::stable_sort(out, {}, [](const Seen& s) { return s.rung.time; });
    return out;
}

// With a capture from each end, a message that both have is one rung; a packet that one alone has went half the way.
void put_captures_together(std::vector<Seen>& all, const model::PathComparison& path) {
    const auto packet = [](const Seen& s) { return s.rung.shape == Shape::message || s.rung.shape == Shape::both; };
    for (Seen& s : all) {
        if (s.input != path.near_client || !packet(s)) continue;
        for (Seen& t : all) {
            if (t.input != path.near_server || t.matched || t.rung.label != s.rung.label ||
                t.rung.from != s.rung.from || t.rung.shape != s.rung.shape)
                continue;
            s.matched = t.matched = true;
            s.rung.evidence.push_back(t.rung.evidence.front());
            s.rung.end = s.rung.end || t.rung.end;
            t.input = UINT32_MAX;  // told by the other
            break;
        }
    }
    std::erase_if(all, [](const Seen& s) { return s.input == UINT32_MAX; });
    for (Seen& s : all) {
        if (s.matched || !packet(s) || s.rung.shape != Shape::message || !s.look || !s.look->single) continue;
        if (s.input != path.near_client && s.input != path.near_server) continue;
        const Party near = s.input == path.near_client ? Party::client : Party::server;
        s.rung.shape = s.rung.from == near ? Shape::cut_short : Shape::appears;
    }
}

// The first and the last, and what matters in between.
void shorten(std::vector<Rung>& rungs) {
    if (rungs.size() <= kMostRungs) return;
    const auto dull = [&](std::size_t i) { return rungs[i].effect == model::Effect::noted && !rungs[i].end; };
    std::vector<Rung> out;
    const std::size_t n = rungs.size(), head = kMostRungs / 4, tail = kMostRungs / 2;
    std::size_t left = 0;
    const auto gap = [&] {
        if (left > 0)
            out.push_back({Shape::left_out, {}, fmt::format("{} more in the timeline", left), {}, {}, {}, {}, {}, {}});
        left = 0;
    };
    for (std::size_t i = 0; i < n; ++i) {
        const bool edge = i < head || i + tail >= n;
        if (!edge && (dull(i) || out.size() + tail + 2 >= kMostRungs)) {
            ++left;
            continue;
        }
        gap();
        out.push_back(std::move(rungs[i]));
    }
    rungs = std::move(out);
}

}  // namespace

std::vector<Rung> ladder(const model::Attempt& attempt, const EvidenceIndex& evidence) {
    std::vector<Seen> all = all_of(attempt, evidence);
    for (const auto& path : attempt.path)
        if (path.near_client != path.near_server) put_captures_together(all, path);
    std::vector<Rung> out;
    for (Seen& s : all) out.push_back(std::move(s.rung));
    shorten(out);
    constexpr auto kLong = std::chrono::seconds{1};
    for (std::size_t i = 1; i < out.size(); ++i) {
        if (out[i].shape == Shape::left_out || out[i - 1].shape == Shape::left_out) continue;
        const auto waited = out[i].time - out[i - 1].time;
        if (waited < kLong) continue;
        Rung pause;  // not silence: encrypted records stand in one rung, at the first of them
        pause.shape = Shape::pause;
        pause.label = model::to_text(waited) + " pass";
        pause.time = out[i].time;
        out.insert(out.begin() + static_cast<std::ptrdiff_t>(i++), std::move(pause));
    }
    return out;
}

}  // namespace rdpdx::report
