// What an RDP-UDP conversation was as a whole: handshake, loss, outcome.
#include <fmt/format.h>

#include <algorithm>

#include "src/observe/convert.hpp"
#include "src/observe/udp_conversation.hpp"

namespace rdpdx::observe {

using model::Effect;
using model::Stage;
using rdpeudp::Side;

namespace {

// [MS-RDPEUDP] 3.1.5.2, appendix: after a silence of this length an implementation has tried again long since.
constexpr model::Duration kWaitedInVain = std::chrono::seconds{3};
// Headers of UDP and IP around the payload of a SYN.
constexpr std::size_t kHeaders4 = 28, kHeaders6 = 48;

// RFC 792, RFC 1191: fragmentation needed; RFC 4443 3.2: packet too big. The path is there, but not for this size.
bool says_too_large(const net::IcmpError& error) {
    constexpr std::uint8_t kUnreachable = 3, kFragmentationNeeded = 4, kPacketTooBig = 2;
    if (error.ip.source.family == 6) return error.type == kPacketTooBig;
    return error.type == kUnreachable && error.code == kFragmentationNeeded;
}

std::string milliseconds(model::Duration span) { return model::to_text(span); }

model::UdpHalf convert(const rdpeudp::Half& h) {
    const auto time = [](const std::optional<stream::Mark>& m) { return m ? std::optional{m->time} : std::nullopt; };
    model::UdpHalf out;
    out.datagrams = h.datagrams;
    out.bytes = h.bytes;
    out.packets = h.packets;
    out.retransmissions = h.retransmissions;
    out.duplicates = h.duplicates;
    out.loss_reports = h.loss_reports;
    out.most_missing = h.most_missing;
    out.window_reductions = h.window_reductions;
    out.since_acknowledged = h.since_acknowledged;
    out.first = time(h.first);
    out.last = time(h.last);
    out.last_packet = time(h.last_packet);
    out.acknowledged = time(h.acknowledged);
    return out;
}

template <std::size_t N>
std::string hex(const std::optional<std::array<std::uint8_t, N>>& octets) {
    if (!octets || std::ranges::all_of(*octets, [](std::uint8_t b) { return b == 0; })) return {};
    return bytes::hex(std::as_bytes(std::span{*octets}));
}

}  // namespace

void UdpConversation::icmp_error(const net::IcmpError& error, const stream::Mark& mark) {
    const bool too_large = says_too_large(error);
    if (std::exchange(too_large ? too_large_ : unreachable_, true)) return;
    const std::string router = net::to_text(error.ip.source);
    auto& o = add(
        mark, "udp.unreachable",
        too_large ? fmt::format("{} says that a datagram is too large to pass on: at most {} bytes may.", router,
                                error.next_hop_mtu)
                  : fmt::format("{} answers a datagram with ICMP type {} code {}.", router, error.type, error.code));
    o.stage = Stage::udp_handshake;
    o.actor = model::Party::network;
    o.fields = {{"type", number(error.type)},
                {"code", number(error.code)},
                {"mtu", number(error.next_hop_mtu)},
                {"router", router}};
}

void UdpConversation::handshake(model::Time seen_until) {
    const auto& c = reader_.conversation();
    if (c.first_syn) {
        std::string text =
            fmt::format("The client asks for a side channel over UDP: RDP-UDP version {} at most, {}, MTU {}",
                        transport_.offered_version, transport_.mode, c.syn->uUpStreamMtu);
        if (c.syns > 1)
            text += fmt::format("; {} times within {}", c.syns, milliseconds(c.last_syn->time - c.first_syn->time));
        auto& o = add(*c.first_syn, "udp.syn", text + ".");
        o.stage = Stage::udp_handshake;
        o.actor = model::Party::client;
        o.fields = {{"count", number(c.syns)},
                    {"version", transport_.offered_version},
                    {"mode", transport_.mode},
                    {"mtu", number(c.syn->uUpStreamMtu)}};
    }
    if (!c.established) return not_completed(seen_until);
    auto& o = add(*c.established, "udp.handshake",
                  fmt::format("The side channel over UDP stands: RDP-UDP version {}, MTU {} and {}{}.",
                              transport_.version, transport_.client_mtu.value_or(0), transport_.server_mtu.value_or(0),
                              c.round_trip ? ", round trip " + milliseconds(*c.round_trip) : ""));
    o.stage = Stage::udp_handshake;
    o.effect = Effect::passed;
    o.fields = {{"result", std::string{"connected"}}, {"version", transport_.version}};
    if (transport_.client_mtu) o.fields.push_back({"client_mtu", number(*transport_.client_mtu)});
    if (transport_.server_mtu) o.fields.push_back({"server_mtu", number(*transport_.server_mtu)});
    if (c.round_trip)
        o.fields.push_back(
            {"rtt_ms", number(std::chrono::duration_cast<std::chrono::milliseconds>(*c.round_trip).count())});
    o.fields.push_back({"syns", number(c.syns)});
    o.fields.push_back({"syn_acks", number(c.syn_acks)});
}

// The last SYN or SYN+ACK had no answer. One that was sent just before the capture ends may still get it.
void UdpConversation::not_completed(model::Time seen_until) {
    const auto& c = reader_.conversation();
    const bool answered = c.last_syn_ack.has_value();
    const auto& mark = answered ? *c.last_syn_ack : *c.last_syn;
    const unsigned times = answered ? c.syn_acks : c.syns;
    const auto waited = seen_until - mark.time;
    const bool in_vain = times > 1 || waited >= kWaitedInVain || unreachable_ || too_large_;
    transport_.outcome = !in_vain       ? "syn-sent"
                         : unreachable_ ? "unreachable"
                         : too_large_   ? "too-large"
                         : answered     ? "unacknowledged"
                                        : "no-answer";
    const bool v6 = track_.client.address.find(':') != std::string::npos;
    std::string text =
        answered ? fmt::format(
                       "The server answers{}, and the client's acknowledgement does not come: the answers do not "
                       "arrive, or what the client sends gets lost.",
                       times > 1 ? fmt::format(" {} times", times) : "")
                 : fmt::format("Nobody answers the client's SYN over UDP, a packet of {} bytes{}.",
                               rdpeudp::kSynLength + (v6 ? kHeaders6 : kHeaders4),
                               times > 1 ? fmt::format(" that was sent {} times", times) : "");
    if (!in_vain) text = "The capture ends before the handshake over UDP is complete.";
    auto& o = add(mark, "udp.handshake", std::move(text));
    o.stage = Stage::udp_handshake;
    if (in_vain) o.effect = Effect::failed;
    o.fields = {{"result", transport_.outcome}};
    if (!transport_.version.empty()) o.fields.push_back({"version", transport_.version});
    o.fields.push_back({"syns", number(c.syns)});
    o.fields.push_back({"syn_acks", number(c.syn_acks)});
}

void UdpConversation::losses(Side side) {
    const rdpeudp::Half& h = reader_.conversation().half(side);
    const rdpeudp::Half& other = reader_.conversation().half(bytes::other(side));
    if (h.retransmissions == 0 && other.loss_reports == 0) return;
    std::string text =
        fmt::format("Of {} packets over UDP the {} sent {} again", h.packets, side_name(side), h.retransmissions);
    if (other.loss_reports > 0)
        text += fmt::format(
            "; the other side reported loss {} time{}{}", other.loss_reports, other.loss_reports == 1 ? "" : "s",
            other.most_missing > 0 ? fmt::format(", up to {} packets at once", other.most_missing) : "");
    if (h.last_packet && h.since_acknowledged > 1)
        text += fmt::format("; the last {} were not acknowledged", h.since_acknowledged);
    auto& o = add(*h.last, "udp.loss", text + ".");
    o.actor = party(side);
    o.fields = {{"from", std::string{side_name(side)}},
                {"packets", number(h.packets)},
                {"retransmissions", number(h.retransmissions)},
                {"reports", number(other.loss_reports)},
                {"missing", number(other.most_missing)},
                {"reductions", number(h.window_reductions)},
                {"since_acknowledged", number(h.since_acknowledged)}};
}

// The facts that do not depend on what was said inside.
void UdpConversation::describe(model::Time seen_until) {
    const auto& c = reader_.conversation();
    transport_.mode = c.lossy ? "lossy" : "reliable";
    if (c.first_syn) transport_.offered_version = rdpeudp::version_name(c.offered_version);
    if (c.first_syn_ack) transport_.version = rdpeudp::version_name(c.version);
    if (c.syn) {
        transport_.client_mtu = c.syn->uUpStreamMtu;
        transport_.initial_sequence = c.syn->snInitialSequenceNumber;
    }
    if (c.syn_ack) transport_.server_mtu = c.syn_ack->uUpStreamMtu;
    transport_.correlation_id = hex(c.correlation_id);
    transport_.cookie_hash = hex(c.cookie_hash);
    transport_.syns = c.syns;
    transport_.syn_acks = c.syn_acks;
    transport_.established = c.established.has_value();
    if (c.round_trip) transport_.round_trip = *c.round_trip;
    transport_.client = convert(c.client);
    transport_.server = convert(c.server);
    transport_.capture_end = seen_until;
}

model::Track UdpConversation::finish(model::Time seen_until) {
    reader_.finish();
    const auto& c = reader_.conversation();
    describe(seen_until);
    const bool silent = seen_until - last_ >= kWaitedInVain || c.client.retransmissions + c.server.retransmissions > 1;
    if (c.established) transport_.outcome = "connected";
    if (secured_) transport_.outcome = "secured";
    if (client_.hello && !secured_ && !security_failed_ && silent && c.established) {
        security_failed_ = true;
        auto& o = add(last_item_, "udp.security", "TLS or DTLS over UDP was begun and not completed.");
        o.stage = Stage::udp_security;
        o.effect = Effect::failed;
        o.fields = {{"message", std::string{"none"}}};
    }
    if (security_failed_) transport_.outcome = "security-failed";
    if (tunnel_asked_ && !tunnel_answer_ && silent) {
        // [MS-RDPEMT] 3.1.5.2, appendix: Windows drops the transport without a word when id or cookie do not match.
        auto& o = add(*tunnel_asked_, "udp.tunnel", "The server does not answer the request for the tunnel.");
        o.stage = Stage::udp_tunnel;
        o.effect = Effect::failed;
        o.actor = model::Party::server;
        o.fields = {{"message", std::string{"no-response"}}};
        transport_.outcome = "tunnel-refused";
    }
    if (tunnel_answer_) transport_.outcome = *tunnel_answer_ & 0x80000000U ? "tunnel-refused" : "tunnel-created";
    if (tunnel_inferred_) transport_.outcome = "tunnel-created";
    handshake(seen_until);
    losses(Side::client);
    losses(Side::server);
    std::ranges::stable_sort(track_.seen, [](const model::Observation& a, const model::Observation& b) {
        return std::pair{a.time, a.evidence.number} < std::pair{b.time, b.evidence.number};
    });
    track_.started = c.client.first && (!c.server.first || c.client.first->time <= c.server.first->time)
                         ? c.client.first->time
                         : c.server.first->time;
    track_.ended = last_;
    track_.udp = std::move(transport_);
    return std::move(track_);
}

}  // namespace rdpdx::observe
