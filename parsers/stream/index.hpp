// Two endpoints in either order -> a number. The one look-up that every packet pays for.
#pragma once

#include <array>
#include <vector>

#include "parsers/net/address.hpp"
#include "parsers/net/glance.hpp"

namespace rdpdx::stream {

// A pair of endpoints, the lower one first.
struct Key {
    std::array<std::uint64_t, 5> words{};
    // Without a call and without a branch, unlike what compilers make of the default.
    friend bool operator==(const Key& a, const Key& b) noexcept {
        std::uint64_t differing = 0;
        for (std::size_t i = 0; i < a.words.size(); ++i) differing |= a.words[i] ^ b.words[i];
        return differing == 0;
    }

    net::Endpoint lower() const noexcept;
    net::Endpoint higher() const noexcept;
};
struct DirectedKey {
    Key key;
    bool forward{};  // the source is the lower one
};
DirectedKey key_of(const net::Endpoint& source, const net::Endpoint& destination) noexcept;
// The same key as of the segment that was glanced at.
DirectedKey key_of(const net::Glance& glance) noexcept;

// Open addressing, at most three quarters full. Whoever holds the entries also holds the keys: `key_at(value)` gives
// the key of a value that was put in.
class Index {
public:
    static constexpr std::uint32_t kNone = 0xFFFFFFFF;
    // A secret seed keeps crafted captures from choosing addresses that all fall together.
    explicit Index(std::uint64_t seed) : seed_{seed} {}

    std::uint64_t hash(const Key& key) const noexcept {
        // Each word for itself and so side by side; then all of them together.
        std::uint64_t h = seed_, part = seed_;
        for (const std::uint64_t word : key.words) {
            part = part * 0xD6E8FEB86659FD93U + 1;
            std::uint64_t mixed = (word ^ part) * 0x9E3779B97F4A7C15U;
            mixed ^= mixed >> 32U;
            h += mixed * (part | 1U);
        }
        h *= 0x9E3779B97F4A7C15U;
        return h ^ h >> 32U;
    }
    template <class KeyAt>
    std::uint32_t find(const Key& key, std::uint64_t hash, const KeyAt& key_at) const {
        for (std::size_t at = hash & mask_;; at = (at + 1) & mask_) {
            const Slot& slot = slots_[at];
            if (slot.value == kNone) return kNone;
            if (slot.tag == static_cast<std::uint32_t>(hash) && key_at(slot.value) == key) return slot.value;
        }
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

    std::uint64_t seed_;
    std::vector<Slot> slots_ = std::vector<Slot>(1024);
    std::size_t mask_ = slots_.size() - 1;
    std::size_t used_ = 0;
};

}  // namespace rdpdx::stream
