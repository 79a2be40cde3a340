// One TCP connection while it lasts: what its segments say about it, and its bytes in order.
#pragma once

#include <array>

#include "parsers/stream/half_stream.hpp"
#include "parsers/stream/memory.hpp"

namespace rdpdx::stream {

// Whether a segment with the addresses of a connection is part of it. `stray`: its sequence numbers say no, but one
// packet alone does not prove another connection.
enum class Belonging { belongs, another, stray };

class Connection {
public:
    // `forward` says whether the first segment's source is the lower of the two endpoints; all later calls say the same
    // of theirs. `together` as for HalfStream.
    Connection(std::uint64_t id, const net::Segment& first, const Mark& mark, bool forward, std::size_t& together,
               TrailLength trail);

    // True for a packet that was captured twice; nothing more is to be done with it.
    bool repeats(const net::Segment& segment, const Mark& mark, bool forward);
    Belonging judge(const net::Segment& segment, const Mark& mark, bool forward);
    // False when the listener does not want the connection; it is then of no more use than flow().
    bool add(const net::Segment& segment, const Mark& mark, bool forward, Listener& listener);
    void stray(const Mark& mark, bool forward);
    void add(const net::IcmpError& error, const Mark& mark);
    // Hands on what waited for missing bytes and completes the facts. The caller then tells the end.
    void finish(Listener& listener);

    const Flow& flow() const noexcept { return flow_; }
    // Nothing but stragglers is to be expected.
    bool over() const noexcept;
    // Both sides were seen, or payload.
    bool answered() const noexcept;
    bool lower_is_client() const noexcept { return lower_is_client_; }
    // The initial sequence number, where the SYN was seen.
    std::optional<std::uint32_t> initial_sequence(bool forward) const noexcept { return way(forward).isn; }

private:
    // One direction. Roles may turn out reversed, so this is by address; Flow's halves are by role.
    struct Way {
        explicit Way(std::size_t& together) noexcept : stream{together} {}
        HalfStream stream;
        RecentPackets recent;
        SentMarks sent;
        std::optional<std::uint32_t> isn;
        std::optional<std::uint64_t> fin_offset;
        std::uint64_t highest = 0;       // the offset after the last byte sent
        std::uint64_t acknowledged = 0;  // by the other side; a FIN counts as one byte
        bool syn_acknowledged = false;
        std::uint16_t identification = 0;  // of the newest packet
        bytes::Time newest{};              // when bytes at the front of the stream were last sent
        unsigned strays = 0;
    };
    Way& way(bool forward) noexcept { return ways_[forward ? 0 : 1]; }
    const Way& way(bool forward) const noexcept { return ways_[forward ? 0 : 1]; }
    Side side(bool forward) const noexcept { return forward == lower_is_client_ ? Side::client : Side::server; }
    Half& half(bool forward) noexcept { return flow_.half(side(forward)); }

    Belonging judge_syn(const net::Segment& segment, const Mark& mark, bool forward) const;
    void reverse_roles() noexcept;
    void take_syn(const net::Segment& segment, const Mark& mark, bool forward);
    void take_acknowledgment(const net::Segment& segment, const Mark& mark, bool forward);
    void take_payload(const net::Segment& segment, const Mark& mark, bool forward, Listener& listener);
    void take_closing(const net::Segment& segment, const Mark& mark, bool forward);
    void anchor_midway(Way& from, const net::Segment& segment);
    bool keep_alive(const Way& from, std::int64_t offset, const net::Segment& segment) const;
    void count(const net::Segment& segment, std::int64_t offset, std::uint64_t length, const Mark& mark, bool forward);
    void hand_on(bool forward, Listener& listener);
    void lose_patience(const Mark& mark, Listener& listener);

    Flow flow_;
    std::array<Way, 2> ways_;
    bool lower_is_client_ = false;
    bool asked_ = false, declined_ = false;
};

}  // namespace rdpdx::stream
