// [RFC 4648] 4: what headers carry as base64.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "parsers/bytes/cursor.hpp"

namespace rdpdx::gateway {

// Nothing where a character is none of the alphabet's. Padding may be missing.
inline std::optional<std::vector<std::byte>> parse_base64(std::string_view text) {
    constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    while (!text.empty() && text.back() == '=') text.remove_suffix(1);
    std::vector<std::byte> out;
    out.reserve(text.size() / 4 * 3 + 2);
    std::uint32_t bits = 0;
    unsigned count = 0;
    for (const char c : text) {
        const auto value = kAlphabet.find(c);
        if (value == std::string_view::npos) return {};
        bits = bits << 6 | static_cast<std::uint32_t>(value);
        count += 6;
        if (count < 8) continue;
        count -= 8;
        out.push_back(static_cast<std::byte>(bits >> count & 0xFFU));
    }
    return out;
}

}  // namespace rdpdx::gateway
