#include "src/observe/names.hpp"

#include <algorithm>

#include "src/model/text.hpp"
#include "src/observe/convert.hpp"

namespace rdpdx::observe {
namespace {

constexpr model::Duration kSweepEvery = std::chrono::seconds{10};
// Another question for the same name within this is the same look-up.
constexpr model::Duration kRepeatedWithin = std::chrono::seconds{15};

// [RFC 1035] 4.2.1, [RFC 1002] 6, [RFC 6762] 3, [RFC 4795] 2
std::string_view protocol_of(std::uint16_t port) {
    switch (port) {
        case 53:
            return "DNS";
        case 137:
            return "NBNS";
        case 5353:
            return "mDNS";
        case 5355:
            return "LLMNR";
        default:
            return {};
    }
}

std::string plain_name(const std::string& name) {
    const auto netbios = dns::netbios_name(name);
    return model::lower(short_name(netbios ? netbios->name : name));
}

bool for_addresses(std::uint16_t type) { return type == dns::kA || type == dns::kAaaa || type == dns::kNetbios; }

}  // namespace

bool Lookup::holds(const net::Address& address) const {
    return std::ranges::find(addresses, address) != addresses.end();
}

bool NameLookups::wants(const net::Glance& datagram) noexcept {
    return !protocol_of(datagram.destination_port).empty() || !protocol_of(datagram.source_port).empty();
}

void NameLookups::datagram(const net::Datagram& datagram, const stream::Mark& mark) {
    const auto asked = protocol_of(datagram.destination.port), from = protocol_of(datagram.source.port);
    if (asked.empty() && from.empty()) return;
    const auto message = dns::parse_message(datagram.payload);
    if (!message || message->opcode != 0) return;
    if (message->response && !from.empty()) return response(datagram, *message, from, mark);
    if (!message->response && !asked.empty()) query(datagram, *message, asked, mark);
}

void NameLookups::query(const net::Datagram& datagram, const dns::Message& message, std::string_view protocol,
                        const stream::Mark& mark) {
    const net::Address& client = datagram.source.address;
    for (const dns::Question& question : message.questions) {
        if (question.name.empty() || !for_addresses(question.qtype)) continue;
        Lookup lookup;
        lookup.protocol = protocol;
        lookup.name = plain_name(question.name);
        lookup.type = question.qtype;
        lookup.id = message.id;
        lookup.port = datagram.source.port;
        lookup.server = datagram.destination.address;
        lookup.asked = mark;
        if (protocol == "mDNS" && mdns_.size() < kLookups) mdns_.insert_or_assign(lookup.name, client);
        keep(client, std::move(lookup));
    }
}

void NameLookups::keep(const net::Address& client, Lookup lookup) {
    forget_old(lookup.asked.time);
    Client& c = clients_[client];
    const auto again = std::ranges::find_if(c.recent.rbegin(), c.recent.rend(), [&](const Lookup& old) {
        return !old.answered && old.name == lookup.name && old.type == lookup.type && old.protocol == lookup.protocol &&
               lookup.asked.time - old.asked.time < kRepeatedWithin;
    });
    if (again != c.recent.rend()) {
        ++again->tries;
        again->id = lookup.id;
        again->port = lookup.port;
        return;
    }
    if (kept_ >= kLookups) return;
    c.recent.push_back(std::move(lookup));
    ++kept_;
    if (c.recent.size() <= kLookupsAClient) return;
    c.recent.erase(c.recent.begin());
    --kept_;
}

void NameLookups::response(const net::Datagram& datagram, const dns::Message& message, std::string_view protocol,
                           const stream::Mark& mark) {
    const bool multicast = protocol == "mDNS";
    const std::string& asked_for = !message.questions.empty() ? message.questions.front().name
                                   : !message.answers.empty() ? message.answers.front().name
                                                              : std::string{};
    const std::string name = plain_name(asked_for);
    const auto asker = mdns_.find(name);
    if (multicast && asker == mdns_.end()) return;
    const auto client = clients_.find(multicast ? asker->second : datagram.destination.address);
    if (client == clients_.end()) return;
    auto& recent = client->second.recent;
    const auto lookup = std::ranges::find_if(recent.rbegin(), recent.rend(), [&](const Lookup& l) {
        if (l.answered || l.protocol != protocol || l.name != name) return false;
        if (!message.questions.empty() && message.questions.front().qtype != l.type) return false;
        return multicast || (l.id == message.id && l.port == datagram.destination.port);
    });
    if (lookup == recent.rend()) return;
    for (const dns::Record& record : message.answers)
        for (const auto& octets : record.addresses)
            if (lookup->addresses.size() < kAddressesALookup)
                lookup->addresses.push_back(net::address_of(std::as_bytes(std::span{octets})));
    // [RFC 1035] 4.1.1: cut short, it is asked again over TCP, which is not read here.
    if (message.truncated && lookup->addresses.empty()) return;
    lookup->answered = mark;
    lookup->rcode = message.rcode;
    lookup->server = datagram.source.address;
}

void NameLookups::forget_old(model::Time now) {
    latest_ = std::max(latest_, now);
    if (latest_ - swept_ < kSweepEvery) return;
    swept_ = latest_;
    // Where there is no more room, only what an attempt may still ask for stays.
    const model::Duration age = kept_ >= kLookups ? kNamesBefore : kNamesKept;
    for (auto at = clients_.begin(); at != clients_.end();) {
        Client& c = at->second;
        kept_ -= std::erase_if(c.recent, [&](const Lookup& l) { return latest_ - l.asked.time > age; });
        at = c.near.empty() && c.recent.empty() ? clients_.erase(at) : std::next(at);
    }
    if (mdns_.size() >= kLookups) mdns_.clear();
}

void NameLookups::attempt(const net::Address& client, model::Time began) {
    const auto at = clients_.find(client);
    if (at == clients_.end()) return;
    Client& c = at->second;
    const auto belongs = [&](const Lookup& l) { return l.asked.time <= began && began - l.asked.time <= kNamesBefore; };
    for (const Lookup& l : c.recent)
        if (belongs(l) && c.near.size() < kLookupsAClient) c.near.push_back(l);
    if (c.near.size() < kLookupsAClient) kept_ -= std::erase_if(c.recent, belongs);
}

void NameLookups::take(std::vector<model::Track>& tracks, model::Time capture_end) {
    for (auto& [address, c] : clients_) {
        if (c.near.empty()) c.near.swap(c.recent);
        std::ranges::move(c.recent, std::back_inserter(c.near));
        c.recent = {};
    }
    for (model::Track& track : tracks)
        if (track.wire) observe_track(track, tracks, capture_end);
    clients_.clear();
    given_.clear();
}

}  // namespace rdpdx::observe
