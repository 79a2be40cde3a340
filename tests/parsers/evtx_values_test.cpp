#include "parsers/evtx/values.hpp"

#include <fmt/format.h>

#include "tests/support/bytes.hpp"
#include "tests/support/catch.hpp"

using namespace rdpdx;
using evtx::Dress;
using evtx::Slot;

namespace {

template <Dress dress = Dress::plain>
std::string text_of(std::uint8_t type, const std::vector<std::byte>& value) {
    evtx::TextBuffer out;
    evtx::Recent recent;
    evtx::add_value<dress>(out, value, {0, static_cast<std::uint16_t>(value.size()), type}, recent);
    return std::string{out.view()};
}

template <Dress dress>
std::string dressed_utf16(const std::vector<std::byte>& value, std::size_t at, std::size_t units) {
    std::string out(units * evtx::kBytesPerUnit + evtx::kOverrun, '?');
    const char* const end = evtx::write_utf16<dress>(out.data(), value, at, units);
    out.resize(static_cast<std::size_t>(end - out.data()));
    return out;
}

std::vector<std::byte> utf16(std::u16string_view text) {
    std::vector<std::byte> out;
    for (const char16_t c : text) {
        out.push_back(static_cast<std::byte>(c & 0xFF));
        out.push_back(static_cast<std::byte>(c >> 8));
    }
    return out;
}

}  // namespace

