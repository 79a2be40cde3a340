#include "parsers/stream/greeting.hpp"

namespace rdpdx::stream {
namespace {

bool bare(const net::Segment& s) noexcept { return !s.fin && !s.rst && s.payload.empty() && s.payload_length == 0; }

}  // namespace

bool Greeting::begins(const net::Segment& segment) noexcept { return bare(segment) && segment.syn && !segment.ack; }

Greeting::Greeting(std::uint64_t id, const net::Segment& syn, const Mark& mark, bool forward)
    : id_{id}, forward_{forward} {
    packets_[count_++] = {syn, mark};
}

bool Greeting::add(const net::Segment& segment, const Mark& mark, bool forward) {
    if (count_ == packets_.size() || !bare(segment) || !segment.ack) return false;
    const bool answer = count_ == 1;
    const net::Segment& before = packets_[count_ - 1].segment;
    const bool next = segment.syn == answer && (forward == forward_) != answer &&
                      segment.acknowledgment == before.sequence + 1 &&
                      (answer || segment.sequence == before.acknowledgment);
    if (next) packets_[count_++] = {segment, mark};
    return next;
}

std::unique_ptr<Connection> Greeting::connection(std::size_t& together, TrailLength trail, Listener& listener) const {
    const Packet& syn = packets_.front();
    auto made = std::make_unique<Connection>(id_, syn.segment, syn.mark, forward_, together, trail);
    for (std::size_t i = 0; i < count_; ++i) {
        const auto& [segment, mark] = packets_[i];
        const bool forward = (i == 1) != forward_;
        made->repeats(segment, mark, forward);  // remembers it; there is nothing to repeat yet
        made->add(segment, mark, forward, listener);
    }
    return made;
}

}  // namespace rdpdx::stream
