#include "parsers/stream/connection.hpp"

#include <algorithm>

#include "parsers/stream/trail.hpp"

namespace rdpdx::stream {
namespace {

constexpr std::uint16_t kRdpPort = 3389;
// [RFC 7323] 2.3 allows windows of 1 GiB; what is this far off is no part of a desktop session.
constexpr std::int32_t kFar = 256 << 20;
// A SYN this near to the expected sequence number would be answered by a challenge, [RFC 5961] 4.
constexpr std::int32_t kSynWindow = 1 << 20;
constexpr std::chrono::seconds kIdle{30};
constexpr unsigned kStraysAreAnother = 3;
// No link carries more in one packet; captures of offloaded segments come near to 64 KiB.
constexpr std::uint64_t kMaxPayload = 16 << 20;
// Bytes that fill a hole sooner than this were overtaken on their way, later they were sent again.
constexpr std::chrono::milliseconds kOvertaken{3};

bool beyond(std::int64_t a, std::int64_t b, std::int32_t most) noexcept { return a - b > most || b - a > most; }

Closing closing_of(const net::Segment& s, const Mark& mark) {
    return {.mark = mark,
            .reset = s.rst,
            .hop_limit = s.ip.hop_limit,
            .ip_identification = s.ip.identification,
            .window = s.window,
            .sequence = s.sequence};
}

// Whether the sender of this segment is the client, as far as ports tell.
bool from_client_by_port(const net::Segment& s) noexcept {
    if (s.source.port == s.destination.port) return true;
    if (s.destination.port == kRdpPort) return true;
    if (s.source.port == kRdpPort) return false;
    return s.source.port > s.destination.port;
}

}  // namespace

Connection::Connection(std::uint64_t id, const net::Segment& first, const Mark& mark, bool forward,
                       std::size_t& together, TrailLength trail)
    : ways_{Way{together}, Way{together}} {
    const bool syn = first.syn && !first.rst;
    const bool client = syn ? !first.ack : from_client_by_port(first);
    lower_is_client_ = client == forward;
    flow_.id = id;
    flow_.client = client ? first.source : first.destination;
    flow_.server = client ? first.destination : first.source;
    flow_.roles_certain = syn;
    flow_.starts_midway = !syn;
    flow_.first = flow_.last = mark;
    flow_.trail.most = trail;
}

bool Connection::over() const noexcept {
    if (flow_.from_client.rst || flow_.from_server.rst) return true;
    for (const Way& w : ways_)
        if (!w.fin_offset || w.acknowledged <= *w.fin_offset) return false;
    return true;
}

bool Connection::answered() const noexcept {
    const Half &c = flow_.from_client, &s = flow_.from_server;
    return (c.packets > 0 && s.packets > 0) || c.first_payload || s.first_payload;
}

bool Connection::repeats(const net::Segment& segment, const Mark& mark, bool forward) {
    if (!way(forward).recent.repeats(segment, mark.time)) return false;
    ++half(forward).duplicates;
    flow_.last = mark;
    return true;
}

Belonging Connection::judge_syn(const net::Segment& segment, const Mark& mark, bool forward) const {
    const Way &mine = way(forward), &other = way(!forward);
    const bool payload = flow_.from_client.first_payload || flow_.from_server.first_payload;
    const bool done = over() || elapsed(flow_.last.time, mark.time) >= kIdle;
    if (mine.stream.anchored()) {
        // The same connection again, as in files put together from copies: nobody retransmits the SYN of a connection
        // that came and went.
        if (segment.sequence + 1 == mine.stream.base())
            return over() && payload ? Belonging::another : Belonging::belongs;
        const bool attempt = !payload && !flow_.syn_ack;
        const auto next = static_cast<std::int64_t>(mine.stream.next());
        if (done || attempt || beyond(mine.stream.offset_of(segment.sequence), next, kSynWindow))
            return Belonging::another;
        return Belonging::stray;
    }
    if (!segment.ack) return done || flow_.starts_midway ? Belonging::another : Belonging::belongs;
    const auto next = static_cast<std::int64_t>(other.stream.next());
    const std::int64_t answered = other.stream.anchored() ? other.stream.offset_of(segment.acknowledgment) : -1;
    if (answered == next && other.isn) return Belonging::belongs;  // also after a refusal, or late
    if (done) return Belonging::another;
    if (other.stream.anchored() && !beyond(answered, next, kSynWindow)) return Belonging::belongs;
    return flow_.starts_midway ? Belonging::another : Belonging::stray;
}

Belonging Connection::judge(const net::Segment& segment, const Mark& mark, bool forward) {
    if (segment.rst) return Belonging::belongs;
    if (segment.syn) return judge_syn(segment, mark, forward);
    Way& mine = way(forward);
    if (!mine.stream.anchored()) return Belonging::belongs;
    const std::int64_t offset = mine.stream.offset_of(segment.sequence);
    // The front may be far ahead of what is in order, while a hole is waited for.
    if (!beyond(offset, static_cast<std::int64_t>(mine.stream.next()), kFar) ||
        !beyond(offset, static_cast<std::int64_t>(mine.highest), kFar)) {
        mine.strays = 0;
        return Belonging::belongs;
    }
    if (over()) return segment.payload_length > 0 ? Belonging::another : Belonging::stray;
    return ++mine.strays >= kStraysAreAnother ? Belonging::another : Belonging::stray;
}

void Connection::stray(const Mark& mark, bool forward) {
    flow_.last = mark;
    Half& from = half(forward);
    ++from.packets;
    from.last_packet = mark;
}

void Connection::reverse_roles() noexcept {
    std::swap(flow_.client, flow_.server);
    std::swap(flow_.from_client, flow_.from_server);
    reverse(flow_.trail);
    lower_is_client_ = !lower_is_client_;
}

bool Connection::add(const net::Segment& segment, const Mark& mark, bool forward, Listener& listener) {
    if (segment.syn && !segment.rst) take_syn(segment, mark, forward);
    flow_.last = mark;
    Half& from = half(forward);
    if (from.packets++ == 0) from.hop_limit = segment.ip.hop_limit;
    from.last_packet = mark;
    if (segment.window == 0 && !segment.syn && !segment.rst) ++from.zero_windows;
    if (!way(forward).stream.anchored() && !segment.rst) anchor_midway(way(forward), segment);
    if (segment.ack) take_acknowledgment(segment, mark, forward);
    take_closing(segment, mark, forward);
    if (!segment.rst) take_payload(segment, mark, forward, listener);
    if (declined_) return false;
    record(flow_.trail, segment, mark, side(forward));
    if (segment.payload.size() < segment.payload_length) ++half(forward).cut;
    way(forward).identification = segment.ip.identification;
    if (ways_[0].stream.waiting() || ways_[1].stream.waiting()) lose_patience(mark, listener);
    return !declined_;
}

void Connection::take_syn(const net::Segment& segment, const Mark& mark, bool forward) {
    const Side sender = segment.ack ? Side::server : Side::client;
    if (!flow_.roles_certain && !asked_) {
        if (side(forward) != sender) reverse_roles();
        flow_.roles_certain = true;
    }
    flow_.starts_midway = false;
    Way& mine = way(forward);
    Half& from = half(forward);
    if (!mine.stream.anchored()) mine.stream.anchor(segment.sequence + 1);
    mine.isn = segment.sequence;
    if (segment.mss) from.mss = segment.mss;
    from.hop_limit = segment.ip.hop_limit;
    if (side(forward) != sender) return;  // [RFC 9293] 3.5, simultaneous open: not what remote desktops do
    if (sender == Side::client) {
        ++flow_.syn_count;
        if (!flow_.syn) flow_.syn = mark;
        return;
    }
    if (flow_.syn_ack)
        ++from.retransmissions;
    else
        flow_.syn_ack = mark;
    // The client tried again and got through.
    if (flow_.refused) from.rst.reset();
    flow_.refused = false;
    if (!way(!forward).stream.anchored()) way(!forward).stream.anchor(segment.acknowledgment);
}

// A side whose SYN was not seen begins with its first packet. A keep-alive repeats a byte from before that.
void Connection::anchor_midway(Way& from, const net::Segment& segment) {
    const bool probe = segment.payload_length == 1 && !segment.psh && !segment.payload.empty() &&
                       segment.payload.front() == std::byte{0};
    from.stream.anchor(segment.sequence + (probe ? 1 : 0));
}

void Connection::take_acknowledgment(const net::Segment& segment, const Mark& mark, bool forward) {
    Way& other = way(!forward);
    if (!other.stream.anchored()) return;
    const std::int64_t offset = other.stream.offset_of(segment.acknowledgment);
    if (offset < 0 || beyond(offset, static_cast<std::int64_t>(other.highest), kFar)) return;
    auto at = static_cast<std::uint64_t>(offset);
    // Resets are often made up by boxes on the way; they do not prove bytes that nobody saw.
    if (segment.rst && at > other.highest + 1) return;
    bool news = other.isn && !other.syn_acknowledged;
    other.syn_acknowledged = true;
    if (at > other.acknowledged) {
        other.acknowledged = at;
        other.sent.acknowledged(at);
        news = true;
    }
    if (news) half(forward).last_acknowledging = mark;
    if (flow_.syn_ack && !flow_.handshake_ack && !segment.syn && !segment.rst && side(forward) == Side::client)
        flow_.handshake_ack = mark;
    if (segment.rst) return;
    if (other.fin_offset) at = std::min(at, *other.fin_offset);
    other.stream.claim(at);
}

bool Connection::keep_alive(const Way& from, std::int64_t offset, const net::Segment& segment) const {
    if (segment.syn || segment.fin || segment.payload_length > 1) return false;
    // [RFC 9293] 3.8.4: sent when all is acknowledged, hence a byte that is not may be sent again in earnest.
    return offset + 1 == static_cast<std::int64_t>(from.highest) && from.acknowledged >= from.highest;
}

// What is known of a segment with payload before its bytes are handed on.
void Connection::count(const net::Segment& segment, std::int64_t offset, std::uint64_t length, const Mark& mark,
                       bool forward) {
    Way& mine = way(forward);
    Half& from = half(forward);
    const std::uint64_t fresh = mine.stream.unseen(offset, length);
    const bool front = offset >= static_cast<std::int64_t>(mine.highest);
    if (fresh > 0) {
        from.payload_bytes += fresh;
        if (!from.first_payload) from.first_payload = mark;
        from.last_payload = mark;
        const auto end = static_cast<std::uint64_t>(offset + static_cast<std::int64_t>(length));
        if (end > mine.acknowledged) mine.sent.sent(end - fresh, end, mark);
        mine.highest = std::max(mine.highest, end);
    }
    if (front) {
        mine.newest = mark.time;
        return;
    }
    if (fresh < length) {
        // Before the beginning of a stream that was joined midway nobody knows what was sent already.
        if (offset >= 0 || mine.isn) ++from.retransmissions;
        return;
    }
    // Fills a hole. Identifications mostly count up, so an older one means an older packet.
    const std::uint16_t now = segment.ip.identification;
    const bool counted = now != 0 && mine.identification != 0 && now != mine.identification;
    const bool older = static_cast<std::int16_t>(static_cast<std::uint16_t>(now - mine.identification)) < 0;
    const bool overtaken = counted ? older : elapsed(mine.newest, mark.time) < kOvertaken;
    ++(overtaken ? from.out_of_order : from.retransmissions);
}

void Connection::take_payload(const net::Segment& segment, const Mark& mark, bool forward, Listener& listener) {
    Way& mine = way(forward);
    if (!mine.stream.anchored()) return;
    std::int64_t offset = mine.stream.offset_of(segment.sequence + (segment.syn ? 1 : 0));
    if (keep_alive(mine, offset, segment)) {
        ++half(forward).keep_alives;
        return;
    }
    std::uint64_t length = std::max<std::uint64_t>(segment.payload_length, segment.payload.size());
    length = std::min(length, kMaxPayload);
    if (mine.fin_offset) {  // nothing comes after a FIN
        const auto end = static_cast<std::int64_t>(*mine.fin_offset);
        if (offset >= end) return;
        length = std::min(length, static_cast<std::uint64_t>(end - offset));
    }
    if (length == 0) return;
    // One octet before the first payload was a keep-alive's: see anchor_midway().
    if (offset == 1 && mine.highest == 0 && !mine.isn && !mine.fin_offset && mine.acknowledged <= 1) {
        mine.stream.anchor(segment.sequence);
        mine.acknowledged = offset = 0;
        mine.stream.claim(0);
    }
    count(segment, offset, length, mark, forward);
    mine.stream.offer(offset, segment.payload, length, mark);
    hand_on(forward, listener);
    if (declined_) return;
    mine.stream.keep();
    while (!declined_ && mine.stream.over_limit()) {
        mine.stream.skip_hole();
        hand_on(forward, listener);
    }
}

void Connection::take_closing(const net::Segment& segment, const Mark& mark, bool forward) {
    Way& mine = way(forward);
    Half& from = half(forward);
    if (segment.rst) {
        if (!from.rst) from.rst = closing_of(segment, mark);
        if (side(forward) == Side::server && flow_.syn && !flow_.syn_ack) flow_.refused = true;
        return;
    }
    if (!segment.fin) return;
    if (!from.fin) from.fin = closing_of(segment, mark);
    if (mine.fin_offset || !mine.stream.anchored()) return;
    const std::uint64_t length = std::max<std::uint64_t>(segment.payload_length, segment.payload.size());
    const std::int64_t end = mine.stream.offset_of(segment.sequence + (segment.syn ? 1 : 0)) +
                             static_cast<std::int64_t>(std::min(length, kMaxPayload));
    // One that lies within what was sent already is a stray's or somebody's forgery.
    if (end >= static_cast<std::int64_t>(mine.highest)) mine.fin_offset = static_cast<std::uint64_t>(end);
}

void Connection::hand_on(bool forward, Listener& listener) {
    HalfStream& stream = way(forward).stream;
    while (const auto run = stream.take()) {
        half(forward).gaps = stream.gaps();
        half(forward).gap_bytes = stream.gap_bytes();
        if (!asked_) {
            asked_ = true;
            const auto interest = listener.first_payload(flow_, side(forward), run->data);
            if (interest == Listener::Interest::none) {
                declined_ = true;
                return;
            }
            if (interest == Listener::Interest::roles_reversed && !flow_.roles_certain) {
                reverse_roles();
                flow_.roles_certain = true;
            }
        }
        listener.data(flow_, Chunk{side(forward), run->data, run->offset, run->gap, run->mark});
    }
    half(forward).gaps = stream.gaps();
    half(forward).gap_bytes = stream.gap_bytes();
}

void Connection::lose_patience(const Mark& mark, Listener& listener) {
    for (const bool forward : {true, false}) {
        HalfStream& stream = way(forward).stream;
        if (declined_ || !stream.waiting()) continue;
        const auto go_on = stream.overdue(mark.time);
        if (!go_on) continue;
        stream.skip_to(*go_on);
        hand_on(forward, listener);
    }
}

void Connection::add(const net::IcmpError& error, const Mark& mark) {
    if (flow_.icmp_error) return;
    flow_.icmp_error = error;
    flow_.icmp_mark = mark;
}

void Connection::finish(Listener& listener) {
    close(flow_.trail);
    for (const bool forward : {lower_is_client_, !lower_is_client_}) {
        Way& mine = way(forward);
        while (!declined_ && mine.stream.skip_hole()) hand_on(forward, listener);
        if (declined_) return;
        mine.stream.skip_claimed();
        Half& from = half(forward);
        from.gaps = mine.stream.gaps();
        from.gap_bytes = mine.stream.gap_bytes();
        from.unacknowledged = mine.highest > mine.acknowledged ? mine.highest - mine.acknowledged : 0;
        if (from.unacknowledged > 0) from.first_unacknowledged = mine.sent.oldest();
    }
}

}  // namespace rdpdx::stream
