#include "src/model/text.hpp"

#include <algorithm>

namespace rdpdx::model {

std::string lower(std::string_view text) {
    std::string out{text};
    for (char& c : out) c = lower(c);
    return out;
}

bool same_text(std::string_view a, std::string_view b) noexcept {
    return std::ranges::equal(a, b, [](char x, char y) { return lower(x) == lower(y); });
}

bool same_host(std::string_view a, std::string_view b) noexcept {
    if (a.empty() || b.empty()) return false;
    return same_text(a, b) || same_text(a.substr(0, a.find('.')), b) || same_text(a, b.substr(0, b.find('.')));
}

bool is_host_name(std::string_view host) noexcept {
    return host.find(':') == std::string_view::npos &&
           std::ranges::any_of(host, [](char c) { return lower(c) >= 'a' && lower(c) <= 'z'; });
}

std::string host_key(std::string_view name) { return lower(name.substr(0, name.find('.'))); }

std::string_view without_domain(std::string_view user) noexcept {
    const auto backslash = user.rfind('\\');
    if (backslash != std::string_view::npos) user.remove_prefix(backslash + 1);
    return user.substr(0, user.find('@'));
}

}  // namespace rdpdx::model
