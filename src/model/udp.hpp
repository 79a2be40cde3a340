// An RDP-UDP conversation: the side channel beside an RDP connection.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "src/model/time.hpp"

namespace rdpdx::model {

// What one side sent. Packets carry data; each counts once, however often it was sent.
struct UdpHalf {
    std::uint64_t datagrams{}, bytes{}, packets{};
    std::uint32_t retransmissions{}, duplicates{};
    std::uint32_t loss_reports{};        // datagrams in which it says that packets of the other side are missing
    std::uint32_t most_missing{};        // at once
    std::uint32_t window_reductions{};   // it sent less, because of loss
    std::uint32_t since_acknowledged{};  // packets sent, again or new, since the other side last acknowledged a new one
    std::optional<Time> first, last;     // datagrams
    std::optional<Time> last_packet, acknowledged;
};

struct UdpTransport {
    std::string offered_version, version;  // "1", "2", "3", "0x0003"; empty where no SYN or SYN+ACK was seen
    std::string mode;                      // "reliable", "lossy"
    std::optional<std::uint16_t> client_mtu, server_mtu;  // each one's own limit for what it sends
    // "syn-sent", "no-answer", "too-large" (a router says so), "unreachable", "unacknowledged", "connected",
    // "security-failed", "secured", "tunnel-refused", "tunnel-created"
    std::string outcome;
    std::string correlation_id, cookie_hash;  // hex, empty where none was sent
    std::optional<std::uint32_t> request;     // the server's request over TCP that it answers
    std::uint32_t initial_sequence{};         // the client's; tells conversations between the same ports apart
    unsigned syns{}, syn_acks{};
    bool established{};
    bool locked{};  // TLS or DTLS was seen and not opened
    std::optional<Duration> round_trip;
    UdpHalf client, server;
    Time capture_end{};  // the last packet of the capture
    std::uint32_t captures{1};
    std::string note;  // what two captures of it tell together
};

}  // namespace rdpdx::model
