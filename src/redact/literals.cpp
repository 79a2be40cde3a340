// What is told by its form alone.
#include <algorithm>

#include "parsers/net/address.hpp"
#include "src/redact/fold.hpp"
#include "src/redact/pieces.hpp"

namespace rdpdx::redact {
namespace {

constexpr std::string_view kDigits = "0123456789", kHex = "0123456789abcdefABCDEF";

std::size_t run(std::string_view text, std::string_view characters) noexcept {
    return std::min(text.find_first_not_of(characters), text.size());
}

bool word_at(std::string_view text, std::size_t at) noexcept { return at < text.size() && in_word(text[at]); }

std::size_t guid(std::string_view text) noexcept {
    std::size_t at = 0;
    for (const std::size_t group : {8U, 4U, 4U, 4U, 12U}) {
        if (at > 0 && (at >= text.size() || text[at++] != '-')) return 0;
        if (run(text.substr(std::min(at, text.size())), kHex) != group) return 0;
        at += group;
    }
    return word_at(text, at) ? 0 : at;
}

// [MS-DTYP] 2.4.2.1: an authority and at most 15 below it.
std::size_t sid(std::string_view text) noexcept {
    constexpr std::size_t kMostParts = 16;
    if (text.size() < 6 || (text[0] != 'S' && text[0] != 's') || text.substr(1, 3) != "-1-") return 0;
    std::size_t at = 3, parts = 0;
    while (parts < kMostParts && at < text.size() && text[at] == '-') {
        const std::size_t digits = run(text.substr(at + 1), kDigits);
        if (digits == 0) break;
        at += 1 + digits;
        ++parts;
    }
    return parts < 2 || word_at(text, at) ? 0 : at;
}

std::size_t ipv4(std::string_view text) noexcept {
    std::size_t end = run(text, "0123456789.");
    while (end > 0 && text[end - 1] == '.') --end;
    if (std::ranges::count(text.substr(0, end), '.') != 3 || word_at(text, end)) return 0;
    for (std::size_t at = 0; at < end;) {
        const auto dot = std::min(text.substr(0, end).find('.', at), end);
        std::string_view part = text.substr(at, dot - at);
        while (part.size() > 1 && part[0] == '0') part.remove_prefix(1);
        if (part.empty() || part.size() > 3 || (part.size() == 3 && part > "255")) return 0;
        at = dot + 1;
    }
    return end;
}

std::size_t ipv6(std::string_view text) {
    constexpr std::size_t kLongest = 45;
    std::size_t end = run(text.substr(0, kLongest + 1), "0123456789abcdefABCDEF:.");
    if (std::ranges::count(text.substr(0, end), ':') < 2 || end > kLongest) return 0;
    if (text[end - 1] == '.') --end;
    if (text[end - 1] == ':' && !text.substr(0, end).ends_with("::")) --end;
    const bool v6 = net::parse_address(text.substr(0, end)).has_value();
    return !v6 || word_at(text, end) ? 0 : end;
}

// Pairs of hex digits with the same sign between them: how many.
std::size_t pairs(std::string_view text) noexcept {
    if (text.size() < 3 || std::string_view{":- "}.find(text[2]) == std::string_view::npos) return 0;
    std::size_t n = 0;
    for (std::size_t at = 0; at + 2 <= text.size() && run(text.substr(at, 2), kHex) == 2; at += 3) {
        if (word_at(text, at + 2)) break;
        ++n;
        if (at + 2 >= text.size() || text[at + 2] != text[2]) break;
    }
    return n;
}

}  // namespace

LiteralAt literal_at(std::string_view text, char before) {
    constexpr std::size_t kManyDigits = 20, kMacPairs = 6;
    if (text.empty() || in_word(before)) return {};
    if (const auto n = sid(text)) return {Literal::sid, n};
    const bool hex = kHex.find(text[0]) != std::string_view::npos;
    if (!hex && text[0] != ':') return {};
    if (const auto n = guid(text)) return {Literal::guid, n};
    if (const auto n = pairs(text); n >= kMacPairs)
        return {n == kMacPairs && text[2] != ' ' ? Literal::mac : Literal::bytes, 3 * n - 1};
    // A part of something longer with dots, as object identifiers are.
    if (before != '.')
        if (const auto n = ipv4(text)) return {Literal::address, n};
    if (before != ':')
        if (const auto n = ipv6(text)) return {Literal::address, n};
    const std::size_t prefix = text.starts_with("0x") || text.starts_with("0X") ? 2 : 0;
    const std::size_t digits = run(text.substr(prefix), kHex);
    if (digits >= kManyDigits && !word_at(text, prefix + digits)) return {Literal::bytes, prefix + digits};
    return {};
}

}  // namespace rdpdx::redact
