#include "parsers/stream/index.hpp"

#include <bit>

namespace rdpdx::stream {
namespace {

net::Endpoint endpoint(std::uint64_t first, std::uint64_t second, std::uint64_t port_and_family) noexcept {
    net::Endpoint out;
    out.address.octets = std::bit_cast<std::array<std::uint8_t, 16>>(std::array{first, second});
    out.address.family = static_cast<std::uint8_t>(port_and_family);
    out.port = static_cast<std::uint16_t>(port_and_family >> 8U);
    return out;
}

}  // namespace

net::Endpoint Key::lower() const noexcept { return endpoint(words[0], words[1], words[4] >> 32U); }
net::Endpoint Key::higher() const noexcept { return endpoint(words[2], words[3], words[4] & 0xFFFFFFFFU); }

void Index::put(Slot slot) noexcept {
    std::size_t at = slot.tag & mask_;
    while (slots_[at].value != kNone) at = (at + 1) & mask_;
    slots_[at] = slot;
}

void Index::insert(std::uint64_t hash, std::uint32_t value) {
    if ((used_ + 1) * 4 > slots_.size() * 3) {
        std::vector<Slot> before(slots_.size() * 2);
        before.swap(slots_);
        mask_ = slots_.size() - 1;
        for (const Slot& slot : before)
            if (slot.value != kNone) put(slot);
    }
    ++used_;
    put({static_cast<std::uint32_t>(hash), value});
}

void Index::erase(std::uint64_t hash, std::uint32_t value) noexcept {
    std::size_t hole = hash & mask_;
    while (slots_[hole].value != value) hole = (hole + 1) & mask_;
    // Whatever may stand nearer to where it belongs moves up, so that no search ends too early.
    for (std::size_t at = (hole + 1) & mask_; slots_[at].value != kNone; at = (at + 1) & mask_) {
        const std::size_t home = slots_[at].tag & mask_;
        if (((at - home) & mask_) < ((at - hole) & mask_)) continue;
        slots_[hole] = slots_[at];
        hole = at;
    }
    slots_[hole] = {};
    --used_;
}

}  // namespace rdpdx::stream
