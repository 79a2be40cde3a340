// A text file of any size seen through a window: UTF-8 or UTF-16 comes in, UTF-8 comes out, and every character still
// knows its place in the file.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "parsers/bytes/source.hpp"

namespace rdpdx::events {

enum class Encoding : std::uint8_t { utf8, utf16le, utf16be };

// What the first bytes say: a byte order mark, or a zero beside the first character.
struct Opening {
    Encoding encoding{};
    std::size_t mark{};  // bytes of the byte order mark
};
Opening opening_of(bytes::View head) noexcept;

// Positions count the decoded text's bytes from its beginning and never change their meaning.
class Window {
public:
    explicit Window(bytes::Source& source) : source_{source} {}

    std::uint64_t begin() const noexcept { return begin_; }
    std::uint64_t end() const noexcept { return begin_ + (buffer_.size() - start_); }
    // The text from `from`, which must lie within the window, to the window's end. Until the next call of more() or
    // drop().
    std::string_view text(std::uint64_t from) const noexcept {
        return std::string_view{buffer_}.substr(start_ + static_cast<std::size_t>(from - begin_));
    }
    // Makes the window longer; false where the file ends.
    bool more();
    // Forgets what stands before `position`.
    void drop(std::uint64_t position);
    // Bytes from the start of the file to the character at `position`, which must lie within the window.
    std::uint64_t file_offset(std::uint64_t position) const noexcept;

private:
    bool open();
    bool more_utf8();
    bool more_utf16();

    bytes::Source& source_;
    bool opened_ = false, ended_ = false;
    Encoding encoding_{};
    std::string buffer_;  // the window is what stands from start_ on
    std::size_t start_ = 0;
    std::uint64_t begin_ = 0, begin_in_file_ = 0;
    std::string undecoded_;  // UTF-16: bytes that are not a whole character yet
};

}  // namespace rdpdx::events
