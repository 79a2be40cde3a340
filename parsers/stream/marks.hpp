// Which packet carried which byte of a stream.
#pragma once

#include <algorithm>
#include <deque>
#include <utility>

#include "parsers/stream/flow.hpp"

namespace rdpdx::stream {

// For whoever reads what does not begin and end with packets. Memory follows the bytes that are still of interest.
class Marks {
public:
    // In the order of the stream.
    void add(std::uint64_t offset, const Mark& mark) { marks_.emplace_back(offset, mark); }
    // The packet that carried this byte; an empty mark where none was added.
    Mark at(std::uint64_t offset) const {
        const auto after = std::ranges::upper_bound(marks_, offset, {}, &Entry::first);
        if (marks_.empty()) return {};
        return after == marks_.begin() ? marks_.front().second : std::prev(after)->second;
    }
    // Bytes before this one are done with.
    void forget(std::uint64_t offset) {
        while (marks_.size() > 1 && marks_[1].first <= offset) marks_.pop_front();
    }

private:
    using Entry = std::pair<std::uint64_t, Mark>;
    std::deque<Entry> marks_;
};

}  // namespace rdpdx::stream
