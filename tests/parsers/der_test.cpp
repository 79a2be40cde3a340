#include "parsers/bytes/der.hpp"

#include "parsers/bytes/terminated.hpp"
#include "tests/support/bytes.hpp"
#include "tests/support/catch.hpp"

using namespace rdpdx;
using bytes::Cursor;
namespace der = bytes::der;

TEST_CASE("an element has its tag, its content and the place of its content") {
    const auto data = test::from_hex(
        "30 07         # SEQUENCE\n"
        "02 01 06      # INTEGER\n"
        "04 02 aa bb   # OCTET STRING\n"
        "05 00         # NULL behind it\n");
    Cursor in{data, 100};
    const auto sequence = der::read(in, der::kSequence, "TSRequest");
    CHECK(sequence.content.size() == 7);
    Cursor inner = sequence.open();
    CHECK(der::read_uint32(inner, der::kInteger, "version") == 6);
    CHECK_FALSE(der::read_if(inner, der::context(1), "negoTokens"));
    const auto octets = der::read_if(inner, der::kOctetString, "token");
    REQUIRE(octets);
    CHECK(octets->offset == 107);
    CHECK(octets->content.size() == 2);
    CHECK(inner.remaining() == 0);
    CHECK(der::read(in, "null").tag == 5);
    CHECK_FALSE(in.error());
}

TEST_CASE("a head that is cut or is none of DER names the field and the place") {
    struct Row {
        const char* hex;
        bytes::Problem problem;
        std::size_t offset;
    };
    using enum bytes::Problem;
    const auto row = GENERATE(values<Row>({
        {"", truncated, 7},
        {"30", truncated, 8},
        {"30 82 01", truncated, 10},
        {"30 02 05", truncated, 9},
        {"30 80 05 00 00 00", unsupported, 8},     // indefinite
        {"30 85 00 00 00 00 00", unsupported, 8},  // five octets of length
        {"31 00", bad_value, 7},                   // another tag
        {"30 84 ff ff ff ff 00", truncated, 13},
    }));
    const auto data = test::from_hex(row.hex);
    Cursor in{data, 7};
    const auto element = der::read(in, der::kSequence, "message");
    INFO(row.hex);
    REQUIRE(in.error());
    CHECK(element.content.empty());
    CHECK(in.error()->field == "message");
    CHECK(in.error()->problem == row.problem);
    CHECK(in.error()->offset == row.offset);
}

TEST_CASE("integers keep their low 32 bits, and larger ones are refused") {
    struct Row {
        const char* hex;
        bool fits;
        std::uint32_t value;
    };
    const auto row = GENERATE(values<Row>({
        {"02 01 06", true, 6},
        {"02 04 c0 00 00 6d", true, 0xC000006D},
        {"02 05 00 c0 00 00 6d", true, 0xC000006D},
        {"02 05 01 c0 00 00 6d", false, 0},
        {"02 06 00 00 00 00 00 01", false, 0},
        {"02 00", false, 0},
    }));
    const auto data = test::from_hex(row.hex);
    Cursor in{data};
    INFO(row.hex);
    CHECK(der::read_uint32(in, der::kInteger, "errorCode") == row.value);
    CHECK(in.error().has_value() == !row.fits);
}

TEST_CASE("object identifiers are written with dots") {
    struct Row {
        const char* hex;
        const char* text;
    };
    const auto row = GENERATE(values<Row>({
        {"2b 06 01 05 05 02", "1.3.6.1.5.5.2"},
        {"2a 86 48 86 f7 12 01 02 02", "1.2.840.113554.1.2.2"},
        {"2b 06 01 04 01 82 37 02 02 0a", "1.3.6.1.4.1.311.2.2.10"},
        {"88 37", "2.999"},
        {"", ""},
        {"2b 86", ""},                 // ends inside an arc
        {"2b ff ff ff ff ff 7f", ""},  // an arc beyond 32 bits
    }));
    INFO(row.hex);
    CHECK(der::oid_text(test::from_hex(row.hex)) == row.text);
}

TEST_CASE("the size of an element is known from its head") {
    CHECK(der::whole_size(test::from_hex("30 0d a0")) == 15U);
    CHECK(der::whole_size(test::from_hex("30 82 01 d5")) == 473U);
    CHECK_FALSE(der::whole_size(test::from_hex("30 82 01")));
    CHECK_FALSE(der::whole_size(test::from_hex("30 80")));
    CHECK_FALSE(der::whole_size({}));
}

TEST_CASE("a tag of more than one octet is not read") {
    const auto data = test::from_hex("3f 81 00");
    Cursor in{data, 7};
    der::read(in, "element");
    REQUIRE(in.error());
    CHECK(*in.error() == bytes::ParseError{bytes::Problem::unsupported, "element", 7, 0, 0});
    CHECK_FALSE(der::whole_size(data));
}

TEST_CASE("text of a field ends at its first zero or with the field") {
    CHECK(bytes::utf16le_until_zero(test::from_hex("41 00 42 00 00 00 43 00")) == "AB");
    CHECK(bytes::utf16le_until_zero(test::from_hex("41 00 42 00 43")) == "AB");
    CHECK(bytes::utf16le_until_zero(test::from_hex("00 01 00 00")) == "\xC4\x80");
    CHECK(bytes::utf16le_until_zero({}).empty());
    CHECK(bytes::text_until_zero(test::from_hex("41 42 00 43")) == "AB");
    CHECK(bytes::text_until_zero(test::from_hex("41 ff")) == "A\xEF\xBF\xBD");
}
