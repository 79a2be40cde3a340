// Values as an EVTX substitution array stores them.
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "parsers/bytes/text.hpp"
#include "tests/support/packets.hpp"

namespace rdpdx::test::evtx {

// [MS-EVEN6] 2.2.12, value types of BinXml; arrays have 0x80 added.
enum class Type : std::uint8_t {
    null = 0x00,
    unicode_string = 0x01,
    ansi_string = 0x02,
    int8 = 0x03,
    uint8 = 0x04,
    int16 = 0x05,
    uint16 = 0x06,
    int32 = 0x07,
    uint32 = 0x08,
    int64 = 0x09,
    uint64 = 0x0A,
    real32 = 0x0B,
    real64 = 0x0C,
    boolean = 0x0D,
    binary = 0x0E,
    guid = 0x0F,
    size = 0x10,
    filetime = 0x11,
    systemtime = 0x12,
    sid = 0x13,
    hex_int32 = 0x14,
    hex_int64 = 0x15,
    bin_xml = 0x21,
};
inline constexpr std::uint8_t kArray = 0x80;

// Made by the functions below only, so that the three members agree.
struct Value {
    std::uint8_t type = 0;  // Type, perhaps with kArray
    Bytes data;
    std::vector<std::string> texts;  // each item as Windows renders it, one for what is no array
};

// Text is UTF-8; bytes that are not become U+FFFD, as every reader of ours would show them.
Bytes utf16le(std::string_view text);
std::string upper_case(std::string_view text);

inline Value null() { return {}; }
Value unicode_string(std::string_view text);
Value ansi_string(std::string_view text);
Value integer(Type type, unsigned width, std::uint64_t bits, std::string text);
template <std::integral T>
Value number(T value) {
    constexpr Type kTypes[2][4] = {{Type::uint8, Type::uint16, Type::uint32, Type::uint64},
                                   {Type::int8, Type::int16, Type::int32, Type::int64}};
    constexpr unsigned kRow = sizeof(T) == 1 ? 0 : sizeof(T) == 2 ? 1 : sizeof(T) == 4 ? 2 : 3;
    return integer(kTypes[std::signed_integral<T>][kRow], sizeof(T), static_cast<std::uint64_t>(value),
                   std::to_string(value));
}
Value hex_int32(std::uint32_t value);
Value hex_int64(std::uint64_t value);
Value size_of(std::uint64_t value);  // SizeT of a 64-bit machine
Value boolean(bool value);
Value real32(float value);
Value real64(double value);
Value binary(bytes::View value);
// With or without braces; throws std::invalid_argument for what is no GUID. Empty text makes a null.
Value guid(std::string_view text);
// "S-1-5-18"; throws std::invalid_argument for what is no SID. Empty text makes a null.
Value sid(std::string_view text);
Value filetime(bytes::Time time);    // to 100 ns
Value systemtime(bytes::Time time);  // to 1 ms
// Items of one type, of those that Windows has in arrays: text, numbers, GUIDs, times, SIDs.
Value array(const std::vector<Value>& items);
Value string_array(const std::vector<std::string>& items);

// Hundreds of nanoseconds since 1601.
std::uint64_t filetime_ticks(bytes::Time time);

}  // namespace rdpdx::test::evtx
