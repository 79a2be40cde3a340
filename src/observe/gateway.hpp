// Inside of observe: RD Gateways of one capture. Each tunnel becomes a Track of the RDP connection inside it.
#pragma once

#include <list>
#include <map>
#include <memory>

#include "parsers/gateway/reader.hpp"
#include "src/observe/connection.hpp"

namespace rdpdx::observe {

// Takes flows that may be a gateway's, and forgets those that are not.
class WireObserver::Gateways {
public:
    Gateways(std::uint32_t input, model::Precision precision, const handshake::Decrypting& decrypting);
    ~Gateways();

    // Whether a flow with this first payload is followed.
    bool begin(const stream::Flow& flow, bytes::View first_payload);
    bool data(const stream::Flow& flow, const stream::Chunk& chunk);
    bool end(const stream::Flow& flow);
    // After the last end(): the tracks of tunnels, and into all tracks what a KDC proxy did for them.
    void take(std::vector<model::Track>& tracks);

private:
    class Tunnel;
    struct Leg;       // one TCP connection
    struct KdcTrack;  // one TCP connection to a KDC proxy
    void item(Leg& leg, const gateway::Item& item);
    std::shared_ptr<Tunnel> tunnel_of(const Leg& leg, const gateway::HttpHead& head);
    void finish(const std::shared_ptr<Tunnel>& tunnel);
    model::Track alone(KdcTrack& kdc);

    std::uint32_t input_;
    model::Precision precision_;
    handshake::Decrypting decrypting_;
    std::map<std::uint64_t, std::unique_ptr<Leg>> legs_;      // by flow
    std::map<std::string, std::shared_ptr<Tunnel>> tunnels_;  // by client, gateway and connection id
    std::vector<KdcTrack> kdc_;
    struct Finished {
        model::Track track;
        std::string gateway;  // its address
    };
    std::vector<Finished> finished_;
};

}  // namespace rdpdx::observe
