// Inside parsers/capture only: look-ahead on a Source.
#pragma once

#include <cstdint>
#include <memory>

#include "parsers/bytes/source.hpp"

namespace rdpdx::capture {

// One buffer that grows with what is really there, never with what a length field says.
class Window {
public:
    explicit Window(bytes::Source& source) : source_{source} {}

    // The next n bytes, or fewer where the source ends. The view lives until the next call of peek() or skip().
    bytes::View peek(std::size_t n) {
        if (n > held()) fill(n);
        return {buffer_.get() + begin_, n < held() ? n : held()};
    }
    // What peek() gives without reading the source, which may be nothing. It lives as long.
    bytes::View at_hand() const noexcept { return {buffer_.get() + begin_, held()}; }
    // Moves on by n bytes, which need not fit into memory; the number that was there.
    std::uint64_t skip(std::uint64_t n) {
        if (n > held()) return skip_far(n);
        begin_ += static_cast<std::size_t>(n);
        offset_ += n;
        return n;
    }
    // Of the next byte, from the start of the source.
    std::uint64_t offset() const noexcept { return offset_; }

private:
    struct Free {
        void operator()(std::byte* buffer) const noexcept;
    };
    std::size_t held() const noexcept { return end_ - begin_; }
    void fill(std::size_t n);
    void make_room();
    std::uint64_t skip_far(std::uint64_t n);

    bytes::Source& source_;
    std::unique_ptr<std::byte[], Free> buffer_;  // begins at a page's begin
    std::size_t size_{};
    // The source is read into whole pages from here on; what was left over stands right before.
    std::size_t front_{};
    std::size_t begin_{}, end_{};  // begin_ <= end_ <= size_
    std::uint64_t offset_{};
    bool at_end_{};
};

}  // namespace rdpdx::capture
