// PDUs of captured connections -> observations: what a packet means for a connection.
#pragma once

#include <memory>
#include <set>
#include <unordered_map>
#include <vector>

#include "parsers/stream/flow.hpp"
#include "parsers/tls/decryption.hpp"
#include "src/model/attempt.hpp"

namespace rdpdx::observe {

struct Around;
struct Common;
class Crowd;
class KdcTraffic;
class UdpTransports;

// Listens to the streams of one capture and makes a Track of every connection that is RDP's, or is on RDP's port.
class WireObserver final : public stream::Listener {
public:
    // `ports`: TCP ports that are taken for RDP's whatever their bytes say. `secrets` opens TLS; it must outlive the
    // observer, and may still grow. `everything`: large records of active sessions are opened too.
    WireObserver(std::uint32_t input, model::Precision precision, std::set<std::uint16_t> ports,
                 const tls::Secrets* secrets = nullptr, bool everything = false);
    ~WireObserver() override;

    // Whether each connection's packets go into its track. Without a word, they do.
    void packets_wanted(bool wanted) noexcept { packets_wanted_ = wanted; }

    Interest first_payload(const stream::Flow& flow, stream::Side from, bytes::View payload) override;
    void data(const stream::Flow& flow, const stream::Chunk& chunk) override;
    void end(const stream::Flow& flow) override;
    // Every UDP datagram of the capture; those of a KDC and of RDP-UDP are read.
    void datagram(const net::Datagram& datagram, const stream::Mark& mark);
    // False where datagram() would do nothing.
    bool wants(const net::Glance& datagram) const noexcept;
    // What the link says of who has which address.
    void neighbour(const net::Neighbour& neighbour, const stream::Mark& mark);
    // Every ICMP error; those that quote RDP-UDP are told.
    void icmp_error(const net::IcmpError& error, const stream::Mark& mark);

    // A flow that was not followed would be now, with what these secrets know.
    bool passed_over(const tls::Secrets& secrets) const;
    // After the last end(). Connections in order of first packet, then RDP-UDP conversations in that order.
    std::vector<model::Track> take(model::Time capture_end);
    // Sentences about what was only counted: floods and scans, of TCP and of RDP-UDP.
    std::vector<std::string> counted() const;

private:
    class Connection;
    class Gateways;
    class Proxies;
    bool rdp_port(const stream::Flow& flow) const;
    model::Track finished(Connection& connection, const stream::Flow& flow) const;
    std::uint32_t input_;
    model::Precision precision_;
    std::set<std::uint16_t> ports_;
    const tls::Secrets* secrets_;
    bool everything_;
    bool packets_wanted_{true};
    tls::SessionCache sessions_;
    std::unique_ptr<Common> common_;
    std::unordered_map<std::uint64_t, std::unique_ptr<Connection>> live_;
    std::vector<tls::Random> passed_over_;  // of TLS flows that were not followed, at most kMostPassedOver
    std::unique_ptr<Gateways> gateways_;
    std::unique_ptr<Proxies> proxies_;
    std::unique_ptr<KdcTraffic> kdc_;
    std::unique_ptr<Around> around_;
    std::unique_ptr<UdpTransports> udp_;
    std::unique_ptr<Crowd> crowd_;
    std::vector<model::Track> tracks_;
};

}  // namespace rdpdx::observe
