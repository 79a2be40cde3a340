// DER for fixtures: lengths that fit what they hold.
#pragma once

#include <initializer_list>
#include <string_view>
#include <vector>

#include "tests/support/bytes.hpp"

namespace rdpdx::test {

using Octets = std::vector<std::byte>;

inline Octets joined(std::initializer_list<Octets> parts) {
    Octets out;
    for (const Octets& part : parts) out.insert(out.end(), part.begin(), part.end());
    return out;
}

inline Octets octets(std::string_view text) {
    const auto view = bytes::view_of(text);
    return {view.begin(), view.end()};
}

// One element: its tag, its length, its parts one behind the other.
inline Octets der(std::uint8_t tag, std::initializer_list<Octets> parts) {
    const Octets content = joined(parts);
    Octets out{std::byte{tag}};
    if (content.size() >= 0x100) {
        out.push_back(std::byte{0x82});
        out.push_back(static_cast<std::byte>(content.size() >> 8));
    } else if (content.size() >= 0x80) {
        out.push_back(std::byte{0x81});
    }
    out.push_back(static_cast<std::byte>(content.size()));
    out.insert(out.end(), content.begin(), content.end());
    return out;
}

}  // namespace rdpdx::test
