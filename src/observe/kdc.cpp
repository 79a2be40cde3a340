#include "src/observe/kdc.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "parsers/bytes/overload.hpp"
#include "parsers/bytes/text.hpp"
#include "src/codes/codes.hpp"
#include "src/observe/convert.hpp"

namespace rdpdx::observe {
namespace {

using credssp::KdcMessage;
using credssp::KdcRep;
using credssp::KdcReq;
using credssp::KrbError;
using stream::Side;

constexpr model::Duration kSweepEvery = std::chrono::seconds{10};
// [RFC4120] 7.5.9: more preauthentication is wanted, as every first AS-REQ is told.
constexpr std::uint32_t kPreauthRequired = 25;
// [RFC4120] 7.5.2 PA-ENC-TIMESTAMP, [RFC6113] PA-ENCRYPTED-CHALLENGE, [RFC4556] PA-PK-AS-REQ
constexpr std::array<std::int32_t, 3> kProofs{2, 138, 16};

KdcMessage shortened(KdcMessage message) {
    std::visit(bytes::Overload{[](KrbError& m) {
                                   m = {short_name(m.ctime),
                                        short_name(m.stime),
                                        m.cusec,
                                        m.susec,
                                        m.errorCode,
                                        short_name(m.crealm),
                                        short_name(m.cname),
                                        short_name(m.realm),
                                        short_name(m.sname),
                                        short_name(m.eText),
                                        m.eData};
                               },
                               [](KdcReq& m) {
                                   m.cname = short_name(m.cname);
                                   m.realm = short_name(m.realm);
                                   m.sname = short_name(m.sname);
                               },
                               [](KdcRep& m) {
                                   m.crealm = short_name(m.crealm);
                                   m.cname = short_name(m.cname);
                                   m.realm = short_name(m.realm);
                                   m.sname = short_name(m.sname);
                               }},
               message);
    return message;
}

const std::string& cname(const KdcMessage& message) {
    return std::visit([](const auto& m) -> const std::string& { return m.cname; }, message);
}

// "20261121051500Z" as people read it, or as it stands.
std::string time_text(const std::string& t) {
    if (t.size() != 15 || t.back() != 'Z') return t;
    const std::string_view v{t};
    return fmt::format("{}-{}-{} {}:{}:{} UTC", v.substr(0, 4), v.substr(4, 2), v.substr(6, 2), v.substr(8, 2),
                       v.substr(10, 2), v.substr(12, 2));
}

std::string sentence(const KdcReq& m, const std::string& kdc) {
    std::string out = fmt::format("The client asks the KDC {}: {}", kdc, credssp::kdc_message_name(m.msgType));
    if (!m.cname.empty()) out += " of " + m.cname;
    if (!m.sname.empty()) out += " for " + m.sname;
    out += fmt::format(" in {}", m.realm);
    const bool proof =
        std::ranges::any_of(kProofs, [&](std::int32_t p) { return std::ranges::count(m.padataTypes, p) > 0; });
    if (m.cname.empty()) return out + fmt::format(", encryption types {}.", fmt::join(m.etypes, ", "));
    return out + fmt::format(", {} preauthentication, encryption types {}.", proof ? "with" : "without",
                             fmt::join(m.etypes, ", "));
}
std::string sentence(const KdcRep& m, const std::string& kdc) {
    return fmt::format("The KDC {} answers {}: {} has a ticket for {}, encryption type {}.", kdc,
                       credssp::kdc_message_name(m.msgType), m.cname, m.sname, m.ticketEtype);
}
std::string sentence(const KrbError& m, const std::string& kdc) {
    std::string out = fmt::format("The KDC {} answers KRB-ERROR {}", kdc, m.errorCode);
    if (const auto known = codes::name_of(codes::Family::kerberos, m.errorCode); !known.empty())
        out += fmt::format(" {}", known);
    if (!m.cname.empty()) out += " to " + m.cname;
    out += " for " + m.sname;
    if (!m.stime.empty()) out += "; its clock says " + time_text(m.stime);
    if (!m.eText.empty()) out += "; it adds \"" + m.eText + "\"";
    return out + ".";
}

// The attempt that was young then, else the one that was to come, else one that was alive.
model::Track* home(const std::vector<model::Track*>& by_start, model::Time time) {
    model::Track *young = nullptr, *old = nullptr, *next = nullptr;
    for (model::Track* t : by_start) {
        const bool alive = t->started <= time && time <= t->ended;
        if (alive && time - t->started <= kKdcBefore) young = t;
        if (alive) old = t;
        if (!next && t->started > time && t->started - time <= kKdcBefore) next = t;
    }
    return young ? young : next ? next : old;
}

}  // namespace

bool KdcTraffic::begin(const stream::Flow& flow, Side, bytes::View first_payload) {
    if (flow.server.port != credssp::kKdcPort) return false;
    const auto length = credssp::kdc_tcp_length(first_payload);
    if (length == 0U) return false;
    if (length && !credssp::begins_kdc_message(first_payload.subspan(credssp::kKdcLength))) return false;
    connections_.try_emplace(flow.id);
    return true;
}

void KdcTraffic::stop(Half& half) {
    pending_ -= half.pending.size();
    half = {{}, {}, true};
}

void KdcTraffic::data(const stream::Flow& flow, const stream::Chunk& chunk) {
    const auto at = connections_.find(flow.id);
    if (at == connections_.end()) return;
    Half& half = chunk.from == Side::client ? at->second.client : at->second.server;
    if (half.stopped) return;
    if (chunk.gap > 0 || chunk.offset >= kKdcFollowed || pending_ >= kKdcPending) return stop(half);
    read(flow, half, chunk);
}

void KdcTraffic::read(const stream::Flow& flow, Half& half, const stream::Chunk& chunk) {
    const bytes::View more = chunk.data.first(std::min(chunk.data.size(), kKdcFollowed - chunk.offset));
    if (half.pending.empty()) half.mark = chunk.mark;
    half.pending.insert(half.pending.end(), more.begin(), more.end());
    pending_ += more.size();
    bytes::View rest{half.pending};
    while (const auto length = credssp::kdc_tcp_length(rest)) {
        const bytes::View body = rest.subspan(credssp::kKdcLength);
        if (*length == 0 || !credssp::begins_kdc_message(body)) return stop(half);
        if (body.size() < *length) break;
        if (const auto message = credssp::parse_kdc_message(body.first(*length)))
            keep({half.mark, flow.client, flow.server, chunk.from, *message});
        rest = body.subspan(*length);
        half.mark = chunk.mark;
    }
    const std::size_t taken = half.pending.size() - rest.size();
    half.pending.erase(half.pending.begin(), half.pending.begin() + static_cast<std::ptrdiff_t>(taken));
    pending_ -= taken;
}

void KdcTraffic::end(const stream::Flow& flow) {
    const auto at = connections_.find(flow.id);
    if (at == connections_.end()) return;
    pending_ -= at->second.client.pending.size() + at->second.server.pending.size();
    connections_.erase(at);
}

void KdcTraffic::datagram(const net::Datagram& datagram, const stream::Mark& mark) {
    const bool to_kdc = datagram.destination.port == credssp::kKdcPort;
    if (!to_kdc && datagram.source.port != credssp::kKdcPort) return;
    if (!credssp::begins_kdc_message(datagram.payload)) return;
    const auto message = credssp::parse_kdc_message(datagram.payload);
    if (!message) return;
    if (to_kdc)
        keep({mark, datagram.source, datagram.destination, Side::client, *message});
    else
        keep({mark, datagram.destination, datagram.source, Side::server, *message});
}

void KdcTraffic::forget_old(model::Time now) {
    latest_ = std::max(latest_, now);
    if (latest_ - swept_ < kSweepEvery) return;
    swept_ = latest_;
    for (auto at = clients_.begin(); at != clients_.end();) {
        Client& c = at->second;
        if (!c.began)
            kept_ -= std::erase_if(c.recent, [&](const Kept& k) { return latest_ - k.mark.time > kKdcBefore; });
        at = !c.began && c.recent.empty() ? clients_.erase(at) : std::next(at);
    }
}

void KdcTraffic::keep(Kept kept) {
    forget_old(kept.mark.time);
    if (kept_ >= kKdcKept) return;
    Client& c = clients_[kept.client.address];
    kept.message = shortened(std::move(kept.message));
    // An error that does not name the client answers a request that did.
    if (auto* error = std::get_if<KrbError>(&kept.message); error && error->cname.empty()) {
        const auto asked = [&](const Kept& k) {
            return k.from == Side::client && k.client == kept.client && k.server == kept.server;
        };
        const auto request = std::ranges::find_if(c.recent.rbegin(), c.recent.rend(), asked);
        const auto earlier = std::ranges::find_if(c.near.rbegin(), c.near.rend(), asked);
        if (request != c.recent.rend())
            error->cname = cname(request->message);
        else if (earlier != c.near.rend())
            error->cname = cname(earlier->message);
    }
    const bool near = c.began && std::chrono::abs(kept.mark.time - *c.began) <= kKdcBefore;
    if (c.near.size() >= kKdcKeptAClient) return;
    ++kept_;
    if (near)
        c.near.push_back(std::move(kept));
    else
        c.recent.push_back(std::move(kept));
    if (c.near.size() + c.recent.size() <= kKdcKeptAClient || c.recent.empty()) return;
    c.recent.pop_front();
    --kept_;
}

void KdcTraffic::attempt(const net::Address& client, model::Time began) {
    Client& c = clients_[client];
    c.began = began;
    const auto near = [&](const Kept& k) { return std::chrono::abs(k.mark.time - began) <= kKdcBefore; };
    for (Kept& k : c.recent)
        if (near(k)) c.near.push_back(std::move(k));
    std::erase_if(c.recent, near);
}

model::Observation KdcTraffic::observe_kdc_message(const Kept& kept) const {
    const std::string kdc = net::to_text(kept.server.address);
    model::Observation o = source_.observation(
        kept.mark, "kdc.pdu", std::visit([&](const auto& m) { return sentence(m, kdc); }, kept.message));
    o.actor = kept.from == Side::client ? model::Party::client : model::Party::unknown;
    o.fields = {{"message", std::string{credssp::kdc_message_name(credssp::msg_type(kept.message))}}};
    std::visit(
        [&](const auto& m) {
            set(o.fields, "realm", m.realm);
            set(o.fields, "cname", m.cname);
            set(o.fields, "sname", m.sname);
        },
        kept.message);
    if (const auto* error = std::get_if<KrbError>(&kept.message)) {
        o.fields.push_back({"code", number(error->errorCode)});
        set(o.fields, "name", std::string{codes::name_of(codes::Family::kerberos, error->errorCode)});
        if (error->errorCode == kPreauthRequired) o.effect = model::Effect::noise;
    }
    o.fields.push_back({"server", kdc});
    // Active Directory gives the account of a computer a dollar sign at its end.
    const std::string& account = cname(kept.message);
    if (!account.empty()) o.fields.push_back({"account", std::string{account.back() == '$' ? "machine" : "user"}});
    return o;
}

void KdcTraffic::take(std::vector<model::Track>& tracks) {
    std::map<std::string, std::vector<model::Track*>> by_client;
    for (model::Track& t : tracks) by_client[t.client.address].push_back(&t);
    for (auto& [address, list] : by_client) std::ranges::stable_sort(list, {}, &model::Track::started);
    for (auto& [address, client] : clients_) {
        const auto at = by_client.find(net::to_text(address));
        if (at == by_client.end()) continue;
        for (const Kept& k : client.near)
            if (auto* track = home(at->second, k.mark.time)) insert(*track, observe_kdc_message(k));
        for (const Kept& k : client.recent)
            if (auto* track = home(at->second, k.mark.time)) insert(*track, observe_kdc_message(k));
    }
    clients_.clear();
}

}  // namespace rdpdx::observe
