#include "parsers/capture/window.hpp"

#include <algorithm>

namespace rdpdx::capture {
namespace {

constexpr std::size_t kFirstSize = 512 * 1024;

}  // namespace

bytes::View Window::peek(std::size_t n) {
    while (held() < n && !at_end_) {
        make_room(n);
        const std::span<std::byte> free{buffer_.data() + end_, buffer_.size() - end_};
        const std::size_t got = source_.read(free);
        at_end_ = got < free.size();
        end_ += got;
    }
    return bytes::View{buffer_}.subspan(begin_, std::min(n, held()));
}

// Each byte is moved a bounded number of times: by doubling, and otherwise only when half of the buffer has been used
// up.
void Window::make_room(std::size_t n) {
    if (begin_ == end_) begin_ = end_ = 0;
    if (buffer_.empty()) buffer_.resize(kFirstSize);
    if (end_ < buffer_.size() && begin_ + n <= buffer_.size()) return;
    if (begin_ >= buffer_.size() / 2) {
        std::copy(buffer_.begin() + static_cast<std::ptrdiff_t>(begin_),
                  buffer_.begin() + static_cast<std::ptrdiff_t>(end_), buffer_.begin());
        end_ -= begin_;
        begin_ = 0;
    }
    if (end_ == buffer_.size()) buffer_.resize(2 * buffer_.size());
}

std::uint64_t Window::skip(std::uint64_t n) {
    std::uint64_t skipped = 0;
    while (skipped < n) {
        if (held() == 0 && peek(1).empty()) break;
        const auto step = static_cast<std::size_t>(std::min<std::uint64_t>(n - skipped, held()));
        begin_ += step;
        offset_ += step;
        skipped += step;
    }
    return skipped;
}

}  // namespace rdpdx::capture
