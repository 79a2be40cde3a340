// Inside of rdpeudp: what TLS or DTLS over RDP-UDP says, and the tunnel inside it.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <variant>

#include "parsers/rdpeudp/tunnel.hpp"
#include "parsers/stream/marks.hpp"
#include "parsers/tls/connection_reader.hpp"
#include "parsers/tls/dtls_reader.hpp"

namespace rdpdx::rdpeudp {

using stream::Mark;
using stream::Side;

// What opens TLS and DTLS. Both pointees outlive the reader, or there are none.
struct Decrypting {
    const tls::Secrets* secrets{};
    tls::SessionCache* sessions{};
};

// What could not be read where something of ours was expected.
struct Unparsed {
    std::string what;
    bytes::ParseError error;
};

struct Item {
    Side from{};
    Mark mark;  // the datagram in which the record, or without TLS the item, began
    std::variant<tls::ClientHello, tls::ServerHello, tls::HandshakeMessage, tls::ChangeCipherSpec, tls::Alert,
                 tls::EncryptedAlert, tls::EncryptedHandshake, tls::ApplicationData, tls::Opening, TunnelPdu, Unparsed>
        body;  // views live during the call
};
using Sink = std::function<void(const Item&)>;

// Takes the payloads of both sides: of the reliable mode in order, TLS; of the lossy one as they come, DTLS. Memory is
// bounded by what the two readers of parsers/tls keep, and one PDU of the tunnel a side.
class Security {
public:
    Security(const Decrypting& decrypting, bool lossy);
    void payload(Side from, bytes::View data, const Mark& mark, const Sink& sink);
    // Bytes of this side are missing.
    void gap(Side from, std::uint64_t length);
    void finish(const Sink& sink);
    // The tunnel was answered, or nothing more can be read: the rest is the session's.
    bool done() const noexcept { return done_; }

private:
    struct Half {
        std::uint64_t offset{};  // in its stream; of DTLS, datagrams
        stream::Marks marks;
        std::vector<std::byte> pdu;  // of the tunnel, not whole yet
        bool synchronised{true};
        unsigned unopened{};  // encrypted records
    };
    Half& half(Side side) noexcept { return side == Side::client ? client_ : server_; }
    void item(Side from, const Mark& mark, const tls::ConnectionReader::Item& item, const Sink& sink);
    void message(Side from, const Mark& mark, const tls::HandshakeMessage& message, const Sink& sink);
    void opened(Side from, const Mark& mark, bytes::View data, const Sink& sink);

    std::variant<tls::ConnectionReader, tls::DtlsReader> reader_;
    Half client_, server_;
    bool done_{};
};

}  // namespace rdpdx::rdpeudp
