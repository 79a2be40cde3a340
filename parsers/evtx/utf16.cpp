#include "parsers/evtx/utf16.hpp"

#include <array>

#include "parsers/evtx/little.hpp"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace rdpdx::evtx {
namespace {

constexpr char32_t kReplacement = 0xFFFD;

char* write(char* to, std::string_view text) noexcept {
    for (const char c : text) *to++ = c;
    return to;
}

char* write_code_point(char* to, char32_t c) noexcept {
    const auto tail = [](char32_t bits) { return static_cast<char>(0x80 | (bits & 0x3F)); };
    if (c < 0x80) {
        *to++ = static_cast<char>(c);
    } else if (c < 0x800) {
        *to++ = static_cast<char>(0xC0 | c >> 6);
        *to++ = tail(c);
    } else if (c < 0x10000) {
        *to++ = static_cast<char>(0xE0 | c >> 12);
        *to++ = tail(c >> 6);
        *to++ = tail(c);
    } else {
        *to++ = static_cast<char>(0xF0 | c >> 18);
        *to++ = tail(c >> 12);
        *to++ = tail(c >> 6);
        *to++ = tail(c);
    }
    return to;
}

char* write_json_ascii(char* to, unsigned char c) noexcept {
    constexpr std::string_view kDigits = "0123456789abcdef";
    switch (c) {
        case '"':
            return write(to, "\\\"");
        case '\\':
            return write(to, "\\\\");
        case '\n':
            return write(to, "\\n");
        case '\r':
            return write(to, "\\r");
        case '\t':
            return write(to, "\\t");
        default:
            break;
    }
    if (c < 0x20) {
        to = write(to, "\\u00");
        *to++ = kDigits[c >> 4];
        *to++ = kDigits[c & 0xF];
    } else {
        *to++ = static_cast<char>(c);
    }
    return to;
}

char* write_xml_ascii(char* to, unsigned char c) noexcept {
    switch (c) {
        case '"':
            return write(to, "&quot;");
        case '&':
            return write(to, "&amp;");
        case '<':
            return write(to, "&lt;");
        case '>':
            return write(to, "&gt;");
        // A reader would make others of these, in attributes or at line ends.
        case '\n':
            return write(to, "&#10;");
        case '\r':
            return write(to, "&#13;");
        case '\t':
            return write(to, "&#9;");
        default:
            break;
    }
    if (c < 0x20) return write_code_point(to, kReplacement);
    *to++ = static_cast<char>(c);
    return to;
}

template <Dress dress>
char* write_ascii(char* to, unsigned char c) noexcept {
    if constexpr (dress == Dress::json) return write_json_ascii(to, c);
    if constexpr (dress == Dress::xml) return write_xml_ascii(to, c);
    *to++ = static_cast<char>(c);
    return to;
}

// One character of one or two units; U+FFFE and U+FFFF are no characters of XML.
template <Dress dress>
char* write_one(char* to, bytes::View in, std::size_t& at, std::size_t end) noexcept {
    char32_t c = u16_at(in, at);
    at += 2;
    if (c < 0x80) return write_ascii<dress>(to, static_cast<unsigned char>(c));
    if (c >= 0xD800 && c < 0xE000) {
        const char32_t low = at < end ? u16_at(in, at) : 0;
        if (c < 0xDC00 && low >= 0xDC00 && low < 0xE000) {
            c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
            at += 2;
        } else {
            c = kReplacement;
        }
    } else if (dress == Dress::xml && c >= 0xFFFE) {
        c = kReplacement;
    }
    return write_code_point(to, c);
}

#if defined(__SSE2__)
// Bit i says that unit i of the packed bytes is not itself in the output.
template <Dress dress>
unsigned special(__m128i bytes) noexcept {
    const auto is = [&](char c) { return _mm_cmpeq_epi8(bytes, _mm_set1_epi8(c)); };
    __m128i odd = _mm_setzero_si128();
    if constexpr (dress != Dress::plain) odd = _mm_or_si128(_mm_cmplt_epi8(bytes, _mm_set1_epi8(0x20)), is('"'));
    if constexpr (dress == Dress::json) odd = _mm_or_si128(odd, is('\\'));
    if constexpr (dress == Dress::xml) odd = _mm_or_si128(_mm_or_si128(odd, is('&')), _mm_or_si128(is('<'), is('>')));
    return static_cast<unsigned>(_mm_movemask_epi8(odd));
}

// Words of ones where eight units are ASCII. Packing makes 0 of units above 0x7FFF, so this is asked before.
__m128i ascii_of(__m128i units) noexcept {
    const __m128i high = _mm_and_si128(units, _mm_set1_epi16(static_cast<short>(0xFF80)));
    return _mm_cmpeq_epi16(high, _mm_setzero_si128());
}

// Sixteen units; how many of them at the front are ASCII that needs no escape. They are written; the rest of the
// sixteen bytes is rubbish.
template <Dress dress>
std::size_t write_sixteen(char* to, const std::byte* from) noexcept {
    const auto* const at = reinterpret_cast<const __m128i*>(from);
    const __m128i first = _mm_loadu_si128(at), second = _mm_loadu_si128(at + 1);
    const __m128i packed = _mm_packus_epi16(first, second);
    const __m128i ascii = _mm_packs_epi16(ascii_of(first), ascii_of(second));
    const unsigned stop = (static_cast<unsigned>(_mm_movemask_epi8(ascii)) ^ 0xFFFFU) | special<dress>(packed);
    _mm_storeu_si128(reinterpret_cast<__m128i*>(to), packed);
    return stop ? static_cast<std::size_t>(__builtin_ctz(stop)) : 16;
}
#endif

}  // namespace

