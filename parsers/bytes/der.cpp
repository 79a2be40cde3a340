#include "parsers/bytes/der.hpp"

namespace rdpdx::bytes::der {

std::uint32_t read_length(Cursor& in, std::string_view field) {
    const auto at = in.position();
    const std::uint8_t first = in.u8(field);
    if (first < 0x80) return first;
    const unsigned octets = first & 0x7FU;
    if (octets == 0 || octets > 4) {
        in.fail({Problem::unsupported, field, at, 0, 0});
        return 0;
    }
    std::uint32_t length = 0;
    for (unsigned i = 0; i < octets; ++i) length = length << 8 | in.u8(field);
    return length;
}

Element read(Cursor& in, std::string_view field) {
    Element out;
    const auto at = in.position();
    out.tag = in.u8(field);
    if ((out.tag & 0x1FU) == 0x1F) in.fail({Problem::unsupported, field, at, 0, 0});
    const std::uint32_t length = read_length(in, field);
    out.offset = in.position();
    out.content = in.take(length, field);
    return in.error() ? Element{} : out;
}

Element read(Cursor& in, std::uint8_t tag, std::string_view field) {
    const View next = in.peek(1);
    if (!next.empty() && next[0] != std::byte{tag}) in.fail({Problem::bad_value, field, in.position(), 0, 0});
    return read(in, field);
}

std::optional<Element> read_if(Cursor& in, std::uint8_t tag, std::string_view field) {
    const View next = in.peek(1);
    if (next.empty() || next[0] != std::byte{tag}) return {};
    return read(in, field);
}

std::uint32_t read_uint32(Cursor& in, std::uint8_t tag, std::string_view field) {
    const Element number = read(in, tag, field);
    std::uint32_t value = 0;
    const std::size_t n = number.content.size();
    // A fifth octet may only be the zero that keeps a large number positive.
    const bool fits = n <= 4 || (n == 5 && number.content[0] == std::byte{0});
    if (!in.error() && (n == 0 || !fits)) in.fail({Problem::bad_value, field, number.offset, 0, 0});
    for (const std::byte b : number.content) value = value << 8 | std::to_integer<std::uint32_t>(b);
    return in.error() ? 0 : value;
}

std::string oid_text(View content) {
    std::string out;
    std::uint64_t arc = 0;
    std::size_t arcs = 0;
    bool inside = false;
    for (const std::byte b : content) {
        arc = arc << 7 | (std::to_integer<std::uint64_t>(b) & 0x7FU);
        inside = (b & std::byte{0x80}) != std::byte{0};
        if (arc >> 32 != 0 || arcs > kMaxArcs) return {};
        if (inside) continue;
        if (arcs++ == 0) {
            const std::uint64_t first = arc < 80 ? arc / 40 : 2;
            out = std::to_string(first) + '.' + std::to_string(arc - first * 40);
        } else {
            out += '.' + std::to_string(arc);
        }
        arc = 0;
    }
    return inside ? std::string{} : out;
}

std::optional<std::size_t> whole_size(View front) {
    Cursor in{front};
    const std::uint8_t tag = in.u8("tag");
    const std::uint32_t length = read_length(in, "length");
    if (in.error() || (tag & 0x1FU) == 0x1F) return {};
    return in.position() + std::size_t{length};
}

}  // namespace rdpdx::bytes::der
