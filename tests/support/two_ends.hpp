// One TCP connection as captures at both of its ends show it: packets that pass, that are lost on the way, and that are
// made on the way.
#pragma once

#include <algorithm>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "src/analysis/analysis.hpp"
#include "tests/support/bytes.hpp"
#include "tests/support/knowledge.hpp"
#include "tests/support/packets.hpp"

namespace rdpdx::test {

enum class Fate { arrives, lost, forged };

struct TwoEnds {
    static constexpr std::int64_t kStart = 1'767'268'800'000'000'000;
    static constexpr std::int64_t kNever = INT64_MIN;
    struct Packet {
        std::int64_t time{};
        Bytes data;
    };

    // The client's address and port, and as the server sees them.
    std::string client = "192.0.2.10", client_at_server = client, server = "203.0.113.20";
    std::uint16_t client_port = 50000, client_port_at_server = client_port;
    std::uint32_t client_shift = 0, server_shift = 0;  // what a box on the way adds to sequence numbers
    std::uint8_t hops = 3;                             // routers between the two
    std::int64_t way = 5'000'000, server_clock = 0;    // nanoseconds; how far the server's clock is ahead
    std::uint16_t identification[2] = {100, 9000};
    std::vector<Packet> at_client, at_server;

    // At `at` seconds the sender sends it; `h` needs no ports.
    void send(double at, bool from_client, Tcp h, const Bytes& payload = {}, Fate fate = Fate::arrives,
              std::uint8_t ttl = 64) {
        const auto sent = kStart + static_cast<std::int64_t>(at * 1e9);
        const std::uint16_t id = ++identification[from_client ? 0 : 1];
        const auto packet = [&](bool near_client, std::uint8_t hop_limit) {
            const std::string& own = near_client ? client : client_at_server;
            const std::uint16_t port = near_client ? client_port : client_port_at_server;
            Tcp t = h;
            t.source = from_client ? port : 3389;
            t.destination = from_client ? 3389 : port;
            if (!near_client) {
                t.sequence += from_client ? client_shift : server_shift;
                if (t.ack) t.acknowledgment += from_client ? server_shift : client_shift;
            }
            return ethernet(0x0800, ipv4({.source = from_client ? own : server,
                                          .destination = from_client ? server : own,
                                          .ttl = hop_limit,
                                          .id = id},
                                         tcp(t, payload)));
        };
        const auto file = [&](bool near_client, std::uint8_t hop_limit, std::int64_t time) {
            (near_client ? at_client : at_server)
                .push_back({time + (near_client ? 0 : server_clock), packet(near_client, hop_limit)});
        };
        if (fate != Fate::forged) file(from_client, ttl, sent);
        if (fate != Fate::lost) file(!from_client, static_cast<std::uint8_t>(ttl - hops), sent + way);
    }

    // From 0 s: three packets; the client's first byte is 1001, the server's 5001.
    void handshake() {
        send(0, true, {.sequence = 1000, .syn = true});
        send(0.006, false, {.sequence = 5000, .acknowledgment = 1001, .syn = true, .ack = true});
        send(0.012, true, {.sequence = 1001, .acknowledgment = 5001, .ack = true});
    }
    // From 0.02 s: TLS is asked for and selected; then the client's next byte is 1020, the server's 5020.
    void negotiate() {
        handshake();
        send(0.02, true, {.sequence = 1001, .acknowledgment = 5001, .ack = true, .psh = true},
             from_hex("03 00 00 13  0E E0 00 00 00 00 00  01 00 08 00 01 00 00 00"));
        send(0.04, false, {.sequence = 5001, .acknowledgment = 1020, .ack = true, .psh = true},
             from_hex("03 00 00 13  0E D0 00 00 12 34 00  02 00 08 00 01 00 00 00"));
        send(0.05, true, {.sequence = 1020, .acknowledgment = 5020, .ack = true});
    }
    // A TLS handshake message of `size` bytes with its record header, at 1020 or 5020.
    static Bytes hello(std::uint8_t type, std::size_t size) {
        Bytes body = be(2, 0x0303);
        for (std::size_t i = body.size() + 9; i < size; ++i) body.push_back(static_cast<std::byte>(type * 7 + i));
        return join({be(1, 22), be(2, 0x0303), be(2, size - 5), be(1, type), be(3, size - 9), body});
    }
    void client_hello(double at, Fate fate = Fate::arrives, std::size_t size = 200) {
        send(at, true, {.sequence = 1020, .acknowledgment = 5020, .ack = true, .psh = true}, hello(1, size), fate);
    }
    void server_hello(double at, Fate fate = Fate::arrives, std::size_t size = 1200) {
        send(at, false, {.sequence = 5020, .acknowledgment = 1220, .ack = true, .psh = true}, hello(2, size), fate);
    }

    static Bytes file(std::vector<Packet> packets) {
        std::ranges::stable_sort(packets, {}, &Packet::time);
        PcapFile out{1, true};
        for (const Packet& p : packets) out.add(p.time, p.data);
        return out.bytes();
    }
};

// Captures read and analyzed as the program does it, in this order; they are named a.pcap, b.pcap, ...
inline model::Report analyze_captures(const std::vector<Bytes>& files) {
    std::vector<analysis::Reading> readings;
    const auto knowledge = shipped_knowledge();
    for (std::uint32_t i = 0; i < files.size(); ++i) {
        bytes::MemorySource source{files[i]};
        const auto kind =
            analysis::recognise(bytes::View{files[i]}.first(std::min<std::size_t>(files[i].size(), 64))).kind;
        readings.push_back(analysis::read(source, kind, i, {}, knowledge.events));
        readings.back().input.path = std::string{static_cast<char>('a' + i)} + ".pcap";
    }
    return analysis::analyze(std::move(readings), knowledge, {}, "test");
}

}  // namespace rdpdx::test
