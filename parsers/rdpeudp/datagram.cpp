#include "parsers/rdpeudp/datagram.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace rdpdx::rdpeudp {
namespace {

using bytes::Cursor;

template <std::size_t N>
std::array<std::uint8_t, N> octets(Cursor& in, std::string_view field) {
    std::array<std::uint8_t, N> out{};
    std::ranges::transform(in.take(N, field), out.begin(),
                           [](std::byte b) { return std::to_integer<std::uint8_t>(b); });
    return out;
}

AckVector read_ack_vector(Cursor& in) {
    AckVector out;
    const std::size_t size = in.u16be("uAckVectorSize");
    out.AckVectorElement = in.take(size, "AckVectorElement");
    // Up to a multiple of four, counted from the size field. Zeros by the document; Windows leaves there what was
    // there.
    in.skip(std::min<std::size_t>((6 - size % 4) % 4, in.remaining()), "Padding");
    return out;
}

SynData read_syn_data(Cursor& in) {
    SynData out;
    out.snInitialSequenceNumber = in.u32be("snInitialSequenceNumber");
    out.uUpStreamMtu = in.u16be("uUpStreamMtu");
    out.uDownStreamMtu = in.u16be("uDownStreamMtu");
    return out;
}

SynDataEx read_syn_data_ex(Cursor& in, bool of_client) {
    SynDataEx out;
    out.uSynExFlags = in.u16be("uSynExFlags");
    out.uUdpVer = in.u16be("uUdpVer");
    if (of_client && out.uUdpVer == kVersion3) out.cookieHash = octets<32>(in, "cookieHash");
    return out;
}

void read_payload_header(Cursor& in, Datagram& out) {
    const std::uint32_t coded = in.u32be("snCoded"), start = in.u32be("snSourceStart");
    if (!out.has(kFec)) {
        out.source = {coded, start};
        return;
    }
    FecPayloadHeader fec{coded, start, in.u8("uRange"), in.u8("uFecIndex")};
    in.skip(2, "uPadding");
    out.fec = fec;
}

}  // namespace

std::string version_name(std::uint16_t uUdpVer) {
    if (uUdpVer == kVersion1 || uUdpVer == kVersion2) return fmt::format("{}", uUdpVer);
    return uUdpVer == kVersion3 ? "3" : fmt::format("0x{:04X}", uUdpVer);
}

std::uint32_t AckVector::not_received() const noexcept {
    constexpr unsigned kNotYetReceived = 3;
    std::uint32_t out = 0;
    for (const std::byte b : AckVectorElement) {
        const auto element = std::to_integer<unsigned>(b);
        if (element >> 6 == kNotYetReceived) out += (element & 0x3FU) + 1;
    }
    return out;
}

bytes::Parsed<Datagram> parse_datagram(bytes::View payload, std::size_t base) {
    Cursor in{payload, base};
    Datagram out;
    out.snSourceAck = in.u32be("snSourceAck");
    out.uReceiveWindowSize = in.u16be("uReceiveWindowSize");
    out.uFlags = in.u16be("uFlags");
    // [MS-RDPEUDP] 3.1.5.1.3: a SYN+ACK has the flag for snSourceAck, and no vector.
    if (out.has(kAck) && !out.has(kSyn)) out.ackVector = read_ack_vector(in);
    if (out.has(kAckOfAcks)) out.snAckOfAcksSeqNum = in.u32be("snAckOfAcksSeqNum");
    if (out.has(kSyn)) out.synData = read_syn_data(in);
    if (out.has(kCorrelationId)) {
        out.uCorrelationId = octets<16>(in, "uCorrelationId");
        in.skip(16, "uReserved");
    }
    if (out.has(kSynEx)) out.synDataEx = read_syn_data_ex(in, out.syn());
    if ((out.uFlags & (kData | kFec)) && !out.has(kSyn)) {
        read_payload_header(in, out);
        out.data = in.rest();
    }
    if (in.error()) return *in.error();
    return out;
}

std::optional<Side> begins_conversation(bytes::View payload, std::size_t length) noexcept {
    constexpr std::uint16_t kNotInSyn = kFin | kData | kFec | kCn | kCwr | kSackOption | kAckOfAcks;
    constexpr std::size_t kHeaders = 16;
    if (length != kSynLength || payload.size() < kHeaders) return {};
    const auto datagram = parse_datagram(payload);
    if (!datagram || !datagram->synData || (datagram->uFlags & kNotInSyn)) return {};
    const auto possible = [](std::uint16_t mtu) { return mtu >= kLeastMtu && mtu <= kMostMtu; };
    if (!possible(datagram->synData->uUpStreamMtu) || !possible(datagram->synData->uDownStreamMtu)) return {};
    // [MS-RDPEUDP] 3.1.5.1.1: nothing was received yet.
    if (datagram->syn() && datagram->snSourceAck != 0xFFFFFFFF) return {};
    // Behind everything that any version has put there.
    constexpr std::size_t kMostHeaders = kHeaders + 32 + 4 + 32;
    const bytes::View padding = payload.subspan(std::min(payload.size(), kMostHeaders));
    if (!std::ranges::all_of(padding, [](std::byte b) { return b == std::byte{0}; })) return {};
    return datagram->syn() ? Side::client : Side::server;
}

}  // namespace rdpdx::rdpeudp
