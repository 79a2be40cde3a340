#include "parsers/stream/index.hpp"

#include <bit>

namespace rdpdx::stream {
namespace {

using Words = std::array<std::uint64_t, 2>;

net::Endpoint endpoint(std::uint64_t first, std::uint64_t second, std::uint64_t port_and_family) noexcept {
    net::Endpoint out;
    out.address.octets = std::bit_cast<std::array<std::uint8_t, 16>>(Words{first, second});
    out.address.family = static_cast<std::uint8_t>(port_and_family);
    out.port = static_cast<std::uint16_t>(port_and_family >> 8U);
    return out;
}

constexpr std::uint64_t port_and_family(std::uint16_t port, std::uint8_t family) noexcept {
    return static_cast<std::uint64_t>(port) << 8U | family;
}

// An IPv4 address as Address has it: the other octets are zero.
Words first_octets(std::uint32_t raw) noexcept {
    return std::bit_cast<Words>(std::array<std::uint32_t, 4>{raw, 0, 0, 0});
}

// Any total order will do, as long as it does not depend on who sends. Who does is a coin's toss, so nothing branches.
DirectedKey key_of(const Words& a, std::uint64_t pa, const Words& b, std::uint64_t pb) noexcept {
    const auto before = [](std::uint64_t x, std::uint64_t y) { return static_cast<unsigned>(x < y); };
    const auto same = [](std::uint64_t x, std::uint64_t y) { return static_cast<unsigned>(x == y); };
    const unsigned ports = before(pa, pb) | same(pa, pb);
    const unsigned forward =
        before(a[0], b[0]) | (same(a[0], b[0]) & (before(a[1], b[1]) | (same(a[1], b[1]) & ports)));
    const std::uint64_t mask = std::uint64_t{0} - forward;  // all ones where the first is the lower
    const auto lower = [mask](std::uint64_t x, std::uint64_t y) { return (x & mask) | (y & ~mask); };
    return {Key{{lower(a[0], b[0]), lower(a[1], b[1]), lower(b[0], a[0]), lower(b[1], a[1]),
                 lower(pa, pb) << 32U | lower(pb, pa)}},
            forward != 0};
}

}  // namespace

net::Endpoint Key::lower() const noexcept { return endpoint(words[0], words[1], words[4] >> 32U); }
net::Endpoint Key::higher() const noexcept { return endpoint(words[2], words[3], words[4] & 0xFFFFFFFFU); }

DirectedKey key_of(const net::Endpoint& source, const net::Endpoint& destination) noexcept {
    return key_of(std::bit_cast<Words>(source.address.octets), port_and_family(source.port, source.address.family),
                  std::bit_cast<Words>(destination.address.octets),
                  port_and_family(destination.port, destination.address.family));
}

DirectedKey key_of(const net::Glance& glance) noexcept {
    constexpr std::uint8_t kIpv4 = 4;
    return key_of(first_octets(glance.source), port_and_family(glance.source_port, kIpv4),
                  first_octets(glance.destination), port_and_family(glance.destination_port, kIpv4));
}

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
