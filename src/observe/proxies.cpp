#include "src/observe/proxies.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "parsers/gateway/http.hpp"
#include "parsers/proxy/socks.hpp"
#include "src/observe/convert.hpp"
#include "src/observe/placing.hpp"

namespace rdpdx::observe {

using model::Effect;
using model::Stage;
using stream::Side;

namespace {

struct Target {
    std::string host;
    std::uint16_t port{};
};

// [RFC 9110] 9.3.6: "host:port", an IPv6 address in brackets.
Target target_of(std::string_view text) {
    Target out;
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos) return {short_name(std::string{text}), 0};
    std::string_view host = text.substr(0, colon);
    const std::string_view port = text.substr(colon + 1);
    std::from_chars(port.data(), port.data() + port.size(), out.port);
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    out.host = short_name(std::string{host});
    return out;
}

// What was asked and answered so far, by either protocol.
struct Asked {
    std::string protocol;
    std::optional<Target> target;
    std::optional<std::int64_t> code;
    std::string name;  // of the code
    bool granted{};
    stream::Mark asked, answered;
};

constexpr std::string_view kConnect = "CONNECT ";

}  // namespace

struct WireObserver::Proxies::Leg {
    Asked asked;
    std::optional<proxy::SocksReader> socks;  // otherwise HTTP
    gateway::HttpReader http_client, http_server;
    bool lost{}, foreign{};                    // foreign: what is behind the proxy is not RDP
    std::optional<std::uint64_t> begin[2];     // of what is behind the proxy, in each side's stream
    std::unique_ptr<Connection> connection{};  // behind the proxy

    void socks_data(const stream::Chunk& chunk);
    void http_data(const stream::Chunk& chunk);
    void head(const gateway::HttpHead& head, const stream::Mark& mark);
};

void WireObserver::Proxies::Leg::socks_data(const stream::Chunk& chunk) {
    socks->feed(chunk.from, chunk.data);
    if (socks->request() && !asked.target) {
        const auto& request = *socks->request();
        asked.protocol = fmt::format("SOCKS {}", request.version);
        asked.target = Target{short_name(request.host), request.port};
        asked.asked = chunk.mark;
    }
    if (socks->code() && !asked.code) {
        asked.code = *socks->code();
        asked.name =
            proxy::socks_reply_name(socks->request() ? socks->request()->version : std::uint8_t{5}, *socks->code());
        asked.answered = chunk.mark;
    }
    asked.granted = socks->state() == proxy::SocksReader::State::open;
    lost = socks->state() == proxy::SocksReader::State::lost;
}

void WireObserver::Proxies::Leg::head(const gateway::HttpHead& head, const stream::Mark& mark) {
    if (head.request()) {
        if (head.method != "CONNECT") lost = true;
        asked.target = target_of(head.target);
        asked.asked = mark;
        asked.code.reset();  // after 407 a client asks again
        return;
    }
    constexpr std::uint16_t kFirstFinal = 200, kFirstRedirection = 300;
    if (head.status < kFirstFinal) return;
    asked.code = head.status;
    asked.name = short_name(head.reason);
    asked.answered = mark;
    asked.granted = head.status < kFirstRedirection;
    if (!asked.granted) return;
    http_client.hand_over();
    http_server.hand_over();
}

void WireObserver::Proxies::Leg::http_data(const stream::Chunk& chunk) {
    auto& reader = chunk.from == Side::client ? http_client : http_server;
    reader.feed(chunk.data, chunk.offset, [&](const gateway::HttpReader::Item& item) {
        if (const auto* h = std::get_if<gateway::HttpHead>(&item)) head(*h, chunk.mark);
        if (std::holds_alternative<gateway::HttpReader::Lost>(item)) lost = true;
        const auto* rest = std::get_if<gateway::HttpReader::HandedOver>(&item);
        auto& from = begin[static_cast<std::size_t>(chunk.from)];
        if (rest && !rest->data.empty() && !from) from = chunk.offset + chunk.data.size() - rest->data.size();
    });
}

WireObserver::Proxies::Proxies(std::uint32_t input, model::Precision precision, const std::set<std::uint16_t>& ports,
                               const handshake::Decrypting& decrypting, Common* common)
    : input_{input}, precision_{precision}, ports_{ports}, decrypting_{decrypting}, common_{common} {}
WireObserver::Proxies::~Proxies() = default;

bool WireObserver::Proxies::begin(const stream::Flow& flow, bytes::View first_payload) {
    const bool http = bytes::text_of(first_payload).starts_with(kConnect);
    if ((!http && !proxy::begins_socks(first_payload)) || legs_.size() >= kMostProxied) return false;
    auto leg = std::make_unique<Leg>();
    if (!http) leg->socks.emplace();
    leg->asked.protocol = http ? "HTTP CONNECT" : "SOCKS";
    legs_.insert_or_assign(flow.id, std::move(leg));
    return true;
}

