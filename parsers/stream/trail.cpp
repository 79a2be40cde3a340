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

// Where this packet's sighting goes.
Sighting& room(Trail& trail) {
    if (trail.first.empty()) trail.first.reserve(kHandshake);
    if (trail.first.size() < trail.most.first) return trail.first.emplace_back();
    if (trail.last.size() < trail.most.last) return trail.last.emplace_back();
    return trail.last[trail.between++ % trail.most.last];
}

}  // namespace

void record(Trail& trail, const net::Segment& s, const Mark& mark, Side from) {
    const bool early = trail.first.size() < trail.most.first;
    Sighting& seen = room(trail);
    seen.mark = mark;
    seen.source_mac = number_of(s.ip.source_mac);
    seen.sequence = s.sequence;
    seen.acknowledgment = s.acknowledgment;
    seen.length = s.payload_length;
    seen.digest = early && trail.most.digests ? digest_of(s) : 0;
    seen.identification = s.ip.identification;
    seen.window = s.window;
    seen.hop_limit = s.ip.hop_limit;
    seen.from = from;
    seen.syn = s.syn;
    seen.ack = s.ack;
    seen.fin = s.fin;
    seen.rst = s.rst;
    seen.dont_fragment = s.ip.dont_fragment;
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
