#include "src/observe/gateway.hpp"

#include <algorithm>

#include "src/observe/convert.hpp"
#include "src/observe/gateway_facts.hpp"

namespace rdpdx::observe {

using model::Effect;
using model::Observation;
using stream::Side;

namespace {

// Longer than any TLS record: what is open inside the tunnel is looked for anew, as if that much were missing.
constexpr std::uint64_t kGapInside = std::uint64_t{1} << 16;
// A KDC proxy is asked just before or during the connection that needs its ticket.
constexpr model::Duration kKdcNear = std::chrono::seconds{30};
constexpr std::uint16_t kFirstHttpError = 400;

void sort(std::vector<Observation>& seen) {
    std::ranges::stable_sort(seen, [](const Observation& a, const Observation& b) {
        return std::pair{a.time, a.evidence.number} < std::pair{b.time, b.evidence.number};
    });
}

Observation placed(Observation o, const stream::Mark& mark, std::uint32_t input, model::Precision precision) {
    o.time = mark.time;
    o.precision = precision;
    o.origin = model::Origin::capture;
    o.evidence = {input, model::Evidence::Kind::packet, mark.frame, mark.file_offset};
    return o;
}

Observation unparsed(Side from, const gateway::Unparsed& what) {
    Observation o;
    o.kind = "stream.unparsed";
    o.actor = party(from);
    o.text = "The " + std::string{from == Side::client ? "client" : "gateway"} + " sent something that is not " +
             what.what + ": " + bytes::describe(what.error) + ".";
    o.fields = {{"from", std::string{side_name(from)}}, {"what", what.what}};
    return o;
}

}  // namespace

// One TCP connection of a client to a gateway, or to what may be one.
struct WireObserver::Gateways::Leg {
    stream::Flow flow;  // as it was when it began
    std::unique_ptr<gateway::Reader> reader;
    std::shared_ptr<Tunnel> tunnel;
    std::optional<std::size_t> refusal;  // the tunnel's observation: the gateway's last answer, where that is an error
    bool in{};                           // carries what the client sends
    std::vector<Observation> kdc;
};

struct WireObserver::Gateways::KdcTrack {
    stream::Flow flow;
    std::vector<Observation> seen;
};

// The tunnel and the RDP connection in it. Its legs are one connection with WebSocket, two with HTTP.
class WireObserver::Gateways::Tunnel {
public:
    Tunnel(std::uint32_t input, model::Precision precision, const handshake::Decrypting& decrypting, std::string name)
        : key{std::move(name)}, connection{input, precision, false, decrypting} {}

    void packet(const gateway::Item& item, const gateway::Packet& packet) {
        if (const auto* data = std::get_if<gateway::Data>(&packet.body)) return this->data(item, data->data);
        if (const auto* create = std::get_if<gateway::ChannelCreate>(&packet.body)) {
            if (!create->resourceNames.empty()) target = create->resourceNames.front();
            port = create->port;
        }
        if (const auto* response = std::get_if<gateway::ChannelResponse>(&packet.body))
            open = open || !gateway_refuses(response->errorCode);
    }
    void gap(Side from) { (from == Side::client ? gap_client : gap_server) = true; }
    void leave(const stream::Flow& flow, bool in) {
        if (in)
            in_flow = flow;
        else
            out_flow = flow;
    }
    model::Track finish();

    std::string key;
    Connection connection;
    std::vector<Observation> seen;
    std::string target, host, user;
    std::uint16_t port{};
    bool open{};
    unsigned legs{};
    std::optional<stream::Flow> in_flow, out_flow;

private:
    void data(const gateway::Item& item, bytes::View bytes) {
        std::uint64_t& offset = item.from == Side::client ? offset_client : offset_server;
        const bool missing = std::exchange(item.from == Side::client ? gap_client : gap_server, false);
        if (missing) offset += kGapInside;
        connection.data({item.from, bytes, offset, missing ? kGapInside : 0, item.mark});
        offset += bytes.size();
    }
    // Both connections as one: what the client sent on the one, what the gateway sent on the other.
    stream::Flow flow() const;

