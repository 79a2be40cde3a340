// Inside of observe: RDP through a SOCKS or HTTP proxy. The connection behind the proxy becomes a Track with the server
// that the client asked for.
#pragma once

#include <memory>
#include <set>
#include <unordered_map>

#include "src/observe/connection.hpp"

namespace rdpdx::observe {

// Dialogues with proxies that are followed at a time; of more, the later ones are not.
inline constexpr std::size_t kMostProxied = 4096;

class WireObserver::Proxies {
public:
    // `ports`: of servers that are taken for RDP's. `ports` and `common` outlive this.
    Proxies(std::uint32_t input, model::Precision precision, const std::set<std::uint16_t>& ports,
            const handshake::Decrypting& decrypting, Common* common);
    ~Proxies();

    // Whether a flow with this first payload of its client is followed.
    bool begin(const stream::Flow& flow, bytes::View first_payload);
    bool data(const stream::Flow& flow, const stream::Chunk& chunk);
    // Whether the flow was one of these; its track, if there was RDP in it or to be.
    bool end(const stream::Flow& flow, std::vector<model::Track>& tracks);

private:
    struct Leg;
    bool behind(Leg& leg, const stream::Chunk& chunk);
    void talk(Leg& leg, const stream::Chunk& chunk);
    model::Track finish(Leg& leg, const stream::Flow& flow);

    std::uint32_t input_;
    model::Precision precision_;
    const std::set<std::uint16_t>& ports_;
    handshake::Decrypting decrypting_;
    Common* common_;
    std::unordered_map<std::uint64_t, std::unique_ptr<Leg>> legs_;  // by flow
};

}  // namespace rdpdx::observe
