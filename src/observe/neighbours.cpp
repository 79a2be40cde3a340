#include "src/observe/neighbours.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <span>

#include "src/observe/convert.hpp"

namespace rdpdx::observe {
namespace {

constexpr model::Duration kAnswersTogether = std::chrono::seconds{1}, kNear = std::chrono::seconds{60};

std::string text_of(const net::MacAddress& mac) { return fmt::format("{:02x}", fmt::join(mac.octets, ":")); }

// Machines that share an address by design say so in their own: VRRP and CARP ([RFC 5798] 7.3), HSRP, GLBP, network
// load balancing.
bool shared_by_design(const net::MacAddress& mac) {
    const auto begins = [&](std::initializer_list<std::uint8_t> prefix) {
        return std::ranges::equal(prefix, std::span{mac.octets}.first(prefix.size()));
    };
    return begins({0x00, 0x00, 0x5E, 0x00}) || begins({0x00, 0x00, 0x0C, 0x07, 0xAC}) ||
           begins({0x00, 0x07, 0xB4, 0x00}) || begins({0x00, 0x05, 0x73, 0xA0}) || begins({0x02, 0xBF}) ||
           begins({0x03, 0xBF});
}

}  // namespace

void Neighbours::neighbour(const net::Neighbour& n, const stream::Mark& mark) {
    const auto slot = [&](const net::Address& address) -> Known* {
        if (address.family == 0) return nullptr;
        if (const auto at = known_.find(address); at != known_.end()) return &at->second;
        return known_.size() < kNeighbours ? &known_[address] : nullptr;
    };
    if (Known* known = slot(n.claimed)) claim(*known, n, mark);
    if (Known* known = slot(n.asked)) {
        if (!known->asked) known->asked = Asked{n.claimed, mark, mark, 0};
        known->asked->last = mark;
        ++known->asked->count;
    }
}

void Neighbours::claim(Known& known, const net::Neighbour& n, const stream::Mark& mark) const {
    const auto at = std::ranges::find(known.machines, n.mac, &Machine::mac);
    const auto which = static_cast<std::size_t>(at - known.machines.begin());
    if (at == known.machines.end()) {
        if (known.machines.size() >= kMachinesAnAddress) return;
        known.machines.push_back({n.mac, mark, mark});
    }
    known.machines[which].last = mark;
    const bool other = known.machines.size() > 1 && which != known.latest;
    if (other) ++known.changes;
    // A question claims the asker's own address, an announcement is nobody's answer.
    const bool answer = n.asked.family == 0 && !n.announced;
    if (answer && other && known.answer && mark.time - known.answer->time <= kAnswersTogether)
        known.answered_both = true;
    if (answer) known.answer = mark;
    known.latest = which;
}

const Neighbours::Known* Neighbours::find(const std::string& address) const {
    const auto parsed = net::parse_address(address);
    const auto at = parsed ? known_.find(*parsed) : known_.end();
    return at == known_.end() ? nullptr : &at->second;
}

void Neighbours::observe_conflict(model::Track& track, const std::string& address, std::string_view of) const {
    const Known* known = find(address);
    if (!known || known->machines.size() < 2) return;
    if (std::ranges::any_of(known->machines, [](const Machine& m) { return shared_by_design(m.mac); })) return;
    const Machine& second = known->machines[1];
    if (second.first.time - kNear > track.ended || second.last.time + kNear < track.started) return;
    // One change alone is what a failover, a new network card or a new lease looks like.
    const std::string_view how = known->answered_both ? "both-answer" : known->changes >= 2 ? "alternating" : "changed";
    std::vector<std::string> macs;
    for (const Machine& m : known->machines) macs.push_back(text_of(m.mac));
    auto o = source_.observation(second.first, "arp.conflict",
                                 fmt::format("{} machines say that the {}'s address {} is theirs: {}.", macs.size(), of,
                                             address, fmt::join(macs, ", ")));
    if (how == "changed")
        o.text = fmt::format("The {}'s address {} goes from {} to {}.", of, address, macs[0], macs[1]);
    o.fields = {{"of", std::string{of}},
                {"address", address},
                {"how", std::string{how}},
                {"macs", macs},
                {"changes", number(known->changes)}};
    insert(track, std::move(o));
}

// Questions alone: a capture that has the connection's own packets has the answers to its two ends, too.
void Neighbours::observe_unanswered(model::Track& track) const {
    const Known* known = find(track.server.address);
    if (!known || !known->asked || !known->machines.empty() || track.wire->connected) return;
    const Asked& asked = *known->asked;
    if (asked.count < 2 || asked.last.time + kNear < track.started || asked.first.time > track.ended + kNear) return;
    auto o = source_.observation(
        asked.first, "arp.unanswered",
        fmt::format("{} asks {} times which machine has the address {}, and none answers.",
                    asked.by.family == 0 ? "A machine" : net::to_text(asked.by), asked.count, track.server.address));
    o.stage = model::Stage::tcp_connect;
    o.fields = {{"address", track.server.address}, {"count", number(asked.count)}};
    insert(track, std::move(o));
}

void Neighbours::take(std::vector<model::Track>& tracks) {
    for (model::Track& track : tracks) {
        if (!track.wire) continue;
        observe_conflict(track, track.server.address, "server");
        observe_conflict(track, track.client.address, "client");
        observe_unanswered(track);
    }
    known_.clear();
}

}  // namespace rdpdx::observe
