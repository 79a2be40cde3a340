#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "src/catalogue/placeholders.hpp"

namespace rdpdx::catalogue {
namespace {

constexpr std::size_t kLongestValue = 200;  // bytes; the whole value is in the event
constexpr std::string_view kAbsent = "(not given)";

constexpr std::array<std::string_view, 7> kRoleNames{"address", "port", "target", "user", "domain", "session", "code"};

// Not longer than a line can bear, and without half a character at its end.
std::string shortened(std::string_view text) {
    if (text.size() <= kLongestValue) return std::string{text};
    std::size_t end = kLongestValue;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
    return std::string{text.substr(0, end)} + "...";
}

std::string code_text(std::int64_t code, std::string_view family) {
    if (family == "disconnect-reason" || family == "extended-reason") return fmt::format("{} (0x{:X})", code, code);
    if (family == "hresult" || family == "ntstatus") return fmt::format("0x{:08X}", code);
    if (family == "error-info" || family == "kerberos") return fmt::format("0x{:X}", code);
    return fmt::format("{}", code);
}

std::string role_text(const EventEntry& entry, const Roles& roles, Role role) {
    const auto text = [](const std::optional<std::string>& value) {
        return shortened(value.value_or(std::string{kAbsent}));
    };
    switch (role) {
        case Role::address:
            return text(roles.address);
        case Role::port:
            return roles.port ? fmt::format("{}", *roles.port) : std::string{kAbsent};
        case Role::target:
            return text(roles.target);
        case Role::user:
            return text(roles.user);
        case Role::domain:
            return text(roles.domain);
        case Role::session:
            return text(roles.session);
        case Role::code:
            return roles.code ? code_text(*roles.code, entry.roles.code.family) : std::string{kAbsent};
    }
    return std::string{kAbsent};
}

}  // namespace

std::vector<Piece> pieces_of(std::string_view means, bool& closed) {
    std::vector<Piece> out;
    closed = true;
    while (!means.empty()) {
        const auto open = means.find('{');
        if (open != 0) out.push_back({means.substr(0, open), false});
        if (open == std::string_view::npos) break;
        const auto close = means.find('}', open);
        closed = close != std::string_view::npos;
        if (!closed) break;
        out.push_back({means.substr(open + 1, close - open - 1), true});
        means.remove_prefix(close + 1);
    }
    return out;
}

std::optional<Role> role_of(const Piece& piece) noexcept {
    const auto at = std::ranges::find(kRoleNames, piece.text);
    if (!piece.placeholder || at == kRoleNames.end()) return {};
    return static_cast<Role>(at - kRoleNames.begin());
}

bool has_role(const EventEntry& entry, Role role) noexcept {
    const RoleFields& roles = entry.roles;
    switch (role) {
        case Role::address:
            return !roles.address.empty();
        case Role::port:
            return !roles.port.empty() || roles.address_with_port;
        case Role::target:
            return !roles.target.empty();
        case Role::user:
            return !roles.user.empty();
        case Role::domain:
            return !roles.domain.empty();
        case Role::session:
            return !roles.session.empty();
        case Role::code:
            return !roles.code.family.empty();
    }
    return false;
}

std::string sentence(const EventEntry& entry, const Getter& field) {
    const Roles roles = read_roles(entry, field);
    std::string out;
    bool closed = true;
    for (const Piece& piece : pieces_of(entry.means, closed)) {
        if (!piece.placeholder) {
            out += piece.text;
        } else if (const auto role = role_of(piece)) {
            out += role_text(entry, roles, *role);
        } else {
            const std::string* value = field(piece.text);
            out += value && !value->empty() ? shortened(*value) : std::string{kAbsent};
        }
    }
    return out;
}

std::vector<std::string> missing_fields(const EventEntry& entry, const Getter& field) {
    std::vector<std::string> out;
    const auto ask = [&](std::string_view name) {
        if (!name.empty() && !field(name)) out.emplace_back(name);
    };
    const RoleFields& roles = entry.roles;
    for (const std::string* name :
         {&roles.address, &roles.port, &roles.target, &roles.user, &roles.domain, &roles.session})
        ask(*name);
    const auto& codes = roles.code.fields;
    if (!codes.empty() && std::ranges::none_of(codes, [&](const std::string& name) { return field(name) != nullptr; }))
        ask(codes.front());
    bool closed = true;
    for (const Piece& piece : pieces_of(entry.means, closed))
        if (piece.placeholder && !role_of(piece)) ask(piece.text);
    return out;
}

}  // namespace rdpdx::catalogue
