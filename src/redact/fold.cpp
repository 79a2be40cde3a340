#include "src/redact/fold.hpp"

#include <algorithm>
#include <array>

namespace rdpdx::redact {
namespace {

struct Range {
    unsigned first, last;
};
// Of Unicode, as far as systems and people write it between words: signs of Latin-1 but its letters, general
// punctuation, arrows and frames, CJK and full-width punctuation, and what stands for a byte that was none.
constexpr std::array kBetween{
    Range{0x80, 0xA9},     Range{0xAB, 0xB4},     Range{0xB6, 0xB9},     Range{0xBB, 0xBF},     Range{0x2000, 0x206F},
    Range{0x2190, 0x2BFF}, Range{0x2E00, 0x2E7F}, Range{0x3000, 0x3004}, Range{0x3008, 0x303F}, Range{0xFEFF, 0xFEFF},
    Range{0xFF00, 0xFF0F}, Range{0xFF1A, 0xFF20}, Range{0xFF3B, 0xFF40}, Range{0xFF5B, 0xFF65}, Range{0xFFFD, 0xFFFD}};

constexpr unsigned low_bits(char c, unsigned mask) noexcept { return static_cast<unsigned char>(c) & mask; }

// Of two and three bytes; 0 where they are none.
unsigned code_point(std::string_view bytes) noexcept {
    unsigned out = low_bits(bytes[0], bytes.size() == 2 ? 0x1F : 0x0F);
    for (const char c : bytes.substr(1)) {
        if (low_bits(c, 0xC0) != 0x80) return 0;
        out = out << 6 | low_bits(c, 0x3F);
    }
    return out;
}

struct Pair {
    unsigned lead, next;
};

// The lower case of one character of two bytes.
Pair lowered(Pair c) noexcept {
    if (c.lead == 0xC3 && c.next >= 0x80 && c.next <= 0x9E && c.next != 0x97) return {c.lead, c.next + 0x20};
    if (c.lead == 0xCE && c.next >= 0x91 && c.next <= 0x9F) return {c.lead, c.next + 0x20};
    if (c.lead == 0xCE && c.next >= 0xA0 && c.next <= 0xA9) return {0xCF, c.next - 0x20};
    if (c.lead == 0xD0 && c.next >= 0x90 && c.next <= 0x9F) return {c.lead, c.next + 0x20};
    if (c.lead == 0xD0 && c.next >= 0xA0 && c.next <= 0xAF) return {0xD1, c.next - 0x20};
    return c;
}

}  // namespace

std::size_t between_words(std::string_view text) noexcept {
    const unsigned lead = text.empty() ? 0 : low_bits(text[0], 0xFF);
    const std::size_t length = lead == 0xC2 ? 2 : lead == 0xE2 || lead == 0xE3 || lead == 0xEF ? 3 : 0;
    if (length == 0 || text.size() < length) return 0;
    const unsigned code = code_point(text.substr(0, length));
    const auto range = std::ranges::find_if(kBetween, [&](const Range& r) { return code <= r.last; });
    return range != kBetween.end() && code >= range->first ? length : 0;
}

std::string with_blanks(std::string_view text) {
    std::string out{text};
    for (std::size_t i = 0; i < out.size(); ++i)
        if (const std::size_t n = between_words(text.substr(i)); n > 0) {
            std::fill_n(out.begin() + static_cast<std::ptrdiff_t>(i), n, ' ');
            i += n - 1;
        }
    return out;
}

std::string_view core_of(std::string_view name) noexcept {
    while (!name.empty()) {
        const std::size_t n = in_word(name.front()) ? between_words(name) : 1;
        if (n == 0) break;
        name.remove_prefix(n);
    }
    while (!name.empty()) {
        std::size_t n = in_word(name.back()) ? 0 : 1;
        for (const std::size_t length : {std::size_t{2}, std::size_t{3}})
            if (name.size() >= length && between_words(name.substr(name.size() - length)) == length) n = length;
        if (n == 0) break;
        name.remove_suffix(n);
    }
    return name;
}

std::string folded(std::string_view text) {
    std::string out = with_blanks(text);
    for (std::size_t i = 0; i < out.size(); ++i) {
        const auto c = static_cast<unsigned char>(out[i]);
        if (c >= 'A' && c <= 'Z') {
            out[i] = static_cast<char>(c + 0x20);
        } else if (c >= 0xC3 && c <= 0xD0 && i + 1 < out.size()) {
            const Pair low = lowered({c, static_cast<unsigned char>(out[i + 1])});
            out[i] = static_cast<char>(low.lead);
            out[++i] = static_cast<char>(low.next);
        }
    }
    return out;
}

}  // namespace rdpdx::redact
