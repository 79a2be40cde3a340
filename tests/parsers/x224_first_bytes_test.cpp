// What is not a Connection Request or Confirm: other TPDUs, the pre-connection PDU, and telling beginnings apart.
#include "parsers/x224/x224.hpp"
#include "tests/support/bytes.hpp"
#include "tests/support/catch.hpp"

using namespace rdpdx;
using test::from_hex;
using x224::FirstBytes;

TEST_CASE("other TPDUs give their code and, where they have one, their reason") {
    struct Row {
        const char* tpkt;
        std::uint8_t code;
        std::optional<std::uint8_t> reason;
    };
    const auto row = GENERATE(values<Row>({
        {"03 00 00 0b  06 80 00 00 00 00 01", 0x80, 1},
        {"03 00 00 09  04 70 00 00 02", 0x70, 2},
        {"03 00 00 0a  06 80 00 00 00 00", 0x80, {}},
        {"03 00 00 07  02 f0 80", 0xF0, {}},
        {"03 00 00 07  02 15 80", 0x15, {}},
    }));
    const auto pdu = x224::parse_other_tpdu(from_hex(row.tpkt));
    REQUIRE(pdu);
    CHECK(pdu->code == row.code);
    CHECK(pdu->reason == row.reason);
    CHECK(x224::tpdu_code(from_hex(row.tpkt)) == row.code);
}

TEST_CASE("fewer than six bytes, or no TPKT, have no TPDU code") {
    CHECK_FALSE(x224::tpdu_code(from_hex("03 00 00 0b 06")));
    CHECK_FALSE(x224::tpdu_code(from_hex("16 03 01 00 50 01")));
    const auto pdu = x224::parse_other_tpdu(from_hex("03 00 00 0b 06"), 10);
    REQUIRE_FALSE(pdu);
    CHECK(pdu.error() == bytes::ParseError{bytes::Problem::truncated, "code", 15, 1, 0});
}

TEST_CASE("a pre-connection PDU names an id or a text and leaves the cursor behind it") {
    struct Row {
        const char* pdu;
        std::uint32_t version, id;
        const char* blob;
    };
    const auto row = GENERATE(values<Row>({
        {"10 00 00 00  00 00 00 00  01 00 00 00  2a 00 00 00", 1, 42, nullptr},
        {"18 00 00 00  00 00 00 00  02 00 00 00  00 00 00 00  03 00  76 00 6d 00 00 00", 2, 0, "vm"},
        {"12 00 00 00  00 00 00 00  02 00 00 00  00 00 00 00  00 00", 2, 0, ""},
        {"14 00 00 00  00 00 00 00  09 00 00 00  05 00 00 00  aa bb cc dd", 9, 5, nullptr},
    }));
    auto data = from_hex(row.pdu);
    const auto size = data.size();
    data.resize(size + 3);
    bytes::Cursor in{data, 1000};
    const auto pdu = x224::parse_preconnection_pdu(in);
    REQUIRE(pdu);
    CHECK(pdu->cbSize == size);
    CHECK(pdu->Version == row.version);
    CHECK(pdu->Id == row.id);
    CHECK(pdu->wszPCB == (row.blob ? std::optional<std::string>{row.blob} : std::nullopt));
    CHECK(in.position() == 1000 + size);
}

TEST_CASE("a pre-connection PDU that is cut or lies about its size says where") {
    struct Row {
        const char* pdu;
        const char* field;
        std::size_t offset;
    };
    const auto row = GENERATE(values<Row>({
        {"", "cbSize", 0},
        {"10 00 00", "cbSize", 0},
        {"10 00 00 00 00 00", "Flags", 4},
        {"10 00 00 00 00 00 00 00 01", "Version", 8},
        {"10 00 00 00 00 00 00 00 01 00 00 00 01 00", "Id", 12},
        {"0f 00 00 00 00 00 00 00 01 00 00 00 01 00 00 00", "cbSize", 0},
        {"10 00 00 80 00 00 00 00 01 00 00 00 01 00 00 00", "cbSize", 0},
        {"18 00 00 00 00 00 00 00 02 00 00 00 00 00 00 00 03 00 76 00", "wszPCB", 16},
        {"11 00 00 00 00 00 00 00 02 00 00 00 00 00 00 00 03", "cchPCB", 16},
        {"14 00 00 00 00 00 00 00 02 00 00 00 00 00 00 00 03 00 76 00", "wszPCB", 18},
    }));
    const auto data = from_hex(row.pdu);
    bytes::Cursor in{data};
    const auto pdu = x224::parse_preconnection_pdu(in);
    REQUIRE_FALSE(pdu);
    CHECK(pdu.error().field == row.field);
    CHECK(pdu.error().offset == row.offset);
}

