// Network addresses and ports.
#pragma once

#include <array>
#include <bit>
#include <compare>
#include <cstdint>
#include <cstring>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "parsers/bytes/cursor.hpp"

namespace rdpdx::net {

struct Address {
    std::uint8_t family{};                  // 4, 6, or 0 for none
    std::array<std::uint8_t, 16> octets{};  // IPv4 in the first four, the rest zero
    friend auto operator<=>(const Address&, const Address&) = default;
};

// Four or sixteen bytes; anything else gives family 0.
inline Address address_of(bytes::View octets) noexcept {
    Address out;
    if (octets.size() != 4 && octets.size() != 16) return out;
    out.family = octets.size() == 4 ? 4 : 6;
    std::memcpy(out.octets.data(), octets.data(), octets.size());
    return out;
}
// "192.0.2.1", "2001:db8::1" (RFC 5952); nothing for other text.
std::optional<Address> parse_address(std::string_view text);
std::string to_text(const Address& address);

// For tables whose keys a capture chooses. `secret` is an address of this process, which nobody who makes captures
// knows, so that keys cannot be made that all fall together.
class AddressHash {
public:
    explicit AddressHash(const void* secret) noexcept : seed_{reinterpret_cast<std::uintptr_t>(secret)} {}
    std::size_t operator()(const Address& address) const noexcept {
        const auto words = std::bit_cast<std::array<std::uint64_t, 2>>(address.octets);
        std::uint64_t h = (words[0] ^ seed_) * 0x9E3779B97F4A7C15U;
        h = (h ^ h >> 32U ^ words[1]) * 0xD6E8FEB86659FD93U;
        return static_cast<std::size_t>(h ^ h >> 32U);
    }

private:
    std::uint64_t seed_;
};

struct Endpoint {
    Address address;
    std::uint16_t port{};
    friend auto operator<=>(const Endpoint&, const Endpoint&) = default;
};
// "192.0.2.1:3389", "[2001:db8::1]:3389"
std::string to_text(const Endpoint& endpoint);

}  // namespace rdpdx::net
