#include "parsers/evtx/binxml.hpp"

#include <fmt/format.h>

#include "parsers/evtx/materialize.hpp"
#include "parsers/evtx/plan.hpp"
#include "parsers/evtx/render.hpp"
#include "tests/support/bytes.hpp"
#include "tests/support/catch.hpp"

using namespace rdpdx;
using bytes::Problem;

namespace {

std::string xml_of(const std::vector<std::byte>& bytes, std::size_t at = 0) {
    evtx::TemplateCache templates;
    templates.begin_chunk(bytes);
    const auto fragment = evtx::parse_fragment(bytes, at, bytes.size());
    const auto whole = evtx::materialize(templates, bytes, fragment.nodes, {});
    evtx::Renderer renderer{templates};
    std::vector<std::string> problems;
    renderer.begin(bytes, problems, 0);
    evtx::TextBuffer out;
    renderer.xml(evtx::compile_xml(whole.nodes), {}, out);
    return std::string{out.view()};
}

// A name that stands where it is used: link, hash, number of units, units, zero.
#define NAME_A "00 00 00 00  00 00  01 00  41 00  00 00 "
#define NAME_B "00 00 00 00  00 00  01 00  42 00  00 00 "

// <A>...</A> with the given content; the content begins at offset 27.
std::vector<std::byte> element_with(const std::string& content) {
    return test::from_hex(
        "0f 01 01 00      # FragmentHeader\n"
        "01               # OpenStartElementToken\n"
        "ff ff            # DependencyID\n"
        "ff 00 00 00      # ElementByteLength\n"
        "0f 00 00 00      # NameOffset: the next byte\n" NAME_A
        "\n"
        "02               # CloseStartElementToken\n" +
        content +
        "\n04             # EndElementToken\n"
        "00               # EOF");
}

}  // namespace

TEST_CASE("each token of element content becomes what it stands for") {
    struct Row {
        const char *what, *content, *xml;
    };
    const auto row = GENERATE(values<Row>({
        {"text", "05 01 02 00 68 00 69 00", "<A>hi</A>"},
        {"text with more to come", "45 01 01 00 68 00 05 01 01 00 69 00", "<A>hi</A>"},
        {"CDATA", "07 02 00 3c 00 26 00", "<A>&lt;&amp;</A>"},
        {"character reference", "08 e4 00", "<A>\xC3\xA4</A>"},
        {"character reference to half a surrogate", "08 00 d8", "<A>\xEF\xBF\xBD</A>"},
        {"entity reference", "09 21 00 00 00  00 00 00 00 00 00 02 00 6c 00 74 00 00 00", "<A>&lt;</A>"},
        {"entity that nobody knows", "09 21 00 00 00 " NAME_B, "<A>&amp;B;</A>"},
        {"processing instruction", "0a 21 00 00 00 " NAME_B " 0b 01 00 78 00", "<A><?B x?></A>"},
        {"processing instruction without data", "0a 21 00 00 00 " NAME_B, "<A><?B ?></A>"},
        {"number as literal", "05 08 2a 00 00 00", "<A>42</A>"},
        {"GUID as literal", "05 0f 7c 22 28 58 cf 20 08 44 b7 3f 73 ab 70 b8 84 9f",
         "<A>{5828227C-20CF-4408-B73F-73AB70B8849F}</A>"},
        {"SID as literal", "05 13 01 01 00 00 00 00 00 05 12 00 00 00", "<A>S-1-5-18</A>"},
        {"binary as literal", "05 0e 02 00 ab cd", "<A>ABCD</A>"},
        {"substitution outside a template", "0d 00 00 01", "<A></A>"},
        {"optional substitution outside a template", "0e 00 00 01", ""},
    }));
    INFO(row.what);
    const auto bytes = element_with(row.content);
    CHECK(xml_of(bytes) == row.xml);
}

TEST_CASE("attributes, inner elements and names seen before") {
    const auto bytes = test::from_hex(R"(
        41                # OpenStartElementToken, attributes follow
        ff ff             # DependencyID
        40 00 00 00       # ElementByteLength
        0b 00 00 00       # NameOffset: here
        00 00 00 00  00 00  01 00  41 00  00 00
        20 00 00 00       # AttributeListByteLength
        46                # AttributeToken, more follow
        20 00 00 00       # NameOffset: here
        00 00 00 00  00 00  01 00  42 00  00 00
        05 01 01 00 31 00 # "1"
        06                # AttributeToken
        0b 00 00 00       # NameOffset: A
        05 01 01 00 32 00 # "2"
        02                # CloseStartElementToken
        01                # OpenStartElementToken
        ff ff             # DependencyID
        05 00 00 00       # ElementByteLength
        20 00 00 00       # NameOffset: B
        03                # CloseEmptyElementToken
        04                # EndElementToken
        00                # EOF
    )");
    const auto fragment = evtx::parse_fragment(bytes, 0, bytes.size());
    REQUIRE_FALSE(fragment.error);
    CHECK(xml_of(bytes) == "<A B=\"1\" A=\"2\"><B/></A>");
    REQUIRE(fragment.references.size() == 4);
    CHECK(fragment.references[0].here);
    CHECK(fragment.references[1].here);
    CHECK_FALSE(fragment.references[2].here);
    CHECK(fragment.references[3].position == 0x45);
}

