// Which packet carried which byte of a stream.
#pragma once

#include <algorithm>
#include <utility>
#include <vector>

#include "parsers/stream/flow.hpp"

namespace rdpdx::stream {

// For whoever reads what does not begin and end with packets. Memory follows the bytes that are still of interest.
class Marks {
public:
    // In the order of the stream.
    void add(std::uint64_t offset, const Mark& mark) { marks_.emplace_back(offset, mark); }
    // The packet that carried this byte; an empty mark where none was added.
    Mark at(std::uint64_t offset) const {
        if (marks_.empty()) return {};
        const auto begin = marks_.begin() + static_cast<std::ptrdiff_t>(first_);
        const auto after = std::ranges::upper_bound(begin, marks_.end(), offset, {}, &Entry::first);
        return after == begin ? begin->second : std::prev(after)->second;
    }
    // Bytes before this one are done with.
    void forget(std::uint64_t offset) {
        while (marks_.size() - first_ > 1 && marks_[first_ + 1].first <= offset) ++first_;
        // Moving those that stay costs no more than adding those that go did.
        if (first_ < marks_.size() - first_) return;
        marks_.erase(marks_.begin(), marks_.begin() + static_cast<std::ptrdiff_t>(first_));
        first_ = 0;
    }

private:
    using Entry = std::pair<std::uint64_t, Mark>;
    std::vector<Entry> marks_;  // those before first_ are done with
    std::size_t first_ = 0;
};

}  // namespace rdpdx::stream
