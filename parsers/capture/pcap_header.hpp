// Inside parsers/capture only: how a classic capture begins.
#pragma once

#include <cstddef>
#include <cstdint>

#include "parsers/bytes/fixed.hpp"
#include "parsers/capture/packet.hpp"

namespace rdpdx::capture {

inline constexpr std::size_t kFileHeader = 24;

// draft-ietf-opsawg-pcap section 4, File Header
struct FileHeader {
    std::uint32_t magic{};  // as of a big-endian file
    std::uint16_t major{}, minor{};
    std::uint32_t snapLen{}, linkType{};
    bool big_endian{};

    bool nanoseconds() const noexcept { return magic == 0xA1B23C4D; }
    // Alexey Kuznetsov's variant: each record header is eight bytes longer.
    bool modified() const noexcept { return magic == 0xA1B2CD34; }
    LinkType link_type() const noexcept { return static_cast<LinkType>(linkType & 0x03FFFFFF); }  // above: FCS bits
};

// Of fewer bytes than a header has, fields are zero.
FileHeader parse_file_header(bytes::View head) noexcept;

inline constexpr std::size_t kRecordHeader = 16, kModifiedRecordHeader = 24;
// What libpcap and Wireshark take for possible too.
inline constexpr std::uint32_t kMaxCaptured = 262144;

// How the records of one file are written.
struct RecordShape {
    std::size_t header{kRecordHeader};
    bool big_endian{};
};

// Section 5, Packet Record
struct RecordHeader {
    std::uint32_t seconds{}, fraction{}, captured{}, original{};
};

inline RecordHeader parse_record_header(const bytes::Fixed<kRecordHeader>& in, bool big_endian) noexcept {
    if (big_endian) return {in.u32be<0>(), in.u32be<4>(), in.u32be<8>(), in.u32be<12>()};
    return {in.u32le<0>(), in.u32le<4>(), in.u32le<8>(), in.u32le<12>()};
}

}  // namespace rdpdx::capture
