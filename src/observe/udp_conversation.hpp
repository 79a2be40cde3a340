// Inside of observe: one RDP-UDP conversation while its datagrams come.
#pragma once

#include "parsers/net/decode.hpp"
#include "parsers/rdpeudp/reader.hpp"
#include "src/model/attempt.hpp"

namespace rdpdx::observe {

// Stays where it is: its reader calls back.
class UdpConversation {
public:
    UdpConversation(std::uint32_t input, model::Precision precision, const net::Endpoint& client,
                    const net::Endpoint& server, const rdpeudp::Decrypting& decrypting);
    UdpConversation(const UdpConversation&) = delete;
    UdpConversation& operator=(const UdpConversation&) = delete;

    void datagram(rdpeudp::Side from, bytes::View payload, std::size_t length, const stream::Mark& mark);
    void icmp_error(const net::IcmpError& error, const stream::Mark& mark);
    bool another(rdpeudp::Side from, bytes::View payload) const { return reader_.another(from, payload); }
    bool established() const { return reader_.conversation().established.has_value(); }
    model::Time last() const noexcept { return last_; }
    // `seen_until`: when the capture ends, or its last packet so far.
    model::Track finish(model::Time seen_until);

private:
    using Item = rdpeudp::Item;
    void take(const Item& item);
    void observe(const Item& item, const tls::ClientHello& body);
    void observe(const Item& item, const tls::ServerHello& body);
    void observe(const Item& item, const tls::HandshakeMessage& body);
    void observe(const Item&, const tls::ChangeCipherSpec&) {}
    void observe(const Item& item, const tls::Alert& body);
    void observe(const Item& item, const tls::EncryptedAlert& body);
    void observe(const Item& item, const tls::EncryptedHandshake& body);
    void observe(const Item& item, const tls::ApplicationData& body);
    void observe(const Item& item, const tls::Opening& body);
    void observe(const Item& item, const rdpeudp::TunnelPdu& body);
    void observe(const Item& item, const rdpeudp::Unparsed& body);

    model::Observation& add(const stream::Mark& mark, std::string_view kind, std::string text);
    model::Observation& security(const Item& item, std::string message, std::string text);
    void finished(const Item& item, bool shown);
    void handshake(model::Time seen_until);
    void not_completed(model::Time seen_until);
    void losses(rdpeudp::Side side);
    void describe(model::Time seen_until);

    struct Progress {
        bool hello{}, finished{}, alert{};
        unsigned records{};  // of application data
    };
    Progress& progress(rdpeudp::Side side) { return side == rdpeudp::Side::client ? client_ : server_; }

    model::Track track_;
    model::UdpTransport transport_;
    Progress client_, server_;
    bool tls13_{}, secured_{}, security_failed_{}, opened_{}, unreachable_{}, too_large_{};
    std::optional<stream::Mark> tunnel_asked_;
    std::optional<std::uint32_t> tunnel_answer_;
    bool tunnel_inferred_{};
    stream::Mark last_item_;
    model::Time last_{};
    rdpeudp::Reader reader_;
};

}  // namespace rdpdx::observe
