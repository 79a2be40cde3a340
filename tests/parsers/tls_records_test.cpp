#include "tests/support/bytes.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/tls.hpp"

using namespace rdpdx;
using namespace rdpdx::test;

namespace {

using Lines = std::vector<std::string>;

constexpr std::uint8_t kCcs = 20, kAlert = 21, kHandshake = 22, kData = 23, kHeartbeat = 24;

Bytes filled(std::size_t size, int value = 0xE7) { return Bytes(size, static_cast<std::byte>(value)); }
Bytes ccs() { return tls_record(kCcs, be(1, 1)); }
Bytes finished() { return tls_record(kHandshake, filled(8, 0) + filled(32)); }

Lines lines_of(const Bytes& data, std::size_t step = SIZE_MAX) {
    tls::StreamReader reader;
    return read_lines(reader, data, step);
}

}  // namespace

TEST_CASE("a record header cut after n bytes names the field") {
    struct Row {
        std::size_t size;
        const char* field;
        std::size_t offset;
    };
    const auto row = GENERATE(values<Row>({
        {0, "type", 40},
        {1, "legacy_record_version", 41},
        {2, "legacy_record_version", 41},
        {3, "length", 43},
        {4, "length", 43},
    }));
    auto data = from_hex("16 03 01 02 00");
    data.resize(row.size);
    bytes::Cursor in{data, 40};
    const auto header = tls::parse_record_header(in);
    REQUIRE_FALSE(header);
    CHECK(header.error().field == row.field);
    CHECK(header.error().offset == row.offset);
}

TEST_CASE("a header is plausible if TLS could have sent it") {
    struct Row {
        const char* header;
        bool plausible;
    };
    const auto row = GENERATE(values<Row>({
        {"16 03 01 02 00", true},
        {"14 03 03 00 01", true},
        {"17 03 04 48 00", true},
        {"18 03 02 00 03", true},
        {"15 03 00 00 02", true},
        {"13 03 01 00 01", false},
        {"19 03 01 00 01", false},
        {"16 03 05 00 01", false},
        {"16 02 00 00 01", false},
        {"17 03 03 48 01", false},
        {"03 00 00 13 0e", false},
    }));
    const auto data = from_hex(row.header);
    bytes::Cursor in{data};
    const auto header = tls::parse_record_header(in);
    REQUIRE(header);
    CHECK(tls::plausible(*header) == row.plausible);
}

TEST_CASE("an alert cut after n bytes names the field") {
    CHECK(tls::parse_alert(from_hex("02 28"))->description == 40);
    CHECK(tls::parse_alert(from_hex("02"), 9).error() ==
          bytes::ParseError{bytes::Problem::truncated, "description", 10, 1, 0});
    CHECK(tls::parse_alert({}, 9).error().field == "level");
}

TEST_CASE("both sides of a TLS 1.2 handshake are read up to their Finished") {
    SECTION("client") {
        const auto data = tls_record(kHandshake, tls_hello(1), 0x0301) +
                          tls_record(kHandshake, tls_message(16, filled(66))) + ccs() + finished() +
                          tls_record(kData, filled(100)) + tls_record(kAlert, filled(26));
        CHECK(lines_of(data) == Lines{"0: message 1 of 60/60", "69: message 16 of 66/66", "144: CCS",
                                      "150: encrypted handshake 40", "195: data 100", "300: encrypted alert 26"});
    }
    SECTION("server, with several messages in a record and one over two records") {
        const auto flight = tls_message(2, filled(70)) + tls_message(11, filled(1000)) + tls_message(14, {});
        const Bytes first{flight.begin(), flight.begin() + 500}, second{flight.begin() + 500, flight.end()};
        const auto data = tls_record(kHandshake, first) + tls_record(kHandshake, second) + ccs() + finished();
        CHECK(lines_of(data) == Lines{"0: message 2 of 70/70", "0: message 11 of 1000/1000", "505: message 14 of 0/0",
                                      "1092: CCS", "1098: encrypted handshake 40"});
    }
    SECTION("a resumed session goes from the ServerHello to the ChangeCipherSpec") {
        const auto data = tls_record(kHandshake, tls_hello(2)) + ccs() + finished() + tls_record(kData, filled(9));
        CHECK(lines_of(data) == Lines{"0: message 2 of 60/60", "69: CCS", "75: encrypted handshake 40", "120: data 9"});
    }
    SECTION("a renegotiation is encrypted") {
        const auto data = tls_record(kHandshake, tls_hello(1)) + ccs() + finished() + tls_record(kData, filled(9)) +
                          tls_record(kHandshake, filled(300, 0x42)) + tls_record(kCcs, filled(25)) + finished();
        const auto lines = lines_of(data);
        REQUIRE(lines.size() == 7);
        CHECK(lines[4] == "134: encrypted handshake 300");
        CHECK(lines[5] == "439: CCS");
    }
}

