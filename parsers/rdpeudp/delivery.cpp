#include "parsers/rdpeudp/delivery.hpp"

namespace rdpdx::rdpeudp {

Recent::Seen Recent::add(std::uint64_t number, std::uint32_t transmission) {
    if (entries_.empty()) entries_.resize(kKept);
    Entry& entry = entries_[number % kKept];
    if (entry.number > number) return Seen::again;
    const bool known = entry.number == number;
    const bool twice = known && entry.transmission == transmission;
    entry = {number, transmission};
    return twice ? Seen::captured_twice : known ? Seen::again : Seen::first;
}

void Order::add(std::uint64_t number, Payload payload) {
    if (next_ && number < *next_) return;
    const std::size_t size = payload.data.size();
    if (held_.emplace(number, std::move(payload)).second) bytes_ += size;
}

std::optional<Order::Payload> Order::take() {
    if (held_.empty()) return {};
    const auto first = held_.begin();
    const bool due = next_ && first->first == *next_;
    if (!due && !give_up_ && held_.size() <= kMostHeld && bytes_ <= kMostHeldBytes) return {};
    Payload out = std::move(first->second);
    out.gap = !due;
    next_ = first->first + 1;
    bytes_ -= out.data.size();
    held_.erase(first);
    return out;
}

void Order::clear() noexcept {
    held_.clear();
    bytes_ = 0;
}

}  // namespace rdpdx::rdpeudp
