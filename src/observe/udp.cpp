#include "src/observe/udp.hpp"

#include <algorithm>

namespace rdpdx::observe {
namespace {

constexpr model::Duration kSweepEvery = std::chrono::seconds{30};

void mix(std::size_t& hash, std::uint64_t value) {
    hash = (hash ^ static_cast<std::size_t>(value)) * std::size_t{0x9E3779B97F4A7C15U};
    hash ^= hash >> 29;
}
void mix(std::size_t& hash, const net::Endpoint& e) {
    std::uint64_t word = 0;
    unsigned n = 0;
    for (const std::uint8_t octet : e.address.octets) {
        word = word << 8 | octet;
        if (++n % 8 == 0) mix(hash, word);
    }
    mix(hash, e.port);
}

}  // namespace

std::size_t UdpTransports::Hash::operator()(const Key& key) const noexcept {
    std::size_t out = 0;
    mix(out, key.a);
    mix(out, key.b);
    return out;
}

void UdpTransports::datagram(const net::Datagram& datagram, const stream::Mark& mark) {
    const bool may_begin = datagram.payload_length == rdpeudp::kSynLength;
    if (live_.empty() && !may_begin) return;
    const Key key = key_of(datagram.source, datagram.destination);
    auto at = live_.find(key);
    const auto sender =
        may_begin ? rdpeudp::begins_conversation(datagram.payload, datagram.payload_length) : std::nullopt;
    if (at == live_.end() && !sender) return;
    latest_ = std::max(latest_, mark.time);
    if (at != live_.end() && sender && at->second.conversation->another(*sender, datagram.payload)) {
        finish(at);
        at = live_.end();
    }
    if (at == live_.end()) {
        forget_silent(latest_);
        at = begin(datagram, key, *sender);
        if (at == live_.end()) return;
    }
    Live& live = at->second;
    const auto from = datagram.source == live.client ? rdpeudp::Side::client : rdpeudp::Side::server;
    live.conversation->datagram(from, datagram.payload, datagram.payload_length, mark);
    if (!live.waiting || !live.conversation->established()) return;
    live.waiting = false;
    waiting_.erase(live.id);
}

UdpTransports::Table::iterator UdpTransports::begin(const net::Datagram& datagram, const Key& key, rdpeudp::Side from) {
    if (waiting_.size() >= kUdpUnanswered) finish(live_.find(waiting_.begin()->second));
    if (live_.size() >= kUdpLive) {
        ++forgotten_;
        return live_.end();
    }
    const bool by_client = from == rdpeudp::Side::client;
    const auto& client = by_client ? datagram.source : datagram.destination;
    const auto& server = by_client ? datagram.destination : datagram.source;
    Live live{std::make_unique<UdpConversation>(input_, precision_, client, server, decrypting_), client, ++ids_};
    waiting_.emplace(live.id, key);
    ++live_ports_[slot(key)];
    return live_.emplace(key, std::move(live)).first;
}

void UdpTransports::finish(Table::iterator at) {
    Live& live = at->second;
    const bool established = live.conversation->established();
    Finished done{live.conversation->finish(latest_), live.client.address, live.id};
    waiting_.erase(live.id);
    --live_ports_[slot(at->first)];
    live_.erase(at);
    if (established) {
        done_.push_back(std::move(done));
        return;
    }
    unanswered_.push_back(std::move(done));
    if (unanswered_.size() < 2 * kUdpUnanswered) return;
    const std::size_t before = unanswered_.size();
    std::erase_if(unanswered_, [&](const Finished& f) { return !clients_.contains(f.client); });
    if (unanswered_.size() > kUdpUnanswered)
        unanswered_.erase(unanswered_.begin(), unanswered_.end() - static_cast<std::ptrdiff_t>(kUdpUnanswered));
    forgotten_ += before - unanswered_.size();
}

void UdpTransports::forget_silent(model::Time now) {
    if (now - swept_ < kSweepEvery) return;
    swept_ = now;
    for (auto at = live_.begin(); at != live_.end();) {
        const auto next = std::next(at);
        if (now - at->second.conversation->last() > kUdpSilence) finish(at);
        at = next;
    }
}

void UdpTransports::icmp_error(const net::IcmpError& error, const stream::Mark& mark) {
    constexpr std::uint8_t kUdp = 17;
    if (error.protocol != kUdp) return;
    const auto at = live_.find(key_of(error.source, error.destination));
    if (at != live_.end()) at->second.conversation->icmp_error(error, mark);
}

std::vector<model::Track> UdpTransports::take(model::Time capture_end) {
    latest_ = std::max(latest_, capture_end);
    while (!live_.empty()) finish(live_.begin());
    std::ranges::sort(unanswered_, {}, &Finished::id);
    std::size_t strangers = 0;
    forgotten_ += std::erase_if(
        unanswered_, [&](const Finished& f) { return !clients_.contains(f.client) && ++strangers > kUdpStrangers; });
    std::ranges::move(unanswered_, std::back_inserter(done_));
    unanswered_.clear();
    std::ranges::sort(done_, {}, &Finished::id);
    std::vector<model::Track> out;
    for (Finished& f : done_) {
        f.track.udp->capture_end = capture_end;
        out.push_back(std::move(f.track));
    }
    done_.clear();
    return out;
}

}  // namespace rdpdx::observe
