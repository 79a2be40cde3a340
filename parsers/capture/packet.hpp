// What every capture format hands on, whichever reader read it.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "parsers/bytes/cursor.hpp"
#include "parsers/bytes/text.hpp"

namespace rdpdx::capture {

// LINKTYPE_ numbers of https://www.tcpdump.org/linktypes.html; any other number is handed on as it stands.
enum class LinkType : std::uint32_t {
    null = 0,
    ethernet = 1,
    ppp = 9,
    raw_bsd = 12,  // DLT_RAW of most systems and of OpenBSD, which some writers put into files
    raw_openbsd = 14,
    ppp_hdlc = 50,
    ppp_ether = 51,
    raw = 101,
    cisco_hdlc = 104,
    loop = 108,
    linux_sll = 113,
    ipv4 = 228,
    ipv6 = 229,
    pktap = 258,
    linux_sll2 = 276,
};

// All views live until the next call of the reader that made them.
struct Packet {
    bytes::Time time{};           // 1970 where the file has none (pcapng Simple Packet Block)
    std::uint64_t number{};       // 1 is the first packet of the file, as Wireshark's frame.number counts
    std::uint64_t file_offset{};  // of the packet's record or block
    LinkType link_type{};
    std::uint32_t interface {};       // counted over all sections of the file, from 0
    std::uint32_t original_length{};  // on the wire; data may be shorter (snap length)
    bytes::View data;
    std::string_view comment;                // pcapng opt_comment, the first one; may be empty
    std::optional<std::uint64_t> packet_id;  // pcapng epb_packetid
    bytes::View verdict;                     // pcapng epb_verdict: type octet and data; may be empty
};

}  // namespace rdpdx::capture
