#include "parsers/events/system_values.hpp"

#include <algorithm>

#include "parsers/bytes/text.hpp"

namespace rdpdx::events {

std::string_view trim(std::string_view text) noexcept {
    constexpr std::string_view kSpace = " \t\r\n";
    const auto first = text.find_first_not_of(kSpace);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

std::string guid(std::string_view text) {
    text = trim(text);
    if (text.starts_with('{') && text.ends_with('}')) text = text.substr(1, text.size() - 2);
    std::string out{text};
    std::ranges::transform(out, out.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return out;
}

std::string correlation(std::string_view text) {
    std::string out = guid(text);
    return out == "00000000-0000-0000-0000-000000000000" ? std::string{} : out;
}

bool ascii(std::string_view text) noexcept {
    return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

std::optional<std::size_t> first_not_utf8(std::string_view text) {
    if (ascii(text)) return {};
    const std::string valid = bytes::valid_utf8(text);
    const auto at = std::ranges::mismatch(text, valid).in1;
    if (at == text.end()) return {};
    return static_cast<std::size_t>(at - text.begin());
}

}  // namespace rdpdx::events
