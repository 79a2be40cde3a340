// Numbers, GUIDs and times as text.
#include <algorithm>
#include <array>
#include <string_view>

#include "parsers/evtx/little.hpp"
#include "parsers/evtx/values.hpp"

namespace rdpdx::evtx {
namespace {

constexpr std::string_view kUpper = "0123456789ABCDEF", kLower = "0123456789abcdef";
constexpr std::uint64_t kTicksASecond = 10'000'000, kSecondsADay = 86'400;  // ticks of 100 ns

constexpr auto kPairs = [] {
    std::array<char, 200> out{};
    for (std::size_t i = 0; i < 100; ++i) {
        out[2 * i] = static_cast<char>('0' + i / 10);
        out[2 * i + 1] = static_cast<char>('0' + i % 10);
    }
    return out;
}();

constexpr std::array<char, 512> hex_pairs(std::string_view digits) {
    std::array<char, 512> out{};
    for (std::size_t i = 0; i < 256; ++i) {
        out[2 * i] = digits[i >> 4];
        out[2 * i + 1] = digits[i & 0xF];
    }
    return out;
}
constexpr auto kUpperPairs = hex_pairs(kUpper), kLowerPairs = hex_pairs(kLower);

// The lowest two decimal digits of `value`, which is below 100.
char* write_pair(char* to, std::uint64_t value) noexcept {
    to[0] = kPairs[2 * value];
    to[1] = kPairs[2 * value + 1];
    return to + 2;
}

// A date of the Gregorian calendar from days since 1601-01-01. A FILETIME reaches the year 60056, std::chrono::year
// only 32767. Years are counted from March here, so that the leap day is a year's last day.
char* write_date(char* to, std::uint64_t days) noexcept {
    constexpr std::uint64_t kDaysOf400Years = 146'097, kFromMarch1600 = 306;
    days += kFromMarch1600;
    const std::uint64_t era = days / kDaysOf400Years, day_of_era = days % kDaysOf400Years;
    const std::uint64_t year_of_era =
        (day_of_era - day_of_era / 1'460 + day_of_era / 36'524 - day_of_era / (kDaysOf400Years - 1)) / 365;
    const std::uint64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    const std::uint64_t march_month = (5 * day_of_year + 2) / 153;
    const std::uint64_t day = day_of_year - (153 * march_month + 2) / 5 + 1;
    const std::uint64_t month = march_month < 10 ? march_month + 3 : march_month - 9;
    to = write_decimal(to, 1600 + era * 400 + year_of_era + (month <= 2 ? 1 : 0));
    *to++ = '-';
    to = write_pair(to, month);
    *to++ = '-';
    to = write_pair(to, day);
    *to++ = 'T';
    return to;
}

char* write_clock(char* to, std::uint64_t hour, std::uint64_t minute, std::uint64_t second) noexcept {
    to = write_pair(to, hour);
    *to++ = ':';
    to = write_pair(to, minute);
    *to++ = ':';
    return write_pair(to, second);
}

}  // namespace

char* write_decimal(char* to, std::uint64_t value) noexcept {
    if (value < 10) {
        *to = static_cast<char>('0' + value);
        return to + 1;
    }
    if (value < 100) return write_pair(to, value);
    if (value < 10'000) {
        if (value >= 1'000) return write_pair(write_pair(to, value / 100), value % 100);
        *to = static_cast<char>('0' + value / 100);
        return write_pair(to + 1, value % 100);
    }
    to = write_decimal(to, value / 10'000);
    return write_pair(write_pair(to, value / 100 % 100), value % 100);
}

char* write_hex(char* to, std::uint64_t value) noexcept {
    *to++ = '0';
    *to++ = 'x';
    int shift = value ? (63 - __builtin_clzll(value)) / 4 * 4 : 0;
    for (; shift >= 0; shift -= 4) *to++ = kLower[value >> shift & 0xF];
    return to;
}

char* write_guid(char* to, bytes::View guid, bool lower) noexcept {
    if (guid.size() != 16) return to;
    const auto& pairs = lower ? kLowerPairs : kUpperPairs;
    const auto write = [&](std::size_t at, std::initializer_list<std::size_t> order) {
        for (const std::size_t i : order) {
            const std::size_t pair = std::to_integer<std::size_t>(guid[i]) * 2;
            to[at++] = pairs[pair];
            to[at++] = pairs[pair + 1];
        }
    };
    if (!lower) *to++ = '{';
    // [MS-DTYP] 2.3.4: three little-endian numbers, then eight bytes.
    write(0, {3, 2, 1, 0});
    write(9, {5, 4});
    write(14, {7, 6});
    write(19, {8, 9});
    write(24, {10, 11, 12, 13, 14, 15});
    constexpr std::array<std::size_t, 4> kHyphens{8, 13, 18, 23};
    for (const std::size_t hyphen : kHyphens) to[hyphen] = '-';
    to += 36;
    if (!lower) *to++ = '}';
    return to;
}

char* write_filetime(char* to, std::uint64_t filetime, Recent& recent) noexcept {
    const std::uint64_t second = filetime / kTicksASecond, fraction = filetime % kTicksASecond;
    if (second != recent.second) {
        const std::uint64_t of_day = second % kSecondsADay;
        char* end = write_date(recent.text.data(), second / kSecondsADay);
        end = write_clock(end, of_day / 3600, of_day / 60 % 60, of_day % 60);
        *end++ = '.';
        recent.size = static_cast<std::size_t>(end - recent.text.data());
        recent.second = second;
    }
    std::copy_n(recent.text.data(), recent.text.size(), to);  // all of it: that is one move
    to += recent.size;
    to = write_pair(to, fraction / 100'000);
    to = write_pair(to, fraction / 1'000 % 100);
    to = write_pair(to, fraction / 10 % 100);
    *to++ = static_cast<char>('0' + fraction % 10);
    *to++ = 'Z';
    return to;
}

}  // namespace rdpdx::evtx