TEST_CASE("in TLS 1.3 everything after the hellos is application data") {
    const auto data = tls_record(kHandshake, tls_hello(2)) + ccs() + tls_record(kData, filled(36)) +
                      tls_record(kData, filled(1200)) + tls_record(kData, filled(19));
    CHECK(lines_of(data) ==
          Lines{"0: message 2 of 60/60", "69: CCS", "75: data 36", "116: data 1200", "1321: data 19"});
}

TEST_CASE("after a HelloRetryRequest the hellos behind the ChangeCipherSpec are in the clear") {
    const auto type = GENERATE(std::uint8_t{1}, std::uint8_t{2});
    const auto data = tls_record(kHandshake, tls_hello(type)) + ccs() + tls_record(kHandshake, tls_hello(type, 90)) +
                      tls_record(kData, filled(53));
    CHECK(lines_of(data) == Lines{fmt::format("0: message {} of 60/60", type), "69: CCS",
                                  fmt::format("75: message {} of 90/90", type), "174: data 53"});
}

TEST_CASE("an alert of two bytes is in the clear, whenever it comes") {
    const auto alert = tls_record(kAlert, from_hex("02 28"));
    CHECK(lines_of(alert) == Lines{"0: alert 2/40"});
    CHECK(lines_of(ccs() + alert) == Lines{"0: CCS", "6: alert 2/40"});
    CHECK(lines_of(ccs() + tls_record(kAlert, filled(26))) == Lines{"0: CCS", "6: encrypted alert 26"});
}

TEST_CASE("an alert of no known size before encryption is not read") {
    const auto hello = tls_record(kHandshake, tls_hello(1));
    CHECK(lines_of(hello + tls_record(kAlert, filled(1))).back() == "69: unparsed a TLS alert (length at 72)");
    CHECK(lines_of(hello + tls_record(kAlert, filled(30))).back() == "69: unparsed a TLS alert (length at 72)");
}

TEST_CASE("a message that another record interrupts is told as broken off") {
    const auto whole = tls_message(11, filled(1000));
    const Bytes part{whole.begin(), whole.begin() + 600};
    CHECK(lines_of(tls_record(kHandshake, tls_hello(2)) + tls_record(kHandshake, part) +
                   tls_record(kAlert, from_hex("02 50"))) ==
          Lines{"0: message 2 of 60/60", "69: unparsed a TLS handshake message (body at 69)", "674: alert 2/80"});
}

