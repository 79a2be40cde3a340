#include "src/analysis/packet_walk.hpp"

#include <algorithm>
#include <cassert>
#include <variant>

#include "parsers/bytes/prefetch.hpp"

namespace rdpdx::analysis {
namespace {

// Bytes of the next run that are asked for while one packet of this run is handled: about as many as a packet has.
constexpr std::size_t kAhead = 640;

}  // namespace

PacketWalk::PacketWalk(const std::string& filter, stream::Table& table, observe::WireObserver& observer)
    : table_{table}, observer_{observer} {
    if (filter.empty()) return;
    auto compiled = capture::Filter::compile(filter);
    if (auto* good = std::get_if<capture::Filter>(&compiled)) filter_.emplace(std::move(*good));
}

void PacketWalk::note_time(model::Time time) {
    if (!first_time_ || time < *first_time_) first_time_ = time;
    if (!last_time_ || time > *last_time_) last_time_ = time;
    coverage_.packet(time);
}

// Most packets belong to flows that nobody wants, and what is known of such a flow lies anywhere in memory.
void PacketWalk::look_ahead(std::span<const capture::Packet> packets) {
    for (std::size_t i = 0; i < packets.size(); ++i) {
        Ahead& ahead = ahead_[i];
        const capture::Packet& packet = packets[i];
        ahead.mark.time = packet.time;
        ahead.mark.frame = packet.number;
        ahead.mark.file_offset = packet.file_offset;
        ahead.glanced = net::glance(packet, ahead.seen);
        if (ahead.glanced && !ahead.seen.datagram) table_.place(ahead.seen, ahead.place);
    }
    for (std::size_t i = 0; i < packets.size(); ++i)
        if (ahead_[i].glanced && !ahead_[i].seen.datagram) table_.approach(ahead_[i].place);
}

bool PacketWalk::concerns_nobody(const Ahead& ahead) {
    if (!ahead.glanced) return false;
    return ahead.seen.datagram ? !observer_.wants(ahead.seen) : table_.pass(ahead.seen, ahead.place, ahead.mark);
}

void PacketWalk::run(std::span<const capture::Packet> packets, bytes::View upcoming) {
    assert(packets.size() <= kRun);
    look_ahead(packets);
    for (std::size_t i = 0; i < packets.size(); ++i) {
        const capture::Packet& packet = packets[i];
        bytes::prefetch(upcoming.first(std::min(upcoming.size(), kAhead)));
        upcoming = upcoming.subspan(std::min(upcoming.size(), kAhead));
        ++packets_;
        note_time(packet.time);
        if (filter_ && !filter_->matches(packet)) {
            ++filtered_;
            continue;
        }
        if (!concerns_nobody(ahead_[i])) hand_on(packet, ahead_[i].mark);
    }
}

void PacketWalk::hand_on(const capture::Packet& packet, const stream::Mark& mark) {
    const net::Decoded decoded = decoder_.decode(packet);
    if (const auto* segment = std::get_if<net::Segment>(&decoded)) {
        table_.add(*segment, mark);
    } else if (const auto* error = std::get_if<net::IcmpError>(&decoded)) {
        table_.add(*error, mark);
        observer_.icmp_error(*error, mark);
    } else if (const auto* datagram = std::get_if<net::Datagram>(&decoded)) {
        observer_.datagram(*datagram, mark);
    } else if (const auto* neighbour = std::get_if<net::Neighbour>(&decoded)) {
        observer_.neighbour(*neighbour, mark);
    }
}

}  // namespace rdpdx::analysis
