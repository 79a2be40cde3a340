// The plain X.224 parameters that other users of ISO transport (S7, MMS) send where RDP has its negotiation.
#include <algorithm>
#include <array>

#include "parsers/x224/header.hpp"

namespace rdpdx::x224 {
namespace {

// [X.224] 13.3.4: the parameter codes of CR and CC. Sorted.
constexpr std::array<std::uint8_t, 17> kParameterCodes{0x85, 0x86, 0x87, 0x88, 0x89, 0x8A, 0x8B,
                                                       0xC0,  // TPDU size
                                                       0xC1,  // calling TSAP
                                                       0xC2,  // called TSAP
                                                       0xC3, 0xC4, 0xC5, 0xC6, 0xC7, 0xE0, 0xF0};
static_assert(std::ranges::is_sorted(kParameterCodes));

}  // namespace

bool skip_iso_parameters(bytes::Cursor& in, std::uint8_t until) {
    bytes::Cursor ahead = in;
    bool any = false;
    while (ahead.remaining() > 0) {
        if (any && ahead.peek(1).front() == std::byte{until}) break;
        const auto code = ahead.u8("parameter code");
        const auto length = ahead.u8("parameter length");
        ahead.skip(length, "parameter value");
        if (ahead.error() || !std::ranges::binary_search(kParameterCodes, code)) return false;
        any = true;
    }
    if (any) in = ahead;
    return any;
}

}  // namespace rdpdx::x224
