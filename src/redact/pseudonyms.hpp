// What a value becomes: by itself and by a key, and by nothing else.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

#include "parsers/net/address.hpp"

namespace rdpdx::redact {

// Without the key nobody can tell a value from its pseudonym, nor try values out.
using Key = std::array<unsigned char, 32>;

class Pseudonyms {
public:
    explicit Pseudonyms(const Key& key) : key_{key} {}

    // "user-1f2e3d4c". The digits are the value's whatever the prefix, and the same for texts that differ in case.
    std::string word(std::string_view prefix, std::string_view value);
    // Of the same family and kind: private stays in its own range and unlike addresses stay unlike there; public ones
    // go to 240.0.0.0/4 or 2001:db8::/32, where nobody is. What names no machine (loopback, multicast, ...) stays.
    net::Address address(const net::Address& address);
    // As many hex digits in the same case; what is no hex digit stays where it is. For fingerprints and GUIDs.
    std::string digits(std::string_view text);
    // With the bit of addresses that no manufacturer gave; broadcast and multicast stay. "00:15:5d:0a:01:02",
    // "00-15-..."
    std::string mac(std::string_view text);
    // "S-1-5-21-...": domain and account apart, well-known accounts stay. SIDs that every Windows has stay.
    std::string sid(std::string_view text);

    // Pseudonym -> what it stands for, as it was first written; without values longer than kLongestKept.
    using Map = std::unordered_map<std::string, std::string>;
    const Map& map() const noexcept { return originals_; }

private:
    using Block = std::array<unsigned char, 32>;
    Block block(std::string_view kind, std::string_view value) const;
    std::string hex_like(std::string_view text) const;
    std::uint32_t shuffled(std::uint32_t value, unsigned bits, std::string_view range) const;
    net::Address v4(const net::Address& address) const;
    net::Address v6(const net::Address& address) const;
    // Remembers what was made, so that each value is computed once; but for long ones, of which a log may be full.
    static constexpr std::size_t kLongestKept = 1024;
    template <class Make>
    std::string known(std::string_view kind, std::string_view value, Make&& make);

    Key key_;
    std::unordered_map<std::string, std::string> made_;
    Map originals_;
};

}  // namespace rdpdx::redact
