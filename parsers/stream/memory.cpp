#include "parsers/stream/memory.hpp"

#include <algorithm>

#include "parsers/stream/seq.hpp"

namespace rdpdx::stream {
namespace {

constexpr std::chrono::seconds kSameIdentification{1};
constexpr std::chrono::milliseconds kNoIdentification{1};

std::uint8_t flags_of(const net::Segment& s) noexcept {
    return static_cast<std::uint8_t>(s.syn | s.ack << 1 | s.fin << 2 | s.rst << 3 | s.psh << 4);
}

}  // namespace

bool RecentPackets::repeats(const Packet& p, const net::Segment& segment, bytes::Time time) const noexcept {
    const std::uint8_t flags = flags_of(segment);
    if (!p.used || p.sequence != segment.sequence || p.length != segment.payload_length || p.flags != flags ||
        p.identification != segment.ip.identification)
        return false;
    const auto apart = std::max(elapsed(p.time, time), elapsed(time, p.time));
    // Routers between two capture points lower the hop limit; nothing raises it.
    if (apart >= kSameIdentification || segment.ip.hop_limit > p.hop_limit) return false;
    if (segment.ip.identification != 0) return true;
    // IPv6 and stacks that send no identification: a sender does not repeat itself so soon, except that it may
    // acknowledge the same bytes several times.
    if (p.acknowledgment != segment.acknowledgment || p.window != segment.window) return false;
    const bool weighs = segment.payload_length > 0 || segment.syn || segment.fin || segment.rst;
    return segment.ip.hop_limit < p.hop_limit || (weighs && apart < kNoIdentification);
}

bool RecentPackets::repeats(const net::Segment& segment, bytes::Time time) noexcept {
    const std::uint32_t print =
        (segment.sequence ^ std::uint32_t{segment.ip.identification} << 16U) + segment.payload_length;
    for (std::size_t i = 0; i < kKept; ++i)
        if (prints_[i] == print && repeats(packets_[i], segment, time)) return true;
    newest_ = (newest_ + 1) % static_cast<unsigned>(kKept);
    prints_[newest_] = print;
    Packet& packet = packets_[newest_];
    packet.time = time;
    packet.acknowledgment = segment.acknowledgment;
    packet.sequence = segment.sequence;
    packet.length = segment.payload_length;
    packet.identification = segment.ip.identification;
    packet.window = segment.window;
    packet.hop_limit = segment.ip.hop_limit;
    packet.flags = flags_of(segment);
    packet.used = true;
    return false;
}

void SentMarks::sent(std::uint64_t begin, std::uint64_t end, const Mark& mark) {
    if (ranges_.size() >= kMost && first_ >= kMost / 2) {
        ranges_.erase(ranges_.begin(), ranges_.begin() + static_cast<std::ptrdiff_t>(first_));
        first_ = 0;
    } else if (ranges_.size() >= kMost) {
        std::size_t to = 0;
        for (std::size_t from = first_; from < ranges_.size(); from += 2) {
            Range merged = ranges_[from];
            if (from + 1 < ranges_.size()) merged.end = ranges_[from + 1].end;
            ranges_[to++] = merged;
        }
        ranges_.resize(to);
        first_ = 0;
    }
    auto at = ranges_.end();
    const auto first = ranges_.begin() + static_cast<std::ptrdiff_t>(first_);
    while (at != first && std::prev(at)->begin > begin) --at;
    ranges_.insert(at, Range{begin, end, mark});
}

void SentMarks::acknowledged(std::uint64_t before) {
    while (first_ < ranges_.size() && ranges_[first_].end <= before) ++first_;
    if (first_ == ranges_.size()) {
        ranges_.clear();
        first_ = 0;
    }
}

std::optional<Mark> SentMarks::oldest() const noexcept {
    if (first_ == ranges_.size()) return {};
    return ranges_[first_].mark;
}

}  // namespace rdpdx::stream
