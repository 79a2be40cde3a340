// Inside parsers/capture only: look-ahead on a Source.
#pragma once

#include <cstdint>
#include <vector>

#include "parsers/bytes/source.hpp"

namespace rdpdx::capture {

// One buffer that grows with what is really there, never with what a length field says.
class Window {
public:
    explicit Window(bytes::Source& source) : source_{source} {}

    // The next n bytes, or fewer where the source ends. The view lives until the next call of peek() or skip().
    bytes::View peek(std::size_t n);
    // Moves on by n bytes, which need not fit into memory; the number that was there.
    std::uint64_t skip(std::uint64_t n);
    // Of the next byte, from the start of the source.
    std::uint64_t offset() const noexcept { return offset_; }

private:
    std::size_t held() const noexcept { return end_ - begin_; }
    void make_room(std::size_t n);

    bytes::Source& source_;
    std::vector<std::byte> buffer_;
    std::size_t begin_{}, end_{};  // begin_ <= end_ <= buffer_.size()
    std::uint64_t offset_{};
    bool at_end_{};
};

}  // namespace rdpdx::capture
