#include "parsers/stream/trail.hpp"

#include <algorithm>

namespace rdpdx::stream {
namespace {

// Most flows are known to be wanted or not when they have had so many packets; the one that tells is not kept of those
// that are not.
constexpr std::size_t kHandshake = 3;

// FNV-1a
std::uint32_t digest_of(const net::Segment& segment) noexcept {
    const std::size_t wanted = std::min<std::size_t>(segment.payload_length, kDigested);
    if (wanted == 0 || segment.payload.size() < wanted) return 0;
    std::uint32_t hash = 2166136261U;
    for (const std::byte b : segment.payload.first(wanted))
        hash = (hash ^ std::to_integer<std::uint32_t>(b)) * 16777619U;
    return hash == 0 ? 1 : hash;
}

std::uint64_t number_of(const net::MacAddress& mac) noexcept {
    std::uint64_t out = 0;
    for (const std::uint8_t octet : mac.octets) out = out << 8U | octet;
    return mac.present ? out : 0;
}

}  // namespace

void record(Trail& trail, const net::Segment& s, Mark mark, Side from) {
    const bool early = trail.first.size() < trail.most.first;
    const Sighting seen{.mark = mark,
                        .source_mac = number_of(s.ip.source_mac),
                        .sequence = s.sequence,
                        .acknowledgment = s.acknowledgment,
                        .length = s.payload_length,
                        .digest = early ? digest_of(s) : 0,
                        .identification = s.ip.identification,
                        .window = s.window,
                        .hop_limit = s.ip.hop_limit,
                        .from = from,
                        .syn = s.syn,
                        .ack = s.ack,
                        .fin = s.fin,
                        .rst = s.rst,
                        .dont_fragment = s.ip.dont_fragment};
    if (trail.first.empty()) trail.first.reserve(kHandshake);
    if (early) {
        trail.first.push_back(seen);
    } else if (trail.last.size() < trail.most.last) {
        trail.last.push_back(seen);
    } else {
        trail.last[trail.between++ % trail.most.last] = seen;
    }
}

void close(Trail& trail) {
    if (trail.between == 0) return;
    const auto oldest = static_cast<std::ptrdiff_t>(trail.between % trail.most.last);
    std::rotate(trail.last.begin(), trail.last.begin() + oldest, trail.last.end());
}

void reverse(Trail& trail) noexcept {
    for (auto* part : {&trail.first, &trail.last})
        for (Sighting& s : *part) s.from = other(s.from);
}

}  // namespace rdpdx::stream
