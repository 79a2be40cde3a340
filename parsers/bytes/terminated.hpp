// Text in fields of a fixed or declared size, which ends at its first zero or at the end of the field.
#pragma once

#include <string>

#include "parsers/bytes/cursor.hpp"
#include "parsers/bytes/text.hpp"

namespace rdpdx::bytes {

// UTF-16LE up to U+0000, as UTF-8.
inline std::string utf16le_until_zero(View field) {
    std::size_t n = 0;
    while (n + 1 < field.size() && (field[n] != std::byte{0} || field[n + 1] != std::byte{0})) n += 2;
    return utf16le_to_utf8(field.first(n));
}

// One byte a character up to the first zero; what is not UTF-8 becomes U+FFFD.
inline std::string text_until_zero(View field) {
    const std::string_view text = text_of(field);
    return valid_utf8(text.substr(0, text.find('\0')));
}

}  // namespace rdpdx::bytes
