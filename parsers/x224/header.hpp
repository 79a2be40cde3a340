// What the Connection Request and the Connection Confirm have in common. Of this folder only.
#pragma once

#include <fmt/format.h>

#include <algorithm>

#include "parsers/x224/x224.hpp"

namespace rdpdx::x224 {

inline constexpr std::uint8_t kTpktVersion = 3;
inline constexpr std::uint8_t kCodeMask = 0xF0;  // the low four bits are the credit or the class
inline constexpr std::size_t kTpktHeaderSize = 4;
inline constexpr std::size_t kFixedPartEnd = 11;  // TPKT header and the seven octets up to the class
// [MS-RDPBCGR] 2.2.1.1.1, 2.2.1.1.2, 2.2.1.2.1, 2.2.1.2.2: the type octets.
inline constexpr std::uint8_t kTypeNegReq = 1, kTypeNegRsp = 2, kTypeNegFailure = 3, kTypeCorrelationInfo = 6;
inline constexpr std::size_t kNegotiationSize = 8, kCorrelationInfoSize = 36;

// "is 12 where 8 was expected"
inline std::string not_expected(std::uint64_t is, std::uint64_t expected) {
    return fmt::format("is {} where {} was expected", is, expected);
}

// Reads the header and the fixed part into a ConnectionRequest or a ConnectionConfirm, and says what is left: the
// variable part, with its offset. The TPKT length bounds it, not the length indicator: a long cookie overflows that
// octet, and clients that write a wrong one were still served.
template <class Pdu>
bytes::Parsed<bytes::Cursor> parse_fixed_part(Pdu& pdu, TpduCode expected, bytes::View tpkt, std::size_t base) {
    bytes::Cursor in{tpkt, base};
    const auto header = parse_tpkt_header(in);
    if (!header) return header.error();
    pdu.tpkt = *header;
    if (header->length < kFixedPartEnd)
        return bytes::ParseError{bytes::Problem::bad_value, "length", base + 2, kFixedPartEnd, header->length};
    if (header->version != kTpktVersion)
        pdu.oddities.push_back({"version", not_expected(header->version, kTpktVersion)});
    if (header->length > tpkt.size())
        pdu.oddities.push_back(
            {"length", fmt::format("is {}, but only {} bytes are there", header->length, tpkt.size())});
    pdu.lengthIndicator = in.u8("LI");
    const auto code_at = in.position();
    pdu.code = in.u8("code");
    if (!in.error() && (pdu.code & kCodeMask) != static_cast<std::uint8_t>(expected))
        in.fail({bytes::Problem::bad_value, "code", code_at, 0, 0});
    pdu.destinationReference = in.u16be("DST-REF");
    pdu.sourceReference = in.u16be("SRC-REF");
    pdu.classOption = in.u8("class");
    if (in.error()) return *in.error();
    const std::size_t li_expected = header->length - kTpktHeaderSize - 1;
    if (pdu.lengthIndicator != li_expected)
        pdu.oddities.push_back({"LI", not_expected(pdu.lengthIndicator, li_expected)});
    const auto at = in.position();
    const std::size_t variable = header->length - kFixedPartEnd;
    return bytes::Cursor{in.take(std::min(variable, in.remaining()), "variable part"), at};
}

// [X.224] 13.3.4: code, length and value one after the other. Takes them and is true if `in` begins with at least one
// and holds nothing but them up to its end or up to `until`, the type octet of a negotiation structure.
bool skip_iso_parameters(bytes::Cursor& in, std::uint8_t until);

}  // namespace rdpdx::x224
