// Inside of observe: one captured connection while its packets come.
#pragma once

#include "parsers/handshake/handshake.hpp"
#include "src/model/attempt.hpp"
#include "src/observe/wire.hpp"

namespace rdpdx::observe {

class WireObserver::Connection {
public:
    Connection(std::uint32_t input, model::Precision precision, bool midway);
    void data(const stream::Chunk& chunk) { reader_.data(chunk); }
    // Everything that was seen, in order of time.
    model::Track finish(const stream::Flow& flow);

private:
    using Pdu = handshake::Pdu;
    void take(const Pdu& pdu);

    // One overload a PDU.
    void observe(const Pdu& pdu, const x224::PreConnectionPdu& body);
    void observe(const Pdu& pdu, const x224::ConnectionRequest& body);
    void observe(const Pdu& pdu, const x224::ConnectionConfirm& body);
    void observe(const Pdu& pdu, const x224::OtherTpdu& body);
    void observe(const Pdu& pdu, const mcs::DomainPdu& body);
    void observe(const Pdu& pdu, const handshake::FastPath& body);
    void observe(const Pdu& pdu, const tls::ClientHello& body);
    void observe(const Pdu& pdu, const tls::ServerHello& body);
    void observe(const Pdu& pdu, const tls::HandshakeMessage& body);
    void observe(const Pdu& pdu, const tls::ChangeCipherSpec& body);
    void observe(const Pdu& pdu, const tls::Alert& body);
    void observe(const Pdu& pdu, const tls::EncryptedAlert& body);
    void observe(const Pdu& pdu, const tls::EncryptedHandshake& body);
    void observe(const Pdu& pdu, const tls::ApplicationData& body);
    void observe(const Pdu& pdu, const handshake::Foreign& body);
    void observe(const Pdu& pdu, const handshake::Gap& body);
    void observe(const Pdu& pdu, const handshake::Unparsed& body);

    // Adds an observation of this packet; the reference is good until the next one.
    model::Observation& add(const stream::Mark& mark, std::string kind, std::string text);
    model::Observation& add(const Pdu& pdu, std::string kind, std::string text);
    void oddities(const Pdu& pdu, const std::vector<x224::Oddity>& list);
    void certificate(const Pdu& pdu, bytes::View der);
    void encrypted(const Pdu& pdu, std::uint16_t length);
    void secured_data(const Pdu& pdu);
    void transport(const stream::Flow& flow);
    void closings(const stream::Flow& flow);
    void secured(const stream::Flow& flow);
    void half(const stream::Flow& flow, stream::Side side);

    // What the reader cannot know: how far TLS 1.3 has come on each side.
    struct Progress {
        bool finished{};
        std::uint64_t records{}, bytes{};
        std::vector<std::uint16_t> sizes;
        std::optional<stream::Mark> first_record, finished_mark;
        bool any{};  // bytes of any kind
    };
    Progress& progress(stream::Side side) { return side == stream::Side::client ? client_ : server_; }

    model::Track track_;
    model::Wire wire_;
    Progress client_, server_;
    bool join_seen_{}, confirm_seen_{}, joins_seen_{}, client_info_seen_{}, licence_seen_{}, session_seen_{};
    unsigned data_from_client_{}, data_from_server_{};  // after licensing, standard RDP security
    handshake::Reader reader_;
};

}  // namespace rdpdx::observe
