#include "src/analysis/packet_walk.hpp"

#include <algorithm>
#include <cassert>
#include <variant>

namespace rdpdx::analysis {
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

// Of packets in order and close together the first and the last say it all.
void PacketWalk::note_times(std::span<const capture::Packet> packets) {
    const model::Time first = packets.front().time, last = packets.back().time;
    if (std::ranges::is_sorted(packets, {}, &capture::Packet::time) && coverage_.unbroken(first, last))
        for (const model::Time time : {first, last}) note_time(time);
    else
        for (const capture::Packet& packet : packets) note_time(packet.time);
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

void PacketWalk::run(std::span<const capture::Packet> packets) {
    assert(packets.size() <= kRun);
    if (packets.empty()) return;
    look_ahead(packets);
    note_times(packets);
    packets_ += packets.size();
    for (std::size_t i = 0; i < packets.size(); ++i) {
        const capture::Packet& packet = packets[i];
        if (filter_ && !filter_->matches(packet)) {
            ++filtered_;
            continue;
        }
        if (!concerns_nobody(ahead_[i])) hand_on(packet, ahead_[i]);
    }
}

void PacketWalk::hand_on(const capture::Packet& packet, const Ahead& ahead) {
    const stream::Mark& mark = ahead.mark;
    const net::Decoded decoded = decoder_.decode(packet);
    if (const auto* segment = std::get_if<net::Segment>(&decoded)) {
        if (ahead.glanced)
            table_.add(*segment, ahead.place, mark);
        else
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
