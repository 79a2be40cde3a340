#include "parsers/ntp/ntp.hpp"

namespace rdpdx::ntp {

bytes::Parsed<Packet> parse_packet(bytes::View datagram, std::size_t base) {
    bytes::Cursor in{datagram, base};
    Packet out;
    const std::uint8_t first = in.u8("LI, VN, Mode");
    out.leap = first >> 6;
    out.version = first >> 3 & 7;
    out.mode = first & 7;
    out.stratum = in.u8("Stratum");
    in.skip(2, "Poll, Precision");
    in.skip(12, "Root Delay, Root Dispersion, Reference ID");
    in.skip(8, "Reference Timestamp");
    out.origin = in.u64be("Origin Timestamp");
    out.receive = in.u64be("Receive Timestamp");
    out.transmit = in.u64be("Transmit Timestamp");
    if (in.error()) return *in.error();
    if (out.version < 1 || out.version > 4 || out.mode == 0)
        return bytes::ParseError{bytes::Problem::bad_value, "LI, VN, Mode", base, 1, 1};
    return out;
}

bytes::Time time_of(std::uint64_t timestamp) noexcept {
    constexpr std::int64_t k1970 = 2'208'988'800, kEra = std::int64_t{1} << 32;
    constexpr std::uint32_t kEarlyHalf = 0x80000000;
    auto seconds = static_cast<std::int64_t>(timestamp >> 32);
    if (timestamp >> 32 < kEarlyHalf) seconds += kEra;
    const auto nanoseconds = static_cast<std::int64_t>((timestamp & 0xFFFFFFFF) * 1'000'000'000 >> 32);
    return bytes::Time{std::chrono::seconds{seconds - k1970} + std::chrono::nanoseconds{nanoseconds}};
}

}  // namespace rdpdx::ntp