TEST_CASE("each value type has the text that Windows gives it") {
    struct Row {
        const char* what;
        std::uint8_t type;
        const char* hex;
        const char* text;
    };
    const auto row = GENERATE(values<Row>({
        {"null", 0x00, "", ""},
        {"null with bytes", 0x00, "01 02", ""},
        {"string", 0x01, "52 00 44 00 50 00", "RDP"},
        {"string with its NUL", 0x01, "52 00 00 00 00 00", "R"},
        {"string with an odd byte", 0x01, "52 00 44", "R"},
        {"ANSI", 0x02, "52 44 50 00", "RDP"},
        {"ANSI of Windows-1252", 0x02, "80 20 e4", "\xE2\x82\xAC \xC3\xA4"},
        {"ANSI that is UTF-8", 0x02, "c3 a4", "\xC3\xA4"},
        {"int8", 0x03, "ff", "-1"},
        {"uint8", 0x04, "ff", "255"},
        {"int16", 0x05, "00 80", "-32768"},
        {"uint16", 0x06, "3d 0d", "3389"},
        {"int32", 0x07, "90 04 07 80", "-2147023728"},
        {"uint32", 0x08, "ff ff ff ff", "4294967295"},
        {"int64", 0x09, "00 00 00 00 00 00 00 80", "-9223372036854775808"},
        {"uint64", 0x0A, "ff ff ff ff ff ff ff ff", "18446744073709551615"},
        {"real32", 0x0B, "00 00 c0 3f", "1.5"},
        {"real64", 0x0C, "9a 99 99 99 99 99 b9 3f", "0.1"},
        {"true", 0x0D, "01 00 00 00", "true"},
        {"false in one byte", 0x0D, "00", "false"},
        {"binary", 0x0E, "1d fa c0", "1DFAC0"},
        {"GUID", 0x0F, "7c 22 28 58 cf 20 08 44 b7 3f 73 ab 70 b8 84 9f", "{5828227C-20CF-4408-B73F-73AB70B8849F}"},
        {"size_t of 32 bits", 0x10, "04 03 00 00", "0x304"},
        {"size_t of 64 bits", 0x10, "00 00 00 00 01 00 00 00", "0x100000000"},
        {"FILETIME", 0x11, "00 80 3e d5 de b1 9d 01", "1970-01-01T00:00:00.0000000Z"},
        {"FILETIME 0", 0x11, "00 00 00 00 00 00 00 00", "1601-01-01T00:00:00.0000000Z"},
        {"FILETIME of a leap day", 0x11, "87 f6 ab c4 f7 ee d5 01", "2020-02-29T12:00:00.1234567Z"},
        {"the last FILETIME", 0x11, "ff ff ff ff ff ff ff ff", "60056-05-28T05:36:10.9551615Z"},
        {"SYSTEMTIME", 0x12, "e5 07 03 00 03 00 1f 00 17 00 35 00 1b 00 09 00", "2021-03-31T23:53:27.009Z"},
        {"SYSTEMTIME that is none", 0x12, "ff ff 0d 00 00 00 20 00 19 00 3d 00 3d 00 e8 03",
         "65535-13-32T25:61:61.1000Z"},
        {"SID", 0x13, "01 02 00 00 00 00 00 05 20 00 00 00 20 02 00 00", "S-1-5-32-544"},
        {"SID without parts", 0x13, "01 00 00 00 00 00 00 05", "S-1-5"},
        {"SID with a long authority", 0x13, "01 00 00 01 00 00 00 05", "S-1-0x100000005"},
        {"HexInt32", 0x14, "00 00 09 80", "0x80090000"},
        {"HexInt32 0", 0x14, "00 00 00 00", "0x0"},
        {"HexInt64", 0x15, "00 00 00 00 00 00 20 80", "0x8020000000000000"},
        {"a SID that is cut off is hex", 0x13, "01 02 00 00 00 00 00 05 20", "010200000000000520"},
        {"a GUID of three bytes is hex", 0x0F, "01 02 03", "010203"},
        {"a number of three bytes is hex", 0x08, "01 02 03", "010203"},
        {"a type that nobody knows is hex", 0x7F, "ab", "AB"},
        {"strings", 0x81, "41 00 00 00 42 00 00 00", "A, B"},
        {"strings, the last without its NUL", 0x81, "41 00 00 00 42 00", "A, B"},
        {"ANSI strings", 0x82, "41 00 42 00", "A, B"},
        {"int8s", 0x83, "01 ff", "1, -1"},
        {"uint16s", 0x86, "01 00 02 00", "1, 2"},
        {"uint32s and a rest", 0x88, "01 00 00 00 02 00", "1, 2"},
        {"int64s", 0x89, "ff ff ff ff ff ff ff ff 01 00 00 00 00 00 00 00", "-1, 1"},
        {"doubles", 0x8C, "00 00 00 00 00 00 f8 3f 00 00 00 00 00 00 00 00", "1.5, 0"},
        {"booleans", 0x8D, "01 00 00 00 00 00 00 00", "true, false"},
        {"sizes", 0x90, "01 00 00 00 00 00 00 00 02 00 00 00 00 00 00 00", "0x1, 0x2"},
        {"SIDs", 0x93, "01 00 00 00 00 00 00 05 01 01 00 00 00 00 00 05 12 00 00 00", "S-1-5, S-1-5-18"},
        {"HexInt64s", 0x95, "01 00 00 00 00 00 00 00", "0x1"},
        {"no strings", 0x81, "", ""},
    }));
    INFO(row.what);
    CHECK(text_of(row.type, test::from_hex(row.hex)) == row.text);
}

