// Inside of observe: what clients of RDP and their KDC say to each other around an attempt, on TCP and UDP port 88.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <unordered_map>
#include <vector>

#include "parsers/credssp/kdc.hpp"
#include "src/observe/placing.hpp"

namespace rdpdx::observe {

// How long before an attempt begins its Kerberos may have come.
inline constexpr model::Duration kKdcBefore = std::chrono::seconds{60};
// Messages that are kept of one client, and of all; what is more is not looked at.
inline constexpr std::size_t kKdcKeptAClient = 200, kKdcKept = 50'000;
// As much of each side of a connection is followed, and as much is held back of all of them until a message is whole.
inline constexpr std::uint64_t kKdcFollowed = std::uint64_t{64} * 1024;
inline constexpr std::size_t kKdcPending = std::size_t{16} * 1024 * 1024;

// Reads what may be a KDC's, forgets it after a while, and gives what an attempt of the same client had next to it to
// the attempt. A capture of a KDC without RDP costs one minute's messages.
class KdcTraffic {
public:
    KdcTraffic(std::uint32_t input, model::Precision precision)
        : source_{input, precision}, clients_{0, net::AddressHash{this}} {}

    // Whether a flow with this first payload is followed.
    bool begin(const stream::Flow& flow, stream::Side from, bytes::View first_payload);
    void data(const stream::Flow& flow, const stream::Chunk& chunk);
    void end(const stream::Flow& flow);
    void datagram(const net::Datagram& datagram, const stream::Mark& mark);
    // False where datagram() would do nothing.
    static bool wants(const net::Glance& datagram) noexcept {
        return datagram.source_port == credssp::kKdcPort || datagram.destination_port == credssp::kKdcPort;
    }
    // A client began an attempt; what it said around that time is worth more than the rest.
    void attempt(const net::Address& client, model::Time began);
    // At the end of the capture: into each track what belongs to it, by time.
    void take(std::vector<model::Track>& tracks);

private:
    struct Half {
        std::vector<std::byte> pending;
        stream::Mark mark;  // where what is pending began
        bool stopped{};
    };
    struct Connection {
        Half client, server;
    };
    struct Kept {
        stream::Mark mark;
        net::Endpoint client, server;
        stream::Side from{};
        credssp::KdcMessage message;
    };
    struct Client {
        std::optional<model::Time> began;
        std::vector<Kept> near;  // an attempt began within kKdcBefore of these
        std::deque<Kept> recent;
    };

    void read(const stream::Flow& flow, Half& half, const stream::Chunk& chunk);
    void stop(Half& half);
    void keep(Kept kept);
    void forget_old(model::Time now);
    model::Observation observe_kdc_message(const Kept& kept) const;

    CaptureSource source_;
    std::map<std::uint64_t, Connection> connections_;  // by flow
    std::unordered_map<net::Address, Client, net::AddressHash> clients_;
    std::size_t kept_{}, pending_{};
    model::Time latest_{}, swept_{};
};

}  // namespace rdpdx::observe
