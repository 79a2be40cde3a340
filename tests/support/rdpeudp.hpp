// Datagrams of RDP-UDP for tests: what a client and a server would send.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "parsers/rdpeudp/datagram.hpp"
#include "tests/support/bytes.hpp"

namespace rdpdx::test::rdpudp {

using Bytes = std::vector<std::byte>;

inline void put(Bytes& to, std::uint64_t value, unsigned width, bool big) {
    for (unsigned i = 0; i < width; ++i) {
        const unsigned at = big ? width - 1 - i : i;
        to.push_back(static_cast<std::byte>(value >> (8 * at)));
    }
}

struct Syn {
    std::uint32_t ack{0xFFFFFFFF}, number{};
    std::uint16_t flags{rdpeudp::kSyn}, version{rdpeudp::kVersion2}, mtu{1232};
    Bytes correlation{};  // 16 bytes, or none
};

// A SYN, or with the flag a SYN+ACK, padded as they are.
inline Bytes syn(const Syn& s) {
    Bytes out;
    std::uint16_t flags = s.flags;
    if (s.version != rdpeudp::kVersion1) flags |= rdpeudp::kSynEx;
    if (!s.correlation.empty()) flags |= rdpeudp::kCorrelationId;
    put(out, s.ack, 4, true);
    put(out, 64, 2, true);
    put(out, flags, 2, true);
    put(out, s.number, 4, true);
    put(out, s.mtu, 2, true);
    put(out, s.mtu, 2, true);
    out.insert(out.end(), s.correlation.begin(), s.correlation.end());
    if (!s.correlation.empty()) out.resize(out.size() + 16);
    if (s.version != rdpeudp::kVersion1) {
        put(out, 1, 2, true);
        put(out, s.version, 2, true);
        const bool of_client = (s.flags & rdpeudp::kAck) == 0;
        if (s.version == rdpeudp::kVersion3 && of_client) out.resize(out.size() + 32, std::byte{0xC0});
    }
    out.resize(rdpeudp::kSynLength);
    return out;
}
inline Bytes syn_ack(Syn s) {
    s.flags |= rdpeudp::kSyn | rdpeudp::kAck;
    return syn(s);
}

// An acknowledgement of versions 1 and 2; `elements` are those of its vector.
inline Bytes ack(std::uint32_t number, const Bytes& elements = {std::byte{0}}, std::uint16_t flags = 0) {
    Bytes out;
    put(out, number, 4, true);
    put(out, 64, 2, true);
    put(out, flags | rdpeudp::kAck, 2, true);
    put(out, elements.size(), 2, true);
    out.insert(out.end(), elements.begin(), elements.end());
    while (out.size() % 4 != 0) out.push_back(std::byte{0x1F});
    return out;
}
// A source packet of versions 1 and 2.
inline Bytes data(std::uint32_t acknowledged, std::uint32_t coded, std::uint32_t source, const Bytes& payload,
                  std::uint16_t flags = 0) {
    Bytes out = ack(acknowledged, {std::byte{0}}, flags | rdpeudp::kData);
    put(out, coded, 4, true);
    put(out, source, 4, true);
    out.insert(out.end(), payload.begin(), payload.end());
    return out;
}

// The wire's form of a packet of version 3.
inline Bytes prefixed(Bytes packet) {
    const std::size_t length = packet.size();
    if (length < 7) packet.resize(7);
    Bytes out{packet[6]};
    out.insert(out.end(), packet.begin(), packet.begin() + 6);
    out.push_back(static_cast<std::byte>(length < 7 ? length << 5 : 7U << 5));
    out.insert(out.end(), packet.begin() + 7, packet.end());
    return out;
}
inline Bytes data3(std::uint16_t sequence, std::uint16_t channel, const Bytes& payload) {
    Bytes out;
    put(out, 0x6004, 2, false);
    put(out, sequence, 2, false);
    put(out, channel, 2, false);
    out.insert(out.end(), payload.begin(), payload.end());
    return prefixed(out);
}
inline Bytes ack3(std::uint16_t sequence) {
    Bytes out;
    put(out, 0x6001, 2, false);
    put(out, sequence, 2, false);
    out.resize(out.size() + 5);
    return prefixed(out);
}

// A TLS record with a hello in it that is cut off in its extensions, which is enough for those who only recognise it.
inline Bytes hello(unsigned type) {
    Bytes body;
    put(body, 0x0303, 2, true);
    body.resize(body.size() + 32, std::byte{0xAB});
    put(body, 0, 1, true);                 // session id
    if (type == 1) put(body, 2, 2, true);  // cipher suites
    put(body, 0xC02F, 2, true);
    if (type == 1) put(body, 1, 1, true);  // compression methods
    put(body, 0, 1, true);
    Bytes out;
    put(out, 0x16, 1, true);
    put(out, 0x0303, 2, true);
    put(out, body.size() + 4, 2, true);
    put(out, type, 1, true);
    put(out, body.size(), 3, true);
    out.insert(out.end(), body.begin(), body.end());
    return out;
}

}  // namespace rdpdx::test::rdpudp
