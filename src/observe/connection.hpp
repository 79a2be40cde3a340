// Inside of observe: one captured connection while its packets come.
#pragma once

#include "parsers/handshake/handshake.hpp"
#include "src/model/attempt.hpp"
#include "src/observe/sharing.hpp"
#include "src/observe/wire.hpp"

namespace rdpdx::observe {

class WireObserver::Connection {
public:
    // `common`, if any, outlive the connection.
    Connection(std::uint32_t input, model::Precision precision, bool midway, const handshake::Decrypting& decrypting,
               Common* common = nullptr);
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
    void observe(const Pdu& pdu, const mcs::ConnectInitial& body);
    void observe(const Pdu& pdu, const mcs::ConnectResponse& body);
    void observe(const Pdu& pdu, const handshake::FastPath& body);
    void observe(const Pdu& pdu, const handshake::SecurityPdu& body);
    void observe(const Pdu& pdu, const handshake::SharePdu& body);
    void observe(const Pdu& pdu, const tls::Opening& body);
    void observe(const Pdu& pdu, const credssp::TsRequest& body);
    void observe(const Pdu& pdu, const credssp::EarlyUserAuthorizationResult& body);
    void observe(const Pdu& pdu, const credssp::RdstlsPdu& body);
    void observe(const Pdu& pdu, const credssp::RdsAadPdu& body);
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

    // What stands behind a security header.
    void secured_pdu(const Pdu& pdu, const handshake::SecurityPdu& whole, const std::monostate& body);
    void secured_pdu(const Pdu& pdu, const handshake::SecurityPdu& whole, const rdp::InfoPacket& body);
    void secured_pdu(const Pdu& pdu, const handshake::SecurityPdu& whole, const rdp::LicensePdu& body);
    void secured_pdu(const Pdu& pdu, const handshake::SecurityPdu& whole, const rdp::AutoDetect& body);
    void secured_pdu(const Pdu& pdu, const handshake::SecurityPdu& whole, const rdp::Heartbeat& body);
    void secured_pdu(const Pdu& pdu, const handshake::SecurityPdu& whole,
                     const rdp::InitiateMultitransportRequest& body);
    void secured_pdu(const Pdu& pdu, const handshake::SecurityPdu& whole, const rdp::MultitransportResponse& body);
    void secured_pdu(const Pdu& pdu, const handshake::SecurityPdu& whole, const rdp::ServerRedirectionPacket& body);

    // Adds an observation of this packet; the reference is good until the next one.
    model::Observation& add(const stream::Mark& mark, std::string_view kind, std::string text);
    model::Observation& add(const Pdu& pdu, std::string_view kind, std::string text);
    // The last observation says all that it will say.
    void share_last();
    void oddities(const Pdu& pdu, const std::vector<x224::Oddity>& list);
    void certificate(const Pdu& pdu, bytes::View der);
    void encrypted(const Pdu& pdu, std::uint16_t length);
    void secured_data(const Pdu& pdu);
    void finished(const Pdu& pdu);
    void error_info(const Pdu& pdu, const rdp::SetErrorInfo& body);
    void session_info(const Pdu& pdu, const rdp::SaveSessionInfo& body);
    void redirection(const Pdu& pdu, const rdp::ServerRedirectionPacket& body);
    void session_traffic(const Pdu& pdu);
    void transport(const stream::Flow& flow);
    void sort_seen(std::size_t pdus);
    void sent_again(const stream::Flow& flow, stream::Side side);
    void closings(const stream::Flow& flow);
    void secured(const stream::Flow& flow);
    void half(const stream::Flow& flow, stream::Side side);

    // What the reader cannot know: how far TLS 1.3 has come on each side.
    struct Progress {
        bool finished{};
        std::uint64_t records{}, bytes{};
        std::vector<std::uint16_t> sizes;
        std::optional<stream::Mark> first_record, finished_mark;
        bool any{};     // bytes of any kind
        bool opened{};  // its records are readable
    };
    Progress& progress(stream::Side side) { return side == stream::Side::client ? client_ : server_; }

    Common* common_;
    model::Track track_;
    model::Wire wire_;
    Progress client_, server_;
    bool join_seen_{}, confirm_seen_{}, joins_seen_{}, client_info_seen_{}, licence_seen_{}, session_seen_{};
    bool font_map_seen_{}, heartbeat_seen_{}, credssp_refused_{};
    unsigned data_from_client_{}, data_from_server_{};  // after licensing, standard RDP security
    unsigned joins_expected_{}, joins_confirmed_{};
    std::optional<std::size_t> credentials_sent_;  // the observation
    struct Identity {
        std::string user, domain;
    } identity_;  // as the client gave it
    handshake::Reader reader_;
};

}  // namespace rdpdx::observe
