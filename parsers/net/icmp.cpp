// ICMP errors (RFC 792, RFC 1191) and ICMPv6 errors (RFC 4443).
#include "parsers/net/walk.hpp"

namespace rdpdx::net {
namespace {

// Ports and sequence number stand in the first eight bytes, which is the least that is quoted.
void parse_quoted_transport(bytes::Cursor& in, IcmpError& error) noexcept {
    if (error.protocol != kTcp && error.protocol != kUdp) return;
    const std::uint16_t source = in.u16be("Source Port"), destination = in.u16be("Destination Port");
    if (in.error()) return;
    error.source.port = source;
    error.destination.port = destination;
    if (error.protocol != kTcp) return;
    const std::uint32_t sequence = in.u32be("Sequence Number");
    if (!in.error()) error.sequence = sequence;
}

void parse_quoted_ipv4(bytes::Cursor& in, IcmpError& error) noexcept {
    const std::size_t ihl = (in.u8("Version and IHL") & 0xFU) * 4;
    in.skip(5, "Type of Service to Identification");
    const std::uint16_t flags = in.u16be("Flags and Fragment Offset");
    in.u8("Time to Live");
    const std::uint8_t protocol = in.u8("Protocol");
    in.u16be("Header Checksum");
    const bytes::View source = in.take(4, "Source Address"), destination = in.take(4, "Destination Address");
    if (in.error()) return;
    error.protocol = protocol;
    error.source.address = address_of(source);
    error.destination.address = address_of(destination);
    if (ihl < 20 || (flags & 0x1FFF) != 0) return;
    in.skip(ihl - 20, "Options");
    parse_quoted_transport(in, error);
}

void parse_quoted_ipv6(bytes::Cursor& in, IcmpError& error) noexcept {
    in.skip(6, "Version to Payload Length");
    std::uint8_t next = in.u8("Next Header");
    in.u8("Hop Limit");
    const bytes::View source = in.take(16, "Source Address"), destination = in.take(16, "Destination Address");
    if (in.error()) return;
    error.source.address = address_of(source);
    error.destination.address = address_of(destination);
    for (unsigned i = 0; i < kMaxExtensions && (is_extension(next) || next == kFragment); ++i) {
        if (next != kFragment) {
            next = skip_extension(in, next);
            continue;
        }
        next = in.u8("Next Header");
        in.u8("Reserved");
        const bool first = (in.u16be("Fragment Offset") & 0xFFF8) == 0;
        in.u32be("Identification");
        error.protocol = next;
        if (!first) return;
    }
    if (in.error()) return;
    error.protocol = next;
    parse_quoted_transport(in, error);
}

IcmpError begin(const Walk& walk, bytes::Cursor& in) {
    IcmpError error;
    error.ip = walk.ip;
    error.type = in.u8("Type");
    error.code = in.u8("Code");
    in.u16be("Checksum");
    return error;
}

}  // namespace

Decoded decode_icmp(Walk& walk, const Slice& message) {
    bytes::Cursor in{message.data};
    IcmpError error = begin(walk, in);
    in.u16be("unused");
    const std::uint16_t mtu = in.u16be("Next-Hop MTU");
    if (in.error()) return give_up(walk, message);
    enum Type : std::uint8_t {
        kUnreachable = 3,
        kSourceQuench = 4,
        kRedirect = 5,
        kTimeExceeded = 11,
        kParameter = 12
    };
    const bool is_error = error.type == kUnreachable || error.type == kSourceQuench || error.type == kRedirect ||
                          error.type == kTimeExceeded || error.type == kParameter;
    if (!is_error) return Nothing{};
    constexpr std::uint8_t kFragmentationNeeded = 4;
    if (error.type == kUnreachable && error.code == kFragmentationNeeded) error.next_hop_mtu = mtu;
    parse_quoted_ipv4(in, error);
    return error;
}

Decoded decode_icmpv6(Walk& walk, const Slice& message) {
    bytes::Cursor in{message.data};
    IcmpError error = begin(walk, in);
    const std::uint32_t mtu = in.u32be("MTU");
    if (in.error()) return give_up(walk, message);
    constexpr std::uint8_t kPacketTooBig = 2, kParameterProblem = 4, kSolicitation = 135, kAdvertisement = 136;
    if (error.type == kSolicitation || error.type == kAdvertisement) return decode_neighbour(walk, error.type, message);
    if (error.type == 0 || error.type > kParameterProblem) return Nothing{};
    if (error.type == kPacketTooBig) error.next_hop_mtu = mtu;
    parse_quoted_ipv6(in, error);
    return error;
}

}  // namespace rdpdx::net
