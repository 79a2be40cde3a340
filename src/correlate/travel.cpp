#include "src/correlate/travel.hpp"

#include <algorithm>
#include <set>

namespace rdpdx::correlate {
namespace {

using model::Duration;
using model::Party;
using model::PathWay;
using model::Time;
using model::WirePacket;

constexpr std::size_t kExamples = 8;
// What is sent so shortly before a capture ends may still be on its way; nothing takes longer than this.
constexpr Duration kOnItsWay = std::chrono::seconds{1};
// Two clocks are never better known than this.
constexpr Duration kSlack = std::chrono::milliseconds{5};

// Offsets in the side's stream from its first byte seen; half the number space lies on either side.
class Stretch {
public:
    explicit Stretch(std::uint32_t origin) : origin_{origin} {}
    std::int64_t at(std::uint32_t sequence) const { return static_cast<std::int32_t>(sequence - origin_); }
    void add(std::int64_t begin, std::int64_t end) {
        if (begin < end) ranges_.emplace(begin, end);
    }
    // Bytes of this range that no range covers.
    std::int64_t uncovered(std::int64_t begin, std::int64_t end) const {
        std::int64_t missing = 0;
        for (const auto& [from, to] : ranges_) {
            if (from >= end || begin >= end) break;
            if (to <= begin) continue;
            if (from > begin) missing += from - begin;
            begin = std::max(begin, to);
        }
        return begin < end ? missing + (end - begin) : missing;
    }

private:
    std::uint32_t origin_;
    std::set<std::pair<std::int64_t, std::int64_t>> ranges_;
};

// A packet on one side of the way, and whether the other side has it.
struct Item {
    const WirePacket* packet{};
    Time time{};
    std::uint32_t sequence{};  // shifted
    bool found{};
    std::uint32_t taken{};  // of an arrived segment: bytes that were found to be those of others
};

// Acknowledgments alone are not compared: cards and drivers drop and merge them, and nobody waits for one.
bool compared(const WirePacket& p) { return p.length > 0 || p.syn || p.fin || p.rst; }

std::vector<Item> items_of(const View& view, Party from) {
    std::vector<Item> out;
    for (const WirePacket& p : view.track->wire->packets)
        if (p.from == from && compared(p)) out.push_back({&p, view.time(p), p.sequence - view.shift.of(from)});
    return out;
}

// Flags and place, whoever acknowledged what with it.
using Place = std::tuple<std::uint32_t, std::uint32_t, unsigned, std::uint16_t>;
Place place_of(const Item& i, bool with_identification) {
    const WirePacket& p = *i.packet;
    return {i.sequence, p.length, (p.syn ? 1U : 0U) | (p.fin ? 2U : 0U) | (p.rst ? 4U : 0U),
            with_identification ? p.identification : std::uint16_t{}};
}

// Pairs each packet that arrived with the last equal one that left before it.
void pair_equal(std::vector<Item>& sent, std::vector<Item>& received, bool with_identification, Duration slack) {
    std::multimap<Place, Item*> left;
    for (Item& s : sent)
        if (!s.found) left.emplace(place_of(s, with_identification), &s);
    for (Item& r : received) {
        if (r.found) continue;
        const auto [begin, end] = left.equal_range(place_of(r, with_identification));
        auto best = end;
        for (auto at = begin; at != end; ++at)
            if (best == end || at->second->time <= r.time + slack) best = at;
        if (best == end) continue;
        r.found = best->second->found = true;
        left.erase(best);
    }
}

// Network cards cut large segments in pieces and put pieces together, so that the two captures may show other segments.
void pair_cut(std::vector<Item>& sent, std::vector<Item>& received, Duration slack) {
    for (Item& s : sent) {
        if (s.found || s.packet->length == 0) continue;
        std::vector<std::pair<Item*, std::uint32_t>> parts;
        std::uint32_t covered = 0;
        for (Item& r : received) {
            if (r.found || r.taken >= r.packet->length) continue;
            if (r.time + slack < s.time || r.time > s.time + kOnItsWay + slack) continue;
            const std::int64_t begin = static_cast<std::int32_t>(r.sequence - s.sequence);
            const auto from = std::max<std::int64_t>(begin, 0);
            const auto to = std::min<std::int64_t>(begin + r.packet->length, s.packet->length);
            if (from >= to) continue;
            parts.emplace_back(&r, static_cast<std::uint32_t>(to - from));
            covered += static_cast<std::uint32_t>(to - from);
        }
        if (covered < s.packet->length) continue;
        s.found = true;
        for (const auto& [r, bytes] : parts) r->taken += bytes;
    }
    for (Item& r : received) r.found = r.found || (r.packet->length > 0 && r.taken >= r.packet->length);
}

Stretch bytes_of(const std::vector<Item>& items, std::uint32_t origin) {
    Stretch out{origin};
    for (const Item& i : items) {
        const std::int64_t begin = out.at(i.sequence) + (i.packet->syn ? 1 : 0);
        out.add(begin, begin + i.packet->length);
    }
    return out;
}

// How far the other side said that it has everything; it said so in either capture.
std::optional<std::int64_t> acknowledged(const Stretch& stretch, const View& one, const View& other, Party from) {
    std::optional<std::int64_t> out;
    for (const View* view : {&one, &other})
        for (const WirePacket& p : view->track->wire->packets)
            if (p.from != from && p.ack && !p.rst) {
                const std::int64_t at = stretch.at(p.acknowledgment - view->shift.of(from));
                out = std::max(out.value_or(at), at);
            }
    return out;
}

model::Evidence evidence_of(const View& view, const WirePacket& p) {
    return {view.track->input, model::Evidence::Kind::packet, p.frame, p.offset};
}

const char* what_is(const WirePacket& p) {
    if (p.rst) return "RST";
    if (p.syn) return p.ack ? "SYN-ACK" : "SYN";
    return p.length > 0 ? "payload" : "FIN";
}

class Way {
public:
    Way(const View& sender, const View& receiver, Party from)
        : sender_{sender},
          receiver_{receiver},
          from_{from},
          slack_{sender.error + receiver.error + kSlack},
          sent_{items_of(sender, from)},
          received_{items_of(receiver, from)} {}

