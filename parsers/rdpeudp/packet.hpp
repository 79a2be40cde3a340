// [MS-RDPEUDP2]: the packets of version 3, once the connection is there. Little-endian.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "parsers/bytes/cursor.hpp"

namespace rdpdx::rdpeudp {

// [MS-RDPEUDP2] 2.2.1.1, Flags
enum PacketFlag : std::uint16_t {
    kPacketAck = 0x001,
    kPacketData = 0x004,
    kPacketAckVec = 0x008,
    kPacketAoa = 0x010,
    kPacketOverheadSize = 0x040,
    kPacketDelayAckInfo = 0x100,
};

// [MS-RDPEUDP2] 2.2.1.2.1 Acknowledgement Payload
struct Acknowledgement {
    std::uint16_t SeqNum{};
    std::uint32_t receivedTS{};  // units of 4 us
    std::uint8_t sendAckTimeGap{};
    std::uint8_t numDelayedAcks{}, delayAckTimeScale{};
    bytes::View delayAckTimeAdditions;
};

// [MS-RDPEUDP2] 2.2.1.2.6 Acknowledgement Vector Payload
struct AcknowledgementVector {
    std::uint16_t BaseSeqNum{};
    std::optional<std::uint32_t> TimeStamp;
    std::optional<std::uint8_t> SendAckTimeGapInMs;
    bytes::View codedAckVector;

    // What the vector says: the highest number that was received, and how many below it were not.
    struct State {
        std::optional<std::uint16_t> received;
        std::uint32_t missing{};
    };
    State state() const noexcept;
};

// [MS-RDPEUDP2] 2.2.1.2.3 Delay Ack Info Payload
struct DelayAckInfo {
    std::uint8_t MaxDelayedAcks{};
    std::uint16_t DelayedAckTimeoutInMs{};
};

// [MS-RDPEUDP2] 2.2.1: a packet without its prefix byte. Views into the packet.
struct Packet {
    std::uint16_t Flags{};
    std::uint8_t LogWindowSize{};
    std::optional<Acknowledgement> ack;
    std::optional<std::uint8_t> OverheadSize;
    std::optional<DelayAckInfo> delayAckInfo;
    std::optional<std::uint16_t> AckOfAcksSeqNum;
    std::optional<std::uint16_t> DataSeqNum;  // another one in each transmission
    std::optional<AcknowledgementVector> ackVector;
    std::optional<std::uint16_t> ChannelSeqNum;  // the same in each transmission
    bytes::View data;
};
bytes::Parsed<Packet> parse_packet(bytes::View packet, std::size_t base = 0);

// [MS-RDPEUDP2] 2.2.1.0.1 PacketPrefixByte, and the packet in the order that the document gives.
struct PrefixedPacket {
    std::uint8_t Packet_Type_Index{};    // 0: data, acknowledgements; 8: dummy, whose content means nothing
    std::uint8_t Short_Packet_Length{};  // 7: seven bytes or more
    std::vector<std::byte> packet;
};
// [MS-RDPEUDP2] 3.1.1.1.5: on the wire the prefix is the eighth byte, and the first one stands where it was.
bytes::Parsed<PrefixedPacket> parse_prefixed_packet(bytes::View payload, std::size_t base = 0);
// Whether the eighth byte can be such a prefix. The low byte of the flags of a SYN or of an acknowledgement in the form
// of versions 1 and 2 cannot.
bool has_packet_prefix(bytes::View payload) noexcept;

inline constexpr std::uint8_t kDummyPacket = 8;

}  // namespace rdpdx::rdpeudp
