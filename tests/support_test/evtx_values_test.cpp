// Values as the writer stores them, and the types it finds for text.
#include <stdexcept>

#include "tests/support/bytes.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/evtx_from_event.hpp"

using namespace rdpdx;
using namespace test::evtx;

namespace {

bytes::Time time_of(std::string_view text) { return *bytes::parse_time(text); }

events::Event with_fields(std::vector<events::Field> fields) {
    events::Event out;
    out.fields = std::move(fields);
    return out;
}

}  // namespace

TEST_CASE("a value has the bytes of its type, and the text that Windows shows") {
    struct Row {
        Value value;
        unsigned type;
        std::string_view hex, text;
    };
    const auto row = GENERATE(values<Row>({
        {null(), 0x00, "", ""},
        {unicode_string("a\u00e4\U0001F600"), 0x01, "61 00 e4 00 3d d8 00 de", "a\u00e4\U0001F600"},
        {ansi_string("a"), 0x02, "61", "a"},
        {number(std::int8_t{-2}), 0x03, "fe", "-2"},
        {number(std::uint8_t{254}), 0x04, "fe", "254"},
        {number(std::int16_t{-2}), 0x05, "fe ff", "-2"},
        {number(std::uint16_t{3389}), 0x06, "3d 0d", "3389"},
        {number(std::int32_t{-2}), 0x07, "fe ff ff ff", "-2"},
        {number(std::uint32_t{3389}), 0x08, "3d 0d 00 00", "3389"},
        {number(std::int64_t{-2}), 0x09, "fe ff ff ff ff ff ff ff", "-2"},
        {number(std::uint64_t{3389}), 0x0A, "3d 0d 00 00 00 00 00 00", "3389"},
        {real32(1.5F), 0x0B, "00 00 c0 3f", "1.5"},
        {real64(-0.25), 0x0C, "00 00 00 00 00 00 d0 bf", "-0.25"},
        {boolean(true), 0x0D, "01 00 00 00", "true"},
        {binary(test::be(3, 0xDEAD00)), 0x0E, "de ad 00", "DEAD00"},
        {guid("{28aa95bb-d444-4719-a36f-40462168127e}"), 0x0F, "bb 95 aa 28 44 d4 19 47 a3 6f 40 46 21 68 12 7e",
         "{28AA95BB-D444-4719-A36F-40462168127E}"},
        {size_of(0x7ffe), 0x10, "fe 7f 00 00 00 00 00 00", "0x7ffe"},
        {filetime(time_of("2016-02-13T17:24:43.0185189Z")), 0x11, "e5 12 41 6d 83 66 d1 01",
         "2016-02-13T17:24:43.018518900Z"},
        {systemtime(time_of("2026-11-21T05:39:01.0207Z")), 0x12, "ea 07 0b 00 06 00 15 00 05 00 27 00 01 00 14 00",
         "2026-11-21T05:39:01.020000000Z"},
        {sid("S-1-5-32-544"), 0x13, "01 02 00 00 00 00 00 05 20 00 00 00 20 02 00 00", "S-1-5-32-544"},
        {hex_int32(0x80004005), 0x14, "05 40 00 80", "0x80004005"},
        {hex_int64(5), 0x15, "05 00 00 00 00 00 00 00", "0x5"},
        {string_array({"a", "", "b"}), 0x81, "61 00 00 00  00 00  62 00 00 00", "a"},
        {array({number(1U), number(2U)}), 0x88, "01 00 00 00 02 00 00 00", "1"},
    }));
    CAPTURE(row.type);
    CHECK(row.value.type == row.type);
    CHECK(bytes::hex(row.value.data) == bytes::hex(test::from_hex(row.hex)));
    CHECK((row.value.texts.empty() ? "" : row.value.texts.front()) == row.text);
}

TEST_CASE("an array holds values of one type") {
    CHECK(string_array({"a", "", "b"}).texts == std::vector<std::string>{"a", "", "b"});
    CHECK(array({}).type == 0);
    CHECK_THROWS_AS(array({number(1U), number(std::uint8_t{2})}), std::invalid_argument);
}

