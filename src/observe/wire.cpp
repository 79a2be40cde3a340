#include "src/observe/wire.hpp"

#include <algorithm>

#include "src/observe/around.hpp"
#include "src/observe/connection.hpp"
#include "src/observe/crowd.hpp"
#include "src/observe/gateway.hpp"
#include "src/observe/kdc.hpp"
#include "src/observe/proxies.hpp"
#include "src/observe/sharing.hpp"
#include "src/observe/udp.hpp"

namespace rdpdx::observe {

using stream::Listener;
using stream::Side;

namespace {

// Of more TLS connections than this that come before their secrets, only the first are looked for again.
constexpr std::size_t kMostPassedOver = 65'536;

// Nothing of RDP, of TLS or of a way to it was read in it.
bool hollow(const model::Track& track) {
    return std::ranges::all_of(track.seen, [](const model::Observation& o) {
        return o.kind.starts_with("tcp.") || o.kind.starts_with("stream.") || o.kind == "icmp.error";
    });
}

}  // namespace

WireObserver::WireObserver(std::uint32_t input, model::Precision precision, std::set<std::uint16_t> ports,
                           const tls::Secrets* secrets, bool everything)
    : input_{input},
      precision_{precision},
      ports_{std::move(ports)},
      secrets_{secrets},
      everything_{everything},
      common_{std::make_unique<Common>()},
      gateways_{std::make_unique<Gateways>(input, precision, handshake::Decrypting{secrets, &sessions_, everything})},
      proxies_{std::make_unique<Proxies>(input, precision, ports_,
                                         handshake::Decrypting{secrets, &sessions_, everything}, common_.get())},
      kdc_{std::make_unique<KdcTraffic>(input, precision)},
      around_{std::make_unique<Around>(CaptureSource{input, precision})},
      udp_{std::make_unique<UdpTransports>(input, precision, rdpeudp::Decrypting{secrets, &sessions_})},
      crowd_{std::make_unique<Crowd>()} {}
WireObserver::~WireObserver() = default;

bool WireObserver::rdp_port(const stream::Flow& flow) const {
    return ports_.contains(flow.server.port) || (!flow.roles_certain && ports_.contains(flow.client.port));
}

Listener::Interest WireObserver::first_payload(const stream::Flow& flow, Side from, bytes::View payload) {
    const auto seen = handshake::recognise(payload, rdp_port(flow));
    if (!seen.rdp) {
        if (from == Side::client && gateways_->begin(flow, payload)) {
            kdc_->attempt(flow.client.address, flow.first.time);
            around_->names.attempt(flow.client.address, flow.first.time);
            return Interest::follow;
        }
        if (from == Side::client && proxies_->begin(flow, payload)) {
            kdc_->attempt(flow.client.address, flow.first.time);
            around_->names.attempt(flow.client.address, flow.first.time);
            return Interest::follow;
        }
        if (kdc_->begin(flow, from, payload)) return Interest::follow;
        const auto random = gateway::client_random(payload);
        if (random && passed_over_.size() < kMostPassedOver) passed_over_.push_back(*random);
        return Interest::none;
    }
    live_.emplace(
        flow.id, std::make_unique<Connection>(input_, precision_, flow.starts_midway,
                                              handshake::Decrypting{secrets_, &sessions_, everything_}, common_.get()));
    const bool sender_is_client = from == Side::client;
    const bool reversed = seen.certain_role && seen.from_client != sender_is_client;
    const net::Address client = (reversed && !flow.roles_certain ? flow.server : flow.client).address;
    kdc_->attempt(client, flow.first.time);
    around_->names.attempt(client, flow.first.time);
    udp_->attempt(client);
    return reversed ? Interest::roles_reversed : Interest::follow;
}

void WireObserver::data(const stream::Flow& flow, const stream::Chunk& chunk) {
    if (const auto at = live_.find(flow.id); at != live_.end())
        at->second->data(chunk);
    else if (!gateways_->data(flow, chunk) && !proxies_->data(flow, chunk))
        kdc_->data(flow, chunk);
}

model::Track WireObserver::finished(Connection& connection, const stream::Flow& flow) const {
    model::Track track = connection.finish(flow);
    if (!packets_wanted_) std::vector<model::WirePacket>{}.swap(track.wire->packets);
    return track;
}

void WireObserver::end(const stream::Flow& flow) {
    if (gateways_->end(flow) || proxies_->end(flow, tracks_)) return;
    kdc_->end(flow);
    if (const auto at = live_.find(flow.id); at != live_.end()) {
        model::Track track = finished(*at->second, flow);
        live_.erase(at);
        if (!hollow(track) || crowd_->admit(flow)) tracks_.push_back(std::move(track));
    } else if (rdp_port(flow) && !flow.from_client.first_payload && !flow.from_server.first_payload &&
               crowd_->admit(flow)) {
        Connection silent{input_, precision_, flow.starts_midway, {}, common_.get()};
        tracks_.push_back(finished(silent, flow));
    }
}

bool WireObserver::passed_over(const tls::Secrets& secrets) const {
    return std::ranges::any_of(passed_over_, [&](const tls::Random& r) { return secrets.key_log.knows(r); });
}

void WireObserver::datagram(const net::Datagram& datagram, const stream::Mark& mark) {
    kdc_->datagram(datagram, mark);
    around_->names.datagram(datagram, mark);
    around_->time_servers.datagram(datagram, mark);
    udp_->datagram(datagram, mark);
}

bool WireObserver::wants(const net::Glance& datagram) const noexcept {
    return KdcTraffic::wants(datagram) || NameLookups::wants(datagram) || TimeServers::wants(datagram) ||
           udp_->wants(datagram);
}

void WireObserver::neighbour(const net::Neighbour& neighbour, const stream::Mark& mark) {
    around_->neighbours.neighbour(neighbour, mark);
}

void WireObserver::icmp_error(const net::IcmpError& error, const stream::Mark& mark) { udp_->icmp_error(error, mark); }

std::vector<std::string> WireObserver::counted() const {
    std::vector<std::string> out = crowd_->told();
    if (udp_->forgotten() > 0)
        out.push_back(std::to_string(udp_->forgotten()) + " more RDP-UDP conversations were begun and not answered.");
    return out;
}

std::vector<model::Track> WireObserver::take(model::Time capture_end) {
    gateways_->take(tracks_);
    kdc_->take(tracks_);
    around_->take(tracks_, capture_end);
    for (auto& track : tracks_) track.wire->capture_end = capture_end;
    std::ranges::sort(tracks_, {}, [](const model::Track& t) { return t.wire->flow; });
    std::ranges::move(udp_->take(capture_end), std::back_inserter(tracks_));
    return std::move(tracks_);
}

}  // namespace rdpdx::observe
