#include "src/diagnose/ending.hpp"

#include <fmt/format.h>

#include "src/diagnose/assess.hpp"

namespace rdpdx::diagnose {
namespace {

using model::Effect;
using model::Observation;
using model::Party;
using model::Track;
using model::Wire;
using model::WireHalf;

bool ultimatum(const Observation& o) {
    return o.kind == "mcs.pdu" && o.string("name") == "DisconnectProviderUltimatum";
}

// The first refusal, fatal alert, error PDU or ultimatum.
const Observation* first_refusal(const Track& track) {
    for (const Observation& o : track.seen) {
        // What happens to a side channel does not end the connection.
        if (o.stage && !model::main_track(*o.stage)) continue;
        const bool failed = o.effect == Effect::failed && o.kind != "icmp.error" && o.kind != "tcp.refused";
        if (failed || ultimatum(o)) return &o;
    }
    return nullptr;
}

std::string kind_of_refusal(const Observation& o) {
    if (o.kind == "tls.alert") return "alert";
    if (o.kind == "stream.foreign") return "foreign";
    if (o.kind == "rdp.error-info") return "error-info";
    return ultimatum(o) ? "ultimatum" : "refusal";
}

const Observation* first_of(const Track& track, std::string_view kind) {
    for (const Observation& o : track.seen)
        if (o.kind == kind) return &o;
    return nullptr;
}

Ending never_connected(const Track& track, const Wire& wire) {
    Ending end;
    if (const auto* refused = first_of(track, "tcp.refused")) {
        end = {true, Party::server, "refused", refused->evidence, refused->time, {}, {}, true};
        end.note =
            "A reset in answer to the SYN comes from the server's address: the host itself, or a filter in its name.";
        return end;
    }
    if (const auto* icmp = first_of(track, "icmp.error"); icmp && icmp->effect == Effect::failed)
        return {true, Party::network, "unreachable", icmp->evidence, icmp->time, {}, {}, true};
    const auto* syn = first_of(track, "tcp.syn");
    if (!syn) return end;
    const auto waited = wire.capture_end - syn->time;
    if (syn->number("count").value_or(1) < 2 && waited < kWaitedInVain) return end;
    end = {true, Party::unknown, "no-answer", syn->evidence, wire.capture_end, {}, waited, false};
    end.note = "The SYN got no answer; one capture cannot tell a lost request from a silent host.";
    return end;
}

// The closing side had the last word and waited for an answer that did not come.
void blame_silent_peer(Ending& end, const Wire& wire) {
    const bool client = end.by == Party::client;
    const WireHalf& closer = client ? wire.client : wire.server;
    const WireHalf& peer = client ? wire.server : wire.client;
    if (!closer.last_payload) return;
    // An answer of which a part never arrived is no answer.
    const bool lost = peer.gap_bytes > 0 && peer.unacknowledged > 0;
    if (!lost && peer.last_payload && *peer.last_payload > *closer.last_payload) return;
    end.waited = end.time - *closer.last_payload;
    end.answered = closer.unacknowledged == 0;
    if (end.waited < kWaitedInVain) return;
    const char* who = client ? "client" : "server";
    end.kind = "silence";
    if (lost) {
        end.by = Party::unknown;
        end.note =
            fmt::format("The {} gave up after {}: {} bytes of the answer did not arrive and were never acknowledged.",
                        who, model::to_text(end.waited), peer.gap_bytes);
        return;
    }
    if (end.answered) {
        end.by = client ? Party::server : Party::client;
        end.note = fmt::format(
            "The {} closed after waiting {} for an answer that did not come, though what it sent was acknowledged.",
            who, model::to_text(end.waited));
    } else {
        end.by = Party::unknown;
        end.note = fmt::format("The {} gave up after {}: what it sent was never acknowledged.", who,
                               model::to_text(end.waited));
    }
}

Ending closed(const Wire& wire, bool session) {
    const auto& c = wire.client.closing;
    const auto& s = wire.server.closing;
    Ending end;
    if (!c && !s) return end;
    const bool client = c && (!s || c->time <= s->time);
    const WireHalf::Closing& first = client ? *c : *s;
    end = {
        true, client ? Party::client : Party::server, first.reset ? "reset" : "fin", first.evidence, first.time, {}, {},
        true};
    if (!session) blame_silent_peer(end, wire);
    return end;
}

// A reset that came over another number of hops than its side's first packet, or after which that side went on sending,
// was made on the way. Another MAC address alone is what two routers look like.
void suspect_forgery(Ending& end, const Track& track) {
    if (end.kind != "reset" || (end.by != Party::server && end.by != Party::client)) return;
    const bool server = end.by == Party::server;
    const std::string who = server ? "server" : "client";
    for (const Observation& o : track.seen) {
        if (o.kind != "tcp.reset" || o.evidence != *end.evidence ||
            o.number("went_on").value_or(0) + o.number("hop_limit_differs").value_or(0) == 0)
            continue;
        end.by = Party::network;
        end.note = fmt::format("The reset bears the {}'s address, but ", who);
        if (o.number("hop_limit_differs") == 1)
            end.note += fmt::format("its TTL is {} where the {}'s {} had {}", *o.number("hop_limit"), who,
                                    server ? "SYN-ACK" : "SYN", *o.number("expected_hop_limit"));
        else
            end.note += fmt::format("the {} went on sending after it", who);
        if (o.number("mac_differs") == 1) end.note += ", and its MAC address is another";
        end.note += ": something on the path made it.";
        return;
    }
}

// Through a gateway, the side that closes the channel ends the connection; the TCP connection with the gateway follows.
void close_channel(Ending& end, const Track& track) {
    if (!end.ended) return;
    for (const Observation& o : track.seen) {
        if (o.time > end.time) return;
        if (o.kind != "gateway.tunnel" || o.string("message") != "PKT_TYPE_CLOSE_CHANNEL") continue;
        end = {true, o.actor, "channel-close", o.evidence, o.time, {}, {}, true};
        return;
    }
}

// Open at the end of the capture, and the last word was not answered for long.
Ending left_waiting(const Wire& wire) {
    constexpr auto kLong = std::chrono::seconds{10};
    Ending end;
    const auto& c = wire.client;
    const auto& s = wire.server;
    if (!c.last_payload || (s.last_payload && *s.last_payload >= *c.last_payload)) return end;
    end.waited = wire.capture_end - *c.last_payload;
    if (end.waited < kLong) return end;
    end.ended = true;
    end.kind = "silence";
    end.time = wire.capture_end;
    end.answered = c.unacknowledged == 0;
    end.by = end.answered ? Party::server : Party::unknown;
    end.note = fmt::format("The client's last message was not answered for {}, until the capture ends.",
                           model::to_text(end.waited));
    return end;
}

// A session that goes on, as far as TCP knows: what one side sends again and again nobody acknowledges any more.
Ending cut_off(const Wire& wire) {
    constexpr std::uint32_t kTries = 2;
    Ending end;
    for (const bool client : {true, false}) {
        const WireHalf& half = client ? wire.client : wire.server;
        if (half.unacknowledged == 0 || half.retransmissions < kTries || !half.last_payload) continue;
        const auto waited = wire.capture_end - *half.last_payload;
        if (waited < kWaitedInVain || (end.ended && waited <= end.waited)) continue;
        end.ended = true;
        end.kind = "silence";
        end.time = wire.capture_end;
        end.waited = waited;
        end.answered = false;
        end.note = fmt::format("What the {} sent was not acknowledged for {}, until the capture ends.",
                               client ? "client" : "server", model::to_text(waited));
    }
    return end;
}

// What the capture cannot have seen is not held against anybody.
void doubt(Ending& end, const Wire& wire) {
    if (wire.dropped == 0 || (end.kind != "silence" && end.kind != "no-answer") || !end.ended) return;
    end.by = Party::unknown;
    if (!end.note.empty()) end.note += ' ';
    end.note +=
        fmt::format("The capturing machine dropped {} packets; the answer may have been among them.", wire.dropped);
}

// Of one direction alone: silence means nothing, and who closed first is not known.
Ending one_sided(const Wire& wire) {
    const bool client = wire.unseen == Party::server;
    const auto& own = client ? wire.client.closing : wire.server.closing;
    Ending end;
    if (!own) return end;
    end = {true, Party::unknown, own->reset ? "reset" : "fin", own->evidence, own->time, {}, {}, true};
    end.note = fmt::format("The capture has only packets of the {}; what the {} did before cannot be seen.",
                           client ? "client" : "server", client ? "server" : "client");
    return end;
}

Ending without_refusal(const Track& track, const Wire& wire, bool session) {
    if (wire.unseen) return one_sided(wire);
    if (!wire.connected) return never_connected(track, wire);
    Ending end = closed(wire, session);
    suspect_forgery(end, track);
    if (wire.gateway) close_channel(end, track);
    if (!end.ended) end = session ? cut_off(wire) : left_waiting(wire);
    return end;
}

}  // namespace

Ending ending_of(const Track& track, bool session) {
    const Wire& wire = *track.wire;
    Ending end = without_refusal(track, wire, session);
    doubt(end, wire);
    if (!wire.connected) return end;
    const Observation* refusal = first_refusal(track);
    if (refusal && (!end.ended || refusal->time <= end.time)) {
        end = {true, refusal->actor, kind_of_refusal(*refusal), refusal->evidence, refusal->time, {}, {}, true};
    }
    return end;
}

}  // namespace rdpdx::diagnose
