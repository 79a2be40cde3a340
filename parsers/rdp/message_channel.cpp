#include "parsers/rdp/message_channel.hpp"

#include <algorithm>
#include <array>

namespace rdpdx::rdp {
namespace {

using bytes::Cursor;
using bytes::Parsed;
using bytes::View;

constexpr std::uint8_t kResponse = 0x01;

struct TypeName {
    std::uint32_t key;  // headerTypeId << 16 | requestType
    std::string_view name;
};
// [MS-RDPBCGR] 2.2.14.1 and 2.2.14.2. Sorted by key.
constexpr std::array kAutoDetect{
    TypeName{0x00001, "RDP_RTT_REQUEST"},    TypeName{0x00002, "RDP_BW_PAYLOAD"},
    TypeName{0x00014, "RDP_BW_START"},       TypeName{0x0002B, "RDP_BW_STOP"},
    TypeName{0x00114, "RDP_BW_START"},       TypeName{0x00429, "RDP_BW_STOP"},
    TypeName{0x00629, "RDP_BW_STOP"},        TypeName{0x00840, "RDP_NETCHAR_RESULT"},
    TypeName{0x00880, "RDP_NETCHAR_RESULT"}, TypeName{0x008C0, "RDP_NETCHAR_RESULT"},
    TypeName{0x01001, "RDP_RTT_REQUEST"},    TypeName{0x01014, "RDP_BW_START"},
    TypeName{0x10000, "RDP_RTT_RESPONSE"},   TypeName{0x10003, "RDP_BW_RESULTS"},
    TypeName{0x1000B, "RDP_BW_RESULTS"},     TypeName{0x10018, "RDP_NETCHAR_SYNC"},
};
static_assert(std::ranges::adjacent_find(kAutoDetect, std::ranges::greater_equal{}, &TypeName::key) ==
              kAutoDetect.end());

void request_data(Cursor& in, AutoDetect& out) {
    const bool base_rtt = out.requestType == 0x0840 || out.requestType == 0x08C0;
    const bool bandwidth = out.requestType == 0x0880 || out.requestType == 0x08C0;
    if (base_rtt) out.baseRTT = in.u32le("baseRTT");
    if (bandwidth) out.bandwidth = in.u32le("bandwidth");
    if (base_rtt || bandwidth) out.averageRTT = in.u32le("averageRTT");
}

void response_data(Cursor& in, AutoDetect& out) {
    if (out.requestType == 0x0003 || out.requestType == 0x000B) {
        out.timeDelta = in.u32le("timeDelta");
        out.byteCount = in.u32le("byteCount");
    } else if (out.requestType == 0x0018) {
        out.bandwidth = in.u32le("bandwidth");
        out.averageRTT = in.u32le("rtt");
    }
}

}  // namespace

Parsed<AutoDetect> parse_auto_detect(View pdu, std::size_t base) {
    Cursor in{pdu, base};
    AutoDetect out;
    out.headerLength = in.u8("headerLength");
    out.headerTypeId = in.u8("headerTypeId");
    out.sequenceNumber = in.u16le("sequenceNumber");
    const bool response = out.headerTypeId == kResponse;
    out.requestType = in.u16le(response ? "responseType" : "requestType");
    if (response)
        response_data(in, out);
    else if (out.headerTypeId == 0)
        request_data(in, out);
    if (in.error()) return *in.error();
    return out;
}

std::string_view auto_detect_name(std::uint8_t headerTypeId, std::uint16_t requestType) noexcept {
    const std::uint32_t key = std::uint32_t{headerTypeId} << 16 | requestType;
    const auto row = std::ranges::lower_bound(kAutoDetect, key, {}, &TypeName::key);
    return row != kAutoDetect.end() && row->key == key ? row->name : std::string_view{};
}

Parsed<Heartbeat> parse_heartbeat(View pdu, std::size_t base) {
    Cursor in{pdu, base};
    Heartbeat out;
    in.u8("reserved");
    out.period = in.u8("period");
    out.count1 = in.u8("count1");
    out.count2 = in.u8("count2");
    if (in.error()) return *in.error();
    return out;
}

Parsed<InitiateMultitransportRequest> parse_initiate_multitransport_request(View pdu, std::size_t base) {
    Cursor in{pdu, base};
    InitiateMultitransportRequest out;
    out.requestId = in.u32le("requestId");
    out.requestedProtocol = in.u16le("requestedProtocol");
    in.u16le("reserved");
    out.securityCookie = in.take(16, "securityCookie");
    if (in.error()) return *in.error();
    return out;
}

Parsed<MultitransportResponse> parse_multitransport_response(View pdu, std::size_t base) {
    Cursor in{pdu, base};
    MultitransportResponse out;
    out.requestId = in.u32le("requestId");
    out.hrResponse = in.u32le("hrResponse");
    if (in.error()) return *in.error();
    return out;
}

Parsed<FastPathHeader> parse_fast_path_header(View pdu, std::size_t base) {
    Cursor in{pdu, base};
    FastPathHeader out;
    const std::uint8_t first = in.u8("fpHeader");
    out.action = first & 0x3U;
    out.numEvents = first >> 2 & 0xFU;
    out.flags = static_cast<std::uint8_t>(first >> 6);
    out.length = in.u8("length1");
    out.headerSize = 2;
    if (out.length & 0x80U) {
        out.length = static_cast<std::uint16_t>((out.length & 0x7FU) << 8 | in.u8("length2"));
        out.headerSize = 3;
    }
    if (in.error()) return *in.error();
    return out;
}

}  // namespace rdpdx::rdp
