// Elements of [X.690] as CredSSP, SPNEGO, Kerberos and MCS send them: one-octet tags and definite lengths. There is no
// tree and no recursion: a decoder opens each level by name, so nesting is as deep as its own code.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "parsers/bytes/cursor.hpp"

namespace rdpdx::bytes::der {

inline constexpr std::uint8_t kBoolean = 0x01, kInteger = 0x02, kBitString = 0x03, kOctetString = 0x04, kOid = 0x06,
                              kEnumerated = 0x0A, kGeneralizedTime = 0x18, kSequence = 0x30;
// [n] constructed, context-specific; [APPLICATION n] constructed. n is at most 30.
constexpr std::uint8_t context(unsigned n) { return static_cast<std::uint8_t>(0xA0U | n); }
constexpr std::uint8_t application(unsigned n) { return static_cast<std::uint8_t>(0x60U | n); }

// A view into the input.
struct Element {
    std::uint8_t tag{};
    std::size_t offset{};  // of the content
    View content;
    Cursor open() const noexcept { return Cursor{content, offset}; }
};

// Definite length of at most four octets, minimal or not. Fails with `unsupported` on the indefinite form.
std::uint32_t read_length(Cursor& in, std::string_view field);

// The next element, whatever it is. After a failure an empty one.
Element read(Cursor& in, std::string_view field);
// The next element, which must have this tag; another one is a bad_value at its tag.
Element read(Cursor& in, std::uint8_t tag, std::string_view field);
// Reads the next element if it has this tag.
std::optional<Element> read_if(Cursor& in, std::uint8_t tag, std::string_view field);

// An INTEGER or ENUMERATED as its low 32 bits; one that needs more is a bad_value. C0 00 00 6D is 0xC000006D.
std::uint32_t read_uint32(Cursor& in, std::uint8_t tag, std::string_view field);

// "1.3.6.1.5.5.2"; empty for what is not an object identifier or has more than kMaxArcs arcs.
inline constexpr std::size_t kMaxArcs = 32;
std::string oid_text(View content);

// How many bytes the element at the front has with tag and length, or nothing if its head is cut or is none of DER.
std::optional<std::size_t> whole_size(View front);

// Puts the first failure of `inner` into `outer`.
inline void pass_on(const Cursor& inner, Cursor& outer) noexcept {
    if (inner.error()) outer.fail(*inner.error());
}

}  // namespace rdpdx::bytes::der
