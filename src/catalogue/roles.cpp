#include <algorithm>
#include <charconv>

#include "src/catalogue/catalogue.hpp"

namespace rdpdx::catalogue {
namespace {

constexpr std::int64_t kTwoTo32 = std::int64_t{1} << 32;

std::string_view trim(std::string_view text) noexcept {
    constexpr std::string_view kSpace = " \t\r\n";
    const auto first = text.find_first_not_of(kSpace);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

// The field's text, or empty where it is absent or says nothing.
std::string_view said(const Getter& field, std::string_view name) {
    const std::string* value = name.empty() ? nullptr : field(name);
    if (value == nullptr) return {};
    const std::string_view text = trim(*value);
    return text == "-" ? std::string_view{} : text;
}

std::optional<std::string> optional_of(std::string_view text) {
    return text.empty() ? std::nullopt : std::optional{std::string{text}};
}

std::optional<std::uint16_t> port_of(std::string_view text) noexcept {
    const auto value = yaml::read_integer(text);
    if (!value || *value < 1 || *value > 65535) return {};
    return static_cast<std::uint16_t>(*value);
}

bool digits(std::string_view text) noexcept {
    return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

bool ipv4(std::string_view text) noexcept {
    for (int part = 0; part < 4; ++part) {
        const auto dot = part < 3 ? text.find('.') : text.size();
        const auto number = text.substr(0, dot);
        if (dot == std::string_view::npos || !digits(number) || number.size() > 3) return false;
        if (yaml::read_integer(number).value_or(256) > 255) return false;
        text.remove_prefix(std::min(dot + 1, text.size()));
    }
    return true;
}

// Tells an IPv6 address from words such as LOCAL, which Windows translates; not a full check.
bool ipv6(std::string_view text) noexcept {
    constexpr std::string_view kCharacters = "0123456789abcdefABCDEF:.";
    text = text.substr(0, text.find('%'));
    return std::ranges::count(text, ':') >= 2 && text.size() <= 45 &&
           text.find_first_not_of(kCharacters) == std::string_view::npos;
}

std::optional<std::string> address_of(std::string_view text) {
    constexpr std::string_view kMapped = "::ffff:";
    if (text.starts_with('[') && text.ends_with(']')) text = text.substr(1, text.size() - 2);
    if (text.size() > kMapped.size() && (text.starts_with(kMapped) || text.starts_with("::FFFF:")) &&
        ipv4(text.substr(kMapped.size())))
        text.remove_prefix(kMapped.size());
    return ipv4(text) || ipv6(text) ? std::optional{std::string{text}} : std::nullopt;
}

struct HostAndPort {
    std::string_view host;
    std::optional<std::uint16_t> port;
};

// "name:port", "address:port", "[v6]:port", or the host alone. A bare IPv6 address has no port.
HostAndPort split_port(std::string_view text) noexcept {
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos) return {text, {}};
    const std::string_view host = text.substr(0, colon);
    const bool bracketed = host.starts_with('[') && host.ends_with(']');
    if (!bracketed && host.find(':') != std::string_view::npos) return {text, {}};
    const auto port = port_of(text.substr(colon + 1));
    return port ? HostAndPort{host, port} : HostAndPort{text, {}};
}

// The text between the last pair of parentheses.
std::string_view in_parentheses(std::string_view text) noexcept {
    const auto open = text.rfind('('), close = text.rfind(')');
    if (open == std::string_view::npos || close == std::string_view::npos || close < open) return {};
    return trim(text.substr(open + 1, close - open - 1));
}

// "...32000AD0" is 0xD00A0032.
std::optional<std::int64_t> last_four_bytes(std::string_view hex) noexcept {
    constexpr std::size_t kDigits = 8;
    if (hex.size() < kDigits || hex.size() % 2 != 0) return {};
    hex.remove_prefix(hex.size() - kDigits);
    std::int64_t value = 0;
    for (std::size_t at = kDigits; at > 0; at -= 2) {
        std::uint8_t byte = 0;
        const char* const first = hex.data() + at - 2;
        const auto [end, error] = std::from_chars(first, first + 2, byte, 16);
        if (error != std::errc{} || end != first + 2) return {};
        value = value << 8 | byte;
    }
    return value;
}

// "800B0109" and "0x800B0109".
std::optional<std::int64_t> hex_number(std::string_view text) noexcept {
    constexpr std::size_t kDigits = 15;
    if (text.starts_with("0x") || text.starts_with("0X")) text.remove_prefix(2);
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
    const bool whole = error == std::errc{} && end == text.data() + text.size();
    return whole && text.size() <= kDigits && !text.starts_with('-') ? std::optional{value} : std::nullopt;
}

std::optional<std::int64_t> number_of(std::string_view text, NumberForm form) noexcept {
    if (form == NumberForm::last_bytes) return last_four_bytes(text);
    if (form == NumberForm::hex) return hex_number(text);
    auto value = yaml::read_integer(form == NumberForm::parenthesised ? in_parentheses(text) : text);
    if (value && *value < 0 && *value >= INT32_MIN) *value += kTwoTo32;
    return value;
}

std::optional<std::int64_t> code_of(const CodeRole& role, const Getter& field) {
    std::optional<std::int64_t> first;
    for (const std::string& name : role.fields) {
        const auto value = number_of(said(field, name), role.form);
        if (value && *value != 0) return value;
        if (!first) first = value;
    }
    return first;
}

}  // namespace

Roles read_roles(const EventEntry& entry, const Getter& field) {
    const RoleFields& from = entry.roles;
    Roles out;
    std::string_view address = said(field, from.address);
    if (from.address_with_port) {
        const HostAndPort both = split_port(address);
        address = both.host;
        out.port = both.port;
    } else {
        out.port = port_of(said(field, from.port));
    }
    out.address = address_of(address);
    const HostAndPort target = split_port(said(field, from.target));
    out.target = optional_of(target.host);
    out.target_port = target.port;
    out.user = optional_of(said(field, from.user));
    out.domain = optional_of(said(field, from.domain));
    out.session = optional_of(said(field, from.session));
    out.code = code_of(from.code, field);
    out.code_family = from.code.family;
    return out;
}

}  // namespace rdpdx::catalogue