void WireObserver::Proxies::talk(Leg& leg, const stream::Chunk& chunk) {
    if (chunk.gap > 0) leg.lost = true;
    if (leg.lost) return;
    if (!leg.socks) return leg.http_data(chunk);
    leg.socks_data(chunk);
    if (!leg.asked.granted) return;
    // The reply opened it: what came behind it in this packet is the server's, and the client had nothing to say yet.
    const std::uint64_t end = chunk.offset + chunk.data.size();
    leg.begin[static_cast<std::size_t>(chunk.from)] = end - leg.socks->rest(chunk.from).size();
}

// What belongs to the connection behind the proxy. False: it is not RDP's.
bool WireObserver::Proxies::behind(Leg& leg, const stream::Chunk& chunk) {
    auto& from = leg.begin[static_cast<std::size_t>(chunk.from)];
    if (!from) from = chunk.offset;
    const std::uint64_t skip = *from > chunk.offset ? *from - chunk.offset : 0;
    if (skip >= chunk.data.size()) return true;
    stream::Chunk inner = chunk;
    inner.data = chunk.data.subspan(static_cast<std::size_t>(skip));
    inner.offset = chunk.offset + skip - *from;
    if (!leg.connection) {
        const auto seen = handshake::recognise(inner.data, leg.asked.target && ports_.contains(leg.asked.target->port));
        if (!seen.rdp) return false;
        leg.connection = std::make_unique<Connection>(input_, precision_, false, decrypting_, common_);
    }
    leg.connection->data(inner);
    return true;
}

bool WireObserver::Proxies::data(const stream::Flow& flow, const stream::Chunk& chunk) {
    const auto at = legs_.find(flow.id);
    if (at == legs_.end()) return false;
    Leg& leg = *at->second;
    const bool open = leg.asked.granted;
    if (!open) talk(leg, chunk);
    const bool here = leg.begin[static_cast<std::size_t>(chunk.from)].has_value();
    if (leg.asked.granted && (open || here) && !behind(leg, chunk)) leg.foreign = true;
    if (leg.lost || leg.foreign) legs_.erase(at);
    return true;
}

model::Track WireObserver::Proxies::finish(Leg& leg, const stream::Flow& flow) {
    if (!leg.connection) leg.connection = std::make_unique<Connection>(input_, precision_, false, decrypting_);
    model::Track track = leg.connection->finish(flow);
    const Asked& asked = leg.asked;
    const std::string proxy = net::to_text(flow.server);
    const std::string target = fmt::format("{}:{}", asked.target->host, asked.target->port);
    // The connection with the proxy is not yet one with the server.
    for (model::Observation& o : track.seen) {
        if (o.kind != "tcp.connected") continue;
        o.effect = Effect::noted;
        o.text += fmt::format(" It is one with the proxy {}.", proxy);
    }
    const CaptureSource source{input_, precision_};
    std::string text = fmt::format("The client asks the proxy {} ({}) for {}", proxy, asked.protocol, target);
    if (!asked.code) text += ", which does not answer.";
    if (asked.code)
        text += fmt::format(", which {}: {} {}.", asked.granted ? "connects" : "refuses", *asked.code, asked.name);
    auto o = source.observation(asked.code ? asked.answered : asked.asked, "proxy.connect", std::move(text));
    o.stage = Stage::tcp_connect;
    o.actor = model::Party::network;
    if (asked.code) o.effect = asked.granted ? Effect::passed : Effect::failed;
    o.fields = {{"protocol", asked.protocol}, {"proxy", proxy}, {"target", target}};
    if (asked.code) o.fields.push_back({"code", number(*asked.code)});
    o.fields.push_back({"result", std::string{!asked.code ? "none" : asked.granted ? "granted" : "refused"}});
    set(o.fields, "name", asked.name);
    insert(track, std::move(o));
    const auto address = net::parse_address(asked.target->host);
    track.server = {address ? net::to_text(*address) : std::string{}, asked.target->port,
                    address ? std::string{} : asked.target->host};
    track.target = asked.target->host;
    return track;
}

bool WireObserver::Proxies::end(const stream::Flow& flow, std::vector<model::Track>& tracks) {
    const auto at = legs_.find(flow.id);
    if (at == legs_.end()) return false;
    const auto leg = std::move(at->second);
    legs_.erase(at);
    // Whom the client meant is known by the port alone where nothing came behind the proxy.
    const bool meant = leg->asked.target && ports_.contains(leg->asked.target->port);
    if (leg->asked.target && (leg->connection || meant)) tracks.push_back(finish(*leg, flow));
    return true;
}

}  // namespace rdpdx::observe
