// What a capture shows around a connection: packets of name services and of ARP with any bytes behind a few that lead
// there, between one client and one server. Nothing may do harm, and what is told keeps the order of time.
#include <algorithm>
#include <cstdlib>

#include "src/observe/around.hpp"

using namespace rdpdx;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

constexpr std::uint16_t kPorts[]{53, 137, 5353, 5355};

net::Address address(std::uint8_t last) {
    const std::array octets{std::byte{192}, std::byte{0}, std::byte{2}, std::byte{last}};
    return net::address_of(octets);
}

model::Track track(bytes::Cursor& in, bytes::Time started) {
    model::Track out;
    out.client.address = net::to_text(address(in.u8("client") % 4));
    out.server.address = net::to_text(address(in.u8("server") % 4));
    out.started = started;
    out.ended = started + std::chrono::seconds{1};
    out.wire.emplace();
    out.wire->connected = in.u8("connected") % 2 == 0;
    out.wire->tls.sni = bytes::text_of(in.take(std::min<std::size_t>(in.u8("sni") % 8, in.remaining()), "sni"));
    return out;
}

net::Neighbour neighbour(bytes::Cursor& in) {
    net::Neighbour out;
    const std::uint8_t flags = in.u8("flags");
    if (flags & 1) out.claimed = address(in.u8("claimed") % 4);
    if (flags & 2) out.asked = address(in.u8("asked") % 4);
    out.mac.octets[5] = in.u8("mac");
    out.mac.present = true;
    out.announced = (flags & 4) != 0;
    return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    bytes::Cursor in{std::as_bytes(std::span{data, size})};
    observe::Around around{{0, model::Precision::nano}};
    std::vector<model::Track> tracks;
    stream::Mark mark;
    while (in.remaining() > 0) {
        mark.time += std::chrono::milliseconds{in.u16be("passed")};
        ++mark.frame;
        switch (in.u8("step") % 4) {
            case 0:
                around.neighbours.neighbour(neighbour(in), mark);
                break;
            case 1:
                if (tracks.size() < 8) tracks.push_back(track(in, mark.time));
                around.names.attempt(address(in.u8("client") % 4), mark.time);
                break;
            default: {
                net::Datagram datagram;
                const std::uint8_t ports = in.u8("ports");
                datagram.source = {address(in.u8("source") % 4), kPorts[ports % 4]};
                datagram.destination = {address(in.u8("destination") % 4), kPorts[ports / 4 % 4]};
                datagram.payload = in.take(std::min<std::size_t>(in.u8("size"), in.remaining()), "payload");
                around.names.datagram(datagram, mark);
            }
        }
    }
    around.take(tracks, mark.time);
    for (const model::Track& t : tracks)
        require(std::ranges::is_sorted(t.seen, {}, [](const auto& o) { return o.time; }));
    return 0;
}
