#include "parsers/capture/window.hpp"

#include <algorithm>
#include <new>

namespace rdpdx::capture {
namespace {

// Reading to where a page begins is up to four times as fast as reading to anywhere else.
constexpr std::size_t kPage = 4096;
// Small enough to be still in the processor's cache when its packets are looked at.
constexpr std::size_t kBlock = 256 * 1024;
constexpr std::size_t kFront = 64 * 1024;
// As much is looked at where it lies, before the source is asked again.
constexpr std::size_t kLook = 1024 * 1024;

}  // namespace

void Window::Free::operator()(std::byte* buffer) const noexcept {
    ::operator delete[](buffer, std::align_val_t{kPage});
}

void Window::fill(std::size_t n) {
    if (!begun_) in_place_ = look(n);
    begun_ = true;
    if (at_end_) return;
    if (in_place_)
        look(n);
    else
        read(n);
}

bool Window::look(std::size_t n) {
    const std::size_t wanted = std::max(n, kLook);
    const auto seen = source_.look(offset_, wanted);
    if (!seen) return false;
    held_ = *seen;
    at_end_ = held_.size() < wanted;
    return true;
}

void Window::read(std::size_t n) {
    while (held_.size() < n && !at_end_) {
        if (held_.empty() || end_ == size_) make_room();
        const std::span<std::byte> free{buffer_.get() + end_, size_ - end_};
        const std::size_t got = source_.read(free);
        at_end_ = got < free.size();
        end_ += got;
        held_ = {buffer_.get() + end_ - held_.size() - got, held_.size() + got};
    }
}

// What is left over moves to right before the pages that are read next. Where it is more than fits there, somebody
// looks far ahead, and the buffer doubles; so each byte is moved a bounded number of times.
void Window::make_room() {
    const std::size_t left = held_.size();
    if (left > front_ || !buffer_) {
        const std::size_t front = std::max(kFront, (left + kPage - 1) / kPage * kPage);
        const std::size_t size = front + std::max(kBlock, front);
        std::unique_ptr<std::byte[], Free> larger{
            static_cast<std::byte*>(::operator new[](size, std::align_val_t{kPage}))};
        std::ranges::copy(held_, larger.get() + front - left);
        buffer_ = std::move(larger);
        size_ = size;
        front_ = front;
    } else {
        std::ranges::copy(held_, buffer_.get() + front_ - left);  // it stands behind front_, so the two do not overlap
    }
    held_ = {buffer_.get() + front_ - left, left};
    end_ = front_;
}

std::uint64_t Window::skip_far(std::uint64_t n) {
    std::uint64_t skipped = 0;
    while (skipped < n) {
        if (held_.empty() && peek(1).empty()) break;
        const auto step = static_cast<std::size_t>(std::min<std::uint64_t>(n - skipped, held_.size()));
        skip(step);
        skipped += step;
    }
    return skipped;
}

}  // namespace rdpdx::capture
