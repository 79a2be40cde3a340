// UTF-16LE to UTF-8, with the escapes of the output written in the same pass.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "parsers/bytes/cursor.hpp"

namespace rdpdx::evtx {

// What the text goes into. XML 1.0 has no way to write most control characters: there they become U+FFFD.
enum class Dress : std::uint8_t { plain, json, xml };

// No unit needs more bytes than this in any dress ("\u0001", "&quot;"); the vector path writes up to 16 beyond its end.
inline constexpr std::size_t kBytesPerUnit = 6, kOverrun = 32;

// Writes `units` UTF-16 units that lie at `at`, which must be inside `in`; returns the end of what was written. `to`
// has room for units * kBytesPerUnit + kOverrun. Lone surrogates become U+FFFD.
template <Dress dress>
char* write_utf16(char* to, bytes::View in, std::size_t at, std::size_t units) noexcept;

// The same dress for text that is UTF-8 (or single bytes) already; room as above for each byte.
template <Dress dress>
char* write_utf8(char* to, std::string_view text) noexcept;

std::string dressed(Dress dress, std::string_view text);

}  // namespace rdpdx::evtx
