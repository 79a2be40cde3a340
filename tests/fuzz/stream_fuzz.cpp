// Bytes -> segments of a few connections. Offsets of each side only grow and fit their gaps, each connection ends once,
// and nothing is left pending.
#include <cstdlib>
#include <map>

#include "parsers/stream/flow.hpp"

using namespace rdpdx;

namespace {

void demand(bool holds) {
    if (!holds) std::abort();
}

struct Check final : stream::Listener {
    struct State {
        std::uint64_t next[2] = {0, 0}, gaps[2] = {0, 0};
        bool asked = false, refused = false, ended = false;
    };
    std::map<std::uint64_t, State> flows;
    unsigned answer = 0;

    Interest first_payload(const stream::Flow& flow, stream::Side, bytes::View payload) override {
        State& s = flows[flow.id];
        demand(!s.asked && !s.ended && !payload.empty());
        s.asked = true;
        const auto interest = static_cast<Interest>(++answer % 3);
        s.refused = interest == Interest::none;
        return interest;
    }
    void data(const stream::Flow& flow, const stream::Chunk& chunk) override {
        State& s = flows[flow.id];
        const auto side = static_cast<unsigned>(chunk.from);
        demand(s.asked && !s.refused && !s.ended && !chunk.data.empty());
        demand(chunk.offset == s.next[side] + chunk.gap);
        s.next[side] = chunk.offset + chunk.data.size();
        s.gaps[side] += chunk.gap;
        demand(flow.half(chunk.from).gap_bytes >= s.gaps[side]);
        demand(flow.half(chunk.from).first_payload.has_value());
    }
    void end(const stream::Flow& flow) override {
        State& s = flows[flow.id];
        demand(!s.ended);
        s.ended = true;
        for (const stream::Half* half : {&flow.from_client, &flow.from_server})
            demand((half->unacknowledged > 0) >= half->first_unacknowledged.has_value());
    }
};

net::Endpoint endpoint(unsigned n) {
    net::Endpoint out;
    out.address.family = n & 4U ? 6 : 4;
    out.address.octets[0] = static_cast<std::uint8_t>(n & 1U);
    out.port = n & 2U ? 3389 : 50000;
    return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Check check;
    stream::Table table{check};
    bytes::Cursor in{bytes::View{reinterpret_cast<const std::byte*>(data), size}};
    std::int64_t now = 0;
    std::uint64_t frame = 0;
    while (in.remaining() > 0) {
        const unsigned who = in.u8("endpoints"), flags = in.u8("flags"), kind = in.u8("kind");
        net::Segment s;
        s.source = endpoint(who & 7U);
        s.destination = endpoint(who >> 3U & 7U);
        s.syn = flags & 1U;
        s.ack = flags & 2U;
        s.fin = flags & 4U;
        s.rst = flags & 8U;
        s.psh = flags & 16U;
        // Small steps from a few bases meet one another; whole numbers reach the rest.
        s.sequence = kind & 1U ? in.u32be("sequence") : 0xFFFFFFF0U + in.u8("sequence");
        s.acknowledgment = kind & 2U ? in.u32be("acknowledgment") : 0xFFFFFFF0U + in.u8("acknowledgment");
        s.window = kind & 4U ? 0 : 8192;
        s.ip.identification = kind & 8U ? in.u16be("identification") : 0;
        s.ip.hop_limit = static_cast<std::uint8_t>(who >> 6U);
        s.payload = in.peek(flags >> 5U);
        s.payload_length = static_cast<std::uint32_t>(s.payload.size());
        if (kind & 16U) s.payload_length = in.u32be("payload_length");
        const std::uint64_t step = kind & 32U ? in.u64be("time") : kind >> 6U;
        now = static_cast<std::int64_t>(static_cast<std::uint64_t>(now) + step * 1'000'000);
        const stream::Mark mark{bytes::Time{std::chrono::nanoseconds{now}}, ++frame};
        if (kind == 0xFF) {
            net::IcmpError error;
            error.protocol = 6;
            error.source = s.source;
            error.destination = s.destination;
            table.add(error, mark);
        } else {
            table.add(s, mark);
        }
        demand(table.live() <= 64);
    }
    table.finish();
    demand(table.pending() == 0 && table.live() == 0);
    for (const auto& [id, state] : check.flows) demand(state.ended);
    return 0;
}
