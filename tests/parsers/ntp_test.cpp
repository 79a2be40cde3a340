#include "parsers/ntp/ntp.hpp"

#include "tests/support/cuts.hpp"

using namespace rdpdx;
using test::from_hex;

namespace {

const auto kAnswer = from_hex(R"(
    24                           # LI 0, VN 4, Mode 4: server
    02                           # Stratum
    06 e9                        # Poll, Precision
    00 00 10 00                  # Root Delay
    00 00 20 00                  # Root Dispersion
    c0 00 02 01                  # Reference ID
    ed 00 00 00 00 00 00 00      # Reference Timestamp
    ed 00 00 01 80 00 00 00      # Origin Timestamp
    ed 00 00 02 40 00 00 00      # Receive Timestamp
    ed 00 00 02 c0 00 00 00      # Transmit Timestamp
    )");

}  // namespace

TEST_CASE("an answer of a time server has its times") {
    const auto packet = ntp::parse_packet(kAnswer);
    REQUIRE(packet);
    CHECK(packet->version == 4);
    CHECK(packet->answers());
    CHECK_FALSE(packet->asks());
    CHECK(packet->synchronized());
    CHECK(packet->origin == 0xED000001'80000000);
    CHECK(ntp::time_of(packet->transmit) - ntp::time_of(packet->receive) == std::chrono::milliseconds{500});
    CHECK(ntp::time_of(packet->receive) == *bytes::parse_time("2025-12-31T20:03:14.250Z"));
}

TEST_CASE("times before 2036 and after it are of different eras") {
    CHECK(ntp::time_of(0xFFFFFFFF'00000000) == *bytes::parse_time("2036-02-07T06:28:15Z"));
    CHECK(ntp::time_of(0x00000000'00000000) == *bytes::parse_time("2036-02-07T06:28:16Z"));
    CHECK(ntp::time_of(0x83AA7E80'00000000) == *bytes::parse_time("1970-01-01T00:00:00Z"));
}

TEST_CASE("a server that is not synchronized says so by leap or by stratum") {
    for (const auto& [first, stratum] : {std::pair{0xE4, 2}, std::pair{0x24, 0}, std::pair{0x24, 16}}) {
        auto bytes = kAnswer;
        bytes[0] = static_cast<std::byte>(first);
        bytes[1] = static_cast<std::byte>(stratum);
        CHECK_FALSE(ntp::parse_packet(bytes)->synchronized());
    }
}

TEST_CASE("what is cut, or has no mode or version of NTP, is refused") {
    test::check_cuts(
        [](bytes::View data, std::size_t base) { return ntp::parse_packet(data, base); }, kAnswer,
        {{0, "LI, VN, Mode", 0}, {1, "Stratum", 1}, {3, "Poll, Precision", 2}, {47, "Transmit Timestamp", 40}});
    for (const int first : {0x20, 0x04, 0x3C}) {
        auto bytes = kAnswer;
        bytes[0] = static_cast<std::byte>(first);
        CHECK_FALSE(ntp::parse_packet(bytes));
    }
}
