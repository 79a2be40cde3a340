#include "src/report/text_safety.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace rdpdx::report {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

// The well-formed sequence at the front, or U+FFFD for one byte.
CodePoint first(std::string_view text, std::size_t& taken) {
    const auto at = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
    const unsigned lead = at(0);
    std::size_t n = lead < 0x80                    ? 1
                    : lead >= 0xC2 && lead <= 0xDF ? 2
                    : lead >= 0xE0 && lead <= 0xEF ? 3
                    : lead >= 0xF0 && lead <= 0xF4 ? 4
                                                   : 0;
    char32_t value = n == 1 ? lead : n == 2 ? lead & 0x1FU : n == 3 ? lead & 0x0FU : lead & 0x07U;
    for (std::size_t i = 1; i < n; ++i) {
        if ((at(i) & 0xC0U) != 0x80U) {
            n = 0;
            break;
        }
        value = value << 6 | (at(i) & 0x3FU);
    }
    const bool overlong = (n == 3 && value < 0x800) || (n == 4 && value < 0x10000);
    const bool impossible = value > 0x10FFFF || (value >= 0xD800 && value < 0xE000);
    if (n == 0 || overlong || impossible) {
        taken = 1;
        return {0xFFFD, kReplacement};
    }
    taken = n;
    return {value, text.substr(0, n)};
}

bool steers(char32_t c) {
    return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x061C || c == 0x200E || c == 0x200F ||
           (c >= 0x2028 && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) || c == 0xFEFF;
}

}  // namespace

std::vector<CodePoint> code_points(std::string_view text) {
    std::vector<CodePoint> out;
    out.reserve(text.size());
    while (!text.empty()) {
        std::size_t taken = 0;
        out.push_back(first(text, taken));
        text.remove_prefix(taken);
    }
    return out;
}

std::string terminal_safe(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (const CodePoint c : code_points(text)) {
        if (!steers(c.value))
            out += c.utf8;
        else
            out += c.value < 0x100 ? fmt::format("\\x{:02x}", static_cast<unsigned>(c.value))
                                   : fmt::format("\\u{:04x}", static_cast<unsigned>(c.value));
    }
    return out;
}

std::string shown(std::string_view text, std::size_t longest) {
    if (text.size() <= longest) return terminal_safe(text);
    std::size_t end = longest;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
    return terminal_safe(text.substr(0, end)) + fmt::format("... ({} more bytes)", text.size() - end);
}

namespace {

struct Range {
    char32_t first, last;
};
// As terminals have them: Unicode's East_Asian_Width W and F, whole blocks where a block has little else.
constexpr std::array kWide{Range{0x1100, 0x115F},   Range{0x2E80, 0x303E},   Range{0x3041, 0xA4CF},
                           Range{0xA960, 0xA97C},   Range{0xAC00, 0xD7A3},   Range{0xF900, 0xFAFF},
                           Range{0xFE30, 0xFE6F},   Range{0xFF00, 0xFF60},   Range{0xFFE0, 0xFFE6},
                           Range{0x1F300, 0x1F64F}, Range{0x1F680, 0x1F6FF}, Range{0x1F900, 0x1F9FF},
                           Range{0x20000, 0x3FFFD}};
constexpr std::array kNoWidth{
    Range{0x0300, 0x036F}, Range{0x0483, 0x0489}, Range{0x0591, 0x05BD}, Range{0x064B, 0x065F}, Range{0x1AB0, 0x1AFF},
    Range{0x1DC0, 0x1DFF}, Range{0x200B, 0x200D}, Range{0x20D0, 0x20FF}, Range{0xFE00, 0xFE0F}, Range{0xFE20, 0xFE2F}};

template <std::size_t N>
bool within(const std::array<Range, N>& table, char32_t c) {
    const auto at = std::ranges::lower_bound(table, c, {}, &Range::last);
    return at != table.end() && at->first <= c;
}

}  // namespace

std::size_t display_width(std::string_view text) {
    std::size_t n = 0;
    while (!text.empty()) {
        std::size_t taken = 0;
        const char32_t c = first(text, taken).value;
        n += c < 0x300 ? 1 : within(kNoWidth, c) ? 0 : within(kWide, c) ? 2 : 1;
        text.remove_prefix(taken);
    }
    return n;
}

std::vector<std::string> wrap(std::string_view text, std::size_t width) {
    std::vector<std::string> lines;
    std::string line;
    while (!text.empty()) {
        const auto end = std::min(text.find(' '), text.size());
        const std::string_view word = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (!line.empty() && display_width(line) + 1 + display_width(word) > width) {
            lines.push_back(std::move(line));
            line.clear();
        }
        if (!line.empty()) line += ' ';
        line += word;
    }
    if (!line.empty() || lines.empty()) lines.push_back(std::move(line));
    return lines;
}

}  // namespace rdpdx::report