TEST_CASE("the first bytes of a stream tell what it is") {
    struct Row {
        const char* head;
        FirstBytes kind;
    };
    const auto row = GENERATE(values<Row>({
        {"", FirstBytes::too_short},
        {"03", FirstBytes::too_short},
        {"03 00 00 13 0e", FirstBytes::too_short},
        {"03 00 00 13 0e e0", FirstBytes::connection_request},
        {"03 00 00 16 11 e0 00 00 00 01 00 c1 02 01 00 c2 02 01 02 c0 01 0a", FirstBytes::connection_request},
        {"03 00 00 13 0e d0", FirstBytes::connection_confirm},
        {"03 00 00 07 02 f0 80", FirstBytes::tpkt},
        {"03 00 00 0b 06 80", FirstBytes::tpkt},
        {"03 01 00 13 0e e0", FirstBytes::connection_request},
        {"03 01 00 07 02 f0", FirstBytes::other},
        {"03 00 00 06 02 f0", FirstBytes::other},
        {"03 00 00 13 0e 00", FirstBytes::other},
        {"16", FirstBytes::too_short},
        {"16 03", FirstBytes::too_short},
        {"16 03 01 00", FirstBytes::too_short},
        {"16 03 00 00 10", FirstBytes::tls},
        {"16 03 01 02 00 01", FirstBytes::tls},
        {"16 03 04 48 00", FirstBytes::tls},
        {"16 03 04 48 01", FirstBytes::other},
        {"16 03 05", FirstBytes::other},
        {"16 02 01 00 01", FirstBytes::other},
        {"16 03 01 00 00 01", FirstBytes::other},
        {"15 03 03 00 02 02 28", FirstBytes::other},
        {"80 2e 01 03 01 00 15 00 00 00 10", FirstBytes::other},  // an SSL 2.0 hello
        {"10 00 00 00", FirstBytes::too_short},
        {"10 00 00 00 00 00 00 00 01 00 00", FirstBytes::too_short},
        {"10 00 00 00 00 00 00 00 01 00 00 00", FirstBytes::preconnection_pdu},
        {"11 00 00 00 00 00 00 00 01 00 00 00", FirstBytes::other},
        {"18 00 00 00 00 00 00 00 02 00 00 00", FirstBytes::preconnection_pdu},
        {"03 01 00 00 00 00 00 00 02 00 00 00", FirstBytes::preconnection_pdu},
        {"16 03 00 00 00 00 00 00 02 00 00 00", FirstBytes::preconnection_pdu},
        {"10 00 00 00 01", FirstBytes::other},
        {"47 45 54 20 2f 20 48 54 54 50", FirstBytes::other},
        {"53 53 48 2d 32 2e 30", FirstBytes::other},
        {"00 00 00 00", FirstBytes::other},
    }));
    CAPTURE(row.head);
    CHECK(x224::recognise(from_hex(row.head)) == row.kind);
}

TEST_CASE("more bytes change nothing but too_short") {
    for (const char* whole :
         {"03 00 00 13 0e e0 00 00 00 00 00 01 00 08 00 03 00 00 00", "16 03 01 02 00 01 00 01 fc 03 03 aa",
          "18 00 00 00 00 00 00 00 02 00 00 00 00 00 00 00", "48 54 54 50 2f 31 2e 31 20 34 30 30",
          "03 02 00 00 00 00 00 00 02 00 00 00 00 00", "16 03 03 00 00 00 00 00 00 00 00 00 00"}) {
        const auto data = from_hex(whole);
        auto before = FirstBytes::too_short;
        for (std::size_t size = 0; size <= data.size(); ++size) {
            const auto now = x224::recognise(bytes::View{data}.first(size));
            CAPTURE(whole, size);
            CHECK((before == FirstBytes::too_short || now == before));
            before = now;
        }
        CHECK(before != FirstBytes::too_short);
    }
}
