#include "src/correlate/hosts.hpp"

#include <algorithm>

namespace rdpdx::correlate {

std::string lower(std::string_view text) {
    std::string out{text};
    std::ranges::transform(out, out.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return out;
}

bool same_host(std::string_view a, std::string_view b) {
    const std::string x = lower(a), y = lower(b);
    if (x.empty() || y.empty()) return false;
    return x == y || x.substr(0, x.find('.')) == y || y.substr(0, y.find('.')) == x;
}

std::string host_key(std::string_view name) { return lower(name.substr(0, name.find('.'))); }

}  // namespace rdpdx::correlate
