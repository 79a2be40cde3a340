// One TCP stream -> the PDUs of an RDP connection, in order. The only place that knows which protocol follows which.
#pragma once

#include <deque>
#include <functional>
#include <string>
#include <variant>
#include <vector>

#include "parsers/mcs/mcs.hpp"
#include "parsers/stream/flow.hpp"
#include "parsers/tls/tls.hpp"
#include "parsers/x224/x224.hpp"

namespace rdpdx::handshake {

using stream::Mark;
using stream::Side;

// Bytes of another protocol. `protocol` is a guess from the first bytes ("HTTP"), or empty.
struct Foreign {
    std::string_view protocol;
    bytes::View head;  // at most 64 bytes
};
// [MS-RDPBCGR] 2.2.8.1.2, 2.2.9.1.2: fast-path input or output; only standard RDP security shows it in the clear.
struct FastPath {
    std::uint16_t length{};
};
// Bytes that the capture does not have.
struct Gap {
    std::uint64_t bytes{};
};
// What could not be read where something of ours was expected. It is evidence too.
struct Unparsed {
    std::string what;  // "an X.224 Connection Confirm"
    bytes::ParseError error;
};

// Views live during the call that hands the PDU over.
using Body = std::variant<x224::PreConnectionPdu, x224::ConnectionRequest, x224::ConnectionConfirm, x224::OtherTpdu,
                          mcs::DomainPdu, FastPath, tls::ClientHello, tls::ServerHello, tls::HandshakeMessage,
                          tls::ChangeCipherSpec, tls::Alert, tls::EncryptedAlert, tls::EncryptedHandshake,
                          tls::ApplicationData, Foreign, Gap, Unparsed>;

struct Pdu {
    Side from{};
    Mark mark;               // the packet in which it began
    std::uint64_t offset{};  // in that side's stream
    Body body;
};

// What the first payload of a flow says about it. `port_3389`: one of the ports is RDP's or one the user named.
struct Recognised {
    bool rdp{};              // follow this flow
    bool from_client{true};  // the sender of these bytes is the client
    bool certain_role{};     // the bytes can come from that side only
};
Recognised recognise(bytes::View first_payload, bool rdp_port);

// Feeds both sides of one connection, chunks in the order they came. Memory is bounded by one TPKT and one TLS
// handshake message a side.
class Reader {
public:
    using Sink = std::function<void(const Pdu&)>;
    // `midway`: the streams were not seen from their beginning, so TLS may be met inside a record.
    Reader(Sink sink, bool midway) : sink_{std::move(sink)}, midway_{midway} {}
    void data(const stream::Chunk& chunk);
    // Names what was begun and never finished.
    void finish();

private:
    enum class Mode { start, tpkt, tls, opaque };
    struct Direction {
        Mode mode{Mode::start};
        std::vector<std::byte> pending;  // the beginning of a PDU that is not whole yet
        std::uint64_t pending_offset{};
        std::deque<std::pair<std::uint64_t, Mark>> marks;  // stream offset -> packet, for offsets still of interest
        tls::StreamReader tls;
    };
    Direction& direction(Side side) { return side == Side::client ? client_ : server_; }
    void emit(Side from, std::uint64_t offset, Body body);
    // These three take from the front of `data` what they can read, and return how much that was.
    std::size_t read_start(Side from, bytes::View data, std::uint64_t offset);
    std::size_t read_tpkt(Side from, bytes::View data, std::uint64_t offset);
    std::size_t read_some(Side from, bytes::View data, std::uint64_t offset);
    void read_tls(Side from, bytes::View data, std::uint64_t offset);
    void tpdu(Side from, bytes::View tpkt, std::uint64_t offset);
    void tls_item(Side from, const tls::StreamReader::Located& located);
    void handshake_message(Side from, std::uint64_t offset, const tls::HandshakeMessage& message);
    void gap(const stream::Chunk& chunk);

    Sink sink_;
    bool midway_;
    bool tls_negotiated_{};  // the server selected a protocol that begins with TLS
    bool mcs_seen_{};        // fast-path comes only after MCS
    Direction client_, server_;
};

}  // namespace rdpdx::handshake
