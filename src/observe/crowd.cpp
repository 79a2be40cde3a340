#include "src/observe/crowd.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "src/observe/convert.hpp"

namespace rdpdx::observe {
namespace {

// Two addresses that meet in it cost one in a number that says "about".
std::uint64_t digest(const net::Address& address) noexcept {
    std::uint64_t out = address.family;
    for (const std::uint8_t octet : address.octets) out = (out ^ octet) * 0x100000001B3U;
    return out ^ out >> 32;
}

}  // namespace

void Crowd::count(Counted& counted, const stream::Flow& flow) {
    const bool payload = flow.from_client.first_payload || flow.from_server.first_payload;
    ++(payload                              ? counted.foreign
       : flow.refused                       ? counted.refused
       : flow.syn_ack || flow.starts_midway ? counted.silent
                                            : counted.unanswered);
    if (counted.total() == 1 || flow.first.frame < counted.first.frame) counted.first = flow.first;
    if (counted.total() == 1 || flow.last.frame > counted.last.frame) counted.last = flow.last;
    if (counted.clients.size() < kCrowdAddresses) counted.clients.insert(digest(flow.client.address));
}

bool Crowd::admit(const stream::Flow& flow) {
    auto at = servers_.find(flow.server);
    if (at == servers_.end() && servers_.size() < kCrowdServers) at = servers_.emplace(flow.server, Counted{}).first;
    Counted& counted = at == servers_.end() ? others_ : at->second;
    if (admitted_ < kHollow && (&counted == &others_ || counted.admitted < kHollowAServer)) {
        ++admitted_;
        ++counted.admitted;
        return true;
    }
    count(counted, flow);
    return false;
}

std::string Crowd::sentence(const std::string& whom, const Counted& c) {
    std::vector<std::string> parts;
    if (c.unanswered > 0) parts.push_back(fmt::format("{} unanswered SYNs", c.unanswered));
    if (c.refused > 0) parts.push_back(fmt::format("{} refused", c.refused));
    if (c.silent > 0) parts.push_back(fmt::format("{} answered, on which nothing was said", c.silent));
    if (c.foreign > 0) parts.push_back(fmt::format("{} that carry something other than RDP", c.foreign));
    return fmt::format(
        "Port scan or SYN flood: {} more connections to {} came from {}{} addresses in frames {} to {} ({} to {}): {}. "
        "They are counted here and are not told one by one; {} before them are.",
        c.total(), whom, c.clients.size() < kCrowdAddresses ? "" : "at least ", c.clients.size(), c.first.frame,
        c.last.frame, model::to_rfc3339(c.first.time, model::Precision::micro),
        model::to_rfc3339(c.last.time, model::Precision::micro), fmt::join(parts, ", "), c.admitted);
}

std::vector<std::string> Crowd::told() const {
    std::vector<std::string> out;
    for (const auto& [server, counted] : servers_)
        if (counted.total() > 0) out.push_back(sentence(net::to_text(server), counted));
    if (others_.total() > 0) out.push_back(sentence("other servers", others_));
    return out;
}

}  // namespace rdpdx::observe
