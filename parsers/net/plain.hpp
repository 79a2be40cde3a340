// Inside parsers/net only: headers of the ordinary kind, read in one go.
#pragma once

#include "parsers/bytes/fixed.hpp"
#include "parsers/capture/packet.hpp"

namespace rdpdx::net {

inline constexpr std::size_t kPlainEthernet = 14, kPlainIpv4 = 20, kPlainTcp = 20, kPlainUdp = 8;

// Ethernet without tags and IPv4 without options, not a fragment, as it was sent: with nothing that decode() would
// count, wait for or unpack. What it carries begins at kPlainEthernet + kPlainIpv4.
struct Plain {
    bytes::Fixed<kPlainEthernet + kPlainIpv4 + kPlainUdp> headers;
    std::uint8_t protocol{};
    std::size_t length{};  // of what it carries
};
inline std::optional<Plain> plain(const capture::Packet& packet) noexcept {
    const auto in = bytes::Fixed<kPlainEthernet + kPlainIpv4 + kPlainUdp>::of(packet.data);
    if (packet.link_type != capture::LinkType::ethernet || !in) return std::nullopt;
    // EtherType; version and IHL; flags (but for "don't fragment") and fragment offset
    if (in->u16be<12>() != 0x0800 || in->u8<14>() != 0x45 || (in->u16be<20>() & 0xBFFF) != 0) return std::nullopt;
    const std::size_t total_length = in->u16be<16>();
    if (total_length < kPlainIpv4 || kPlainEthernet + total_length > packet.data.size()) return std::nullopt;
    return Plain{*in, in->u8<23>(), total_length - kPlainIpv4};
}

}  // namespace rdpdx::net
