#include "parsers/rdpeudp/reader.hpp"

#include <algorithm>

namespace rdpdx::rdpeudp {
namespace {

// Longer than any record: what follows is looked for anew, as if that much were missing.
constexpr std::uint64_t kUnknownGap = std::uint64_t{1} << 16;
// [MS-RDPEUDP] 3.1.5.4.2, appendix: nobody sends a SYN again sooner; a port that copies traffic shows it twice.
constexpr auto kNoRetrySooner = std::chrono::milliseconds{50};

// What the stream of this side begins with: the record of its hello.
bool begins_stream(Side from, bytes::View data) {
    bytes::Cursor in{data};
    const auto header = tls::parse_record_header(in);
    const auto hello = from == Side::client ? tls::HandshakeType::client_hello : tls::HandshakeType::server_hello;
    return header && tls::plausible(*header) &&
           header->type == static_cast<std::uint8_t>(tls::ContentType::handshake) &&
           in.u8("msg_type") == static_cast<std::uint8_t>(hello) && !in.error();
}

bool repeated(const std::optional<Mark>& last, const Mark& mark) {
    return last && mark.time - last->time < kNoRetrySooner;
}

}  // namespace

bool Reader::another(Side from, bytes::View payload) const {
    const auto datagram = parse_datagram(payload);
    if (!datagram || !datagram->synData) return false;
    const auto& known = from == Side::client ? conversation_.syn : conversation_.syn_ack;
    return known && known->snInitialSequenceNumber != datagram->synData->snInitialSequenceNumber;
}

void Reader::datagram(Side from, bytes::View payload, std::size_t length, const Mark& mark) {
    Half& h = half(from);
    ++h.datagrams;
    h.bytes += length;
    if (!h.first) h.first = mark;
    h.last = mark;
    if (version3() && transport_ && has_packet_prefix(payload))
        of_version_3(from, payload, length, mark);
    else
        of_versions_1_2(from, payload, length, mark);
}

void Reader::handshake(Side from, const Datagram& datagram, const Mark& mark) {
    Conversation& c = conversation_;
    Half& h = half(from);
    if ((from == Side::client) != datagram.syn()) return;
    if (repeated(from == Side::client ? c.last_syn : c.last_syn_ack, mark)) {
        ++h.duplicates;
        return;
    }
    if (from == Side::client) {
        ++c.syns;
        if (!c.first_syn) c.first_syn = mark;
        c.last_syn = mark;
        c.syn = datagram.synData;
        c.offered_version = datagram.version();
        c.lossy = datagram.has(kSynLossy);
        c.correlation_id = datagram.uCorrelationId;
        if (datagram.synDataEx) c.cookie_hash = datagram.synDataEx->cookieHash;
        return;
    }
    ++c.syn_acks;
    c.last_syn_ack = mark;
    if (c.first_syn_ack) return;
    c.first_syn_ack = mark;
    c.syn_ack = datagram.synData;
    c.version = datagram.version();
    if (c.last_syn && c.syns == 1) c.round_trip = mark.time - c.last_syn->time;
    constexpr unsigned kNumberBits = 32, kNumberBits3 = 16;
    transport_ = std::make_unique<Transport>(decrypting_, c.lossy, version3() ? kNumberBits3 : kNumberBits);
    if (version3()) return;  // its numbers begin anew
    for (const Side side : {Side::client, Side::server}) {
        const auto& syn = side == Side::client ? c.syn : c.syn_ack;
        if (!syn) continue;
        Stream& s = transport_->stream(side);
        s.order.begin_with(s.numbers(syn->snInitialSequenceNumber) + 1);
        s.sent(syn->snInitialSequenceNumber);
        s.acknowledged(syn->snInitialSequenceNumber);
    }
}

void Reader::of_versions_1_2(Side from, bytes::View payload, std::size_t length, const Mark& mark) {
    const auto datagram = parse_datagram(payload);
    if (!datagram) return;
    if (datagram->synData) return handshake(from, *datagram, mark);
    if (!transport_) return;
    Conversation& c = conversation_;
    if (from == Side::client && !c.established) c.established = mark;
    if (datagram->has(kAck)) acknowledge(from, datagram->snSourceAck, mark);
    const std::uint32_t lost = datagram->ackVector ? datagram->ackVector->not_received() : 0;
    missing(from, lost, datagram->has(kCn));
    Half& h = half(from);
    if (datagram->has(kCwr)) ++h.window_reductions;
    if (datagram->fec) ++h.fec_packets;
    if (!datagram->source) return;
    const auto& header = *datagram->source;
    source(from, {header.snSourceStart, header.snCoded, header.snSourceStart, datagram->data, length - payload.size()},
           mark);
}

void Reader::of_version_3(Side from, bytes::View payload, std::size_t length, const Mark& mark) {
    const auto prefixed = parse_prefixed_packet(payload);
    if (!prefixed || prefixed->Packet_Type_Index == kDummyPacket) return;
    const auto packet = parse_packet(prefixed->packet);
    if (!packet) return;
    if (from == Side::client && !conversation_.established) conversation_.established = mark;
    if (packet->ack) acknowledge(from, packet->ack->SeqNum, mark);
    if (packet->ackVector) {
        const auto state = packet->ackVector->state();
        if (state.received) acknowledge(from, *state.received, mark);
        missing(from, state.missing, false);
    }
    if (packet->DataSeqNum && packet->ChannelSeqNum)
        source(
            from,
            {*packet->ChannelSeqNum, *packet->DataSeqNum, *packet->DataSeqNum, packet->data, length - payload.size()},
            mark);
}

void Reader::source(Side from, const Source& source, const Mark& mark) {
    Half& h = half(from);
    Stream& s = transport_->stream(from);
    if (from == Side::server) conversation_.data_from_server = true;
    const std::uint64_t number = s.numbers(source.number);
    s.sent(source.acknowledged_as);
    const auto seen = s.recent.add(number, source.transmission);
    if (seen == Recent::Seen::captured_twice) {
        ++h.duplicates;
        return;
    }
    if (seen == Recent::Seen::first)
        ++h.packets;
    else
        ++h.retransmissions;
    ++h.since_acknowledged;
    h.last_packet = mark;
    if (seen != Recent::Seen::first || transport_->security.done()) return;
    if (conversation_.lossy) return transport_->security.payload(from, source.data, mark, sink_);
    if (begins_stream(from, source.data)) s.order.begin_with(number);
    s.order.add(number, {{source.data.begin(), source.data.end()}, source.cut, mark, false});
    deliver(from);
}

void Reader::deliver(Side from) {
    Order& order = transport_->stream(from).order;
    Security& security = transport_->security;
    while (const auto payload = order.take()) {
        if (payload->gap) security.gap(from, kUnknownGap);
        if (!security.done()) security.payload(from, payload->data, payload->mark, sink_);
        if (payload->cut > 0) security.gap(from, payload->cut);
    }
    if (!security.done()) return;
    transport_->client.order.clear();
    transport_->server.order.clear();
}

// `by` says that it has the other side's packet of this number.
void Reader::acknowledge(Side by, std::uint32_t number, const Mark& mark) {
    const Side of = bytes::other(by);
    Stream& s = transport_->stream(of);
    if (s.sent.highest() == 0) return;  // nothing was sent
    const std::uint64_t before = s.acknowledged.highest();
    const std::uint64_t now = s.acknowledged(number);
    if (now <= before) return;
    Half& h = half(of);
    h.acknowledged = mark;
    h.since_acknowledged = static_cast<std::uint32_t>(
        std::min<std::uint64_t>(h.since_acknowledged, s.sent.highest() - std::min(s.sent.highest(), now)));
}

void Reader::missing(Side by, std::uint32_t packets, bool reported) {
    Half& h = half(by);
    if (packets > 0 || reported) ++h.loss_reports;
    h.most_missing = std::max(h.most_missing, packets);
}

void Reader::finish() {
    if (!transport_) return;
    for (const Side side : {Side::client, Side::server}) {
        transport_->stream(side).order.give_up();
        deliver(side);
    }
    transport_->security.finish(sink_);
}

}  // namespace rdpdx::rdpeudp
