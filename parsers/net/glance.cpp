#include "parsers/net/glance.hpp"

#include "parsers/net/plain.hpp"
#include "parsers/net/walk.hpp"

namespace rdpdx::net {

namespace {

bool glance_datagram(const Plain& ip, Glance& seen) noexcept {
    if (ip.length < kPlainUdp) return false;
    seen.destination_port = ip.headers.u16be<36>();
    const std::size_t length = ip.headers.u16be<38>();
    if (is_tunnel(seen.destination_port) || (length != 0 && (length < kPlainUdp || length > ip.length))) return false;
    seen.source_port = ip.headers.u16be<34>();
    seen.payload_length = static_cast<std::uint32_t>((length == 0 ? ip.length : length) - kPlainUdp);
    seen.datagram = true;
    return true;
}

}  // namespace

bool glance(const capture::Packet& packet, Glance& seen) noexcept {
    const auto ip = plain(packet);
    if (!ip) return false;
    seen.source = ip->headers.raw32<26>();
    seen.destination = ip->headers.raw32<30>();
    if (ip->protocol == kUdp) return glance_datagram(*ip, seen);
    const auto in = bytes::Fixed<kPlainEthernet + kPlainIpv4 + kPlainTcp>::of(packet.data);
    if (!in || ip->protocol != kTcp) return false;
    const std::size_t data_offset = (in->u8<46>() >> 4) * 4U;
    if (data_offset < kPlainTcp || data_offset > ip->length) return false;
    const std::uint8_t flags = in->u8<47>();
    seen.source_port = in->u16be<34>();
    seen.destination_port = in->u16be<36>();
    seen.sequence = in->u32be<38>();
    seen.syn = (flags & 0x02) != 0;
    seen.rst = (flags & 0x04) != 0;
    seen.datagram = false;
    return true;
}

}  // namespace rdpdx::net
