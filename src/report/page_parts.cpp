#include "src/report/page_parts.hpp"

#include <algorithm>

namespace rdpdx::report {

const Shipped& page_part(std::string_view name) { return *std::ranges::find(page_parts(), name, &Shipped::name); }

namespace {

unsigned hex_digit(char c) { return static_cast<unsigned>(c <= '9' ? c - '0' : c - 'a' + 10); }

}  // namespace

std::string policy_source(const Shipped& shipped) {
    constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out = "'sha256-";
    unsigned bits = 0, have = 0;
    for (const char c : shipped.sha256) {
        bits = bits << 4 | hex_digit(c);
        for (have += 4; have >= 6; have -= 6) out += kDigits[bits >> (have - 6) & 63U];
    }
    if (have > 0) out += kDigits[bits << (6 - have) & 63U];
    return out + "='";
}

std::string fill_page(std::string_view page, const std::vector<std::pair<std::string_view, std::string_view>>& parts) {
    std::size_t size = page.size();
    for (const auto& [name, text] : parts) size += text.size();
    std::string out;
    out.reserve(size);
    for (auto at = page.find("{{"); at != std::string_view::npos; at = page.find("{{")) {
        const auto end = page.find("}}", at);
        out += page.substr(0, at);
        out += std::ranges::find(parts, page.substr(at + 2, end - at - 2),
                                 &std::pair<std::string_view, std::string_view>::first)
                   ->second;
        page.remove_prefix(end + 2);
    }
    return out.append(page);
}

}  // namespace rdpdx::report
