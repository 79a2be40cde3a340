// Which records were there already: recovered records are often copies of some that the log still has.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace rdpdx::evtx {

// Of a record's identifier, time and content; never 0.
inline std::uint64_t record_key(std::uint64_t id, std::uint64_t written, std::string_view content) noexcept {
    std::uint64_t key = id * 0x9E3779B97F4A7C15U ^ written;
    for (const char c : content) {
        key = (key ^ static_cast<unsigned char>(c)) * 0x00000100000001B3U;  // FNV-1a
        key ^= key >> 47;
    }
    return key | 1;
}

// A set of keys with open addressing, of bounded size.
class RecordKeys {
public:
    static constexpr std::size_t kMax = std::size_t{4} << 20;  // keys; 64 MiB

    RecordKeys() : places_(1024) {}
    // False if it was there before. A set that is full takes no more.
    bool add(std::uint64_t key) {
        std::uint64_t& place = places_[place_of(key)];
        if (place == key) return false;
        if (count_ >= kMax) return true;
        place = key;
        if (++count_ * 2 > places_.size()) grow();
        return true;
    }
    bool full() const noexcept { return count_ >= kMax; }

private:
    std::size_t place_of(std::uint64_t key) const noexcept {
        std::size_t at = static_cast<std::size_t>(key * 0x9E3779B97F4A7C15U >> 20) & (places_.size() - 1);
        while (places_[at] != 0 && places_[at] != key) at = (at + 1) & (places_.size() - 1);
        return at;
    }
    void grow() {
        std::vector<std::uint64_t> before(places_.size() * 2);
        before.swap(places_);
        for (const std::uint64_t key : before)
            if (key != 0) places_[place_of(key)] = key;
    }
    std::vector<std::uint64_t> places_;  // 0: free; at most half of them are taken
    std::size_t count_{};
};

}  // namespace rdpdx::evtx
