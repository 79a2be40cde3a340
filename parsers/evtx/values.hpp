// Typed values of a record and their text, as Windows writes it into event XML.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "parsers/bytes/text.hpp"
#include "parsers/evtx/little.hpp"
#include "parsers/evtx/text_buffer.hpp"
#include "parsers/evtx/utf16.hpp"

namespace rdpdx::evtx {

// [MS-EVEN6] 2.2.12, ValueType; size_t is what Windows and all logs have for 0x10.
namespace value_type {
inline constexpr std::uint8_t kNull = 0x00, kString = 0x01, kAnsiString = 0x02, kInt8 = 0x03, kUInt8 = 0x04,
                              kInt16 = 0x05, kUInt16 = 0x06, kInt32 = 0x07, kUInt32 = 0x08, kInt64 = 0x09,
                              kUInt64 = 0x0A, kReal32 = 0x0B, kReal64 = 0x0C, kBool = 0x0D, kBinary = 0x0E,
                              kGuid = 0x0F, kSizeT = 0x10, kFileTime = 0x11, kSysTime = 0x12, kSid = 0x13,
                              kHexInt32 = 0x14, kHexInt64 = 0x15, kBinXml = 0x21, kArray = 0x80;
}

// A value where it lies: an offset into the chunk that was checked when the record was opened.
struct Slot {
    std::uint32_t offset{};
    std::uint16_t size{};
    std::uint8_t type{};
    bool null() const noexcept { return type == value_type::kNull; }
    bool array() const noexcept { return (type & value_type::kArray) != 0; }
};

// What was written last, because neighbours in a log repeat it.
struct Recent {
    std::uint64_t second{~std::uint64_t{}};  // since 1601
    std::array<char, 32> text{};             // of it, up to the point
    std::size_t size{};
};

// 100 ns since 1601 -> "2019-03-18T17:22:42.1234567Z"; at most kMaxTimeText bytes.
inline constexpr std::size_t kMaxTimeText = 40;
char* write_filetime(char* to, std::uint64_t filetime, Recent& recent) noexcept;
// Nothing for times outside of bytes::kEarliest and kLatest, and for 0.
std::optional<bytes::Time> time_of_filetime(std::uint64_t filetime) noexcept;

char* write_decimal(char* to, std::uint64_t value) noexcept;
char* write_hex(char* to, std::uint64_t value) noexcept;  // "0x1f", no padding

// "{5828227C-...}" or, lower, "5828227c-..."; `guid` is 16 bytes.
char* write_guid(char* to, bytes::View guid, bool lower) noexcept;

// Adds the value's text. Null is nothing; arrays are joined by ", "; what has a length that its type forbids, or a type
// that nobody knows, is written as hex bytes.
template <Dress dress>
void add_value(TextBuffer& out, bytes::View chunk, Slot value, Recent& recent);

// Bytes of a value of this type, also in an array; 0 where the value itself says, or nobody knows. size_t counts as 8.
std::size_t fixed_width(std::uint8_t type) noexcept;

// The items of an array value, one after the other.
class Items {
public:
    Items(bytes::View chunk, Slot array) noexcept : chunk_{chunk}, rest_{array} {}
    bool next(Slot& item) noexcept;

private:
    std::size_t item_size() const noexcept;
    bytes::View chunk_;
    Slot rest_;
};

// The value as a number where its type is one, in the width that is really there.
inline std::optional<std::uint64_t> number_of(bytes::View chunk, Slot value) noexcept {
    using namespace value_type;
    const bool number = (value.type >= kInt8 && value.type <= kUInt64) || value.type == kHexInt32 ||
                        value.type == kHexInt64 || value.type == kSizeT;
    if (!number) return {};
    switch (value.size) {
        case 1:
            return u8_at(chunk, value.offset);
        case 2:
            return u16_at(chunk, value.offset);
        case 4:
            return u32_at(chunk, value.offset);
        case 8:
            return u64_at(chunk, value.offset);
        default:
            return {};
    }
}

}  // namespace rdpdx::evtx
