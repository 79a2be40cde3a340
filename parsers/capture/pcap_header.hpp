// Inside parsers/capture only: how a classic capture begins.
#pragma once

#include <cstddef>
#include <cstdint>

#include "parsers/bytes/cursor.hpp"
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

}  // namespace rdpdx::capture
