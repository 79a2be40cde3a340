// [MS-RDPEUDP]: the handshake of every RDP-UDP connection, and the datagrams of versions 1 and 2. Big-endian.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "parsers/bytes/cursor.hpp"
#include "parsers/bytes/side.hpp"

namespace rdpdx::rdpeudp {

using bytes::Side;

// [MS-RDPEUDP] 2.2.2.1, uFlags
enum Flag : std::uint16_t {
    kSyn = 0x0001,
    kFin = 0x0002,
    kAck = 0x0004,
    kData = 0x0008,
    kFec = 0x0010,
    kCn = 0x0020,   // the receiver saw loss
    kCwr = 0x0040,  // the sender reduced its window
    kSackOption = 0x0080,
    kAckOfAcks = 0x0100,
    kSynLossy = 0x0200,
    kAckDelayed = 0x0400,
    kCorrelationId = 0x0800,
    kSynEx = 0x1000,
};

// [MS-RDPEUDP] 2.2.2.9, uUdpVer
inline constexpr std::uint16_t kVersion1 = 0x0001, kVersion2 = 0x0002, kVersion3 = 0x0101;
// "1", "2", "3", or the number as "0x0003".
std::string version_name(std::uint16_t uUdpVer);

// [MS-RDPEUDP] 3.1.5.1.1: a SYN and a SYN+ACK are padded with zeros to this length.
inline constexpr std::size_t kSynLength = 1232;
// [MS-RDPEUDP] 2.2.2.5: both MTUs lie between these.
inline constexpr std::uint16_t kLeastMtu = 1132, kMostMtu = 1232;

// [MS-RDPEUDP] 2.2.2.5 RDPUDP_SYNDATA_PAYLOAD
struct SynData {
    std::uint32_t snInitialSequenceNumber{};
    std::uint16_t uUpStreamMtu{}, uDownStreamMtu{};
};

// [MS-RDPEUDP] 2.2.2.9 RDPUDP_SYNDATAEX_PAYLOAD. The hash stands in a client's SYN of version 3 only.
struct SynDataEx {
    std::uint16_t uSynExFlags{};  // 1: uUdpVer is valid
    std::uint16_t uUdpVer{};
    std::optional<std::array<std::uint8_t, 32>> cookieHash;
};

// [MS-RDPEUDP] 2.2.2.7 RDPUDP_ACK_VECTOR_HEADER. An element is a state (two bits: 0 received, 3 not yet received) and a
// length less one (six bits); which end of the vector is the older one does not matter here.
struct AckVector {
    bytes::View AckVectorElement;
    // Packets that it says are missing.
    std::uint32_t not_received() const noexcept;
};

// [MS-RDPEUDP] 2.2.2.4 RDPUDP_SOURCE_PAYLOAD_HEADER
struct SourcePayloadHeader {
    std::uint32_t snCoded{}, snSourceStart{};
};

// [MS-RDPEUDP] 2.2.2.2 RDPUDP_FEC_PAYLOAD_HEADER
struct FecPayloadHeader {
    std::uint32_t snCoded{}, snSourceStart{};
    std::uint8_t uRange{}, uFecIndex{};
};

// [MS-RDPEUDP] 2.2.2.1 RDPUDP_FEC_HEADER and what its flags add. Views into the datagram.
struct Datagram {
    std::uint32_t snSourceAck{};
    std::uint16_t uReceiveWindowSize{}, uFlags{};
    std::optional<AckVector> ackVector;
    std::optional<std::uint32_t> snAckOfAcksSeqNum;
    std::optional<SynData> synData;
    std::optional<std::array<std::uint8_t, 16>> uCorrelationId;  // [MS-RDPEUDP] 2.2.2.8
    std::optional<SynDataEx> synDataEx;
    std::optional<SourcePayloadHeader> source;
    std::optional<FecPayloadHeader> fec;
    bytes::View data;  // what the source or FEC header is followed by

    bool has(Flag flag) const noexcept { return (uFlags & flag) != 0; }
    bool syn() const noexcept { return has(kSyn) && !has(kAck); }
    bool syn_ack() const noexcept { return has(kSyn) && has(kAck); }
    // What a SYN or SYN+ACK says of its version: 1 where it says nothing.
    std::uint16_t version() const noexcept {
        return synDataEx && (synDataEx->uSynExFlags & 1) ? synDataEx->uUdpVer : kVersion1;
    }
};
bytes::Parsed<Datagram> parse_datagram(bytes::View payload, std::size_t base = 0);

// Whose SYN or SYN+ACK this payload is, or nothing. `length` is the payload's as it was sent, which may be more than
// was captured. Looks at a few bytes of what is none.
std::optional<Side> begins_conversation(bytes::View payload, std::size_t length) noexcept;

}  // namespace rdpdx::rdpeudp