template <Dress dress>
char* write_utf16(char* to, bytes::View in, std::size_t at, std::size_t units) noexcept {
    const std::size_t end = at + units * 2;
    while (at < end) {
#if defined(__SSE2__)
        // Loads may go beyond the text, never beyond `in`.
        while (at < end && in.size() - at >= 32) {
            const std::size_t wanted = std::min<std::size_t>(16, (end - at) / 2);
            const std::size_t done = std::min(write_sixteen<dress>(to, in.data() + at), wanted);
            to += done;
            at += done * 2;
            if (done < wanted) break;
        }
        if (at >= end) break;
#endif
        to = write_one<dress>(to, in, at, end);
    }
    return to;
}

template <Dress dress>
char* write_utf8(char* to, std::string_view text) noexcept {
    for (const char c : text) {
        const auto b = static_cast<unsigned char>(c);
        if (b < 0x80) {
            to = write_ascii<dress>(to, b);
        } else {
            *to++ = c;
        }
    }
    return to;
}

template char* write_utf16<Dress::plain>(char*, bytes::View, std::size_t, std::size_t) noexcept;
template char* write_utf16<Dress::json>(char*, bytes::View, std::size_t, std::size_t) noexcept;
template char* write_utf16<Dress::xml>(char*, bytes::View, std::size_t, std::size_t) noexcept;
template char* write_utf8<Dress::plain>(char*, std::string_view) noexcept;
template char* write_utf8<Dress::json>(char*, std::string_view) noexcept;
template char* write_utf8<Dress::xml>(char*, std::string_view) noexcept;

std::string dressed(Dress dress, std::string_view text) {
    std::string out(text.size() * kBytesPerUnit, '\0');
    char* end = out.data();
    if (dress == Dress::plain) end = write_utf8<Dress::plain>(end, text);
    if (dress == Dress::json) end = write_utf8<Dress::json>(end, text);
    if (dress == Dress::xml) end = write_utf8<Dress::xml>(end, text);
    out.resize(static_cast<std::size_t>(end - out.data()));
    return out;
}

}  // namespace rdpdx::evtx
