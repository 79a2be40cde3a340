// Fixtures spelled as hex: "03 00 00 13  0e e0" -> bytes.
#pragma once

#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "parsers/bytes/cursor.hpp"

namespace rdpdx::test {

// White space is for the reader only. Text after '#' up to the end of the line is a comment.
inline std::vector<std::byte> from_hex(std::string_view text) {
    std::vector<std::byte> out;
    std::string digits;
    bool comment = false;
    for (const char c : text) {
        if (c == '\n') comment = false;
        if (c == '#') comment = true;
        if (comment || c == ' ' || c == '\n' || c == '\t') continue;
        digits += c;
        if (digits.size() == 2) {
            out.push_back(static_cast<std::byte>(std::strtoul(digits.c_str(), nullptr, 16)));
            digits.clear();
        }
    }
    return out;
}

}  // namespace rdpdx::test
