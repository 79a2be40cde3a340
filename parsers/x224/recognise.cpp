// What a TCP stream begins with. Each of the three beginnings says no, not yet, or yes.
#include <algorithm>

#include "parsers/x224/header.hpp"

namespace rdpdx::x224 {
namespace {

constexpr std::size_t kEnoughForTpkt = 6, kEnoughForTls = 5, kEnoughForPreconnection = 12;
constexpr std::uint16_t kSmallestTpkt = 7;  // header, LI, code and one more octet
// [RFC 5246] 6.2.3: a record's length at most.
constexpr std::uint16_t kLargestRecord = (1U << 14) + 2048;

// A byte that is not there yet may become anything: `fits` is asked only about those that are.
struct Head {
    bytes::View bytes;
    template <class Fits>
    bool may(std::size_t index, Fits fits) const {
        return index >= bytes.size() || fits(std::to_integer<unsigned>(bytes[index]));
    }
    bool may_be(std::size_t index, unsigned value) const {
        return may(index, [value](unsigned b) { return b == value; });
    }
};

FirstBytes tpkt(Head head) {
    if (!head.may_be(0, kTpktVersion)) return FirstBytes::other;
    if (head.bytes.size() < kEnoughForTpkt) return FirstBytes::too_short;
    bytes::Cursor in{head.bytes};
    const auto header = parse_tpkt_header(in);
    in.u8("LI");
    const auto code = in.u8("code");
    if (header->length < kSmallestTpkt || code == 0) return FirstBytes::other;
    switch (static_cast<TpduCode>(code & kCodeMask)) {
        case TpduCode::connection_request:
            return FirstBytes::connection_request;
        case TpduCode::connection_confirm:
            return FirstBytes::connection_confirm;
        // Of other TPDUs only the header tells, so all of it has to be right.
        default:
            return header->reserved == 0 ? FirstBytes::tpkt : FirstBytes::other;
    }
}

FirstBytes tls(Head head) {
    constexpr std::uint8_t kHandshake = 22;
    const bool fits = head.may_be(0, kHandshake) && head.may_be(1, 3) && head.may(2, [](unsigned b) { return b <= 4; });
    if (!fits) return FirstBytes::other;
    if (head.bytes.size() < kEnoughForTls) return FirstBytes::too_short;
    bytes::Cursor in{head.bytes.subspan(3)};
    const auto length = in.u16be("length");
    return length > 0 && length <= kLargestRecord ? FirstBytes::tls : FirstBytes::other;
}

FirstBytes preconnection(Head head) {
    bool fits = head.may(2, [](unsigned b) { return b <= 2; }) && head.may_be(3, 0);                // cbSize
    for (std::size_t flags = 4; flags < 8; ++flags) fits = fits && head.may_be(flags, 0);           // Flags
    fits = fits && head.may(8, [](unsigned b) { return b == 1 || b == 2; });                        // Version
    for (std::size_t version = 9; version < 12; ++version) fits = fits && head.may_be(version, 0);  // Version
    if (head.bytes.size() >= 4) {
        bytes::Cursor in{head.bytes};
        const auto size = in.u32le("cbSize");
        fits = fits && size >= 16 &&
               head.may(8, [size](unsigned version) { return version == 2 ? size >= 18 : size == 16; });
    }
    if (!fits) return FirstBytes::other;
    return head.bytes.size() < kEnoughForPreconnection ? FirstBytes::too_short : FirstBytes::preconnection_pdu;
}

}  // namespace

FirstBytes recognise(bytes::View head) {
    if (head.empty()) return FirstBytes::too_short;
    bool undecided = false;
    for (const FirstBytes guess : {tpkt({head}), tls({head}), preconnection({head})}) {
        if (guess == FirstBytes::too_short)
            undecided = true;
        else if (guess != FirstBytes::other)
            return guess;
    }
    return undecided ? FirstBytes::too_short : FirstBytes::other;
}

}  // namespace rdpdx::x224
