#include "parsers/events/window.hpp"

#include <algorithm>

#include "parsers/bytes/text.hpp"

namespace rdpdx::events {
namespace {

constexpr std::size_t kChunk = std::size_t{1} << 16;
constexpr std::size_t kCompactAt = std::size_t{1} << 18;

// How many bytes of UTF-16 these UTF-8 bytes were. What could not be decoded has become U+FFFD, which is one unit
// again.
std::uint64_t utf16_length(std::string_view utf8) noexcept {
    std::uint64_t bytes = 0;
    for (const char c : utf8) {
        const auto b = static_cast<unsigned char>(c);
        if ((b & 0xC0U) != 0x80U) bytes += b >= 0xF0 ? 4 : 2;
    }
    return bytes;
}

// Appends what the source gives, at most `n` bytes.
std::size_t append(bytes::Source& source, std::string& to, std::size_t n) {
    const std::size_t before = to.size();
    to.resize(before + n);
    const std::size_t got = source.read(std::as_writable_bytes(std::span{to.data() + before, n}));
    to.resize(before + got);
    return got;
}

bool plain(unsigned c) noexcept { return c == '\t' || c == '\n' || c == '\r' || (c >= 0x20 && c < 0x7F); }

}  // namespace

Opening opening_of(bytes::View head) noexcept {
    const auto at = [&](std::size_t i) { return i < head.size() ? std::to_integer<unsigned>(head[i]) : 0x100U; };
    if (at(0) == 0xEF && at(1) == 0xBB && at(2) == 0xBF) return {Encoding::utf8, 3};
    if (at(0) == 0xFF && at(1) == 0xFE) return {Encoding::utf16le, 2};
    if (at(0) == 0xFE && at(1) == 0xFF) return {Encoding::utf16be, 2};
    if (plain(at(0)) && at(1) == 0) return {Encoding::utf16le, 0};
    if (at(0) == 0 && plain(at(1))) return {Encoding::utf16be, 0};
    return {};
}

bool Window::open() {
    opened_ = true;
    // A source may hand out single bytes, so ask until the mark is decided.
    while (buffer_.size() < 3 && append(source_, buffer_, kChunk) > 0) {
    }
    const Opening opening = opening_of(bytes::view_of(buffer_));
    encoding_ = opening.encoding;
    begin_in_file_ = opening.mark;
    buffer_.erase(0, opening.mark);
    if (encoding_ != Encoding::utf8) undecoded_.swap(buffer_);
    return encoding_ == Encoding::utf8 ? !buffer_.empty() : more_utf16();
}

bool Window::more() {
    if (!opened_) {
        if (open()) return true;
    }
    if (ended_) return false;
    if (start_ > kCompactAt && start_ > buffer_.size() / 2) {
        buffer_.erase(0, start_);
        start_ = 0;
    }
    return encoding_ == Encoding::utf8 ? more_utf8() : more_utf16();
}

bool Window::more_utf8() {
    ended_ = append(source_, buffer_, kChunk) == 0;
    return !ended_;
}

bool Window::more_utf16() {
    const bool big = encoding_ == Encoding::utf16be;
    const std::size_t before = buffer_.size();
    while (buffer_.size() == before && !ended_) {
        if (undecoded_.size() < kChunk) ended_ = append(source_, undecoded_, kChunk) == 0;
        std::size_t whole = undecoded_.size() / 2 * 2;
        if (!ended_ && whole >= 2) {
            const auto high = static_cast<unsigned char>(undecoded_[big ? whole - 2 : whole - 1]);
            if (high >= 0xD8 && high < 0xDC) whole -= 2;  // its second half has not come yet
        }
        buffer_ += bytes::utf16_to_utf8(bytes::view_of(std::string_view{undecoded_}.substr(0, whole)), big);
        undecoded_.erase(0, whole);
    }
    return buffer_.size() > before;
}

void Window::drop(std::uint64_t position) {
    if (position <= begin_) return;
    position = std::min(position, end());
    begin_in_file_ = file_offset(position);
    start_ += static_cast<std::size_t>(position - begin_);
    begin_ = position;
}

std::uint64_t Window::file_offset(std::uint64_t position) const noexcept {
    const std::uint64_t ahead = position - begin_;
    if (encoding_ == Encoding::utf8) return begin_in_file_ + ahead;
    return begin_in_file_ + utf16_length(text(begin_).substr(0, static_cast<std::size_t>(ahead)));
}

}  // namespace rdpdx::events
