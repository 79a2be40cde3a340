#include "parsers/credssp/kerberos_fields.hpp"

#include "parsers/bytes/text.hpp"

namespace rdpdx::credssp::kerberos {
namespace {

// Names with more components than any service principal has are not read to their end.
constexpr std::size_t kMaxComponents = 16;

}  // namespace

namespace der = bytes::der;

std::uint32_t number(Cursor& in, unsigned n, std::string_view field) {
    Cursor inner = der::read(in, der::context(n), field).open();
    const std::uint32_t value = in.error() ? 0 : der::read_uint32(inner, der::kInteger, field);
    der::pass_on(inner, in);
    return value;
}

std::string text(Cursor& in, unsigned n, std::string_view field) {
    Cursor inner = der::read(in, der::context(n), field).open();
    const der::Element value = in.error() ? der::Element{} : der::read(inner, field);
    der::pass_on(inner, in);
    return bytes::valid_utf8(bytes::text_of(value.content));
}

bool next_is(const Cursor& in, unsigned n) {
    const auto head = in.peek(1);
    return !head.empty() && head[0] == std::byte{der::context(n)};
}

std::string optional_text(Cursor& in, unsigned n, std::string_view field) {
    return next_is(in, n) ? text(in, n, field) : std::string{};
}

std::string principal(Cursor& in, unsigned n, std::string_view field) {
    Cursor inner = der::read(in, der::context(n), field).open();
    std::string out;
    if (!in.error()) {
        Cursor name = der::read(inner, der::kSequence, field).open();
        der::read(name, der::context(0), "name-type");
        Cursor strings = der::read(name, der::context(1), "name-string").open();
        Cursor list = name.error() ? Cursor{{}} : der::read(strings, der::kSequence, "name-string").open();
        for (std::size_t i = 0; i < kMaxComponents && list.remaining() > 0; ++i) {
            const der::Element part = der::read(list, "KerberosString");
            out += (i == 0 ? "" : "/") + bytes::valid_utf8(bytes::text_of(part.content));
        }
        der::pass_on(inner, in);
        der::pass_on(name, in);
        der::pass_on(strings, in);
        der::pass_on(list, in);
    }
    return out;
}

std::string optional_principal(Cursor& in, unsigned n, std::string_view field) {
    return next_is(in, n) ? principal(in, n, field) : std::string{};
}

std::uint32_t encrypted(Cursor& in, unsigned n, std::string_view field) {
    Cursor inner = der::read(in, der::context(n), field).open();
    std::uint32_t etype = 0;
    if (!in.error()) {
        Cursor data = der::read(inner, der::kSequence, field).open();
        if (!inner.error()) etype = number(data, 0, "etype");
        der::pass_on(inner, in);
        der::pass_on(data, in);
    }
    return etype;
}

Cursor message(bytes::View bytes, std::size_t base, unsigned application, unsigned first, std::string_view field) {
    Cursor in{bytes, base};
    Cursor outer = der::read(in, der::application(application), field).open();
    der::pass_on(in, outer);
    Cursor body = der::read(outer, der::kSequence, field).open();
    der::pass_on(outer, body);
    number(body, first, "pvno");
    number(body, first + 1, "msg-type");
    return body;
}

std::int32_t signed_number(Cursor& in, std::string_view field) {
    const der::Element number = der::read(in, der::kInteger, field);
    const std::size_t n = number.content.size();
    if (!in.error() && (n == 0 || n > 4)) in.fail({bytes::Problem::bad_value, field, number.offset, 0, 0});
    if (in.error()) return 0;
    const bool negative = (number.content.front() & std::byte{0x80}) != std::byte{0};
    std::uint32_t value = negative ? ~std::uint32_t{0} : 0;
    for (const std::byte b : number.content) value = value << 8 | std::to_integer<std::uint32_t>(b);
    return static_cast<std::int32_t>(value);
}

std::uint32_t flags(Cursor& in, unsigned n, std::string_view field) {
    Cursor inner = der::read(in, der::context(n), field).open();
    Cursor bits = in.error() ? Cursor{{}} : der::read(inner, der::kBitString, field).open();
    std::uint32_t value = 0;
    if (!in.error() && !inner.error()) {
        bits.u8(field);  // unused bits
        value = bits.u32be(field);
        der::pass_on(bits, in);
    }
    der::pass_on(inner, in);
    return in.error() ? 0 : value;
}

Ticket ticket(Cursor& in, unsigned n) {
    Cursor inner = der::read(in, der::context(n), "ticket").open();
    der::pass_on(in, inner);
    Cursor outer = der::read(inner, der::application(1), "Ticket").open();
    der::pass_on(inner, outer);
    Cursor body = der::read(outer, der::kSequence, "Ticket").open();
    der::pass_on(outer, body);
    Ticket out;
    number(body, 0, "tkt-vno");
    out.realm = text(body, 1, "realm");
    out.sname = principal(body, 2, "sname");
    out.etype = encrypted(body, 3, "enc-part");
    der::pass_on(body, in);
    return out;
}

}  // namespace rdpdx::credssp::kerberos
