#include "src/codes/text.hpp"

#include <algorithm>
#include <charconv>

namespace rdpdx::codes::text {
namespace {

bool digits_of(std::string_view text, int base, std::uint64_t& value) noexcept {
    const auto* const end = text.data() + text.size();
    const auto [at, error] = std::from_chars(text.data(), end, value, base);
    return !text.empty() && error == std::errc{} && at == end;
}

bool is_hex_digit(char c) noexcept { return (c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'f'); }
bool is_decimal_digit(char c) noexcept { return c >= '0' && c <= '9'; }

std::size_t columns(std::string_view text) noexcept {
    const auto continues = [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; };
    return text.size() - static_cast<std::size_t>(std::ranges::count_if(text, continues));
}

}  // namespace

char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool equal_folded(std::string_view a, std::string_view b) noexcept {
    return std::ranges::equal(a, b, {}, lower, lower);
}

std::string folded(std::string_view text) {
    std::string out;
    for (const char c : text)
        if (c != '_' && c != '-' && c != ' ') out += lower(c);
    return out;
}

std::optional<Number> number(std::string_view text) noexcept {
    std::uint64_t value = 0;
    Base base = Base::decimal;
    const bool negative = text.size() > 1 && text.front() == '-';
    if (negative) text.remove_prefix(1);
    if (text.size() > 2 && text[0] == '0' && lower(text[1]) == 'x') {
        base = Base::hex;
        if (!digits_of(text.substr(2), 16, value)) return {};
    } else if (text.size() > 1 && lower(text.back()) == 'h' && is_decimal_digit(text.front())) {
        base = Base::hex;
        if (!digits_of(text.substr(0, text.size() - 1), 16, value)) return {};
    } else if (std::ranges::all_of(text, is_decimal_digit)) {
        if (!digits_of(text, 10, value)) return {};
    } else if (text.size() == 8 && std::ranges::all_of(text, is_hex_digit)) {
        base = Base::bare_hex;
        if (!digits_of(text, 16, value)) return {};
    } else {
        return {};
    }
    if (negative) {
        if (base != Base::decimal || value > 0x80000000U) return {};
        value = 0x100000000U - value;
        value &= 0xFFFFFFFFU;
    }
    if (value > 0xFFFFFFFFU) return {};
    return Number{static_cast<std::uint32_t>(value), base};
}

std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> before(b.size() + 1), above(b.size() + 1), row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) above[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t substitution = above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
            row[j] = std::min({above[j] + 1, row[j - 1] + 1, substitution});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = std::min(row[j], before[j - 2] + 1);
        }
        std::swap(before, above);
        std::swap(above, row);
    }
    return above[b.size()];
}

std::vector<std::string> wrapped(std::string_view text, std::size_t width) {
    std::vector<std::string> lines;
    std::string line;
    while (!text.empty()) {
        const auto end = text.find(' ');
        std::string word{text.substr(0, end)};
        text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
        if (word.empty()) continue;
        std::ranges::replace_if(
            word, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }, '?');
        if (!line.empty() && columns(line) + 1 + columns(word) > width) {
            lines.push_back(line);
            line.clear();
        }
        line += line.empty() ? word : ' ' + word;
    }
    if (!line.empty()) lines.push_back(line);
    return lines;
}

}  // namespace rdpdx::codes::text
