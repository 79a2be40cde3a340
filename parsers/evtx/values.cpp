#include "parsers/evtx/values.hpp"

#include <fmt/format.h>

#include <bit>

#include "parsers/evtx/little.hpp"

namespace rdpdx::evtx {
namespace {

using namespace value_type;

constexpr std::string_view kUpper = "0123456789ABCDEF", kLower = "0123456789abcdef";
constexpr std::uint64_t kTicksADay = 864'000'000'000;  // of 100 ns
constexpr std::int64_t kDaysFrom1601 = 134'774;        // to 1970

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

void add_hex_bytes(TextBuffer& out, bytes::View value) {
    char* to = out.room(value.size() * 2);
    for (const std::byte b : value) {
        *to++ = kUpper[std::to_integer<unsigned>(b) >> 4];
        *to++ = kUpper[std::to_integer<unsigned>(b) & 0xF];
    }
    out.advance(to);
}

// [MS-DTYP] 2.4.2.1 SID String Format Syntax
bool add_sid(TextBuffer& out, bytes::View sid) {
    const std::size_t count = u8_at(sid, 1);
    if (sid.size() < 8 + count * 4) return false;
    char* to = out.room(40 + count * 11);
    *to++ = 'S';
    *to++ = '-';
    to = write_decimal(to, u8_at(sid, 0));
    *to++ = '-';
    std::uint64_t authority = 0;
    for (std::size_t i = 2; i < 8; ++i) authority = authority << 8 | u8_at(sid, i);
    to = authority >> 32 ? write_hex(to, authority) : write_decimal(to, authority);
    for (std::size_t i = 0; i < count; ++i) {
        *to++ = '-';
        to = write_decimal(to, u32_at(sid, 8 + i * 4));
    }
    out.advance(to);
    return true;
}

// SYSTEMTIME: year, month, day of week, day, hour, minute, second, millisecond. Numbers stay numbers, however odd.
bool add_systemtime(TextBuffer& out, bytes::View t) {
    if (t.size() != 16) return false;
    const auto field = [&](std::size_t i) { return u16_at(t, i * 2); };
    out.add(fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", field(0), field(1), field(3), field(4), field(5),
                        field(6), field(7)));
    return true;
}

// Windows-1252 where it differs from Latin-1; zero is undefined there.
constexpr std::array<char32_t, 32> kWindows1252{0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
                                                0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0,      0x017D, 0,
                                                0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
                                                0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178};

// The code page of the machine is not in the log; most are Windows-1252, newer components write UTF-8.
std::string text_of_ansi(std::string_view text) {
    if (std::string same = bytes::valid_utf8(text); same == text) return same;
    std::string utf16;
    for (const char c : text) {
        const auto b = static_cast<unsigned char>(c);
        const char32_t mapped = b >= 0x80 && b < 0xA0 ? kWindows1252[b - 0x80U] : b;
        const char32_t code = mapped || !b ? mapped : 0xFFFD;
        utf16 += static_cast<char>(code & 0xFF);
        utf16 += static_cast<char>(code >> 8);
    }
    return bytes::utf16le_to_utf8(bytes::view_of(utf16));
}

template <Dress dress>
void add_ansi(TextBuffer& out, bytes::View value) {
    std::string_view text = bytes::text_of(value);
    text = text.substr(0, text.find_last_not_of('\0') + 1);
    out.add(dressed(dress, text_of_ansi(text)));
}

template <Dress dress>
void add_string(TextBuffer& out, bytes::View chunk, Slot value) {
    std::size_t units = value.size / 2;
    while (units > 0 && u16_at(chunk, value.offset + units * 2 - 2) == 0) --units;
    if (units == 0) return;
    char* const to = out.room(units * kBytesPerUnit + kOverrun);
    out.advance(write_utf16<dress>(to, chunk, value.offset, units));
}

std::uint64_t raw_number(bytes::View value) noexcept {
    switch (value.size()) {
        case 1:
            return u8_at(value, 0);
        case 2:
            return u16_at(value, 0);
        case 4:
            return u32_at(value, 0);
        case 8:
            return u64_at(value, 0);
        default:
            return 0;
    }
}

bool number_width(std::size_t size) noexcept { return size == 1 || size == 2 || size == 4 || size == 8; }

std::int64_t sign_extended(std::uint64_t value, std::size_t size) noexcept {
    const auto shift = 64 - 8 * size;
    return static_cast<std::int64_t>(value << shift) >> shift;
}

// Numbers in the width that is really there; false for a width that no number has.
bool add_number(TextBuffer& out, std::uint8_t type, bytes::View bytes) {
    if (!number_width(bytes.size())) return false;
    const std::uint64_t value = raw_number(bytes);
    char* to = out.room(24);
    if (type == kHexInt32 || type == kHexInt64 || type == kSizeT) {
        to = write_hex(to, value);
    } else if (type == kUInt8 || type == kUInt16 || type == kUInt32 || type == kUInt64) {
        to = write_decimal(to, value);
    } else {
        const std::int64_t negative = sign_extended(value, bytes.size());
        if (negative < 0) *to++ = '-';
        to = write_decimal(to, negative < 0 ? ~static_cast<std::uint64_t>(negative) + 1 : value);
    }
    out.advance(to);
    return true;
}

bool add_real(TextBuffer& out, bytes::View bytes) {
    if (bytes.size() == 4) {
        out.add(fmt::format("{}", std::bit_cast<float>(u32_at(bytes, 0))));
    } else if (bytes.size() == 8) {
        out.add(fmt::format("{}", std::bit_cast<double>(u64_at(bytes, 0))));
    } else {
        return false;
    }
    return true;
}

bool add_fixed(TextBuffer& out, std::uint8_t type, bytes::View bytes, Recent& recent) {
    switch (type) {
        case kReal32:
        case kReal64:
            return add_real(out, bytes);
        case kBool:
            if (!number_width(bytes.size())) return false;
            out.add(raw_number(bytes) ? std::string_view{"true"} : std::string_view{"false"});
            return true;
        case kGuid:
            if (bytes.size() != 16) return false;
            out.advance(write_guid(out.room(38), bytes, false));
            return true;
        case kFileTime:
            if (bytes.size() != 8) return false;
            out.advance(write_filetime(out.room(kMaxTimeText), u64_at(bytes, 0), recent));
            return true;
        case kSysTime:
            return add_systemtime(out, bytes);
        case kSid:
            return add_sid(out, bytes);
        default:
            return ((type >= kInt8 && type <= kUInt64) || type == kSizeT || type == kHexInt32 || type == kHexInt64) &&
                   add_number(out, type, bytes);
    }
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
    // [MS-DTYP] 2.3.4: three little-endian numbers, then eight bytes; -1 is a hyphen.
    constexpr std::array<signed char, 20> kOrder{3, 2, 1, 0, -1, 5, 4, -1, 7, 6, -1, 8, 9, -1, 10, 11, 12, 13, 14, 15};
    const auto& pairs = lower ? kLowerPairs : kUpperPairs;
    if (guid.size() != 16) return to;
    if (!lower) *to++ = '{';
    for (const signed char i : kOrder) {
        if (i < 0) {
            *to++ = '-';
            continue;
        }
        const std::size_t pair = std::to_integer<std::size_t>(guid[static_cast<std::size_t>(i)]) * 2;
        to[0] = pairs[pair];
        to[1] = pairs[pair + 1];
        to += 2;
    }
    if (!lower) *to++ = '}';
    return to;
}

char* write_filetime(char* to, std::uint64_t filetime, Recent& recent) noexcept {
    const std::uint64_t day = filetime / kTicksADay;
    if (day != recent.day) {
        const char* const end = write_date(recent.date.data(), day);
        recent.date_size = static_cast<std::size_t>(end - recent.date.data());
        recent.day = day;
    }
    for (std::size_t i = 0; i < recent.date_size; ++i) *to++ = recent.date[i];
    const std::uint64_t ticks = filetime % kTicksADay, seconds = ticks / 10'000'000, fraction = ticks % 10'000'000;
    to = write_clock(to, seconds / 3600, seconds / 60 % 60, seconds % 60);
    *to++ = '.';
    to = write_pair(to, fraction / 100'000);
    to = write_pair(to, fraction / 1'000 % 100);
    to = write_pair(to, fraction / 10 % 100);
    *to++ = static_cast<char>('0' + fraction % 10);
    *to++ = 'Z';
    return to;
}

std::optional<bytes::Time> time_of_filetime(std::uint64_t filetime) noexcept {
    constexpr std::uint64_t kEpoch = static_cast<std::uint64_t>(kDaysFrom1601) * kTicksADay;
    constexpr std::uint64_t kReach = 9'200'000'000'000'000'0;  // 100 ns; about 291 years on either side
    if (filetime == 0 || filetime > kEpoch + kReach || filetime + kReach < kEpoch) return {};
    return bytes::Time{} + std::chrono::nanoseconds{(static_cast<std::int64_t>(filetime - kEpoch)) * 100};
}

template <Dress dress>
void add_value(TextBuffer& out, bytes::View chunk, Slot value, Recent& recent) {
    if (value.array()) {
        Items items{chunk, value};
        Slot item;
        for (bool first = true; items.next(item); first = false) {
            if (!first) out.add(", ");
            add_value<dress>(out, chunk, item, recent);
        }
        return;
    }
    if (value.type == kString) return add_string<dress>(out, chunk, value);
    const bytes::View bytes = window(chunk, value.offset, value.size);
    if (value.null() || bytes.empty()) return;
    if (value.type == kAnsiString) return add_ansi<dress>(out, bytes);
    if (!add_fixed(out, value.type, bytes, recent)) add_hex_bytes(out, bytes);
}

template void add_value<Dress::plain>(TextBuffer&, bytes::View, Slot, Recent&);
template void add_value<Dress::json>(TextBuffer&, bytes::View, Slot, Recent&);
template void add_value<Dress::xml>(TextBuffer&, bytes::View, Slot, Recent&);

std::size_t Items::item_size() const noexcept {
    const std::size_t left = rest_.size;
    switch (rest_.type & 0x7F) {
        case kString:
            for (std::size_t i = 0; i + 1 < left; i += 2)
                if (u16_at(chunk_, rest_.offset + i) == 0) return i + 2;
            return left;
        case kAnsiString:
            for (std::size_t i = 0; i < left; ++i)
                if (u8_at(chunk_, rest_.offset + i) == 0) return i + 1;
            return left;
        case kInt8:
        case kUInt8:
            return 1;
        case kInt16:
        case kUInt16:
            return 2;
        case kInt32:
        case kUInt32:
        case kReal32:
        case kBool:
        case kHexInt32:
            return 4;
        case kInt64:
        case kUInt64:
        case kReal64:
        case kFileTime:
        case kHexInt64:
            return 8;
        case kGuid:
        case kSysTime:
            return 16;
        // The array does not say which machine made it; both widths divide most lengths, and 64 bits are the rule.
        case kSizeT:
            return left % 8 == 0 ? 8 : 4;
        case kSid:
            return 8 + std::size_t{u8_at(chunk_, rest_.offset + 1U)} * 4;
        default:
            return left;
    }
}

bool Items::next(Slot& item) noexcept {
    if (rest_.size == 0) return false;
    const auto size = static_cast<std::uint16_t>(std::min<std::size_t>(item_size(), rest_.size));
    item = {rest_.offset, size, static_cast<std::uint8_t>(rest_.type & 0x7F)};
    rest_.offset += size;
    rest_.size = static_cast<std::uint16_t>(rest_.size - size);
    return true;
}

std::optional<std::uint64_t> number_of(bytes::View chunk, Slot value) noexcept {
    const bool number = (value.type >= kInt8 && value.type <= kUInt64) || value.type == kHexInt32 ||
                        value.type == kHexInt64 || value.type == kSizeT;
    if (!number || !number_width(value.size)) return {};
    return raw_number(window(chunk, value.offset, value.size));
}

}  // namespace rdpdx::evtx
