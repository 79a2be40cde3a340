// One captured packet -> the innermost TCP segment, UDP datagram or ICMP error it carries, or what it says of
// neighbours.
#pragma once

#include <memory>
#include <variant>

#include "parsers/capture/packet.hpp"
#include "parsers/net/address.hpp"

namespace rdpdx::net {

struct MacAddress {
    std::array<std::uint8_t, 6> octets{};
    bool present{};
    friend bool operator==(const MacAddress&, const MacAddress&) = default;
};

// The innermost IP header and what stood around it.
struct IpInfo {
    Address source, destination;
    std::uint8_t hop_limit{};  // TTL
    std::uint16_t identification{};
    bool dont_fragment{};
    bool reassembled{};                      // came in fragments; identification and hop_limit are the first fragment's
    bool tunnelled{};                        // inside GRE, VXLAN or IP-in-IP
    MacAddress source_mac, destination_mac;  // of the outermost Ethernet frame
};

// RFC 9293. Views live as long as the packet, or until the next call of decode() when reassembled.
struct Segment {
    IpInfo ip;
    Endpoint source, destination;
    std::uint32_t sequence{}, acknowledgment{};
    bool syn{}, ack{}, fin{}, rst{}, psh{};
    std::uint16_t window{};            // as sent, not scaled
    std::optional<std::uint16_t> mss;  // options, where present
    std::optional<std::uint8_t> window_scale;
    bool sack_permitted{};
    bytes::View payload;  // what was captured
    // What was sent, by the IP header where that says more than the capture does; more than payload where it was cut.
    std::uint32_t payload_length{};
};

struct Datagram {
    IpInfo ip;
    Endpoint source, destination;
    bytes::View payload;
    std::uint32_t payload_length{};
};

// RFC 792 and RFC 4443 errors, with as much of the packet they quote as came along.
struct IcmpError {
    IpInfo ip;
    std::uint8_t type{}, code{};
    std::uint32_t next_hop_mtu{};           // IPv4 type 3 code 4, IPv6 type 2; else 0
    std::uint8_t protocol{};                // of the quoted packet: 6 TCP, 17 UDP
    Endpoint source, destination;           // of the quoted packet; ports are 0 when not quoted
    std::optional<std::uint32_t> sequence;  // TCP only
};

// RFC 826, and RFC 4861 4.3 and 4.4: who says on this link that an address is his, or asks whose one is. `asked` and
// `claimed` have family 0 where there is none; a question may claim the asker's own address besides.
struct Neighbour {
    Address claimed, asked;
    MacAddress mac;    // that has `claimed`
    bool announced{};  // nobody asked
};

struct Nothing {};  // nothing of ours, or a fragment that is waiting for the others
using Decoded = std::variant<Nothing, Segment, Datagram, IcmpError, Neighbour>;

// Counts of what could not be followed; each is told once a capture. fragments_never_completed includes the datagrams
// that still wait, so that it is right at the end.
struct Losses {
    std::uint64_t unknown_link_type{}, malformed{}, cut_by_snap_length{}, fragments_never_completed{};
};

// Keeps fragments between packets, in bounded memory. One decoder a capture, packets in file order.
class Decoder {
public:
    Decoder();
    ~Decoder();
    Decoder(const Decoder&) = delete;
    Decoder& operator=(const Decoder&) = delete;
    Decoded decode(const capture::Packet& packet);
    const Losses& losses() const noexcept { return losses_; }

private:
    struct Fragments;
    std::unique_ptr<Fragments> fragments_;
    Losses losses_;
};

}  // namespace rdpdx::net