    PathWay compare() {
        if (sent_.empty() && received_.empty()) return out_;
        pair_equal(sent_, received_, true, slack_);
        // Translators that number packets anew do so with every one.
        if (std::ranges::none_of(received_, &Item::found)) pair_equal(sent_, received_, false, slack_);
        pair_cut(sent_, received_, slack_);
        const std::uint32_t origin = sent_.empty() ? received_.front().sequence : sent_.front().sequence;
        const Stretch arrived = bytes_of(received_, origin), left = bytes_of(sent_, origin);
        const auto acked = acknowledged(arrived, sender_, receiver_, from_);
        for (const Item& s : sent_) departed(s, arrived, acked);
        for (const Item& r : received_)
            if (!r.found) unsent(r, left);
        return std::move(out_);
    }

private:
    void departed(const Item& s, const Stretch& arrived, std::optional<std::int64_t> acked) {
        if (s.found) {
            ++out_.compared;
            out_.largest_passed = std::max(out_.largest_passed, s.packet->length);
            if (out_.lost > 0 && s.packet->length > 0) ++out_.passed_after;
            return;
        }
        if (!receiver_.covers(s.time - slack_) || !receiver_.covers(s.time + slack_ + kOnItsWay)) return;
        ++out_.compared;
        const std::int64_t begin = arrived.at(s.sequence) + (s.packet->syn ? 1 : 0), end = begin + s.packet->length;
        const bool syn_arrived = std::ranges::any_of(received_, [](const Item& r) { return r.packet->syn; });
        const std::int64_t never = s.packet->syn ? (syn_arrived ? 0 : 1) : arrived.uncovered(begin, end);
        if (never > 0 && (receiver_.drops || (acked && *acked >= end))) {
            ++out_.missed;
            return;
        }
        ++out_.lost;
        out_.lost_bytes += s.packet->length;
        if (never > 0 && !out_.first_never_arrived) out_.first_never_arrived = s.time;
        // The same bytes sent again count once.
        if (never > 0 && counted_.uncovered(begin, std::max(end, begin + 1)) > 0) {
            out_.never_arrived += static_cast<std::uint64_t>(never);
            counted_.add(begin, std::max(end, begin + 1));
        }
        if (s.packet->length > 0) {
            const bool first = out_.largest_lost == 0;
            out_.smallest_lost = first ? s.packet->length : std::min(out_.smallest_lost, s.packet->length);
            out_.largest_lost = std::max(out_.largest_lost, s.packet->length);
        }
        if (out_.lost_packets.size() == kExamples) return;
        PathWay::Example e{evidence_of(sender_, *s.packet), {}, s.packet->length, what_is(*s.packet), s.time};
        for (const Item& r : received_)
            if (r.found && r.time <= s.time + slack_) e.last = evidence_of(receiver_, *r.packet);
        out_.lost_packets.push_back(std::move(e));
    }

    // Only what cannot have left as something else: another place in the stream, a flag that was never sent there.
    void unsent(const Item& r, const Stretch& left) {
        const WirePacket& p = *r.packet;
        const bool from_the_start = !sender_.track->wire->starts_midway;
        if (sender_.drops || !(from_the_start || sender_.covers(r.time - slack_ - kOnItsWay))) return;
        if (!sender_.covers(r.time + slack_)) return;
        const bool known = std::ranges::any_of(sent_, [&](const Item& s) {
            if (s.time > r.time + slack_) return false;
            return p.rst   ? s.packet->rst
                   : p.fin ? s.packet->fin
                   : p.syn ? s.packet->syn && s.sequence == r.sequence
                           : false;
        });
        const std::int64_t begin = left.at(r.sequence);
        if (known || (!p.rst && !p.fin && !p.syn && left.uncovered(begin, begin + p.length) == 0)) return;
        ++out_.forged;
        if (out_.forged_packets.size() < kExamples)
            out_.forged_packets.push_back({evidence_of(receiver_, p), {}, p.length, what_is(p), r.time});
    }

    const View& sender_;
    const View& receiver_;
    Party from_;
    Duration slack_;
    std::vector<Item> sent_, received_;
    Stretch counted_{sent_.empty() ? 0 : sent_.front().sequence};
    PathWay out_;
};

}  // namespace

bool View::covers(Time time) const {
    if (time < begin || time > end) return false;
    const auto& packets = track->wire->packets;
    const std::size_t n = track->wire->first_packets;
    if (n == 0 || n >= packets.size()) return true;
    return time <= this->time(packets[n - 1]) || time >= this->time(packets[n]);
}

PathWay travel(const View& sender, const View& receiver, Party from) { return Way{sender, receiver, from}.compare(); }

}  // namespace rdpdx::correlate
