#include "src/observe/connection.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "src/observe/convert.hpp"
#include "src/observe/path.hpp"

namespace rdpdx::observe {

using model::Effect;
using model::Stage;
using stream::Side;

WireObserver::Connection::Connection(std::uint32_t input, model::Precision precision, bool midway,
                                     const handshake::Decrypting& decrypting, Common* common)
    : common_{common}, reader_{[this](const Pdu& pdu) { take(pdu); }, midway, decrypting} {
    track_.origin = model::Origin::capture;
    track_.input = input;
    track_.precision = precision;
}

void WireObserver::Connection::take(const Pdu& pdu) {
    std::visit([&](const auto& body) { observe(pdu, body); }, pdu.body);
    progress(pdu.from).any = true;
}

model::Observation& WireObserver::Connection::add(const stream::Mark& mark, std::string_view kind, std::string text) {
    model::Observation o;
    o.time = mark.time;
    o.precision = track_.precision;
    o.origin = model::Origin::capture;
    o.kind = kind;
    o.text = std::move(text);
    o.evidence = {track_.input, model::Evidence::Kind::packet, mark.frame, mark.file_offset};
    share_last();
    track_.seen.push_back(std::move(o));
    return track_.seen.back();
}

void WireObserver::Connection::share_last() {
    if (common_ && !track_.seen.empty()) common_->sharing.share(track_.seen.back());
}

model::Observation& WireObserver::Connection::add(const Pdu& pdu, std::string_view kind, std::string text) {
    auto& o = add(pdu.mark, kind, std::move(text));
    o.actor = party(pdu.from);
    return o;
}

void WireObserver::Connection::oddities(const Pdu& pdu, const std::vector<x224::Oddity>& list) {
    for (const auto& oddity : list) {
        auto& o = add(pdu, "stream.unparsed",
                      fmt::format("Odd in the {}'s X.224 PDU: {} {}.", side_name(pdu.from), oddity.field, oddity.text));
        o.fields = {{"from", std::string{side_name(pdu.from)}}, {"what", oddity.field}};
    }
}

void WireObserver::Connection::transport(const stream::Flow& flow) {
    if (flow.syn) {
        auto& o =
            add(*flow.syn, "tcp.syn",
                flow.syn_count > 1 ? fmt::format("The client asks for a TCP connection, {} times.", flow.syn_count)
                                   : "The client asks for a TCP connection (SYN).");
        o.stage = Stage::tcp_connect;
        o.actor = model::Party::client;
        o.fields = {{"count", number(flow.syn_count)}};
        if (flow.from_client.mss) o.fields.push_back({"mss", number(*flow.from_client.mss)});
    }
    const auto unseen = unseen_side(flow);
    if (unseen) wire_.unseen = party(*unseen);
    wire_.cut = flow.from_client.cut + flow.from_server.cut;
    // A SYN-ACK that the capture missed must have come where either side goes on.
    wire_.connected = flow.starts_midway || (flow.syn_ack && (flow.handshake_ack || flow.from_client.first_payload)) ||
                      (flow.syn && !flow.refused && (unseen || flow.from_server.first_payload));
    if (wire_.connected) {
        const auto& mark = flow.handshake_ack ? *flow.handshake_ack : flow.syn_ack ? *flow.syn_ack : flow.first;
        auto& o =
            add(mark, "tcp.connected",
                flow.starts_midway ? "The TCP connection is older than the capture." : "The TCP connection stands.");
        o.stage = Stage::tcp_connect;
        o.effect = Effect::passed;
        if (!flow.syn_ack) o.basis = model::Basis::inferred;
        if (flow.syn && flow.syn_ack) {
            const auto rtt = std::chrono::duration_cast<std::chrono::milliseconds>(flow.syn_ack->time - flow.syn->time);
            o.fields.push_back({"rtt_ms", number(rtt.count())});
        }
        if (flow.from_client.mss) o.fields.push_back({"mss_client", number(*flow.from_client.mss)});
        if (flow.from_server.mss) o.fields.push_back({"mss_server", number(*flow.from_server.mss)});
        o.fields.push_back({"hop_limit", number(flow.from_server.hop_limit)});
    }
    if (flow.icmp_error && flow.icmp_mark) {
        const auto& error = *flow.icmp_error;
        auto& o = add(*flow.icmp_mark, "icmp.error",
                      fmt::format("{} answers with ICMP type {} code {}.", net::to_text(error.ip.source), error.type,
                                  error.code));
        o.stage = Stage::tcp_connect;
        o.actor = model::Party::network;
        if (!flow.syn_ack && !flow.starts_midway) o.effect = Effect::failed;
        o.fields = {{"type", number(error.type)},
                    {"code", number(error.code)},
                    {"mtu", number(error.next_hop_mtu)},
                    {"router", net::to_text(error.ip.source)}};
    }
}

void WireObserver::Connection::half(const stream::Flow& flow, Side side) {
    const stream::Half& from = flow.half(side);
    model::WireHalf& to = side == Side::client ? wire_.client : wire_.server;
    Progress& p = progress(side);
    to.packets = from.packets;
    to.payload_bytes = from.payload_bytes;
    to.retransmissions = from.retransmissions;
    to.duplicates = from.duplicates;
    to.zero_windows = from.zero_windows;
    to.keep_alives = from.keep_alives;
    to.gap_bytes = from.gap_bytes;
    to.unacknowledged = from.unacknowledged;
    to.encrypted_records = p.records;
    to.encrypted_bytes = p.bytes;
    to.first_record_sizes = std::move(p.sizes);
    if (from.last_payload) to.last_payload = from.last_payload->time;
    if (p.first_record) {
        auto& o = add(*p.first_record, "tls.application-data",
                      fmt::format("The {} sends {} encrypted record{}, {} bytes in all.", side_name(side), p.records,
                                  p.records == 1 ? "" : "s", p.bytes));
        o.actor = party(side);
        o.fields = {{"from", std::string{side_name(side)}}, {"records", number(p.records)}, {"bytes", number(p.bytes)}};
    }
    sent_again(flow, side);
}

void WireObserver::Connection::sent_again(const stream::Flow& flow, Side side) {
    const stream::Half& from = flow.half(side);
    // What lies before the beginning of a stream that was joined midway is not counted as sent again.
    const bool whole = side == Side::client ? flow.syn.has_value() : flow.syn_ack.has_value();
    if (whole && from.retransmissions == 0) return;
    const Resent resent = resent_by(flow.trail, side);
    if (from.retransmissions > 0) {
        const auto& mark = from.first_unacknowledged ? *from.first_unacknowledged : *from.last_packet;
        auto& o =
            add(mark, "tcp.retransmissions",
                fmt::format("The {} sent {} segment{} again{}.", side_name(side), from.retransmissions,
                            from.retransmissions == 1 ? "" : "s",
                            from.unacknowledged ? fmt::format("; {} bytes were never acknowledged", from.unacknowledged)
                                                : std::string{}));
        o.actor = party(side);
        o.fields = {{"from", std::string{side_name(side)}},
                    {"segments", number(from.retransmissions)},
                    {"unacknowledged", number(from.unacknowledged)},
                    {"recovered", number(resent.recovered)},
                    {"percent", number(resent.sent > 0 ? resent.recovered * 100 / resent.sent : 0)}};
    }
    if (!resent.limit) return;
    auto& o = add(
        resent.limit->first, "path.size-limit",
        fmt::format("Payloads of {} bytes and more of the {} were never acknowledged, though sent {} times; "
                    "up to {} bytes were.",
                    resent.limit->smallest_lost, side_name(side), resent.limit->tries, resent.limit->largest_passed));
    o.basis = model::Basis::inferred;
    o.actor = model::Party::network;
    o.fields = {{"from", std::string{side_name(side)}},
                {"tries", number(resent.limit->tries)},
                {"smallest_lost", number(resent.limit->smallest_lost)},
                {"largest_passed", number(resent.limit->largest_passed)}};
}

void WireObserver::Connection::closings(const stream::Flow& flow) {
    for (const Side side : {Side::client, Side::server}) {
        const stream::Half& from = flow.half(side);
        model::WireHalf& to = side == Side::client ? wire_.client : wire_.server;
        if (from.fin) {
            auto& o =
                add(from.fin->mark, "tcp.fin", fmt::format("The {} closes the TCP connection (FIN).", side_name(side)));
            o.actor = party(side);
            o.fields = {{"from", std::string{side_name(side)}}};
            to.closing = {from.fin->mark.time, false, o.evidence, from.fin->hop_limit};
        }
        if (!from.rst) continue;
        const bool first = !from.fin || from.rst->mark.time < from.fin->mark.time;
        const bool refusal = flow.refused && side == Side::server;
        const bool begun = side == Side::server ? flow.syn_ack.has_value() : flow.syn.has_value();
        const bool differs = begun && from.hop_limit != from.rst->hop_limit;
        const ResetSigns signs = signs_of_reset(flow.trail, side);
        std::string text = refusal ? "The server's address refuses the connection (RST in answer to SYN)."
                                   : fmt::format("The {} resets the TCP connection (RST).", side_name(side));
        if (differs)
            text += fmt::format(" Its TTL is {}, that of the {}'s {} {}.", from.rst->hop_limit, side_name(side),
                                side == Side::server ? "SYN-ACK" : "SYN", from.hop_limit);
        if (signs.mac_differs)
            text += " Its MAC address is another than that of the side's packets that were compared.";
        if (signs.went_on) text += " That side went on sending afterwards.";
        auto& o = add(from.rst->mark, refusal ? "tcp.refused" : "tcp.reset", std::move(text));
        o.actor = party(side);
        if (refusal) {
            o.stage = Stage::tcp_connect;
            o.effect = Effect::failed;
            o.fields = {{"hop_limit", number(from.rst->hop_limit)}};
            wire_.refused = true;
        } else {
            o.fields = {{"from", std::string{side_name(side)}},         {"hop_limit", number(from.rst->hop_limit)},
                        {"expected_hop_limit", number(from.hop_limit)}, {"hop_limit_differs", flag(differs)},
                        {"mac_differs", flag(signs.mac_differs)},       {"went_on", flag(signs.went_on)}};
        }
        if (first) to.closing = {from.rst->mark.time, true, o.evidence, from.rst->hop_limit};
    }
}

// TLS passed its stage when both Finished are there and the client did not leave at once.
void WireObserver::Connection::secured(const stream::Flow& flow) {
    wire_.tls_finished = client_.finished && server_.finished;
    const auto& first_record = client_.first_record;
    const bool midway = flow.starts_midway && !wire_.tls_finished && first_record && server_.first_record;
    const auto& c = wire_.client.closing;
    const auto& s = wire_.server.closing;
    const bool client_left = c && (!s || c->time <= s->time);
    if (!first_record && (!wire_.tls_finished || client_left)) return;
    if (!wire_.tls_finished && !midway) return;
    const auto& mark = first_record ? *first_record : *client_.finished_mark;
    auto& o =
        add(mark, "tls.finished", midway ? "TLS was up before the capture begins." : "The TLS handshake is complete.");
    o.stage = Stage::tls_handshake;
    o.effect = Effect::passed;
    if (midway || (wire_.tls.tls13 && !wire_.opened)) o.basis = model::Basis::inferred;
    o.fields = {{"from", std::string{"both"}}};
}

// By time, but PDUs in the order in which they could be read: what came too early waited for what was sent again.
void WireObserver::Connection::sort_seen(std::size_t pdus) {
    using Key = std::pair<model::Time, std::uint64_t>;
    std::vector<std::pair<Key, std::size_t>> order;
    Key latest{};
    for (std::size_t i = 0; i < track_.seen.size(); ++i) {
        const model::Observation& o = track_.seen[i];
        const Key own{o.time, o.evidence.number};
        if (i < pdus) latest = std::max(i == 0 ? own : latest, own);
        order.emplace_back(i < pdus ? latest : own, i);
    }
    std::ranges::stable_sort(order, {}, &decltype(order)::value_type::first);
    std::vector<model::Observation> sorted;
    constexpr std::size_t kToCome = 3;  // what is found out when all sources are together
    sorted.reserve(order.size() + kToCome);
    for (const auto& [key, i] : order) sorted.push_back(std::move(track_.seen[i]));
    track_.seen = std::move(sorted);
}

model::Track WireObserver::Connection::finish(const stream::Flow& flow) {
    reader_.finish();
    wire_.flow = flow.id;
    wire_.starts_midway = flow.starts_midway;
    // Unknown bytes at the start of a stream that is picked up midway say nothing about the service.
    if (flow.starts_midway) wire_.another_protocol = false;
    // [MS-CSSP] 3.1.5: credentials end CredSSP, unless the server has something against them.
    if (credentials_sent_ && !credssp_refused_) track_.seen[*credentials_sent_].effect = Effect::passed;
    const std::size_t pdus = track_.seen.size();
    transport(flow);
    closings(flow);
    half(flow, Side::client);
    half(flow, Side::server);
    secured(flow);
    share_last();
    sort_seen(pdus);
    keep_packets(flow.trail, wire_);
    track_.client = convert(flow.client);
    track_.server = convert(flow.server);
    if (!wire_.tls.sni.empty()) track_.target = wire_.tls.sni;
    if (wire_.negotiation.cookie) track_.user = *wire_.negotiation.cookie;
    if (!identity_.user.empty())
        track_.user = identity_.domain.empty() ? identity_.user : identity_.domain + "\\" + identity_.user;
    track_.started = flow.first.time;
    track_.ended = flow.last.time;
    wire_.records.shrink_to_fit();
    track_.wire = std::move(wire_);
    return std::move(track_);
}

}  // namespace rdpdx::observe