TEST_CASE("dates agree with the calendar of the standard library") {
    evtx::Recent recent;
    for (std::int64_t day = 0; day < 400 * 366; day += 13) {
        std::array<char, evtx::kMaxTimeText> text{};
        char* const end =
            evtx::write_filetime(text.data(), static_cast<std::uint64_t>(day) * 864'000'000'000ULL, recent);
        const std::chrono::year_month_day date{std::chrono::sys_days{std::chrono::days{day - 134'774}}};
        const std::string expected =
            fmt::format("{:04}-{:02}-{:02}T00:00:00.0000000Z", static_cast<int>(date.year()),
                        static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
        REQUIRE(std::string(text.data(), end) == expected);
    }
}

TEST_CASE("a FILETIME counts from 1601, and 0 is no time") {
    CHECK(evtx::time_of_filetime(116'444'736'000'000'000) == bytes::Time{});
    CHECK(evtx::time_of_filetime(116'444'736'000'000'001) == bytes::Time{} + std::chrono::nanoseconds{100});
    CHECK_FALSE(evtx::time_of_filetime(0));
    CHECK_FALSE(evtx::time_of_filetime(~std::uint64_t{}));
    CHECK(evtx::time_of_filetime(94'354'848'000'000'000) < bytes::Time{});  // the year 1900
}

TEST_CASE("a FILETIME before or behind what evidence is dated is no time") {
    constexpr std::uint64_t kFirst = 94'354'848'000'000'000, kLast = 185'870'592'000'000'000;
    CHECK(evtx::time_of_filetime(kFirst) == bytes::kEarliest);
    CHECK_FALSE(evtx::time_of_filetime(kFirst - 1));
    CHECK(evtx::time_of_filetime(kLast) == bytes::kLatest);
    CHECK_FALSE(evtx::time_of_filetime(kLast + 1));
}

TEST_CASE("text is escaped as its output wants it") {
    struct Row {
        const char16_t* in;
        const char *plain, *json, *xml;
    };
    const auto row = GENERATE(values<Row>({
        {u"a\"b", "a\"b", "a\\\"b", "a&quot;b"},
        {u"C:\\x", "C:\\x", "C:\\\\x", "C:\\x"},
        {u"<&>", "<&>", "<&>", "&lt;&amp;&gt;"},
        {u"a\r\n\tb", "a\r\n\tb", "a\\r\\n\\tb", "a&#13;&#10;&#9;b"},
        {u"\x01\x1f", "\x01\x1f", "\\u0001\\u001f", "\xEF\xBF\xBD\xEF\xBF\xBD"},
        {u"\u00e4\u20ac", "\xC3\xA4\xE2\x82\xAC", "\xC3\xA4\xE2\x82\xAC", "\xC3\xA4\xE2\x82\xAC"},
        {u"\U0001F600", "\xF0\x9F\x98\x80", "\xF0\x9F\x98\x80", "\xF0\x9F\x98\x80"},
        {u"\uFFFF", "\xEF\xBF\xBF", "\xEF\xBF\xBF", "\xEF\xBF\xBD"},
    }));
    // At every place of a vector's lanes, with and without room behind it.
    for (std::size_t before = 0; before < 18; ++before) {
        for (const std::size_t behind : {std::size_t{0}, std::size_t{20}}) {
            const std::u16string padding(before, u'.'), text = padding + row.in;
            const auto bytes = utf16(text + std::u16string(behind, u'!'));
            const std::string dots(before, '.');
            CHECK(dressed_utf16<Dress::plain>(bytes, 0, text.size()) == dots + row.plain);
            CHECK(dressed_utf16<Dress::json>(bytes, 0, text.size()) == dots + row.json);
            CHECK(dressed_utf16<Dress::xml>(bytes, 0, text.size()) == dots + row.xml);
        }
    }
}

TEST_CASE("a surrogate alone becomes U+FFFD, also as the last unit before other text") {
    const auto bytes = test::from_hex("3d d8 41 00  00 de  3d d8 00 de");
    CHECK(dressed_utf16<Dress::json>(bytes, 0, 3) ==
          "\xEF\xBF\xBD"
          "A\xEF\xBF\xBD");
    CHECK(dressed_utf16<Dress::json>(bytes, 6, 1) == "\xEF\xBF\xBD");
    CHECK(dressed_utf16<Dress::json>(bytes, 6, 2) == "\xF0\x9F\x98\x80");
}

TEST_CASE("decimal and hex numbers have no padding") {
    for (const std::uint64_t value : {0ULL, 9ULL, 10ULL, 99ULL, 100ULL, 999ULL, 1000ULL, 9999ULL, 10000ULL,
                                      123456789ULL, 100000000ULL, 18446744073709551615ULL}) {
        std::array<char, 24> text{};
        CHECK(std::string(text.data(), evtx::write_decimal(text.data(), value)) == std::to_string(value));
        CHECK(std::string(text.data(), evtx::write_hex(text.data(), value)) == fmt::format("{:#x}", value));
    }
}