TEST_CASE("elements without a dependency id are read so") {
    const auto bytes = test::from_hex(R"(
        01                # OpenStartElementToken
        18 00 00 00       # ElementByteLength
        09 00 00 00       # NameOffset: here
        00 00 00 00  00 00  01 00  41 00  00 00
        02                # CloseStartElementToken
        05 01 01 00 31 00 # "1"
        04                # EndElementToken
        00                # EOF
    )");
    CHECK(xml_of(bytes) == "<A>1</A>");
}

TEST_CASE("a fragment cut after n bytes gives what is there and the field that is not") {
    const auto whole = element_with("05 01 02 00 68 00 69 00");
    struct Row {
        std::size_t n;
        const char* field;
        std::size_t offset;
        const char* xml;
    };
    const auto row = GENERATE(values<Row>({
        {0, "", 0, ""},
        {2, "FragmentHeader", 0, ""},
        {4, "", 0, ""},
        {5, "DependencyID", 5, ""},
        {6, "DependencyID", 5, ""},
        {13, "NameOffset", 11, ""},
        {17, "NameLink", 15, ""},
        {20, "NameHash", 19, ""},
        {22, "NumChars", 21, ""},
        {24, "Name", 23, ""},
        {26, "NameTerminator", 25, ""},
        {27, "CloseStartElementToken", 27, "<A/>"},
        {28, "", 0, "<A/>"},
        {29, "ValueType", 29, "<A></A>"},
        {31, "UnicodeText length", 30, "<A></A>"},
        {34, "UnicodeText", 32, "<A></A>"},
        {36, "", 0, "<A>hi</A>"},
        {37, "", 0, "<A>hi</A>"},
        {38, "", 0, "<A>hi</A>"},
    }));
    INFO("cut after " << row.n);
    const std::vector<std::byte> cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(row.n));
    const auto fragment = evtx::parse_fragment(cut, 0, cut.size());
    CHECK((fragment.error ? fragment.error->field : "") == std::string_view{row.field});
    if (fragment.error) CHECK(fragment.error->offset == row.offset);
    CHECK(xml_of(cut) == row.xml);
}

TEST_CASE("what makes no sense is named where it stands") {
    SECTION("a token that does not exist") {
        const auto fragment = evtx::parse_fragment(element_with("1f"), 0, 31);
        REQUIRE(fragment.error);
        CHECK(*fragment.error == bytes::ParseError{Problem::bad_value, "token", 28, 0, 0});
    }
    SECTION("an end without a beginning") {
        const auto fragment = evtx::parse_fragment(test::from_hex("04"), 0, 1);
        REQUIRE(fragment.error);
        CHECK(fragment.error->field == "EndElementToken");
    }
    SECTION("a name outside the chunk") {
        const auto fragment = evtx::parse_fragment(test::from_hex("01 ff ff 08 00 00 00 ff ff ff ff 03"), 0, 12);
        REQUIRE(fragment.error);
        CHECK(fragment.error->field == "NameLink");
    }
    SECTION("a name longer than names are") {
        auto bytes = element_with("");
        bytes[21] = std::byte{0xFF};
        bytes[22] = std::byte{0xFF};
        const auto fragment = evtx::parse_fragment(bytes, 0, bytes.size());
        REQUIRE(fragment.error);
        CHECK(fragment.error->field == "NumChars");
    }
    SECTION("elements within elements without end") {
        std::string hex;
        for (int i = 0; i < 100; ++i) hex += "01 ff ff 00 00 00 00 b0 04 00 00 02 ";
        hex += NAME_A;
        const auto bytes = test::from_hex(hex);
        const auto fragment = evtx::parse_fragment(bytes, 0, 1200);
        REQUIRE(fragment.error);
        CHECK(fragment.error->field == "element depth");
        CHECK(fragment.error->problem == Problem::unsupported);
    }
}

