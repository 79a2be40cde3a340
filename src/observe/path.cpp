#include "src/observe/path.hpp"

#include <algorithm>
#include <map>

#include "src/observe/convert.hpp"

namespace rdpdx::observe {
namespace {

model::WirePacket packet_of(const stream::Sighting& s) {
    model::WirePacket out;
    out.time = s.mark.time;
    out.frame = s.mark.frame;
    out.offset = s.mark.file_offset;
    out.source_mac = s.source_mac;
    out.sequence = s.sequence;
    out.acknowledgment = s.acknowledgment;
    out.length = s.length;
    out.digest = s.digest;
    out.identification = s.identification;
    out.window = s.window;
    out.hop_limit = s.hop_limit;
    out.from = party(s.from);
    out.syn = s.syn;
    out.ack = s.ack;
    out.fin = s.fin;
    out.rst = s.rst;
    out.dont_fragment = s.dont_fragment;
    return out;
}

}  // namespace

std::optional<stream::Side> unseen_side(const stream::Flow& flow) {
    using stream::Side;
    if (flow.from_client.packets > 0 && flow.from_server.packets > 0) return {};
    const auto answers = [](const stream::Sighting& s) { return s.ack && !s.rst; };
    if (std::ranges::none_of(flow.trail.first, answers)) return {};
    return flow.from_client.packets > 0 ? Side::server : Side::client;
}

namespace {

using stream::Sighting;

template <class Visit>
void each(const stream::Trail& trail, Visit visit) {
    for (const auto* part : {&trail.first, &trail.last})
        for (const Sighting& s : *part) visit(s);
}

// Whether `acknowledged` covers all of this packet.
bool covers(std::uint32_t acknowledged, const Sighting& s) {
    return static_cast<std::int32_t>(acknowledged - (s.sequence + s.length + (s.syn ? 1U : 0U))) >= 0;
}

std::optional<std::uint32_t> highest_acknowledgment(const stream::Trail& trail, stream::Side of) {
    std::optional<std::uint32_t> out;
    each(trail, [&](const Sighting& s) {
        if (s.from == of || !s.ack || s.rst) return;
        if (!out || static_cast<std::int32_t>(s.acknowledgment - *out) > 0) out = s.acknowledgment;
    });
    return out;
}

// What one side has told of itself up to some packet of the other.
class Peer {
public:
    void take(const Sighting& s) {
        if (!s.ack || s.rst) return;
        if (!acknowledged_ || static_cast<std::int32_t>(s.acknowledgment - *acknowledged_) > 0)
            acknowledged_ = s.acknowledgment;
        closed_ = s.window == 0;
    }
    // [RFC 9293] 3.8.4 and 3.8.6.1: a keep-alive sends again what was acknowledged, a probe of a closed window what
    // has no room yet. Both come again and again without anything being lost.
    bool only_asked_by(const Sighting& s) const {
        return s.length == 1 && !s.syn && (closed_ || (acknowledged_ && covers(*acknowledged_, s)));
    }

private:
    std::optional<std::uint32_t> acknowledged_;
    bool closed_{};
};

}  // namespace

Resent resent_by(const stream::Trail& trail, stream::Side side) {
    constexpr std::uint32_t kTries = 3, kLarge = 1000;
    Resent out;
    Resent::Limit limit;
    const auto acknowledged = highest_acknowledgment(trail, side);
    Peer peer;
    std::map<std::uint32_t, std::uint32_t> tries;
    each(trail, [&](const Sighting& s) {
        if (s.from != side) return peer.take(s);
        if (s.rst || (s.length == 0 && !s.syn) || peer.only_asked_by(s)) return;
        ++out.sent;
        const std::uint32_t again = ++tries[s.sequence];
        if (acknowledged && covers(*acknowledged, s)) {
            if (again > 1) ++out.recovered;
            limit.largest_passed = std::max(limit.largest_passed, s.length);
            return;
        }
        limit.tries = std::max(limit.tries, again);
        if (again == kTries && (limit.smallest_lost == 0 || s.length < limit.smallest_lost)) {
            limit.first = s.mark;
            limit.smallest_lost = s.length;
        }
    });
    const bool passed = limit.largest_passed > 0 && limit.largest_passed < limit.smallest_lost;
    if (passed && limit.smallest_lost >= kLarge) out.limit = limit;
    return out;
}

ResetSigns signs_of_reset(const stream::Trail& trail, stream::Side side) {
    ResetSigns out;
    const Sighting* reset = nullptr;
    std::uint64_t others = 0;
    bool one = true;
    each(trail, [&](const Sighting& s) {
        if (s.from != side) return;
        if (s.rst) {
            if (!reset) reset = &s;
            return;
        }
        if (others == 0) others = s.source_mac;
        one = one && s.source_mac == others;
        if (reset && s.length > 0 && static_cast<std::int32_t>(s.sequence - reset->sequence) >= 0) out.went_on = true;
    });
    out.mac_differs = reset && one && others != 0 && reset->source_mac != 0 && reset->source_mac != others;
    return out;
}

void keep_packets(const stream::Trail& trail, model::Wire& wire) {
    wire.packets.reserve(trail.first.size() + trail.last.size());
    for (const auto* part : {&trail.first, &trail.last})
        for (const stream::Sighting& s : *part) wire.packets.push_back(packet_of(s));
    wire.first_packets = trail.between == 0 ? wire.packets.size() : trail.first.size();
}

}  // namespace rdpdx::observe
