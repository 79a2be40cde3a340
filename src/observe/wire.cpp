#include "src/observe/wire.hpp"

#include <algorithm>

#include "src/observe/connection.hpp"

namespace rdpdx::observe {

using stream::Listener;
using stream::Side;

WireObserver::WireObserver(std::uint32_t input, model::Precision precision, std::set<std::uint16_t> ports,
                           const tls::Secrets* secrets, bool everything)
    : input_{input},
      precision_{precision},
      ports_{std::move(ports)},
      secrets_{secrets},
      everything_{everything} {}
WireObserver::~WireObserver() = default;

bool WireObserver::rdp_port(const stream::Flow& flow) const {
    return ports_.contains(flow.server.port) || (!flow.roles_certain && ports_.contains(flow.client.port));
}

Listener::Interest WireObserver::first_payload(const stream::Flow& flow, Side from, bytes::View payload) {
    const auto seen = handshake::recognise(payload, rdp_port(flow));
    if (!seen.rdp) return Interest::none;
    live_.emplace(flow.id, std::make_unique<Connection>(input_, precision_, flow.starts_midway,
                                                        handshake::Decrypting{secrets_, &sessions_, everything_}));
    const bool sender_is_client = from == Side::client;
    return seen.certain_role && seen.from_client != sender_is_client ? Interest::roles_reversed : Interest::follow;
}

void WireObserver::data(const stream::Flow& flow, const stream::Chunk& chunk) {
    if (const auto at = live_.find(flow.id); at != live_.end()) at->second->data(chunk);
}

void WireObserver::end(const stream::Flow& flow) {
    if (const auto at = live_.find(flow.id); at != live_.end()) {
        tracks_.push_back(at->second->finish(flow));
        live_.erase(at);
    } else if (rdp_port(flow) && !flow.from_client.first_payload && !flow.from_server.first_payload) {
        tracks_.push_back(Connection{input_, precision_, flow.starts_midway, {}}.finish(flow));
    }
}

std::vector<model::Track> WireObserver::take(model::Time capture_end) {
    for (auto& track : tracks_) track.wire->capture_end = capture_end;
    std::ranges::sort(tracks_, {}, [](const model::Track& t) { return t.wire->flow; });
    return std::move(tracks_);
}

}  // namespace rdpdx::observe
