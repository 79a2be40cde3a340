// Packets and capture files built from values, for tests of what stands above the wire. Checksums are zero: nothing of
// ours checks them. Each layer function wraps the payload it is given, so a packet reads from the outside in:
//
//   ethernet(0x0800, ipv4({.source = "10.0.0.1", .destination = "10.0.0.2"}, tcp({.destination = 3389, .syn = true})))
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "parsers/bytes/cursor.hpp"
#include "parsers/net/address.hpp"

namespace rdpdx::test {

using Bytes = std::vector<std::byte>;

inline Bytes join(std::initializer_list<Bytes> parts) {
    Bytes out;
    for (const Bytes& part : parts) out.insert(out.end(), part.begin(), part.end());
    return out;
}
inline Bytes text(std::string_view characters) {
    const auto view = bytes::view_of(characters);
    return {view.begin(), view.end()};
}
// The lowest `width` bytes of `value`, most significant first.
inline Bytes be(unsigned width, std::uint64_t value) {
    Bytes out;
    for (unsigned i = width; i-- > 0;) out.push_back(static_cast<std::byte>(value >> (8 * i) & 0xFF));
    return out;
}
inline Bytes le(unsigned width, std::uint64_t value) {
    const Bytes out = be(width, value);
    return {out.rbegin(), out.rend()};
}
inline Bytes first(const Bytes& all, std::size_t n) {
    return {all.begin(), all.begin() + static_cast<std::ptrdiff_t>(n < all.size() ? n : all.size())};
}
inline Bytes after(const Bytes& all, std::size_t n) {
    return {all.begin() + static_cast<std::ptrdiff_t>(n < all.size() ? n : all.size()), all.end()};
}
inline net::Address address(std::string_view written) {
    const auto parsed = net::parse_address(written);
    if (!parsed) throw std::invalid_argument{"not an address: " + std::string{written}};
    return *parsed;
}
inline Bytes octets(std::string_view written) {
    const auto parsed = address(written);
    Bytes out;
    for (std::size_t i = 0; i < (parsed.family == 4 ? 4U : 16U); ++i) out.push_back(std::byte{parsed.octets[i]});
    return out;
}

// From 02:00:00:00:00:01 to 02:00:00:00:00:02, without padding.
inline Bytes ethernet(std::uint16_t ether_type, const Bytes& payload) {
    return join({be(6, 0x020000000002), be(6, 0x020000000001), be(2, ether_type), payload});
}

struct Ipv4 {
    std::string_view source = "10.0.0.1", destination = "10.0.0.2";
    std::uint8_t protocol = 6, ttl = 128;
    std::uint16_t id = 1;
    bool dont_fragment = false, more_fragments = false;
    std::uint16_t fragment_offset = 0;            // in bytes, a multiple of eight
    std::optional<std::uint16_t> total_length{};  // otherwise what is there
    Bytes options = {};                           // a multiple of four bytes
};
inline Bytes ipv4(const Ipv4& h, const Bytes& payload) {
    const std::size_t length = 20 + h.options.size();
    const auto total = h.total_length.value_or(static_cast<std::uint16_t>(length + payload.size()));
    const unsigned flags = (h.dont_fragment ? 0x4000U : 0U) | (h.more_fragments ? 0x2000U : 0U);
    return join({be(1, 0x40 | length / 4), be(1, 0), be(2, total), be(2, h.id), be(2, flags | h.fragment_offset / 8U),
                 be(1, h.ttl), be(1, h.protocol), be(2, 0), octets(h.source), octets(h.destination), h.options,
                 payload});
}

struct Ipv6 {
    std::string_view source = "2001:db8::1", destination = "2001:db8::2";
    std::uint8_t next_header = 6, hop_limit = 64;
    std::optional<std::uint16_t> payload_length{};  // otherwise what is there
};
inline Bytes ipv6(const Ipv6& h, const Bytes& payload) {
    return join({be(4, 0x60000000), be(2, h.payload_length.value_or(static_cast<std::uint16_t>(payload.size()))),
                 be(1, h.next_header), be(1, h.hop_limit), octets(h.source), octets(h.destination), payload});
}

struct Tcp {
    std::uint16_t source = 50000, destination = 3389;
    std::uint32_t sequence = 0, acknowledgment = 0;
    bool syn = false, ack = false, fin = false, rst = false, psh = false;
    std::uint16_t window = 64240;
    Bytes options = {};  // a multiple of four bytes
};
inline Bytes tcp(const Tcp& h, const Bytes& payload = {}) {
    const unsigned flags =
        (h.fin ? 1U : 0U) | (h.syn ? 2U : 0U) | (h.rst ? 4U : 0U) | (h.psh ? 8U : 0U) | (h.ack ? 16U : 0U);
    return join({be(2, h.source), be(2, h.destination), be(4, h.sequence), be(4, h.acknowledgment),
                 be(1, (20 + h.options.size()) / 4 << 4), be(1, flags), be(2, h.window), be(4, 0), h.options, payload});
}

struct Udp {
    std::uint16_t source = 50000, destination = 3389;
    std::optional<std::uint16_t> length{};  // otherwise what is there
};
inline Bytes udp(const Udp& h, const Bytes& payload) {
    return join({be(2, h.source), be(2, h.destination),
                 be(2, h.length.value_or(static_cast<std::uint16_t>(8 + payload.size()))), be(2, 0), payload});
}

// A classic capture in memory, little-endian.
class PcapFile {
public:
    explicit PcapFile(std::uint32_t link_type = 1, bool nanoseconds = false)
        : nanoseconds_{nanoseconds},
          bytes_{join({le(4, nanoseconds ? 0xA1B23C4D : 0xA1B2C3D4), le(2, 2), le(2, 4), le(4, 0), le(4, 0),
                       le(4, 262144), le(4, link_type)})} {}

