// Gaps, and streams that are picked up in the middle.
#include "tests/support/bytes.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/tls.hpp"

using namespace rdpdx;
using namespace rdpdx::test;

namespace {

using Lines = std::vector<std::string>;

constexpr std::uint8_t kCcs = 20, kAlert = 21, kHandshake = 22, kData = 23;

Bytes filled(std::size_t size, int value = 0xE7) { return Bytes(size, static_cast<std::byte>(value)); }
Bytes head(const Bytes& data, std::size_t size) {
    return {data.begin(), data.begin() + static_cast<std::ptrdiff_t>(size)};
}
Bytes tail(const Bytes& data, std::size_t from) {
    return {data.begin() + static_cast<std::ptrdiff_t>(from), data.end()};
}

// `data` without the `length` bytes at `from`, `step` bytes at a time.
Lines lines_with_gap(const Bytes& data, std::size_t from, std::size_t length, std::size_t step = SIZE_MAX) {
    tls::StreamReader reader;
    Lines lines = read_lines(reader, head(data, from), step);
    reader.gap(length);
    for (auto& item : read_lines(reader, tail(data, from + length), step, from + length))
        lines.push_back(std::move(item));
    return lines;
}

}  // namespace

TEST_CASE("a gap inside one record of application data costs nothing") {
    const auto data = tls_record(kData, filled(1000)) + tls_record(kData, filled(50));
    for (const auto& [from, length] : {std::pair{5U, 1000U}, {6U, 999U}, {100U, 300U}, {1004U, 1U}}) {
        CAPTURE(from, length);
        CHECK(lines_with_gap(data, from, length) == Lines{"0: data 1000", "1005: data 50"});
    }
}

TEST_CASE("two gaps inside one record cost nothing either") {
    const auto data = tls_record(kData, filled(1000)) + tls_record(kData, filled(50));
    tls::StreamReader reader;
    read_lines(reader, head(data, 100));
    reader.gap(300);
    reader.gap(300);
    CHECK(reader.synchronised());
    CHECK(reader.pending() == 700);
    CHECK(read_lines(reader, tail(data, 700), SIZE_MAX, 700) == Lines{"0: data 1000", "1005: data 50"});
}

TEST_CASE("a record that begins right after the gap is believed") {
    const auto data = tls_record(kData, filled(1000)) + tls_record(kData, filled(50)) + tls_record(kAlert, filled(26));
    CHECK(lines_with_gap(data, 100, 960) == Lines{"1060: encrypted alert 26"});
}

TEST_CASE("further on, a record is believed when another one follows it") {
    const auto data = tls_record(kData, filled(1000)) + tls_record(kData, filled(500)) + tls_record(kData, filled(60)) +
                      tls_record(kAlert, filled(26));
    for (const std::size_t step : {SIZE_MAX, std::size_t{1}, std::size_t{7}, std::size_t{100}})
        CHECK(lines_with_gap(data, 100, 1200, step) == Lines{"1510: data 60", "1575: encrypted alert 26"});
}

TEST_CASE("a look-alike of a header in ciphertext is not believed") {
    auto data = tls_record(kData, filled(1000)) + tls_record(kData, filled(500)) + tls_record(kData, filled(60)) +
                tls_record(kAlert, filled(26));
    const auto alike = from_hex("17 03 03 00 20");
    std::copy(alike.begin(), alike.end(), data.begin() + 1400);
    CHECK(lines_with_gap(data, 100, 1200) == Lines{"1510: data 60", "1575: encrypted alert 26"});
}

TEST_CASE("while it searches it is not synchronised") {
    tls::StreamReader reader;
    reader.gap(0);
    CHECK_FALSE(reader.synchronised());
    CHECK(read_lines(reader, filled(100'000)).empty());
    CHECK_FALSE(reader.synchronised());
    CHECK(reader.pending() == 0);
}

TEST_CASE("a gap in a handshake message is told") {
    const auto data = tls_record(kHandshake, tls_hello(2)) +
                      tls_record(kHandshake, head(tls_message(11, filled(900)), 500)) +
                      tls_record(kHandshake, tail(tls_message(11, filled(900)), 500)) +
                      tls_record(kHandshake, tls_message(14, {})) + tls_record(kCcs, be(1, 1));
    SECTION("inside a record: the others are still read") {
        CHECK(lines_with_gap(data, 100, 50) == Lines{"0: message 2 of 60/60",
                                                     "69: unparsed a TLS handshake message (fragment at 69)",
                                                     "983: message 14 of 0/0", "992: CCS"});
    }
    SECTION("from one record into the next") {
        CHECK(lines_with_gap(data, 574, 600 - 574) == Lines{"0: message 2 of 60/60",
                                                            "69: unparsed a TLS handshake message (body at 69)",
                                                            "983: message 14 of 0/0", "992: CCS"});
    }
}

TEST_CASE("after a lost ChangeCipherSpec ciphertext is not taken for messages") {
    const auto finished = tls_record(kHandshake, filled(8, 0) + filled(32));
    const auto data = tls_record(kHandshake, tls_hello(1)) + tls_record(kCcs, be(1, 1)) + finished +
                      tls_record(kData, filled(100)) + finished + tls_record(kAlert, filled(26));
    CHECK(lines_with_gap(data, 69, 6) == Lines{"0: message 1 of 60/60",
                                               "75: unparsed a TLS handshake message (msg_type at 80)", "120: data 100",
                                               "225: encrypted handshake 40", "270: encrypted alert 26"});
}

TEST_CASE("a stream picked up in the middle of a session is read as encrypted") {
    const auto alert = tls_record(kAlert, filled(26));
    tls::StreamReader reader;
    CHECK(read_lines(reader, alert + alert) == Lines{"0: encrypted alert 26", "31: encrypted alert 26"});
}

TEST_CASE("bytes fed one by one while it searches take linear time") {
    tls::StreamReader reader;
    reader.gap(1);
    // Look-alikes everywhere, each of which has to wait for the end of its record.
    Bytes data;
    const auto alike = from_hex("17 03 03 48 00 00");
    while (data.size() < 1'000'000) data.insert(data.end(), alike.begin(), alike.end());
    data.insert(data.begin(), std::byte{0});
    CHECK(read_lines(reader, data, 1).empty());
}
