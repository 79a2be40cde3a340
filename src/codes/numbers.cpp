#include "src/codes/numbers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "src/codes/text.hpp"

namespace rdpdx::codes {
namespace {

constexpr std::size_t kMost = 3;
constexpr std::uint32_t kStatusFrom = 0x80000000;

bool has_status_codes(Family family) noexcept { return family == Family::ntstatus || family == Family::hresult; }

std::string query_for(Family family, std::uint32_t value) {
    const auto prefixes = prefixes_of(family);
    const std::string_view prefix = prefixes.empty() ? id_of(family) : prefixes.front();
    if (has_status_codes(family)) return fmt::format("0x{:08X}", value);
    if (family == Family::icmp4 || family == Family::icmp6)
        return fmt::format("{}:{}/{}", prefix, value >> 8U, value & 0xFFU);
    const bool decimal = family == Family::tls_alert || family == Family::win32 || value < 10;
    return decimal ? fmt::format("{}:{}", prefix, value) : fmt::format("{}:0x{:X}", prefix, value);
}

// A slip of the finger away, as hex digits are typed.
void add_alike(Family family, std::uint32_t value, std::vector<std::string>& out) {
    const std::string typed = fmt::format("{:08X}", value);
    for (const Code& code : table(family)) {
        if (out.size() == kMost) return;
        if (code.name.empty() || code.value == value) continue;
        if (text::distance(typed, fmt::format("{:08X}", code.value)) == 1) out.push_back(query_for(family, code.value));
    }
}

// The nearest on each side, the nearer one first.
void add_neighbours(Family family, std::uint32_t value, std::vector<std::string>& out) {
    const auto codes = table(family);
    const auto above = std::ranges::lower_bound(codes, value, {}, &Code::value);
    std::vector<std::uint32_t> found;
    if (above != codes.begin()) found.push_back(std::prev(above)->value);
    if (above != codes.end()) found.push_back(above->value);
    const auto apart = [value](std::uint32_t other) { return other > value ? other - value : value - other; };
    std::ranges::sort(found, {}, apart);
    for (const std::uint32_t other : found) out.push_back(query_for(family, other));
}

}  // namespace

std::vector<std::string> numbers_like(std::uint32_t value, std::optional<Family> within) {
    std::vector<std::string> out;
    if (within && is_bits(*within)) return out;
    if (within && !(has_status_codes(*within) && value >= kStatusFrom)) {
        add_neighbours(*within, value, out);
        return out;
    }
    if (value < kStatusFrom) return out;
    for (const Family family : {Family::ntstatus, Family::hresult})
        if (!within || *within == family) add_alike(family, value, out);
    return out;
}

}  // namespace rdpdx::codes
