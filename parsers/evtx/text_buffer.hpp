// Text that grows at its end and is cleared as a whole: one a chunk, one write a chunk.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>

namespace rdpdx::evtx {

class TextBuffer {
public:
    // A place for `n` bytes at the end; what was written there counts after advance().
    char* room(std::size_t n) {
        if (n > capacity_ - size_) grow(n);
        return data_.get() + size_;
    }
    void advance(const char* end) noexcept { size_ = static_cast<std::size_t>(end - data_.get()); }

    void add(std::string_view text) {
        if (text.empty()) return;
        std::memcpy(room(text.size() + 1), text.data(), text.size());
        size_ += text.size();
    }
    // The same for text that kPadding readable bytes follow: short runs are most of what is written, and copying a
    // fixed size is much cheaper than asking how much.
    static constexpr std::size_t kPadding = 32;
    void add_padded(const char* from, std::size_t size) {
        char* const to = room(size + kPadding);
        for (std::size_t done = 0; done < size; done += kPadding) std::memcpy(to + done, from + done, kPadding);
        size_ += size;
    }
    void add(char c) {
        *room(1) = c;
        ++size_;
    }
    std::size_t size() const noexcept { return size_; }
    std::size_t capacity() const noexcept { return capacity_; }
    // Forgets what was added after `size()` was this.
    void cut(std::size_t size) noexcept { size_ = std::min(size, size_); }
    void clear() noexcept { size_ = 0; }
    char back() const noexcept { return size_ ? data_[size_ - 1] : '\0'; }
    // Valid until the next change.
    std::string_view view() const noexcept { return {data_.get(), size_}; }
    std::string_view from(std::size_t at) const noexcept { return view().substr(std::min(at, size_)); }

private:
    void grow(std::size_t n) {
        const std::size_t wanted = std::max({size_ + n, capacity_ * 2, std::size_t{1} << 18});
        std::unique_ptr<char[]> larger{new char[wanted]};
        std::copy_n(data_.get(), size_, larger.get());
        data_ = std::move(larger);
        capacity_ = wanted;
    }
    std::unique_ptr<char[]> data_;
    std::size_t size_{}, capacity_{};
};

}  // namespace rdpdx::evtx
