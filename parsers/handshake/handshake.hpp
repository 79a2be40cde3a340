// One TCP stream -> the PDUs of an RDP connection, in order. The only place that knows which protocol follows which.
#pragma once

#include <functional>
#include <vector>

#include "parsers/handshake/pdu.hpp"
#include "parsers/stream/marks.hpp"

namespace rdpdx::handshake {

// What the first payload of a flow says about it. `port_3389`: one of the ports is RDP's or one the user named.
struct Recognised {
    bool rdp{};              // follow this flow
    bool from_client{true};  // the sender of these bytes is the client
    bool certain_role{};     // the bytes can come from that side only
};
Recognised recognise(bytes::View first_payload, bool rdp_port);

// What opens TLS, and how much of it is opened. Both pointees outlive the reader, or there are none.
struct Decrypting {
    const tls::Secrets* secrets{};
    tls::SessionCache* sessions{};
    bool everything{};  // large records too once the session is active, which carry its pictures
};

// Feeds both sides of one connection, chunks in the order they came. Memory is bounded by one TPKT and one TLS
// handshake message a side; with secrets, by one more of each.
class Reader {
public:
    using Sink = std::function<void(const Pdu&)>;
    // `midway`: the streams were not seen from their beginning, so TLS may be met inside a record.
    Reader(Sink sink, bool midway, const Decrypting& decrypting = {});
    void data(const stream::Chunk& chunk);
    // Names what was begun and never finished.
    void finish();

private:
    enum class Mode { start, tpkt, tls, opaque };
    // Bytes in the clear: those of the wire, or those that TLS carried.
    struct Plain {
        Mode mode{Mode::start};
        std::vector<std::byte> pending;  // the beginning of a PDU that is not whole yet
        std::uint64_t pending_offset{};
    };
    struct Direction {
        Plain outer, inner;
        stream::Marks marks;
    };
    // Where bytes came from.
    struct Place {
        Side from{};
        std::uint64_t offset{};  // in that side's stream; of what TLS carried, that of its record
        bool inside{};
    };
    Direction& direction(Side side) { return side == Side::client ? client_ : server_; }
    Plain& plain(const Place& at) { return at.inside ? direction(at.from).inner : direction(at.from).outer; }
    void emit(const Place& at, Body body);
    void forget_marks(Side from, std::uint64_t end);
    template <class Parsed>
    void emit_parsed(const Place& at, const Parsed& parsed, std::string what);

    void read_plain(const Place& at, bytes::View data);
    // These take from the front of `data` what they can read, and return how much that was; 0 asks for more.
    std::size_t read_some(const Place& at, bytes::View data);
    std::size_t read_start(const Place& at, bytes::View data);
    std::size_t read_inner_start(const Place& at, bytes::View data);
    std::size_t read_tpkt(const Place& at, bytes::View data);
    std::size_t read_ts_request(const Place& at, bytes::View data);
    std::size_t read_rds_aad(const Place& at, bytes::View data);
    std::size_t fast_path(const Place& at, bytes::View data);
    std::size_t preconnection(const Place& at, bytes::View data);
    std::size_t foreign(const Place& at, bytes::View data);
    bool early_authorization_due(const Place& at, bytes::View data) const;

    void tpdu(const Place& at, bytes::View tpkt);
    void domain_pdu(const Place& at, bytes::View tpdu);
    void channel_data(const Place& at, const mcs::DomainPdu& pdu);
    void security_pdu(const Place& at, bytes::View data);
    std::size_t share_pdu(const Place& at, bytes::View data);
    void share_data(const Place& at, SharePdu pdu, bytes::View body);
    template <class Parsed>
    void emit_share(const Place& at, SharePdu pdu, const Parsed& parsed, std::string what);

    void read_tls(Side from, bytes::View data, std::uint64_t offset);
    void tls_item(const Place& at, const tls::ConnectionReader::Item& item);
    void handshake_message(const Place& at, const tls::HandshakeMessage& message);
    void opened(Side from, std::uint64_t offset, bytes::View data);
    void gap(const stream::Chunk& chunk);

    Sink sink_;
    bool midway_, everything_;
    std::optional<std::uint32_t> selected_;  // selectedProtocol of the negotiation
    bool mcs_seen_{};                        // fast-path comes only after MCS
    bool credssp_seen_{}, rds_aad_seen_{};
    bool session_{};  // the connection sequence is over
    std::uint16_t io_channel_{1003}, message_channel_{};
    bool encrypts_{};  // standard RDP security, other than with encryption method "none"
    Direction client_, server_;
    tls::ConnectionReader tls_;
};

}  // namespace rdpdx::handshake
