// One RDP-UDP conversation: its handshake, what both sides sent and lost, and what TLS or DTLS over it says.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>

#include "parsers/rdpeudp/datagram.hpp"
#include "parsers/rdpeudp/delivery.hpp"
#include "parsers/rdpeudp/packet.hpp"
#include "parsers/rdpeudp/security.hpp"

namespace rdpdx::rdpeudp {

// What one side sent. Packets are those that carry data; datagrams that were captured twice count in `duplicates`
// alone.
struct Half {
    std::uint64_t datagrams{}, bytes{};  // payloads of UDP
    std::uint64_t packets{};             // each once, however often it was sent
    std::uint32_t retransmissions{}, duplicates{}, fec_packets{};
    std::uint32_t loss_reports{};       // datagrams that tell the other side of missing packets (CN, ACK vectors)
    std::uint32_t most_missing{};       // at once, by ACK vectors
    std::uint32_t window_reductions{};  // CWR
    std::optional<Mark> first, last;    // datagrams
    std::optional<Mark> last_packet;    // sent again, too
    // Of its packets the other side acknowledged a new one last in this datagram, and so many were sent since, again or
    // for the first time.
    std::optional<Mark> acknowledged;
    std::uint32_t since_acknowledged{};
};

struct Conversation {
    std::optional<SynData> syn, syn_ack;
    std::uint16_t offered_version{}, version{};  // of SYN and SYN+ACK; 0 where none was seen
    bool lossy{};
    std::optional<std::array<std::uint8_t, 16>> correlation_id;
    std::optional<std::array<std::uint8_t, 32>> cookie_hash;
    unsigned syns{}, syn_acks{};
    std::optional<Mark> first_syn, last_syn, first_syn_ack, last_syn_ack;
    std::optional<Mark> established;  // the client's first datagram behind the SYN+ACK
    std::optional<bytes::Time::duration> round_trip;
    bool data_from_server{};  // encrypted or not
    Half client, server;

    const Half& half(Side side) const noexcept { return side == Side::client ? client : server; }
};

// Takes the datagrams of both sides as the capture has them. Memory is bounded by Order, Recent and Security of each
// side; before the SYN+ACK there is none of these.
class Reader {
public:
    Reader(Sink sink, const Decrypting& decrypting) : sink_{std::move(sink)}, decrypting_{decrypting} {}
    // `length`: of the payload as it was sent.
    void datagram(Side from, bytes::View payload, std::size_t length, const Mark& mark);
    // What still waited for something missing.
    void finish();

    const Conversation& conversation() const noexcept { return conversation_; }
    // Whether this SYN or SYN+ACK begins another conversation between the same ports.
    bool another(Side from, bytes::View payload) const;

private:
    // What is followed once the connection is there.
    struct Stream {
        explicit Stream(unsigned number_bits) : numbers{number_bits}, sent{number_bits}, acknowledged{number_bits} {}
        Extender numbers;       // snSourceStart or ChannelSeqNum
        Extender sent;          // what is acknowledged: snSourceStart or DataSeqNum
        Extender acknowledged;  // by the other side
        Recent recent;
        Order order;
    };
    struct Transport {
        Transport(const Decrypting& decrypting, bool lossy, unsigned number_bits)
            : security{decrypting, lossy}, client{number_bits}, server{number_bits} {}
        Security security;
        Stream client, server;
        Stream& stream(Side side) noexcept { return side == Side::client ? client : server; }
    };
    struct Source {  // a packet with data
        std::uint32_t number{}, transmission{}, acknowledged_as{};
        bytes::View data;
        std::uint64_t cut{};
    };
    Half& half(Side side) noexcept { return side == Side::client ? conversation_.client : conversation_.server; }
    bool version3() const noexcept { return conversation_.version == kVersion3; }

    void handshake(Side from, const Datagram& datagram, const Mark& mark);
    void of_versions_1_2(Side from, bytes::View payload, std::size_t length, const Mark& mark);
    void of_version_3(Side from, bytes::View payload, std::size_t length, const Mark& mark);
    void source(Side from, const Source& source, const Mark& mark);
    void acknowledge(Side by, std::uint32_t number, const Mark& mark);
    void missing(Side by, std::uint32_t packets, bool reported);
    void deliver(Side from);

    Sink sink_;
    Decrypting decrypting_;
    Conversation conversation_;
    std::unique_ptr<Transport> transport_;
};

}  // namespace rdpdx::rdpeudp
