// Two endpoints in either order -> a number. The one look-up that every packet pays for.
#pragma once

#include <array>
#include <bit>
#include <vector>

#include "parsers/bytes/prefetch.hpp"
#include "parsers/net/address.hpp"
#include "parsers/net/glance.hpp"

namespace rdpdx::stream {

// A pair of endpoints, the lower one first.
struct Key {
    std::array<std::uint64_t, 5> words{};
    // Without a call, a loop or a branch, unlike what compilers make of the default.
    friend bool operator==(const Key& a, const Key& b) noexcept {
        const auto& [a0, a1, a2, a3, a4] = a.words;
        const auto& [b0, b1, b2, b3, b4] = b.words;
        return ((a0 ^ b0) | (a1 ^ b1) | (a2 ^ b2) | (a3 ^ b3) | (a4 ^ b4)) == 0;
    }

    net::Endpoint lower() const noexcept;
    net::Endpoint higher() const noexcept;
};
struct DirectedKey {
    Key key;
    bool forward{};  // the source is the lower one
};

// One end of a connection as a key has it.
struct KeyEnd {
    std::array<std::uint64_t, 2> address{};
    std::uint64_t port_and_family{};
};
inline KeyEnd key_end(const net::Endpoint& endpoint) noexcept {
    return {std::bit_cast<std::array<std::uint64_t, 2>>(endpoint.address.octets),
            std::uint64_t{endpoint.port} << 8U | endpoint.address.family};
}
// Of IPv4: the octets that an Address has besides are zero.
inline KeyEnd key_end(std::uint32_t raw, std::uint16_t port) noexcept {
    constexpr std::uint8_t kIpv4 = 4;
    return {std::bit_cast<std::array<std::uint64_t, 2>>(std::array<std::uint32_t, 4>{raw, 0, 0, 0}),
            std::uint64_t{port} << 8U | kIpv4};
}

// Any total order will do, as long as it does not depend on who sends. Who does is a coin's toss, so nothing branches
// on that; that both have the same port is rare.
inline DirectedKey key_of(const KeyEnd& a, const KeyEnd& b) noexcept {
    bool forward = a.port_and_family < b.port_and_family;
    if (a.port_and_family == b.port_and_family) [[unlikely]]
        forward = a.address <= b.address;
    const std::uint64_t mask = std::uint64_t{0} - static_cast<unsigned>(forward);  // all ones where the first is lower
    const auto lower = [mask](std::uint64_t x, std::uint64_t y) { return y ^ ((x ^ y) & mask); };
    const std::uint64_t first = lower(a.address[0], b.address[0]), second = lower(a.address[1], b.address[1]);
    const std::uint64_t port = lower(a.port_and_family, b.port_and_family);
    return {Key{{first, second, a.address[0] ^ b.address[0] ^ first, a.address[1] ^ b.address[1] ^ second,
                 port << 32U | (a.port_and_family ^ b.port_and_family ^ port)}},
            forward};
}
inline DirectedKey key_of(const net::Endpoint& source, const net::Endpoint& destination) noexcept {
    return key_of(key_end(source), key_end(destination));
}
// The same key as of the segment that was glanced at.
inline DirectedKey key_of(const net::Glance& glance) noexcept {
    return key_of(key_end(glance.source, glance.source_port), key_end(glance.destination, glance.destination_port));
}

// Open addressing, at most three quarters full. Whoever holds the entries also holds the keys: `key_at(value)` gives
// the key of a value that was put in.
class Index {
public:
    static constexpr std::uint32_t kNone = 0xFFFFFFFF;
    // A secret seed keeps crafted captures from choosing addresses that all fall together.
    explicit Index(std::uint64_t seed) noexcept {
        for (std::uint64_t& factor : factors_) {
            seed += 0x9E3779B97F4A7C15U;
            factor = mixed(seed) | 1U;
        }
    }

    // Secret factors for words that others choose; and then each bit of the sum reaches those that say where to look.
    std::uint64_t hash(const Key& key) const noexcept {
        const auto& [w0, w1, w2, w3, w4] = key.words;
        const auto& [f0, f1, f2, f3, f4] = factors_;
        return mixed(w0 * f0 + w1 * f1 + w2 * f2 + w3 * f3 + w4 * f4);
    }
    template <class KeyAt>
    std::uint32_t find(const Key& key, std::uint64_t hash, const KeyAt& key_at) const {
        for (std::size_t at = hash & mask_;; at = (at + 1) & mask_) {
            const Slot& slot = slots_[at];
            if (slot.value == kNone) return kNone;
            if (slot.tag == static_cast<std::uint32_t>(hash) && key_at(slot.value) == key) return slot.value;
        }
    }
    // Hints for a find() that is to come: first the one, and when that had its time, the other. It gives the value that
    // is probably going to be found.
    void prefetch(std::uint64_t hash) const noexcept { bytes::prefetch(&slots_[hash & mask_]); }
    std::uint32_t guess(std::uint64_t hash) const noexcept {
        const Slot& slot = slots_[hash & mask_];
        return slot.tag == static_cast<std::uint32_t>(hash) ? slot.value : kNone;
    }
    // The key must not be there yet.
    void insert(std::uint64_t hash, std::uint32_t value);
    // The value must be there.
    void erase(std::uint64_t hash, std::uint32_t value) noexcept;

private:
    struct Slot {
        std::uint32_t tag{};  // the low half of the hash, which also says where it belongs
        std::uint32_t value{kNone};
    };
    void put(Slot slot) noexcept;
    static constexpr std::uint64_t mixed(std::uint64_t h) noexcept {
        h = (h ^ h >> 32U) * 0xD6E8FEB86659FD93U;
        return h ^ h >> 32U;
    }

    std::array<std::uint64_t, 5> factors_{};
    std::vector<Slot> slots_ = std::vector<Slot>(1024);
    std::size_t mask_ = slots_.size() - 1;
    std::size_t used_ = 0;
};

}  // namespace rdpdx::stream
