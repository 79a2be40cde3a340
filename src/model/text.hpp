// Texts that Windows does not tell apart: in any case, with or without a domain. ASCII only.
#pragma once

#include <string>
#include <string_view>

namespace rdpdx::model {

constexpr char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
std::string lower(std::string_view text);
bool same_text(std::string_view a, std::string_view b) noexcept;

// A short name is its own fully qualified form. Empty names are nobody's.
bool same_host(std::string_view a, std::string_view b) noexcept;
// Not an address.
bool is_host_name(std::string_view host) noexcept;
// In lower case, without the domain: equal for names that are the same host's. Not for addresses.
std::string host_key(std::string_view name);
// "alice" of "LAB\alice" and of "alice@lab.example".
std::string_view without_domain(std::string_view user) noexcept;

}  // namespace rdpdx::model
