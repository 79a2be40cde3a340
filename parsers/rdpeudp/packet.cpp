#include "parsers/rdpeudp/packet.hpp"

#include <algorithm>

namespace rdpdx::rdpeudp {
namespace {

using bytes::Cursor;

constexpr std::size_t kPrefixAt = 7;

std::uint32_t u24le(Cursor& in, std::string_view field) {
    const std::uint32_t low = in.u16le(field);
    return low | std::uint32_t{in.u8(field)} << 16;
}

Acknowledgement read_ack(Cursor& in) {
    Acknowledgement out;
    out.SeqNum = in.u16le("SeqNum");
    out.receivedTS = u24le(in, "receivedTS");
    out.sendAckTimeGap = in.u8("sendAckTimeGap");
    const std::uint8_t delayed = in.u8("numDelayedAcks");
    out.numDelayedAcks = delayed & 0x0FU;
    out.delayAckTimeScale = static_cast<std::uint8_t>(delayed >> 4);
    out.delayAckTimeAdditions = in.take(out.numDelayedAcks, "delayAckTimeAdditions");
    return out;
}

AcknowledgementVector read_ack_vector(Cursor& in) {
    constexpr std::uint8_t kTimeStampPresent = 0x80;
    AcknowledgementVector out;
    out.BaseSeqNum = in.u16le("BaseSeqNum");
    const std::uint8_t size = in.u8("codedAckVecSize");
    if (size & kTimeStampPresent) {
        out.TimeStamp = u24le(in, "TimeStamp");
        out.SendAckTimeGapInMs = in.u8("SendAckTimeGapInMs");
    }
    out.codedAckVector = in.take(size & 0x7FU, "codedAckVector");
    return out;
}

}  // namespace

AcknowledgementVector::State AcknowledgementVector::state() const noexcept {
    constexpr unsigned kRun = 0x80, kReceived = 0x40, kBits = 7;
    State out;
    std::uint32_t at = 0, missing = 0;  // numbers from BaseSeqNum on; those missing since the last received one too
    const auto run = [&](bool received, std::uint32_t length) {
        at += length;
        if (!received) {
            missing += length;
        } else if (length > 0) {
            out.missing = missing;
            out.received = static_cast<std::uint16_t>(BaseSeqNum + at - 1);
        }
    };
    for (const std::byte b : codedAckVector) {
        const auto entry = std::to_integer<unsigned>(b);
        if (entry & kRun)
            run((entry & kReceived) != 0, entry & 0x3FU);
        else
            for (unsigned bit = 0; bit < kBits; ++bit) run((entry >> bit & 1U) != 0, 1);
    }
    return out;
}

bytes::Parsed<Packet> parse_packet(bytes::View packet, std::size_t base) {
    Cursor in{packet, base};
    Packet out;
    const std::uint16_t header = in.u16le("Flags");
    out.Flags = header & 0x0FFFU;
    out.LogWindowSize = static_cast<std::uint8_t>(header >> 12);
    const auto has = [&](PacketFlag flag) { return (out.Flags & flag) != 0; };
    if (has(kPacketAck)) out.ack = read_ack(in);
    if (has(kPacketOverheadSize)) out.OverheadSize = in.u8("OverheadSize");
    if (has(kPacketDelayAckInfo)) {
        out.delayAckInfo = DelayAckInfo{in.u8("MaxDelayedAcks"), in.u16le("DelayedAckTimeoutInMs")};
    }
    if (has(kPacketAoa)) out.AckOfAcksSeqNum = in.u16le("AckOfAcksSeqNum");
    if (has(kPacketData)) out.DataSeqNum = in.u16le("DataSeqNum");
    if (has(kPacketAckVec)) out.ackVector = read_ack_vector(in);
    if (has(kPacketData)) {
        out.ChannelSeqNum = in.u16le("ChannelSeqNum");
        out.data = in.rest();
    }
    if (in.error()) return *in.error();
    return out;
}

bytes::Parsed<PrefixedPacket> parse_prefixed_packet(bytes::View payload, std::size_t base) {
    Cursor in{payload, base};
    const bytes::View first = in.take(1, "PacketPrefixByte");
    const bytes::View head = in.take(kPrefixAt - 1, "PacketPrefixByte");
    const std::uint8_t prefix = in.u8("PacketPrefixByte");
    if (in.error()) return *in.error();
    PrefixedPacket out;
    out.Packet_Type_Index = prefix >> 1 & 0x0FU;
    out.Short_Packet_Length = static_cast<std::uint8_t>(prefix >> 5);
    const bytes::View rest = in.rest();
    out.packet.reserve(kPrefixAt + rest.size());
    out.packet.assign(head.begin(), head.end());
    out.packet.insert(out.packet.end(), first.begin(), first.end());
    out.packet.insert(out.packet.end(), rest.begin(), rest.end());
    // What makes a short packet long enough for the prefix to stand in its place. A dummy has no length to tell.
    const std::size_t length = out.Short_Packet_Length;
    if (length > 0 && length < kPrefixAt) out.packet.resize(std::min(out.packet.size(), length));
    return out;
}

bool has_packet_prefix(bytes::View payload) noexcept {
    Cursor in{payload};
    in.skip(kPrefixAt, "PacketPrefixByte");
    const unsigned prefix = in.u8("PacketPrefixByte");
    const unsigned type = prefix >> 1 & 0x0FU;
    return !in.error() && (prefix & 1U) == 0 && (type == 0 || type == kDummyPacket);
}

}  // namespace rdpdx::rdpeudp
