// Inside of redact: texts that people take for the same.
#pragma once

#include <string>
#include <string_view>

namespace rdpdx::redact {

// Lower case of ASCII and of the letters of Latin-1, Greek and Cyrillic that have two bytes in UTF-8. As long as
// `text`.
std::string folded(std::string_view text);

// What names are made of: letters, digits, and everything that is not ASCII.
constexpr bool in_word(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           static_cast<unsigned char>(c) >= 0x80;
}

// Without what is no part of a word at its ends. A view into `name`.
constexpr std::string_view core_of(std::string_view name) noexcept {
    while (!name.empty() && !in_word(name.front())) name.remove_prefix(1);
    while (!name.empty() && !in_word(name.back())) name.remove_suffix(1);
    return name;
}

}  // namespace rdpdx::redact
