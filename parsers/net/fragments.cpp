#include "parsers/net/fragments.hpp"

#include <algorithm>
#include <utility>

namespace rdpdx::net {
namespace {

// Spliced captures jump in time, in both directions. Unsigned, because the difference of two hostile times overflows.
bool apart(bytes::Time a, bytes::Time b) noexcept {
    const auto later = static_cast<std::uint64_t>(std::max(a, b).time_since_epoch().count());
    const auto earlier = static_cast<std::uint64_t>(std::min(a, b).time_since_epoch().count());
    return later - earlier > static_cast<std::uint64_t>(std::chrono::nanoseconds{kFragmentTimeout}.count());
}

}  // namespace

std::optional<Reassembled> FragmentStore::add(const Fragment& fragment, const IpInfo& ip, bytes::Time time) {
    if (fragment.offset + fragment.data.size() > kMaxDatagram) return std::nullopt;
    const auto pending = find_or_begin(fragment.key, time);
    bytes_ -= pending->data.capacity();
    insert(*pending, fragment);
    bytes_ += pending->data.capacity();
    if (fragment.offset == 0) {
        pending->protocol = fragment.next_protocol;
        pending->ip = ip;
    }
    if (!pending->holes.empty()) {
        while (bytes_ > kMaxPendingBytes && order_.begin() != pending) drop(order_.begin());
        return std::nullopt;
    }
    ++done_;
    completed_.push_back(std::move(pending->data));
    Reassembled out{completed_.back(), pending->protocol, pending->ip};
    bytes_ -= completed_.back().capacity();
    by_key_.erase(pending->key);
    order_.erase(pending);
    return out;
}

FragmentStore::Order::iterator FragmentStore::find_or_begin(const FragmentKey& key, bytes::Time time) {
    while (!order_.empty() && apart(order_.front().begun, time)) drop(order_.begin());
    const auto found = by_key_.find(key);
    if (found != by_key_.end() && !apart(found->second->begun, time)) return found->second;
    if (found != by_key_.end()) drop(found->second);
    if (order_.size() >= kMaxPendingDatagrams) drop(order_.begin());
    Pending fresh;
    fresh.key = key;
    fresh.begun = time;
    order_.push_back(std::move(fresh));
    by_key_[key] = std::prev(order_.end());
    ++begun_;
    return std::prev(order_.end());
}

void FragmentStore::drop(Order::iterator pending) {
    bytes_ -= pending->data.capacity();
    by_key_.erase(pending->key);
    order_.erase(pending);
}

// Only holes are filled, so that what came first stays.
void FragmentStore::insert(Pending& pending, const Fragment& fragment) {
    const std::size_t begin = fragment.offset, end = begin + fragment.data.size();
    if (pending.holes.size() >= kMaxHoles) return;
    std::vector<Hole> left;
    for (const Hole& hole : pending.holes) {
        const std::size_t from = std::max(begin, hole.begin), to = std::min(end, hole.end);
        if (from < to) {
            if (pending.data.size() < to) pending.data.resize(to);
            std::copy_n(fragment.data.begin() + static_cast<std::ptrdiff_t>(from - begin), to - from,
                        pending.data.begin() + static_cast<std::ptrdiff_t>(from));
            if (hole.begin < from) left.push_back({hole.begin, from});
            if (to < hole.end) left.push_back({to, hole.end});
        } else {
            left.push_back(hole);
        }
    }
    // The last fragment says that nothing comes after it, as far as nothing has come.
    if (!fragment.more && !left.empty() && left.back().end == kMaxDatagram && left.back().begin <= end) {
        if (left.back().begin == end) {
            left.pop_back();
        } else {
            left.back().end = end;
        }
    }
    pending.holes = std::move(left);
}

}  // namespace rdpdx::net
