#include "parsers/bytes/text.hpp"

#include <charconv>

namespace rdpdx::bytes {
namespace {

void append_utf8(std::string& out, char32_t c) {
    if (c < 0x80) {
        out += static_cast<char>(c);
    } else if (c < 0x800) {
        out += static_cast<char>(0xC0 | c >> 6);
        out += static_cast<char>(0x80 | (c & 0x3F));
    } else if (c < 0x10000) {
        out += static_cast<char>(0xE0 | c >> 12);
        out += static_cast<char>(0x80 | (c >> 6 & 0x3F));
        out += static_cast<char>(0x80 | (c & 0x3F));
    } else {
        out += static_cast<char>(0xF0 | c >> 18);
        out += static_cast<char>(0x80 | (c >> 12 & 0x3F));
        out += static_cast<char>(0x80 | (c >> 6 & 0x3F));
        out += static_cast<char>(0x80 | (c & 0x3F));
    }
}

constexpr char32_t kReplacement = 0xFFFD;

// Length of the well-formed UTF-8 sequence at the front of `text`, or 0. Table 3-7 of the Unicode standard.
std::size_t sequence_length(std::string_view text) {
    const auto at = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
    const unsigned a = at(0);
    const auto tail = [&](std::size_t i) { return (at(i) & 0xC0U) == 0x80U; };
    if (a < 0x80) return 1;
    if (a >= 0xC2 && a <= 0xDF) return tail(1) ? 2 : 0;
    if (a >= 0xE0 && a <= 0xEF) {
        const unsigned low = a == 0xE0 ? 0xA0 : 0x80;
        const unsigned high = a == 0xED ? 0x9F : 0xBF;
        return at(1) >= low && at(1) <= high && tail(2) ? 3 : 0;
    }
    if (a >= 0xF0 && a <= 0xF4) {
        const unsigned low = a == 0xF0 ? 0x90 : 0x80;
        const unsigned high = a == 0xF4 ? 0x8F : 0xBF;
        return at(1) >= low && at(1) <= high && tail(2) && tail(3) ? 4 : 0;
    }
    return 0;
}

// Reads exactly `width` digits.
std::optional<int> number(std::string_view& text, std::size_t width) {
    int value = 0;
    if (text.size() < width) return {};
    const auto [end, error] = std::from_chars(text.data(), text.data() + width, value);
    if (error != std::errc{} || end != text.data() + width || value < 0) return {};
    text.remove_prefix(width);
    return value;
}

bool eat(std::string_view& text, std::string_view any_of) {
    if (text.empty() || any_of.find(text.front()) == std::string_view::npos) return false;
    text.remove_prefix(1);
    return true;
}

std::int64_t fraction(std::string_view& text) {
    std::int64_t nanos = 0;
    int digits = 0;
    while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
        if (digits < 9) {
            nanos = nanos * 10 + (text.front() - '0');
            ++digits;
        }
        text.remove_prefix(1);
    }
    for (; digits < 9; ++digits) nanos *= 10;
    return nanos;
}

// "Z", "", "+02:00" or "-0530" in minutes.
std::optional<int> zone(std::string_view text) {
    if (text.empty() || text == "Z" || text == "z") return 0;
    const int sign = text.front() == '-' ? -1 : 1;
    if (!eat(text, "+-")) return {};
    const auto hours = number(text, 2);
    eat(text, ":");
    const auto minutes = number(text, 2);
    if (!hours || !minutes || !text.empty() || *hours > 23 || *minutes > 59) return {};
    return sign * (*hours * 60 + *minutes);
}

}  // namespace

std::string utf16_to_utf8(View utf16, bool big_endian) {
    std::string out;
    out.reserve(utf16.size() / 2);
    const auto unit = [&](std::size_t i) {
        const auto a = std::to_integer<char32_t>(utf16[i]), b = std::to_integer<char32_t>(utf16[i + 1]);
        return big_endian ? a << 8 | b : b << 8 | a;
    };
    for (std::size_t i = 0; i + 1 < utf16.size(); i += 2) {
        char32_t c = unit(i);
        if (c >= 0xD800 && c < 0xDC00 && i + 3 < utf16.size()) {
            const char32_t low = unit(i + 2);
            if (low >= 0xDC00 && low < 0xE000) {
                c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
                i += 2;
            }
        }
        append_utf8(out, c >= 0xD800 && c < 0xE000 ? kReplacement : c);
    }
    return out;
}

std::string utf16le_to_utf8(View utf16) { return utf16_to_utf8(utf16, false); }

std::string valid_utf8(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        const std::size_t n = sequence_length(text);
        if (n == 0) {
            append_utf8(out, kReplacement);
            text.remove_prefix(1);
        } else {
            out.append(text.substr(0, n));
            text.remove_prefix(n);
        }
    }
    return out;
}

std::string hex(View bytes) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string out;
    out.reserve(bytes.size() * 2);
    for (const std::byte b : bytes) {
        out += kDigits[std::to_integer<unsigned>(b) >> 4];
        out += kDigits[std::to_integer<unsigned>(b) & 0xF];
    }
    return out;
}

std::optional<Time> parse_time(std::string_view text) {
    using namespace std::chrono;
    const auto y = number(text, 4);
    if (!y || !eat(text, "-")) return {};
    const auto m = number(text, 2);
    if (!m || !eat(text, "-")) return {};
    const auto d = number(text, 2);
    if (!d || !eat(text, "T ")) return {};
    const auto hh = number(text, 2);
    if (!hh || !eat(text, ":")) return {};
    const auto mm = number(text, 2);
    if (!mm) return {};
    int ss = 0;
    if (eat(text, ":")) {
        const auto s = number(text, 2);
        if (!s) return {};
        ss = *s;
    }
    const std::int64_t nanos = eat(text, ".,") ? fraction(text) : 0;
    eat(text, " ");
    const auto offset = zone(text);
    const year_month_day date{year{*y}, month{static_cast<unsigned>(*m)}, day{static_cast<unsigned>(*d)}};
    if (!offset || !date.ok() || *hh > 23 || *mm > 59 || ss > 60 || *y < 1899 || *y > 2190) return {};
    const Time time = Time{sys_days{date}} + hours{*hh} + minutes{*mm - *offset} + seconds{ss} + nanoseconds{nanos};
    return time < kEarliest || time > kLatest ? std::optional<Time>{} : time;
}

}  // namespace rdpdx::bytes
