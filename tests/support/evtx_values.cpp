#include "tests/support/evtx_values.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <charconv>
#include <stdexcept>

namespace rdpdx::test::evtx {
namespace {

constexpr std::int64_t kTicksFrom1601To1970 = 116'444'736'000'000'000;

Value value(Type type, Bytes data, std::string text) {
    return {static_cast<std::uint8_t>(type), std::move(data), {std::move(text)}};
}

// One character at the front of well-formed UTF-8, which is then shortened by it.
char32_t next_character(std::string_view& text) {
    const auto lead = static_cast<unsigned char>(text.front());
    const std::size_t length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    char32_t out = length == 1 ? lead : lead & (0x7FU >> length);
    for (const char c : text.substr(1, length - 1)) out = out << 6 | (static_cast<unsigned char>(c) & 0x3FU);
    text.remove_prefix(length);
    return out;
}

std::uint64_t parse_number(std::string_view text, int base) {
    std::uint64_t out = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out, base);
    if (error != std::errc{} || end != text.data() + text.size())
        throw std::invalid_argument{fmt::format("'{}' is not a number", text)};
    return out;
}

struct Civil {
    std::chrono::year_month_day date;
    std::chrono::hh_mm_ss<std::chrono::nanoseconds> clock;
};
Civil civil(bytes::Time time) {
    const auto day = std::chrono::floor<std::chrono::days>(time);
    return {day, std::chrono::hh_mm_ss<std::chrono::nanoseconds>{time - day}};
}

// The form that Windows writes: nine digits, of which a FILETIME has seven and a SYSTEMTIME three.
std::string iso(bytes::Time time) {
    const auto [date, clock] = civil(time);
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:09}Z", int{date.year()}, unsigned{date.month()},
                       unsigned{date.day()}, clock.hours().count(), clock.minutes().count(), clock.seconds().count(),
                       clock.subseconds().count());
}

}  // namespace

Bytes utf16le(std::string_view text) {
    const std::string valid = bytes::valid_utf8(text);
    Bytes out;
    const auto put = [&](char32_t unit) {
        out.push_back(static_cast<std::byte>(unit & 0xFF));
        out.push_back(static_cast<std::byte>(unit >> 8));
    };
    for (std::string_view rest = valid; !rest.empty();) {
        const char32_t c = next_character(rest);
        if (c > 0xFFFF) put(0xD800 + ((c - 0x10000) >> 10));
        put(c > 0xFFFF ? 0xDC00 + ((c - 0x10000) & 0x3FF) : c);
    }
    return out;
}