TEST_CASE("a value array gives windows into the chunk") {
    const auto bytes = test::from_hex(R"(
        03 00 00 00   # count
        02 00 06 00   # two bytes, UInt16
        00 00 00 00   # nothing, Null
        04 00 14 00   # four bytes, HexInt32
        3d 0d
        01 02 03 04
    )");
    std::vector<evtx::Slot> slots;
    SECTION("all of it") {
        const auto values = evtx::parse_values(bytes, 0, bytes.size(), slots);
        CHECK(values.whole);
        CHECK(values.end == 22);
        REQUIRE(slots.size() == 3);
        CHECK(slots[0].offset == 16);
        CHECK(slots[0].size == 2);
        CHECK(slots[1].null());
        CHECK(slots[2].offset == 18);
        CHECK(slots[2].type == 0x14);
    }
    SECTION("cut within the last value: the first is there, the last is null") {
        const auto values = evtx::parse_values(bytes, 0, 21, slots);
        CHECK_FALSE(values.whole);
        REQUIRE(slots.size() == 3);
        CHECK(slots[0].size == 2);
        CHECK(slots[2].null());
    }
    SECTION("cut anywhere before: nothing is read beyond the end") {
        for (std::size_t n = 0; n < 16; ++n) CHECK_FALSE(evtx::parse_values(bytes, 0, n, slots).whole);
    }
    SECTION("a count that no record holds") {
        const auto absurd = test::from_hex("ff ff ff 7f 00 00 00 00");
        CHECK_FALSE(evtx::parse_values(absurd, 0, absurd.size(), slots).whole);
        CHECK(slots.empty());
    }
}

TEST_CASE("values lie one after the other, however many there are, and those that do not fit are null") {
    for (std::size_t count = 0; count < 14; ++count) {
        // `count` of them, each with a size of its own, of type UInt8.
        std::string hex = fmt::format("{:02x} 00 00 00", count);
        std::size_t total = 0;
        for (std::size_t i = 0; i < count; total += i * 3 % 7, ++i) hex += fmt::format(" {:02x} 00 04 00", i * 3 % 7);
        for (std::size_t i = 0; i < total; ++i) hex += " aa";
        const auto bytes = test::from_hex(hex);
        const std::size_t begin = 4 + count * 4;
        for (std::size_t end = begin; end <= bytes.size(); ++end) {
            CAPTURE(count, end);
            std::vector<evtx::Slot> slots(5);
            const auto values = evtx::parse_values(bytes, 0, end, slots);
            CHECK(values.whole == (end == bytes.size()));
            CHECK(values.end == end);
            REQUIRE(slots.size() == count);
            std::size_t at = begin;
            bool cut = false;
            for (std::size_t i = 0; i < count; ++i) {
                const std::size_t size = i * 3 % 7;
                cut = cut || at + size > end;
                CHECK(slots[i].null() == cut);
                CHECK(slots[i].offset == (cut ? 0 : at));
                CHECK(slots[i].size == (cut ? 0 : size));
                at += size;
            }
        }
    }
}

TEST_CASE("a template's definition is found here or elsewhere, and its values put in") {
    const auto bytes = test::from_hex(R"(
        0c                # TemplateInstanceToken
        01                # always 1
        11 22 33 44       # id
        0a 00 00 00       # definition: here
        00 00 00 00       # next definition
        11 22 33 44 55 66 77 88 99 aa bb cc dd ee ff 00   # GUID
        24 00 00 00       # length of the fragment
        0f 01 01 00       # FragmentHeader                 at 34
        01 ff ff 1a 00 00 00 31 00 00 00
        00 00 00 00  00 00  01 00  41 00  00 00
        02                # CloseStartElementToken
        0d 00 00 88       # NormalSubstitution of UInt32s
        04                # EndElementToken
        00 00 00          # EOF, and as much as the length says
        01 00 00 00       # one value
        08 00 88 00       # eight bytes, UInt32 array
        01 00 00 00 02 00 00 00
        00                # EOF
    )");
    const auto fragment = evtx::parse_fragment(bytes, 0, bytes.size());
    REQUIRE_FALSE(fragment.error);
    REQUIRE(fragment.nodes.size() == 1);
    CHECK(fragment.nodes[0].kind == evtx::Node::Kind::instance);
    CHECK(fragment.nodes[0].definition == 10);
    CHECK(xml_of(bytes) == "<A>1</A><A>2</A>");
    for (std::size_t n = 1; n < 86; ++n) {
        INFO("cut after " << n);
        const std::vector<std::byte> cut(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(n));
        CHECK(evtx::parse_fragment(cut, 0, n).error);
    }
}
