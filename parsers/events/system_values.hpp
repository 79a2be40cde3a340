// How the values of System are written, whatever the form of the export.
#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace rdpdx::events {

inline constexpr unsigned kMaxDepth = 32;          // elements within elements; what lies deeper is left out
inline constexpr std::size_t kMaxFields = 10'000;  // of one event; real ones have less than a hundred

// Without white space around it.
std::string_view trim(std::string_view text) noexcept;

// Decimal or 0x hex with white space around it; nothing for anything else.
template <class T>
std::optional<T> number(std::string_view text) noexcept {
    text = trim(text);
    const bool hex = text.starts_with("0x") || text.starts_with("0X");
    if (hex) text.remove_prefix(2);
    T value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, hex ? 16 : 10);
    if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return {};
    return value;
}

// In lower case without braces.
std::string guid(std::string_view text);
// The same; a correlation id of zeros means that there is none.
std::string correlation(std::string_view text);

bool ascii(std::string_view text) noexcept;
// Where the first byte stands that is not UTF-8.
std::optional<std::size_t> first_not_utf8(std::string_view text);

}  // namespace rdpdx::events
