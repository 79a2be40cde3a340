// Inside of redact: texts that people take for the same.
#pragma once

#include <string>
#include <string_view>

namespace rdpdx::redact {

// Lower case of ASCII and of the letters of Latin-1, Greek and Cyrillic that have two bytes in UTF-8, and blanks in
// place of what is between words. As long as `text`.
std::string folded(std::string_view text);

// Blanks, quotes, brackets, arrows and the like beyond ASCII: how many bytes the one has that begins here. 0 where none
// does.
std::size_t between_words(std::string_view text) noexcept;
// With blanks in place of these. As long as `text`.
std::string with_blanks(std::string_view text);

// What names are made of: letters, digits, and everything that is not ASCII; in a text without what is between words.
constexpr bool in_word(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           static_cast<unsigned char>(c) >= 0x80;
}

// Without what is no part of a word at its ends. A view into `name`.
std::string_view core_of(std::string_view name) noexcept;

}  // namespace rdpdx::redact
