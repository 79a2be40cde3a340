// Inside parsers/capture only: look-ahead on a Source.
#pragma once

#include <cstdint>
#include <memory>

#include "parsers/bytes/source.hpp"

namespace rdpdx::capture {

// Shows the source's bytes where they lie, or else in one buffer that grows with what is really there, never with what
// a length field says.
class Window {
public:
    explicit Window(bytes::Source& source) : source_{source} {}

    // The next n bytes, or fewer where the source ends. The view lives until the next call of peek() or skip().
    bytes::View peek(std::size_t n) {
        if (n > held_.size()) fill(n);
        return held_.first(n < held_.size() ? n : held_.size());
    }
    // What peek() gives without asking the source, which may be nothing. It lives as long.
    bytes::View at_hand() const noexcept { return held_; }
    // It lies where the source has it, and was perhaps not touched yet.
    bool in_place() const noexcept { return in_place_; }
    // Moves on by n bytes, which need not fit into memory; the number that was there.
    std::uint64_t skip(std::uint64_t n) {
        if (n > held_.size()) return skip_far(n);
        held_ = held_.subspan(static_cast<std::size_t>(n));
        offset_ += n;
        return n;
    }
    // Of the next byte, from the start of the source.
    std::uint64_t offset() const noexcept { return offset_; }

private:
    struct Free {
        void operator()(std::byte* buffer) const noexcept;
    };
    void fill(std::size_t n);
    bool look(std::size_t n);
    void read(std::size_t n);
    void make_room();
    std::uint64_t skip_far(std::uint64_t n);

    bytes::Source& source_;
    bytes::View held_;
    std::uint64_t offset_{};
    bool at_end_{}, begun_{}, in_place_{};
    // Of a source that has to be read. The buffer begins at a page's begin.
    std::unique_ptr<std::byte[], Free> buffer_;
    std::size_t size_{};
    // The source is read into whole pages from here on; what was left over stands right before.
    std::size_t front_{};
    std::size_t end_{};  // of held_ in the buffer
};

}  // namespace rdpdx::capture