std::string upper_case(std::string_view text) {
    std::string out{text};
    std::ranges::transform(out, out.begin(),
                           [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
    return out;
}

Value unicode_string(std::string_view text) {
    return value(Type::unicode_string, utf16le(text), bytes::valid_utf8(text));
}
Value ansi_string(std::string_view characters) {
    return value(Type::ansi_string, text(characters), std::string{characters});
}
Value integer(Type type, unsigned width, std::uint64_t bits, std::string text) {
    return value(type, le(width, bits), std::move(text));
}
Value hex_int32(std::uint32_t v) { return integer(Type::hex_int32, 4, v, fmt::format("0x{:x}", v)); }
Value hex_int64(std::uint64_t v) { return integer(Type::hex_int64, 8, v, fmt::format("0x{:x}", v)); }
Value size_of(std::uint64_t v) { return integer(Type::size, 8, v, fmt::format("0x{:x}", v)); }
Value boolean(bool v) { return integer(Type::boolean, 4, v, v ? "true" : "false"); }
Value real32(float v) { return integer(Type::real32, 4, std::bit_cast<std::uint32_t>(v), fmt::format("{}", v)); }
Value real64(double v) { return integer(Type::real64, 8, std::bit_cast<std::uint64_t>(v), fmt::format("{}", v)); }

Value binary(bytes::View v) { return value(Type::binary, Bytes(v.begin(), v.end()), upper_case(bytes::hex(v))); }

Value guid(std::string_view text) {
    if (text.empty()) return null();
    std::string digits;
    for (const char c : text)
        if (c != '{' && c != '}' && c != '-') digits += c;
    if (digits.size() != 32) throw std::invalid_argument{fmt::format("'{}' is not a GUID", text)};
    const std::string_view d{digits};
    const Bytes data = join({le(4, parse_number(d.substr(0, 8), 16)), le(2, parse_number(d.substr(8, 4), 16)),
                             le(2, parse_number(d.substr(12, 4), 16)), be(8, parse_number(d.substr(16), 16))});
    const std::string upper = upper_case(digits);
    const std::string_view u{upper};
    return value(Type::guid, data,
                 fmt::format("{{{}-{}-{}-{}-{}}}", u.substr(0, 8), u.substr(8, 4), u.substr(12, 4), u.substr(16, 4),
                             u.substr(20)));
}

// [MS-DTYP] 2.4.2.2 SID
Value sid(std::string_view text) {
    if (text.empty()) return null();
    std::vector<std::uint64_t> parts;
    std::string_view rest = text;
    if (rest.starts_with("S-")) {
        for (rest.remove_prefix(1); !rest.empty();) {
            rest.remove_prefix(1);
            const auto end = std::min(rest.find('-'), rest.size());
            parts.push_back(parse_number(rest.substr(0, end), 10));
            rest.remove_prefix(end);
        }
    }
    if (parts.size() < 2 || parts.size() > 2 + 15) throw std::invalid_argument{fmt::format("'{}' is not a SID", text)};
    Bytes data = join({le(1, parts[0]), le(1, parts.size() - 2), be(6, parts[1])});
    for (std::size_t i = 2; i < parts.size(); ++i) data = join({data, le(4, parts[i])});
    return value(Type::sid, std::move(data), std::string{text});
}

std::uint64_t filetime_ticks(bytes::Time time) {
    return static_cast<std::uint64_t>(time.time_since_epoch().count() / 100 + kTicksFrom1601To1970);
}

Value filetime(bytes::Time time) {
    const auto whole = time - time.time_since_epoch() % std::chrono::nanoseconds{100};
    return integer(Type::filetime, 8, filetime_ticks(time), iso(whole));
}

// [MS-DTYP] 2.3.13 SYSTEMTIME
Value systemtime(bytes::Time time) {
    const auto whole = std::chrono::floor<std::chrono::milliseconds>(time);
    const auto [date, clock] = civil(whole);
    const auto number_of = [](auto count) { return le(2, static_cast<std::uint64_t>(count)); };
    const std::chrono::weekday day_of_week{std::chrono::sys_days{date}};
    return value(
        Type::systemtime,
        join({number_of(int{date.year()}), number_of(unsigned{date.month()}), number_of(day_of_week.c_encoding()),
              number_of(unsigned{date.day()}), number_of(clock.hours().count()), number_of(clock.minutes().count()),
              number_of(clock.seconds().count()), number_of(clock.subseconds().count() / 1'000'000)}),
        iso(whole));
}

Value array(const std::vector<Value>& items) {
    if (items.empty()) return null();
    Value out;
    out.type = items.front().type | kArray;
    const bool wide = items.front().type == static_cast<std::uint8_t>(Type::unicode_string);
    const bool narrow = items.front().type == static_cast<std::uint8_t>(Type::ansi_string);
    for (const Value& item : items) {
        if (item.type != items.front().type) throw std::invalid_argument{"an array has items of one type"};
        out.data = join({out.data, item.data, Bytes(wide ? 2U : narrow ? 1U : 0U)});
        out.texts.push_back(item.texts.front());
    }
    return out;
}

Value string_array(const std::vector<std::string>& items) {
    std::vector<Value> values;
    for (const std::string& item : items) values.push_back(unicode_string(item));
    return array(values);
}

}  // namespace rdpdx::test::evtx
