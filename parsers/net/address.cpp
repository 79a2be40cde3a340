#include "parsers/net/address.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace rdpdx::net {
namespace {

constexpr std::size_t kGroups = 8;

std::optional<unsigned> parse_number(std::string_view digits, int base, std::size_t most_digits) {
    if (digits.empty() || digits.size() > most_digits) return std::nullopt;
    unsigned value{};
    const auto result = std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
    if (result.ec != std::errc{} || result.ptr != digits.data() + digits.size()) return std::nullopt;
    return value;
}

// Takes what stands before the first `mark`, or all; `text` keeps what comes after the mark.
std::string_view cut_off(std::string_view& text, char mark) {
    const std::size_t at = std::min(text.find(mark), text.size());
    const std::string_view part = text.substr(0, at);
    text.remove_prefix(std::min(at + 1, text.size()));
    return part;
}

std::optional<Address> parse_ipv4(std::string_view text) {
    if (std::ranges::count(text, '.') != 3) return std::nullopt;
    Address out{.family = 4, .octets = {}};
    for (std::size_t i = 0; i < 4; ++i) {
        const std::string_view part = cut_off(text, '.');
        const auto octet = parse_number(part, 10, 3);
        // A leading zero would mean octal to some and nothing to others.
        if (!octet || *octet > 255 || (part.size() > 1 && part[0] == '0')) return std::nullopt;
        out.octets[i] = static_cast<std::uint8_t>(*octet);
    }
    return out;
}

struct Groups {
    std::array<std::uint16_t, kGroups> value{};
    std::size_t count{};
};

// "2001:db8:192.0.2.1" without "::"; an IPv4 address may stand at the end.
std::optional<Groups> parse_groups(std::string_view text, bool ipv4_allowed) {
    Groups out;
    if (text.empty()) return out;
    if (text.back() == ':') return std::nullopt;
    while (!text.empty()) {
        const std::string_view part = cut_off(text, ':');
        if (text.empty() && ipv4_allowed && part.find('.') != std::string_view::npos) {
            const auto ipv4 = parse_ipv4(part);
            if (!ipv4 || out.count > kGroups - 2) return std::nullopt;
            for (std::size_t i = 0; i < 4; i += 2)
                out.value[out.count++] = static_cast<std::uint16_t>(ipv4->octets[i] << 8 | ipv4->octets[i + 1]);
            return out;
        }
        const auto group = parse_number(part, 16, 4);
        if (!group || out.count == kGroups) return std::nullopt;
        out.value[out.count++] = static_cast<std::uint16_t>(*group);
    }
    return out;
}

std::optional<Address> parse_ipv6(std::string_view text) {
    const auto gap = text.find("::");
    const bool has_gap = gap != std::string_view::npos;
    const auto head = parse_groups(text.substr(0, gap), !has_gap);
    const auto tail = parse_groups(has_gap ? text.substr(gap + 2) : std::string_view{}, true);
    if (!head || !tail) return std::nullopt;
    const std::size_t count = head->count + tail->count;
    if (has_gap ? count >= kGroups : count != kGroups) return std::nullopt;
    std::array<std::uint16_t, kGroups> groups{};
    std::copy_n(head->value.begin(), head->count, groups.begin());
    std::copy_n(tail->value.begin(), tail->count, groups.end() - static_cast<std::ptrdiff_t>(tail->count));
    Address out{.family = 6, .octets = {}};
    for (std::size_t i = 0; i < kGroups; ++i) {
        out.octets[2 * i] = static_cast<std::uint8_t>(groups[i] >> 8);
        out.octets[2 * i + 1] = static_cast<std::uint8_t>(groups[i] & 0xFF);
    }
    return out;
}

std::string ipv4_text(const std::uint8_t* o) { return fmt::format("{}.{}.{}.{}", o[0], o[1], o[2], o[3]); }

// RFC 5952: the longest run of two or more zero groups, the first of equals, becomes "::".
std::string ipv6_text(const Address& address) {
    std::array<unsigned, kGroups> groups{};
    for (std::size_t i = 0; i < kGroups; ++i) groups[i] = address.octets[2 * i] * 256U + address.octets[2 * i + 1];
    const std::array<unsigned, 6> mapped{0, 0, 0, 0, 0, 0xFFFF};
    if (std::equal(mapped.begin(), mapped.end(), groups.begin())) return "::ffff:" + ipv4_text(&address.octets[12]);

    std::size_t best = kGroups, best_length = 1;
    for (std::size_t i = 0; i < kGroups; ++i) {
        std::size_t length = 0;
        while (i + length < kGroups && groups[i + length] == 0) ++length;
        if (length > best_length) best = i, best_length = length;
    }
    std::string out;
    for (std::size_t i = 0; i < kGroups; ++i) {
        if (i == best) {
            out += "::";
            i += best_length - 1;
            continue;
        }
        if (!out.empty() && out.back() != ':') out += ':';
        out += fmt::format("{:x}", groups[i]);
    }
    return out;
}

}  // namespace

std::optional<Address> parse_address(std::string_view text) {
    return text.find(':') == std::string_view::npos ? parse_ipv4(text) : parse_ipv6(text);
}

std::string to_text(const Address& address) {
    if (address.family == 4) return ipv4_text(address.octets.data());
    return address.family == 6 ? ipv6_text(address) : std::string{};
}

std::string to_text(const Endpoint& endpoint) {
    const char* form = endpoint.address.family == 6 ? "[{}]:{}" : "{}:{}";
    return fmt::format(fmt::runtime(form), to_text(endpoint.address), endpoint.port);
}

}  // namespace rdpdx::net
