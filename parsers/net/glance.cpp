#include "parsers/net/glance.hpp"

#include "parsers/net/plain.hpp"
#include "parsers/net/walk.hpp"

namespace rdpdx::net {

std::optional<Glance> glance(const capture::Packet& packet) noexcept {
    const auto ip = plain(packet);
    const auto in = bytes::Fixed<kPlainEthernet + kPlainIpv4 + kPlainTcp>::of(packet.data);
    if (!ip || !in || ip->protocol != kTcp) return std::nullopt;
    const std::size_t data_offset = (in->u8<46>() >> 4) * 4U;
    if (data_offset < kPlainTcp || data_offset > ip->length) return std::nullopt;
    const std::uint8_t flags = in->u8<47>();
    return Glance{.source = in->raw32<26>(),
                  .destination = in->raw32<30>(),
                  .source_port = in->u16be<34>(),
                  .destination_port = in->u16be<36>(),
                  .sequence = in->u32be<38>(),
                  .syn = (flags & 0x02) != 0,
                  .rst = (flags & 0x04) != 0};
}

}  // namespace rdpdx::net