    std::uint64_t offset_client{}, offset_server{};
    bool gap_client{}, gap_server{};
};

stream::Flow WireObserver::Gateways::Tunnel::flow() const {
    if (!out_flow) return *in_flow;
    stream::Flow out = *out_flow;
    if (!in_flow) return out;
    if (in_flow->from_client.payload_bytes > 0) out.from_client = in_flow->from_client;
    out.id = std::min(out.id, in_flow->id);
    if (in_flow->first.time < out.first.time) out.first = in_flow->first;
    if (in_flow->last.time > out.last.time) out.last = in_flow->last;
    return out;
}

model::Track WireObserver::Gateways::Tunnel::finish() {
    const stream::Flow whole = flow();
    model::Track track = connection.finish(whole);
    track.wire->gateway = true;
    for (Observation& o : track.seen) {
        if (o.kind != "stream.gap" || o.number("bytes") != static_cast<std::int64_t>(kGapInside)) continue;
        std::erase_if(o.fields.edit(), [](const model::Field& f) { return f.name == "bytes"; });
        o.text =
            "Some of what the " + std::string{o.string("from")} + " sent through the tunnel is not in the capture.";
    }
    for (Observation& o : seen) {
        // What was refused and then granted after all did not fail.
        if (open && o.effect == Effect::failed) o.effect = Effect::noted;
        track.seen.push_back(std::move(o));
    }
    sort(track.seen);
    // The cookie in the connection request is a name cut short, where the gateway has it whole.
    const bool hint = track.user.empty() || track.user == track.wire->negotiation.cookie;
    if (hint && !user.empty()) track.user = user;
    if (target.empty()) {
        track.server.name = host;
        return track;
    }
    const auto address = net::parse_address(target);
    track.server = {address ? net::to_text(*address) : std::string{}, port, address ? std::string{} : target};
    track.target = target;
    return track;
}

WireObserver::Gateways::Gateways(std::uint32_t input, model::Precision precision,
                                 const handshake::Decrypting& decrypting)
    : input_{input}, precision_{precision}, decrypting_{decrypting} {}
WireObserver::Gateways::~Gateways() = default;

bool WireObserver::Gateways::begin(const stream::Flow& flow, bytes::View first_payload) {
    if (!gateway::recognise(first_payload, decrypting_.secrets)) return false;
    auto leg = std::make_unique<Leg>();
    Leg* const at = leg.get();
    at->flow = flow;
    at->reader = std::make_unique<gateway::Reader>([this, at](const gateway::Item& i) { item(*at, i); },
                                                   gateway::Decrypting{decrypting_.secrets, decrypting_.sessions});
    legs_.insert_or_assign(flow.id, std::move(leg));
    return true;
}

bool WireObserver::Gateways::data(const stream::Flow& flow, const stream::Chunk& chunk) {
    const auto at = legs_.find(flow.id);
    if (at == legs_.end()) return false;
    at->second->reader->data(chunk);
    if (at->second->reader->role() == gateway::Role::other) legs_.erase(at);
    return true;
}

std::shared_ptr<WireObserver::Gateways::Tunnel> WireObserver::Gateways::tunnel_of(const Leg& leg,
                                                                                  const gateway::HttpHead& head) {
    std::string key = net::to_text(leg.flow.client.address) + " " + net::to_text(leg.flow.server) + " ";
    key += leg.reader->role() == gateway::Role::rpc ? "rpc"
           : head.connectionId.empty()              ? std::to_string(leg.flow.id)
                                                    : head.connectionId;
    auto& tunnel = tunnels_[key];
    if (!tunnel) tunnel = std::make_shared<Tunnel>(input_, precision_, decrypting_, key);
    ++tunnel->legs;
    return tunnel;
}

void WireObserver::Gateways::item(Leg& leg, const gateway::Item& item) {
    const gateway::Role role = leg.reader->role();
    const auto place = [&](Observation o) { return placed(std::move(o), item.mark, input_, precision_); };
    const auto* head = std::get_if<gateway::HttpHead>(&item.body);
    const auto* broken = std::get_if<gateway::Unparsed>(&item.body);
    if (role == gateway::Role::kdc_proxy) {
        if (head) leg.kdc.push_back(place(observe_kdc_head(item.from, *head)));
        if (broken) leg.kdc.push_back(place(unparsed(item.from, *broken)));
        if (const auto* s = std::get_if<gateway::KdcStatus>(&item.body))
            leg.kdc.push_back(place(observe_kdc_status(*s)));
        if (const auto* m = std::get_if<gateway::KdcMessage>(&item.body))
            leg.kdc.push_back(place(observe_kdc_message(item.from, m->message)));
        return;
    }
    if (head && head->request() && !leg.tunnel) leg.tunnel = tunnel_of(leg, *head);
    if (!leg.tunnel) return;
    Tunnel& tunnel = *leg.tunnel;
    if (head) {
        tunnel.seen.push_back(place(observe_head(item.from, *head, role == gateway::Role::rpc)));
        leg.refusal.reset();
        if (head->status >= kFirstHttpError) leg.refusal = tunnel.seen.size() - 1;
        if (!head->request()) return;
        leg.in = head->method == "RDG_IN_DATA" || head->method == "RPC_IN_DATA";
        tunnel.host = head->host;
        if (const auto user = tunnel.seen.back().string("user"); !user.empty()) tunnel.user = user;
    } else if (const auto* packet = std::get_if<gateway::Packet>(&item.body)) {
        if (auto o = observe_packet(item.from, *packet)) tunnel.seen.push_back(place(std::move(*o)));
        tunnel.packet(item, *packet);
    } else if (std::holds_alternative<gateway::Gap>(item.body)) {
        tunnel.gap(item.from);
    } else if (broken) {
        tunnel.seen.push_back(place(unparsed(item.from, *broken)));
        tunnel.gap(item.from);
    }
}

bool WireObserver::Gateways::end(const stream::Flow& flow) {
    const auto at = legs_.find(flow.id);
    if (at == legs_.end()) return false;
    const auto leg = std::move(at->second);
    legs_.erase(at);
    if (!leg->kdc.empty()) kdc_.push_back({flow, std::move(leg->kdc)});
    if (!leg->tunnel) return true;
    Tunnel& tunnel = *leg->tunnel;
    if (leg->refusal) tunnel.seen[*leg->refusal].effect = Effect::failed;
    tunnel.leave(flow, leg->in);
    if (--tunnel.legs == 0) finish(leg->tunnel);
    return true;
}

void WireObserver::Gateways::finish(const std::shared_ptr<Tunnel>& tunnel) {
    const stream::Flow& flow = tunnel->out_flow ? *tunnel->out_flow : *tunnel->in_flow;
    finished_.push_back({tunnel->finish(), net::to_text(flow.server.address)});
    tunnels_.erase(tunnel->key);
}

// Nobody asked for the ticket that the capture shows.
model::Track WireObserver::Gateways::alone(KdcTrack& kdc) {
    Connection connection{input_, precision_, false, {}};
    model::Track track = connection.finish(kdc.flow);
    track.wire->gateway = true;
    if (!kdc.seen.empty() && kdc.seen.back().number("status").value_or(0) >= kFirstHttpError)
        kdc.seen.back().effect = Effect::failed;
    std::ranges::move(kdc.seen, std::back_inserter(track.seen));
    sort(track.seen);
    return track;
}

void WireObserver::Gateways::take(std::vector<model::Track>& tracks) {
    const auto near = [](const model::Track& t, const KdcTrack& kdc) {
        return t.client.address == net::to_text(kdc.flow.client.address) &&
               t.started <= kdc.flow.last.time + kKdcNear && kdc.flow.first.time <= t.ended + kKdcNear;
    };
    std::vector<model::Track> loose;
    for (KdcTrack& kdc : kdc_) {
        model::Track* home = nullptr;
        for (Finished& f : finished_)
            if (!home && f.gateway == net::to_text(kdc.flow.server.address) && near(f.track, kdc)) home = &f.track;
        for (model::Track& t : tracks)
            if (!home && near(t, kdc)) home = &t;
        if (!home) {
            loose.push_back(alone(kdc));
            continue;
        }
        std::ranges::move(kdc.seen, std::back_inserter(home->seen));
        sort(home->seen);
    }
    for (Finished& f : finished_) tracks.push_back(std::move(f.track));
    std::ranges::move(loose, std::back_inserter(tracks));
}

}  // namespace rdpdx::observe
