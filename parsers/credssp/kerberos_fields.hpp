// Inside of credssp: the fields that Kerberos messages are made of. Each reader takes the element [n] at the front of
// `in`; the first thing that is wrong stays in `in`, and what is read after that is empty.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "parsers/bytes/der.hpp"

namespace rdpdx::credssp::kerberos {

using bytes::Cursor;

// Whether [n] comes next.
bool next_is(const Cursor& in, unsigned n);

// The one number in [n]; a negative one as its low 32 bits.
std::uint32_t number(Cursor& in, unsigned n, std::string_view field);
// [RFC4120] 5.2.4: an Int32 as it is counted, since private types are negative.
std::int32_t signed_number(Cursor& in, std::string_view field);
// The one string or time in [n].
std::string text(Cursor& in, unsigned n, std::string_view field);
std::string optional_text(Cursor& in, unsigned n, std::string_view field);
// [RFC4120] 5.2.8 KerberosFlags: the first 32 bits.
std::uint32_t flags(Cursor& in, unsigned n, std::string_view field);
// [RFC4120] 5.2.2 PrincipalName, its name-string joined by slashes.
std::string principal(Cursor& in, unsigned n, std::string_view field);
std::string optional_principal(Cursor& in, unsigned n, std::string_view field);
// [RFC4120] 5.2.9 EncryptedData: its etype.
std::uint32_t encrypted(Cursor& in, unsigned n, std::string_view field);

// [RFC4120] 5.3 Ticket, what is in the clear of it.
struct Ticket {
    std::string realm, sname;
    std::uint32_t etype{};
};
Ticket ticket(Cursor& in, unsigned n);

// [APPLICATION n] SEQUENCE { [first] pvno, [first + 1] msg-type, ...: a cursor behind these two, or one that failed.
Cursor message(bytes::View bytes, std::size_t base, unsigned application, unsigned first, std::string_view field);

}  // namespace rdpdx::credssp::kerberos
