#include "parsers/evtx/values.hpp"

#include <fmt/format.h>

#include <bit>

#include "parsers/evtx/little.hpp"

namespace rdpdx::evtx {
namespace {

using namespace value_type;

constexpr std::string_view kUpper = "0123456789ABCDEF";

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

std::optional<bytes::Time> time_of_filetime(std::uint64_t filetime) noexcept {
    constexpr std::uint64_t kEpoch = 116'444'736'000'000'000;  // 1970
    using Ticks = std::chrono::duration<std::int64_t, std::ratio<1, 10'000'000>>;
    constexpr auto kFirst = std::chrono::duration_cast<Ticks>(bytes::kEarliest.time_since_epoch());
    constexpr auto kLast = std::chrono::duration_cast<Ticks>(bytes::kLatest.time_since_epoch());
    // Times before 1970 wrap around to the negative ones that they are, those behind 2^63 to far earlier ones.
    const Ticks since{static_cast<std::int64_t>(filetime - kEpoch)};
    if (since < kFirst || since > kLast) return {};
    return bytes::Time{since};
}

namespace {

template <Dress dress>
void add_items(TextBuffer& out, bytes::View chunk, Slot array, Recent& recent) {
    Items items{chunk, array};
    Slot item;
    for (bool first = true; items.next(item); first = false) {
        if (!first) out.add(", ");
        add_value<dress>(out, chunk, item, recent);
    }
}

}  // namespace

template <Dress dress>
void add_value(TextBuffer& out, bytes::View chunk, Slot value, Recent& recent) {
    if (value.type == kString) return add_string<dress>(out, chunk, value);
    if (value.type == kUInt32 && value.size == 4)  // most numbers are
        return out.advance(write_decimal(out.room(20), u32_at(chunk, value.offset)));
    if (value.array()) return add_items<dress>(out, chunk, value, recent);
    const bytes::View bytes = window(chunk, value.offset, value.size);
    if (value.null() || bytes.empty()) return;
    if (value.type == kAnsiString) return add_ansi<dress>(out, bytes);
    if (!add_fixed(out, value.type, bytes, recent)) add_hex_bytes(out, bytes);
}

template void add_value<Dress::plain>(TextBuffer&, bytes::View, Slot, Recent&);
template void add_value<Dress::json>(TextBuffer&, bytes::View, Slot, Recent&);
template void add_value<Dress::xml>(TextBuffer&, bytes::View, Slot, Recent&);

std::size_t fixed_width(std::uint8_t type) noexcept {
    //                                        0  1  2  3  4  5  6  7  8  9  A  B  C  D  E   F 10 11  12 13 14 15
    constexpr std::array<std::uint8_t, 22> k{{0, 0, 0, 1, 1, 2, 2, 4, 4, 8, 8, 4, 8, 4, 0, 16, 8, 8, 16, 0, 4, 8}};
    return type < k.size() ? k[type] : 0;
}

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
        // The array does not say which machine made it; both widths divide most lengths, and 64 bits are the rule.
        case kSizeT:
            return left % 8 == 0 ? 8 : 4;
        case kSid:
            return 8 + std::size_t{u8_at(chunk_, rest_.offset + 1U)} * 4;
        default:
            if (const std::size_t width = fixed_width(rest_.type & 0x7F)) return width;
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

}  // namespace rdpdx::evtx