TEST_CASE("text gets the type that Windows shows as the very same text") {
    struct Row {
        std::string_view text;
        Type type;
    };
    const auto row = GENERATE(values<Row>({
        {"", Type::unicode_string},
        {"TCP", Type::unicode_string},
        {"5", Type::uint32},
        {"4294967296", Type::uint64},
        {"18446744073709551616", Type::unicode_string},
        {"-5", Type::int32},
        {"-2147483649", Type::int64},
        {"05", Type::unicode_string},
        {" 5", Type::unicode_string},
        {"+5", Type::unicode_string},
        {"-0", Type::unicode_string},
        {"0x5", Type::hex_int32},
        {"0x05", Type::unicode_string},
        {"0xABC", Type::unicode_string},
        {"0x100000000", Type::hex_int64},
        {"true", Type::boolean},
        {"True", Type::unicode_string},
        {"{28AA95BB-D444-4719-A36F-40462168127E}", Type::guid},
        {"{28aa95bb-d444-4719-a36f-40462168127e}", Type::unicode_string},
        {"{28AA95BB}", Type::unicode_string},
        {"S-1-5-18", Type::sid},
        {"S-1-5-", Type::unicode_string},
        {"S-1-x", Type::unicode_string},
    }));
    CAPTURE(row.text);
    CHECK(typed(row.text).type == static_cast<std::uint8_t>(row.type));
    CHECK(typed(row.text).texts.front() == row.text);
}

TEST_CASE("fields with names of paths become elements of UserData") {
    const auto made = from_event(with_fields({{"EventXML/Param1", "user"},
                                              {"EventXML/Chain@index", "0"},
                                              {"EventXML/Chain", "root"},
                                              {"EventXML/Chain@index", "1"},
                                              {"EventXML/Chain/Leaf", "leaf"},
                                              {"EventXML/Param1", "again"}}));
    REQUIRE(made.user_data);
    const Element plain = fill(separate(*made.user_data).shape, separate(*made.user_data).values);
    CHECK(signature(plain) ==
          "<8:EventXML?65535@5:xmlns=8:Event_NS"
          "<6:Param1?65535=4:user>"
          "<5:Chain?65535@5:index=1:0=4:root>"
          "<5:Chain?65535@5:index=1:1<4:Leaf?65535=4:leaf>>"
          "<6:Param1?65535=5:again>>");
}

TEST_CASE("unnamed fields become one array where the first of them stood, and hex the element Binary") {
    const auto made = from_event(with_fields({{"Name", "x"}, {"Data[0]", "a"}, {"Data[1]", "5"}, {"Binary", "0AFF"}}));
    REQUIRE_FALSE(made.user_data);
    REQUIRE(made.data.size() == 2);
    CHECK(made.data[1].name.empty());
    CHECK(made.data[1].value.texts == std::vector<std::string>{"a", "5"});
    CHECK(made.binary == test::be(2, 0x0AFF));
}

TEST_CASE("what is no hex stays text even where it is named Binary") {
    const auto text = GENERATE(as<std::string>{}, "0af", "0af0", "xy", "0 1");
    const auto made = from_event(with_fields({{"Binary", text}}));
    CHECK_FALSE(made.binary);
    REQUIRE(made.data.size() == 1);
    CHECK(made.data[0].value.texts.front() == text);
}

TEST_CASE("all values stay text on demand") {
    const auto made = from_event(with_fields({{"Port", "3389"}}), true);
    REQUIRE(made.data.size() == 1);
    CHECK(made.data[0].value.type == static_cast<std::uint8_t>(Type::unicode_string));
}

TEST_CASE("the header of an event is carried over") {
    events::Event read;
    read.provider = "Provider";
    read.id = 4625;
    read.qualifiers = 49156;
    read.keywords = 0x8010000000000000;
    read.record = 12;
    read.time = time_of("2026-11-21T05:39:00Z");
    read.user_sid = "S-1-5-18";
    const auto made = from_event(read);
    CHECK(made.provider == "Provider");
    CHECK(made.id == 4625);
    CHECK(made.qualifiers == std::uint16_t{49156});
    CHECK(made.keywords == 0x8010000000000000);
    CHECK(made.record == std::uint64_t{12});
    CHECK(made.time == *read.time);
    CHECK(made.user_sid == "S-1-5-18");
    read.record = 0;
    CHECK_FALSE(from_event(read).record);
}