TEST_CASE("what is no record is told once, and the rest is passed over") {
    struct Row {
        const char* garbage;
        const char* line;
    };
    const auto row = GENERATE(values<Row>({
        {"03 00 00 13 0e d0 00 00 00 00 00", "69: unparsed a TLS record (type at 69)"},
        {"16 07 03 00 10 00 00 00 00 00 00", "69: unparsed a TLS record (legacy_record_version at 69)"},
        {"17 03 03 ff ff 00 00 00 00 00 00", "69: unparsed a TLS record (length at 69)"},
    }));
    const auto data =
        tls_record(kHandshake, tls_hello(1)) + from_hex(row.garbage) + tls_record(kHandshake, tls_hello(1));
    tls::StreamReader reader;
    CHECK(read_lines(reader, data) == Lines{"0: message 1 of 60/60", row.line});
    CHECK_FALSE(reader.synchronised());
    CHECK(reader.pending() == 0);
    reader.gap(10);
    CHECK(read_lines(reader, ccs(), SIZE_MAX, 500) == Lines{"500: CCS"});
    CHECK(reader.synchronised());
}

TEST_CASE("empty records and heartbeats are told once and lose nothing") {
    const auto empty = tls_record(kHandshake, {});
    const auto beat = tls_record(kHeartbeat, filled(20));
    const auto hello = tls_record(kHandshake, tls_hello(1));
    CHECK(lines_of(hello + empty + empty + beat + beat + hello + tls_record(kData, {})) ==
          Lines{"0: message 1 of 60/60", "69: unparsed a TLS record (length at 72)",
                "79: unparsed a TLS heartbeat record (type at 79)", "129: message 1 of 60/60", "198: data 0"});
}

TEST_CASE("a message of more than 128 KiB is not kept, and what follows is still read") {
    const auto hello = tls_record(kHandshake, tls_hello(1));
    const auto huge = tls_record(kHandshake, from_hex("0b 02 00 01") + filled(16000));
    CHECK(lines_of(hello + huge + tls_record(kHandshake, filled(16000)) + tls_record(kHandshake, filled(16000)) +
                   ccs()) ==
          Lines{"0: message 1 of 60/60", "69: unparsed a TLS handshake message (length at 69)", "48088: CCS"});
}

TEST_CASE("a message of 128 KiB in records of one byte is put together") {
    const auto message = tls_message(11, filled(128 * 1024));
    Bytes data = tls_record(kHandshake, tls_hello(2));
    for (const std::byte b : message) {
        const auto record = tls_record(kHandshake, {b});
        data.insert(data.end(), record.begin(), record.end());
    }
    CHECK(lines_of(data).back() == "69: message 11 of 131072/131072");
}

TEST_CASE("a ChangeCipherSpec that is none is told, and what follows is not taken for encrypted") {
    const auto data = tls_record(kCcs, be(2, 1)) + tls_record(kHandshake, tls_hello(1));
    CHECK(lines_of(data) == Lines{"0: unparsed a TLS ChangeCipherSpec (type at 5)", "6: message 1 of 60/60"});
}

TEST_CASE("pending counts the bytes of a record that is not whole") {
    const auto data = tls_record(kData, filled(100));
    tls::StreamReader reader;
    CHECK(reader.pending() == 0);
    read_lines(reader, bytes::View{data}.first(3));
    CHECK(reader.pending() == 3);
    read_lines(reader, bytes::View{data}.subspan(3, 50), SIZE_MAX, 3);
    CHECK(reader.pending() == 53);
    CHECK(read_lines(reader, bytes::View{data}.subspan(53), SIZE_MAX, 53) == Lines{"0: data 100"});
    CHECK(reader.pending() == 0);
}

TEST_CASE("the items do not depend on how the stream is cut") {
    const auto flight = tls_message(2, filled(70)) + tls_message(11, filled(1000)) + tls_message(14, {});
    const Bytes first{flight.begin(), flight.begin() + 71}, second{flight.begin() + 71, flight.end()};
    const auto data = tls_record(kHandshake, first) + tls_record(kHandshake, second) + ccs() + finished() +
                      tls_record(kData, filled(300)) + tls_record(kAlert, filled(26)) + from_hex("00 00 00 00 00 00");
    const auto whole = lines_of(data);
    REQUIRE(whole.size() == 8);
    for (const std::size_t step : {1U, 2U, 3U, 4U, 5U, 6U, 7U, 64U, 1000U}) CHECK(lines_of(data, step) == whole);
}
