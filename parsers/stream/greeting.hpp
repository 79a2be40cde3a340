// Inside parsers/stream only: a TCP connection that has done no more yet than to open.
#pragma once

#include <array>

#include "parsers/stream/connection.hpp"

namespace rdpdx::stream {

// SYN, SYN-ACK and ACK as they have to be, without payload. They are kept as they came, in a fraction of what a
// Connection takes; most connections turn out unwanted with the packet that follows.
class Greeting {
public:
    // Whether the first segment of a connection is such a SYN.
    static bool begins(const net::Segment& segment) noexcept;
    // `forward` as for Connection.
    Greeting(std::uint64_t id, const net::Segment& syn, const Mark& mark, bool forward);

    // True where the segment is the one that comes next and was kept. Otherwise a Connection is needed.
    bool add(const net::Segment& segment, const Mark& mark, bool forward);
    bool answered() const noexcept { return count_ > 1; }
    std::uint64_t id() const noexcept { return id_; }
    // The connection as it would be, had it been given these packets as they came. The listener is told nothing by
    // that, since there are no bytes.
    std::unique_ptr<Connection> connection(std::size_t& together, TrailLength trail, Listener& listener) const;

private:
    struct Packet {
        net::Segment segment;
        Mark mark;
    };
    std::uint64_t id_;
    bool forward_;  // the way of the SYN
    std::size_t count_{};
    std::array<Packet, 3> packets_;
};

}  // namespace rdpdx::stream
