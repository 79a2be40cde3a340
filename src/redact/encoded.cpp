#include "src/redact/encoded.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "src/redact/fold.hpp"

namespace rdpdx::redact {
namespace {

int sextet(char c) noexcept {
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= 'a' && c <= 'z') return c - 'a' + 26;
    if (c >= '0' && c <= '9') return c - '0' + 52;
    if (c == '+' || c == '-') return 62;
    return c == '/' || c == '_' ? 63 : -1;
}

int digit(char c) noexcept {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

int byte_at(std::string_view text, std::size_t at) noexcept {
    if (at + 3 > text.size() || text[at] != '%') return -1;
    const int high = digit(text[at + 1]), low = digit(text[at + 2]);
    return high < 0 || low < 0 ? -1 : high * 16 + low;
}

// Until nothing is hidden any more, but not for ever: each round makes the text shorter.
std::string url_decoded(std::string_view text) {
    constexpr int kRounds = 4;
    std::string out{text};
    for (int round = 0; round < kRounds; ++round) {
        std::string next;
        for (std::size_t i = 0; i < out.size(); ++i) {
            const int byte = byte_at(out, i);
            next += byte < 0 ? out[i] : static_cast<char>(byte);
            if (byte >= 0) i += 2;
        }
        if (next == out) break;
        out = std::move(next);
    }
    return out;
}

}  // namespace

std::string_view base64_at(std::string_view text, char before) {
    constexpr std::size_t kShortest = 6;
    if (sextet(before) >= 0) return {};
    std::size_t end = 0;
    while (end < text.size() && sextet(text[end]) >= 0) ++end;
    const std::string_view body = text.substr(0, end);
    std::size_t padding = 0;
    while (padding < 2 && end + padding < text.size() && text[end + padding] == '=') ++padding;
    const bool upper =
        std::ranges::any_of(body.substr(std::min<std::size_t>(1, end)), [](char c) { return c >= 'A' && c <= 'Z'; });
    const bool other = std::ranges::any_of(body, [](char c) { return c < 'A' || c > 'Z'; });
    if (body.size() < kShortest || (padding == 0 && !(upper && other))) return {};
    if (end + padding < text.size() && in_word(text[end + padding])) return {};
    return text.substr(0, end + padding);
}

std::vector<std::string> decoded_base64(std::string_view text) {
    while (text.ends_with('=')) text.remove_suffix(1);
    std::vector<std::string> out;
    for (std::size_t skip = 0; skip < 4 && skip < text.size(); ++skip) {
        std::string bytes;
        unsigned bits = 0, have = 0;
        for (const char c : text.substr(skip)) {
            bits = (bits << 6 | static_cast<unsigned>(sextet(c))) & 0xFFFFU;
            have += 6;
            if (have < 8) continue;
            have -= 8;
            if (const char byte = static_cast<char>(bits >> have & 0xFFU); byte != 0) bytes += byte;
        }
        out.push_back(std::move(bytes));
    }
    return out;
}

std::vector<UrlPart> url_encoded(std::string_view text) {
    std::vector<UrlPart> out;
    for (std::size_t at = 0; (at = text.find('%', at)) != std::string_view::npos; ++at) {
        if (byte_at(text, at) < 0) continue;
        constexpr std::string_view kEnds = " \t\r\n\"'<>";
        const auto before = text.find_last_of(kEnds, at);
        const std::size_t begin = before == std::string_view::npos ? 0 : before + 1;
        const std::size_t end = std::min(text.find_first_of(kEnds, at), text.size());
        out.push_back({begin, end - begin, url_decoded(text.substr(begin, end - begin))});
        at = end - 1;
    }
    return out;
}

std::string url_encode(std::string_view text) {
    constexpr std::string_view kPlain = "._~-:/?&=@+,;$!*()";
    std::string out;
    for (const char c : text) {
        const bool plain =
            (in_word(c) && static_cast<unsigned char>(c) < 0x80) || kPlain.find(c) != std::string_view::npos;
        out += plain ? std::string{c} : fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
    return out;
}

}  // namespace rdpdx::redact
