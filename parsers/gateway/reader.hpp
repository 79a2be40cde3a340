// One TCP connection to a gateway, in the clear or opened -> its HTTP heads, the packets of its tunnel, the messages of
// its KDC proxy.
#pragma once

#include <functional>
#include <variant>
#include <vector>

#include "parsers/gateway/http.hpp"
#include "parsers/gateway/http2.hpp"
#include "parsers/gateway/kdc_proxy.hpp"
#include "parsers/gateway/packets.hpp"
#include "parsers/gateway/websocket.hpp"
#include "parsers/stream/marks.hpp"
#include "parsers/tls/connection_reader.hpp"

namespace rdpdx::gateway {

using stream::Mark;
using stream::Side;

// What opens TLS. Both pointees outlive the reader, or there are none.
struct Decrypting {
    const tls::Secrets* secrets{};
    tls::SessionCache* sessions{};
};

// Whether a flow with this first payload of its client may be a gateway's: it asks for one in the clear, or it is TLS
// that a secret opens.
bool recognise(bytes::View first_payload, const tls::Secrets* secrets);
// The random value of the TLS ClientHello that begins here.
std::optional<tls::Random> client_random(bytes::View first_payload);

// What the client asks of the other side. `undecided` until its first request has come; of `other` nothing is handed
// on.
enum class Role {
    undecided,
    tunnel,  // HTTP or WebSocket transport
    rpc,     // RPC over HTTP, whose payload is not read
    kdc_proxy,
    other,
};

// A KDC proxy's answer. The body that may go with it is a KdcMessage of its own.
struct KdcStatus {
    std::uint16_t status{};  // 0 where it is not known
};
struct KdcMessage {
    KdcProxyMessage message;
};
// Bytes of the tunnel that the capture does not have, or that could not be opened.
struct Gap {};
struct Unparsed {
    std::string what;
    bytes::ParseError error;
};

struct Item {
    Side from{};
    Mark mark;               // the packet in which the TLS record, or without TLS the item, began
    std::uint64_t offset{};  // in that side's stream
    std::variant<HttpHead, Packet, KdcStatus, KdcMessage, Gap, Unparsed> body;  // views live during the call
};

// Feeds both sides, chunks in the order they came. Memory is bounded by one TLS handshake message and record, one HTTP
// head and one packet a side; for a KDC proxy by what Http2Reader holds.
class Reader {
public:
    using Sink = std::function<void(const Item&)>;
    Reader(Sink sink, const Decrypting& decrypting);
    void data(const stream::Chunk& chunk);
    Role role() const noexcept { return role_; }
    // Both sides switched to WebSocket.
    bool websocket() const noexcept { return client_.mode == Mode::websocket && server_.mode == Mode::websocket; }

private:
    enum class Mode { start, http, http2, websocket };
    struct Direction {
        bool tls{}, wire_known{};  // what the wire carries is known, and it is TLS
        Mode mode{Mode::start};
        HttpReader http;
        Http2Reader http2;
        WebSocketReader websocket;
        std::vector<std::byte> begun;   // of bytes in the clear that nothing can be said of yet
        std::vector<std::byte> packet;  // a packet that is not whole yet
        std::uint64_t packet_offset{};
        bool carries_packets{};       // the body that comes is the tunnel
        bool synchronised{};          // the next byte of the tunnel is within a packet that began where it should
        bool seed{};                  // a response's body begins with some bytes that mean nothing
        std::vector<std::byte> body;  // of a KDC proxy's message
        stream::Marks marks;
    };
    Direction& direction(Side side) noexcept { return side == Side::client ? client_ : server_; }
    void emit(Side from, std::uint64_t offset, decltype(Item::body) body);
    void read_tls(Side from, bytes::View data, std::uint64_t offset);
    void gap(Side from, std::uint64_t offset, std::uint64_t length);
    // Bytes in the clear; `offset` is that of the record that held them.
    void clear(Side from, bytes::View data, std::uint64_t offset);
    bool begin(Side from, bytes::View& data);
    void http(Side from, bytes::View data, std::uint64_t offset);
    void head(Side from, const HttpHead& head, std::uint64_t offset);
    void decide(const HttpHead& head);
    void body(Side from, bytes::View data, std::uint64_t offset);
    void body_end(Side from, std::uint64_t offset);
    void http2(Side from, bytes::View data, std::uint64_t offset);
    void http2_body(Side from, const Http2Reader::Body& body, std::uint64_t offset);
    void websocket(Side from, bytes::View data, std::uint64_t offset);
    void packets(Side from, bytes::View data, std::uint64_t offset);
    std::size_t find_packet(Side from, bytes::View data);
    void kdc_message(Side from, bytes::View data, std::uint64_t offset);

    Sink sink_;
    Role role_{Role::undecided};
    bool upgrade_asked_{};
    std::string last_method_;
    tls::ConnectionReader tls_;
    Direction client_, server_;
};

}  // namespace rdpdx::gateway
