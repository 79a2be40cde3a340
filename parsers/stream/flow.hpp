// TCP segments -> two ordered byte streams a connection, with what an analyst wants to know about how they came.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "parsers/bytes/side.hpp"
#include "parsers/net/decode.hpp"
#include "parsers/net/glance.hpp"
#include "parsers/stream/index.hpp"

namespace rdpdx::stream {

using bytes::other;
using bytes::Side;

// A packet seen: when, which frame, and where in the file.
struct Mark {
    bytes::Time time{};
    std::uint64_t frame{};
    std::uint64_t file_offset{};
};

// One packet of a flow, in so few words that another capture's view of it can be compared.
struct Sighting {
    Mark mark;
    std::uint64_t source_mac{};  // of the outermost Ethernet frame; 0 where there is none
    std::uint32_t sequence{}, acknowledgment{}, length{};
    std::uint32_t
        digest{};  // of the first kDigested bytes of its payload; 0 where not as many were captured, or not asked for
    std::uint16_t identification{}, window{};
    std::uint8_t hop_limit{};
    Side from{};
    bool syn{}, ack{}, fin{}, rst{}, dont_fragment{};
};
inline constexpr std::size_t kDigested = 64;  // as many as hold the random of a TLS hello

// The first packets of a flow and the last, in order of capture; copies made by a mirror port are not among them.
struct TrailLength {
    std::uint16_t first{512}, last{128};
    bool digests{true};
};
struct Trail {
    TrailLength most;
    std::vector<Sighting> first, last;
    std::uint64_t between{};  // how many packets between the two are not kept
};

// How a side ended its half: its first FIN or RST.
struct Closing {
    Mark mark;
    bool reset{};  // RST, otherwise FIN
    std::uint8_t hop_limit{};
    std::uint16_t ip_identification{}, window{};
    std::uint32_t sequence{};
};

// What one side sent. Packets that were captured twice count in `duplicates` alone.
struct Half {
    std::uint64_t packets{}, payload_bytes{};  // payload counted once, as sent, even where the snap length cut it
    std::uint32_t retransmissions{};           // segments with bytes sent again, and SYN-ACKs sent again
    std::uint32_t duplicates{};  // the same packet captured twice (SPAN port): same IP id, sequence, length
    std::uint32_t out_of_order{}, zero_windows{}, keep_alives{}, gaps{};
    std::uint32_t cut{};                              // segments of which the capture has only the beginning
    std::uint64_t gap_bytes{};                        // never seen, although later bytes were seen or acknowledged
    std::optional<std::uint16_t> mss;                 // from its SYN
    std::uint8_t hop_limit{};                         // of its SYN or SYN-ACK, else of its first packet
    std::optional<Mark> first_payload, last_payload;  // of new bytes; retransmissions and keep-alives do not count
    std::optional<Mark> last_packet;
    std::uint64_t unacknowledged{};            // bytes sent that the other side had not acknowledged at the end
    std::optional<Mark> first_unacknowledged;  // when the oldest of those was first sent
    std::optional<Mark> last_acknowledging;    // its last packet that acknowledged something new of the other side
    std::optional<Closing> fin, rst;
};

// A TCP connection as far as it was seen. Frames of the handshake are absent where the capture does not have them.
struct Flow {
    std::uint64_t id{};  // in order of first packet, from 1
    net::Endpoint client, server;
    bool roles_certain{};  // from SYN or SYN-ACK, or set by recognition of the bytes; otherwise from the ports
    Mark first, last;
    std::optional<Mark> syn, syn_ack, handshake_ack;
    std::uint32_t syn_count{};  // SYNs of the client, retransmissions included
    bool refused{};             // RST in answer to SYN, before any SYN-ACK
    bool starts_midway{};       // no SYN of either side was seen
    Half from_client, from_server;
    std::optional<net::IcmpError> icmp_error;  // the first one that quotes this connection
    std::optional<Mark> icmp_mark;
    Trail trail;  // of flows that are wanted

    Half& half(Side side) noexcept { return side == Side::client ? from_client : from_server; }
    const Half& half(Side side) const noexcept { return side == Side::client ? from_client : from_server; }
};

// A run of bytes in order. The view lives during the call that hands it over.
struct Chunk {
    Side from{};
    bytes::View data;
    std::uint64_t offset{};  // of its first byte in that side's stream; bytes of gaps count
    std::uint64_t gap{};     // bytes missing just before it
    Mark mark;               // the packet that carried its first byte
};

// What the bytes of a flow mean is somebody else's business.
class Listener {
public:
    virtual ~Listener() = default;
    enum class Interest { none, roles_reversed, follow };
    // The first payload of a flow, before its bytes are handed on. `none`: the rest of the flow is not wanted; its
    // bytes are then neither kept nor ordered, and no more calls come for it except end(). `roles_reversed`: wanted,
    // and the sender of this payload is the client although the ports said otherwise (or the reverse); only honoured
    // where roles are not certain. The payload is what can be handed on in order, from one packet.
    virtual Interest first_payload(const Flow& flow, Side from, bytes::View payload) = 0;
    virtual void data(const Flow& flow, const Chunk& chunk) = 0;
    // The flow is over: closed, replaced by a new connection with the same addresses, silent for long, or the capture
    // ended. Called once for each flow. Unacknowledged bytes are known only here. Of a flow that was not wanted there
    // are id, addresses, roles, marks of flow and SYNs, counts of packets and the first payload.
    virtual void end(const Flow& flow) = 0;
};

// All TCP connections of a capture, segments in file order. Memory follows the connections that are alive: closed and
// silent ones are ended as time goes on in the capture. The listener must not call the table.
class Table {
public:
    // `trail`: how much is kept of each flow that is wanted.
    explicit Table(Listener& listener, TrailLength trail = {});
    ~Table();
    Table(const Table&) = delete;
    Table& operator=(const Table&) = delete;
    void add(const net::Segment& segment, const Mark& mark);
    void add(const net::IcmpError& error, const Mark& mark);

    // Where the flow of a segment is looked for, whether there is one or not.
    struct Place {
        DirectedKey where;
        std::uint64_t hash{};
    };
    // These two, in this order and some packets before pass(), have the memory that a look-up takes at hand in time.
    void place(const net::Glance& glance, Place& out) const noexcept;
    void approach(const Place& place) const noexcept;
    // True if that was all: the segment is one of a flow that the listener does not want. Otherwise nothing was done,
    // and the segment is to be decoded and added.
    bool pass(const net::Glance& glance, const Place& place, const Mark& mark);
    // As the other one, of a segment whose place is known already.
    void add(const net::Segment& segment, const Place& place, const Mark& mark);
    // Ends all that is still open, in order of their ids.
    void finish();

    // Flows that began and did not end yet.
    std::size_t live() const noexcept;
    // Bytes held back because earlier ones are missing, with what keeping them costs.
    std::size_t pending() const noexcept;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace rdpdx::stream