    // `nanos` since 1970. An original length of 0 means that all was captured.
    PcapFile& add(std::int64_t nanos, const Bytes& packet, std::uint32_t original_length = 0) {
        const auto seconds = static_cast<std::uint64_t>(nanos / 1'000'000'000);
        const auto fraction = static_cast<std::uint64_t>(nanos % 1'000'000'000 / (nanoseconds_ ? 1 : 1000));
        bytes_ = join({bytes_, le(4, seconds), le(4, fraction), le(4, packet.size()),
                       le(4, original_length ? original_length : packet.size()), packet});
        return *this;
    }
    const Bytes& bytes() const noexcept { return bytes_; }

private:
    bool nanoseconds_;
    Bytes bytes_;
};

// A pcapng file in memory, block by block, of either byte order.
class PcapngFile {
public:
    explicit PcapngFile(bool big_endian = false) : big_endian_{big_endian} {}

    Bytes number(unsigned width, std::uint64_t value) const {
        return big_endian_ ? be(width, value) : le(width, value);
    }
    static Bytes padded(const Bytes& data) { return join({data, Bytes((4 - data.size() % 4) % 4)}); }
    Bytes option(std::uint16_t code, const Bytes& value) const {
        return join({number(2, code), number(2, value.size()), padded(value)});
    }
    PcapngFile& block(std::uint32_t type, const Bytes& body) {
        const auto length = number(4, 12 + padded(body).size());
        bytes_ = join({bytes_, number(4, type), length, padded(body), length});
        return *this;
    }
    // Section Header Block. A later one may change the byte order.
    PcapngFile& section(std::optional<bool> big_endian = std::nullopt, const Bytes& options = {}) {
        big_endian_ = big_endian.value_or(big_endian_);
        return block(0x0A0D0D0A,
                     join({number(4, 0x1A2B3C4D), number(2, 1), number(2, 0), number(8, UINT64_MAX), options}));
    }
    PcapngFile& interface(std::uint16_t link_type = 1, const Bytes& options = {}, std::uint32_t snap_length = 0) {
        return block(1, join({number(2, link_type), number(2, 0), number(4, snap_length), options}));
    }
    // Enhanced Packet Block; `ticks` in the interface's own resolution, microseconds if it says nothing.
    PcapngFile& packet(std::uint64_t ticks, const Bytes& data, std::uint32_t interface_id = 0,
                       const Bytes& options = {}, std::uint32_t original_length = 0) {
        return block(6, join({number(4, interface_id), number(4, ticks >> 32), number(4, ticks & 0xFFFFFFFF),
                              number(4, data.size()), number(4, original_length ? original_length : data.size()),
                              padded(data), options}));
    }
    PcapngFile& raw(const Bytes& anything) {
        bytes_ = join({bytes_, anything});
        return *this;
    }
    const Bytes& bytes() const noexcept { return bytes_; }

private:
    bool big_endian_;
    Bytes bytes_;
};

}  // namespace rdpdx::test
