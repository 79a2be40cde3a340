#include "src/observe/path.hpp"

#include <algorithm>

#include "src/observe/convert.hpp"

namespace rdpdx::observe {
namespace {

model::WirePacket packet_of(const stream::Sighting& s) {
    model::WirePacket out;
    out.time = s.mark.time;
    out.frame = s.mark.frame;
    out.offset = s.mark.file_offset;
    out.source_mac = s.source_mac;
    out.sequence = s.sequence;
    out.acknowledgment = s.acknowledgment;
    out.length = s.length;
    out.digest = s.digest;
    out.identification = s.identification;
    out.window = s.window;
    out.hop_limit = s.hop_limit;
    out.from = party(s.from);
    out.syn = s.syn;
    out.ack = s.ack;
    out.fin = s.fin;
    out.rst = s.rst;
    out.dont_fragment = s.dont_fragment;
    return out;
}

}  // namespace

std::optional<stream::Side> unseen_side(const stream::Flow& flow) {
    using stream::Side;
    if (flow.from_client.packets > 0 && flow.from_server.packets > 0) return {};
    const auto answers = [](const stream::Sighting& s) { return s.ack && !s.rst; };
    if (std::ranges::none_of(flow.trail.first, answers)) return {};
    return flow.from_client.packets > 0 ? Side::server : Side::client;
}

void keep_packets(const stream::Trail& trail, model::Wire& wire) {
    wire.packets.reserve(trail.first.size() + trail.last.size());
    for (const auto* part : {&trail.first, &trail.last})
        for (const stream::Sighting& s : *part) wire.packets.push_back(packet_of(s));
    wire.first_packets = trail.between == 0 ? wire.packets.size() : trail.first.size();
}

}  // namespace rdpdx::observe
