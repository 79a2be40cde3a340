#include "tests/support/bytes.hpp"

#include "parsers/bytes/cursor.hpp"
#include "parsers/bytes/source.hpp"
#include "parsers/bytes/text.hpp"
#include "tests/support/catch.hpp"

using namespace rdpdx;
using bytes::Cursor;

TEST_CASE("a cursor reads both byte orders") {
    const auto data = test::from_hex("01 02  01 02  00 01 02  01 02 03 04");
    Cursor in{data};
    CHECK(in.u16be("a") == 0x0102);
    CHECK(in.u16le("b") == 0x0201);
    CHECK(in.u24be("c") == 0x000102);
    CHECK(in.u32le("d") == 0x04030201);
    CHECK_FALSE(in.error());
    CHECK(in.remaining() == 0);
}

TEST_CASE("the first read that does not fit is remembered, and later ones give zero") {
    const auto data = test::from_hex("01 02 03");
    Cursor in{data, 100};
    CHECK(in.u16be("first") == 0x0102);
    CHECK(in.u32be("second") == 0);
    CHECK(in.u8("third") == 0);
    REQUIRE(in.error());
    CHECK(*in.error() == bytes::ParseError{bytes::Problem::truncated, "second", 102, 4, 1});
    CHECK(in.remaining() == 0);
    CHECK(bytes::describe(*in.error()) == "field 'second' at offset 102 needs 4 bytes, 1 left");
}

TEST_CASE("a length near the top of size_t does not wrap") {
    const auto data = test::from_hex("01 02 03");
    Cursor in{data};
    in.u8("a");
    CHECK(in.take(SIZE_MAX, "huge").empty());
    CHECK(in.error()->field == "huge");
}

TEST_CASE("UTF-16 becomes UTF-8, lone surrogates become U+FFFD, an odd byte is dropped") {
    CHECK(bytes::utf16le_to_utf8(test::from_hex("41 00 e4 00 ac 20")) == "A\xC3\xA4\xE2\x82\xAC");
    CHECK(bytes::utf16le_to_utf8(test::from_hex("3d d8 00 de")) == "\xF0\x9F\x98\x80");
    CHECK(bytes::utf16le_to_utf8(test::from_hex("3d d8 41 00")) ==
          "\xEF\xBF\xBD"
          "A");
    CHECK(bytes::utf16le_to_utf8(test::from_hex("00 de 41")) == "\xEF\xBF\xBD");
    CHECK(bytes::utf16_to_utf8(test::from_hex("00 41"), true) == "A");
}

TEST_CASE("bytes that are not UTF-8 become U+FFFD one by one") {
    CHECK(bytes::valid_utf8("gr\xC3\xBC\xC3\x9F"
                            "e") ==
          "gr\xC3\xBC\xC3\x9F"
          "e");
    CHECK(bytes::valid_utf8("a\xFF"
                            "b") ==
          "a\xEF\xBF\xBD"
          "b");
    CHECK(bytes::valid_utf8("\xC0\xAF") == "\xEF\xBF\xBD\xEF\xBF\xBD");  // overlong
    CHECK(bytes::valid_utf8("\xED\xA0\x80").size() == 9);                // a surrogate
    CHECK(bytes::valid_utf8("\xE2\x82") == "\xEF\xBF\xBD\xEF\xBF\xBD");  // cut off
}

TEST_CASE("times are read in all the forms that exports use") {
    struct Row {
        const char* text;
        std::int64_t nanos;
    };
    const auto row = GENERATE(values<Row>({
        {"1970-01-01T00:00:00Z", 0},
        {"2020-09-19T03:52:13.993400900Z", 1600487533993400900},
        {"2020-11-28 10:16:16.6080090", 1606558576608009000},
        {"2020-11-28T12:16:16.608+02:00", 1606558576608000000},
        {"2020-11-28T10:16", 1606558560000000000},
        {"2020-11-28T10:16:16.1234567899Z", 1606558576123456789},
    }));
    const auto time = bytes::parse_time(row.text);
    REQUIRE(time);
    CHECK(time->time_since_epoch().count() == row.nanos);
}

TEST_CASE("what is not a time is not taken for one") {
    const auto text = GENERATE("", "yesterday", "2020-13-01T00:00:00Z", "2020-02-30T00:00:00Z", "2020-01-01",
                               "2020-01-01T24:00:00Z", "9999-01-01T00:00:00Z", "2020-01-01T00:00:00X");
    CHECK_FALSE(bytes::parse_time(text));
}

TEST_CASE("a memory source ends with a short read") {
    const auto data = test::from_hex("01 02 03");
    bytes::MemorySource source{data};
    std::array<std::byte, 2> into{};
    CHECK(source.read(into) == 2);
    CHECK(source.read(into) == 1);
    CHECK(source.read(into) == 0);
}

TEST_CASE("times outside of the range whose differences fit are no times") {
    CHECK(bytes::parse_time("1900-01-01T00:00:00Z") == bytes::kEarliest);
    CHECK(bytes::parse_time("2190-01-01T00:00:00Z") == bytes::kLatest);
    CHECK_FALSE(bytes::parse_time("1899-12-31T23:59:59Z"));
    CHECK_FALSE(bytes::parse_time("2190-01-01T00:00:01Z"));
    CHECK_FALSE(bytes::parse_time("1601-01-01T00:00:00Z"));
    CHECK((bytes::kLatest - bytes::kEarliest) + std::chrono::hours{24 * 366} > std::chrono::nanoseconds{0});
}
