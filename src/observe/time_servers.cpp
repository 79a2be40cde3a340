#include "src/observe/time_servers.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "src/observe/convert.hpp"

namespace rdpdx::observe {
namespace {

constexpr model::Duration kAnswered = std::chrono::seconds{10};  // a later answer says little
constexpr model::Duration kNear = std::chrono::hours{1};         // to the connection
// Many clients put a random number where their clock's time would stand ([RFC 9109] 3, and others before it). It is
// that time if it agrees with the capture's, or with another question's.
constexpr model::Duration kSame = std::chrono::seconds{2};

bool same(model::Duration a, model::Duration b) { return std::chrono::abs(a - b) <= kSame; }

}  // namespace

void TimeServers::datagram(const net::Datagram& datagram, const stream::Mark& mark) {
    if (datagram.destination.port != ntp::kPort && datagram.source.port != ntp::kPort) return;
    const auto packet = ntp::parse_packet(datagram.payload);
    if (!packet) return;
    if (packet->asks() && packet->transmit != 0) {
        if (asked_.size() == kTimeQuestions) asked_.pop_front();
        asked_.push_back({datagram.source, datagram.destination, packet->transmit, mark});
    } else if (packet->answers() && packet->synchronized()) {
        answer(*packet, datagram, mark);
    }
}

void TimeServers::answer(const ntp::Packet& packet, const net::Datagram& datagram, const stream::Mark& mark) {
    const auto question = std::ranges::find_if(asked_, [&](const Question& q) {
        return q.transmit == packet.origin && q.from == datagram.destination && q.to == datagram.source;
    });
    if (question == asked_.end()) return;
    const auto waited = mark.time - question->mark.time;
    const auto theirs = ntp::time_of(packet.receive), own = ntp::time_of(question->transmit);
    const auto held = ntp::time_of(packet.transmit) - theirs;  // between the server's receiving and its sending
    if (waited >= model::Duration{} && waited <= kAnswered && held >= model::Duration{} && held <= waited + kSame) {
        const auto known = machines_.find(question->from.address);
        if (known != machines_.end() || machines_.size() < kTimeMachines) {
            auto& answers = machines_[question->from.address];
            if (answers.size() < kTimeAnswers)
                answers.push_back({question->to.address, mark, own + (waited - held) / 2 - theirs,
                                   same(own - bytes::Time{}, question->mark.time - bytes::Time{})});
        }
    }
    asked_.erase(question);
}

void TimeServers::observe(model::Track& track, const std::string& address, std::string_view of) const {
    const auto parsed = net::parse_address(address);
    const auto at = parsed ? machines_.find(*parsed) : machines_.end();
    if (at == machines_.end()) return;
    const auto& answers = at->second;
    const auto believed = [&](const Answer& a) {
        const auto agrees = [&](const Answer& other) { return &other != &a && same(other.ahead, a.ahead); };
        return a.own_time || std::ranges::any_of(answers, agrees);
    };
    const auto found = std::ranges::find_if(answers, [&](const Answer& a) {
        return a.mark.time + kNear >= track.started && a.mark.time <= track.ended + kNear && believed(a);
    });
    if (found == answers.end()) return;
    auto o = source_.observation(
        found->mark, "ntp.offset",
        fmt::format("By NTP the {}'s clock is {} {} that of {}.", of, model::to_text(std::chrono::abs(found->ahead)),
                    found->ahead < model::Duration{} ? "behind" : "ahead of", net::to_text(found->server)));
    o.fields = {{"of", std::string{of}},
                {"server", net::to_text(found->server)},
                {"offset_ms", number(std::chrono::duration_cast<std::chrono::milliseconds>(found->ahead).count())}};
    insert(track, std::move(o));
}

void TimeServers::take(std::vector<model::Track>& tracks) {
    for (model::Track& track : tracks) {
        if (!track.wire) continue;
        observe(track, track.client.address, "client");
        observe(track, track.server.address, "server");
    }
    machines_.clear();
}

}  // namespace rdpdx::observe
