// Strings from evidence are data: whatever they hold, a terminal shows them and does not obey them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace rdpdx::report {

struct CodePoint {
    char32_t value{};
    std::string_view utf8;  // as it stands in the text, or U+FFFD's bytes
};

// Bytes that are not UTF-8 give U+FFFD one by one. Views into `text`.
std::vector<CodePoint> code_points(std::string_view text);

// Control characters, and those that turn the direction of text, become \x1b or \u202e; line breaks too.
std::string terminal_safe(std::string_view text);

// What is longer than `longest` bytes ends there, at a whole character, and says how much is left out. Then as above.
std::string shown(std::string_view text, std::size_t longest = 2000);

// Cells of a terminal: two for East Asian wide characters and most symbols of emoji, none for marks that combine.
std::size_t display_width(std::string_view text);

// Breaks at blanks so that no line is wider than `width`; a word that is longer gets a line of its own.
std::vector<std::string> wrap(std::string_view text, std::size_t width);

}  // namespace rdpdx::report
