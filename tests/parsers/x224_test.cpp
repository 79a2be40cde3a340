#include "parsers/x224/x224.hpp"

#include "tests/support/bytes.hpp"
#include "tests/support/catch.hpp"

using namespace rdpdx;
using test::from_hex;

namespace {

using Bytes = std::vector<std::byte>;

Bytes text(std::string_view t) {
    const auto view = bytes::view_of(t);
    return {view.begin(), view.end()};
}

// A TPKT and TPDU header in front of a variable part, with lengths that fit it.
Bytes tpdu(std::uint8_t code, const std::vector<Bytes>& parts) {
    Bytes variable;
    for (const Bytes& part : parts) variable.insert(variable.end(), part.begin(), part.end());
    const std::size_t length = 11 + variable.size();
    Bytes out{std::byte{3},
              std::byte{0},
              static_cast<std::byte>(length >> 8),
              static_cast<std::byte>(length),
              static_cast<std::byte>(length - 5),
              std::byte{code}};
    out.resize(11);
    out.insert(out.end(), variable.begin(), variable.end());
    return out;
}

Bytes request(const std::vector<Bytes>& parts) { return tpdu(0xE0, parts); }
Bytes confirm(const std::vector<Bytes>& parts) { return tpdu(0xD0, parts); }

std::string odd_fields(const std::vector<x224::Oddity>& oddities) {
    std::string out;
    for (const auto& o : oddities) out += (out.empty() ? "" : " ") + o.field;
    return out;
}

const Bytes kNegReq = from_hex("01 00 08 00 0b 00 00 00");

Bytes whole_request() {
    return from_hex(R"(
        03                 # version
        00                 # reserved
        00 51              # length
        4c                 # LI
        e0                 # code
        00 00              # DST-REF
        12 34              # SRC-REF
        00                 # class
        43 6f 6f 6b 69 65 3a 20 6d 73 74 73 68 61 73 68 3d 65 6c 74 6f 6e 73  # Cookie: mstshash=eltons
        0d 0a
        01                 # type
        08                 # flags: CORRELATION_INFO_PRESENT
        08 00              # length
        0b 00 00 00        # requestedProtocols: SSL, HYBRID, HYBRID_EX
        06                 # type
        00                 # flags
        24 00              # length
        a0 a1 a2 a3 a4 a5 a6 a7 a8 a9 aa ab ac ad ae af  # correlationId
        00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00  # reserved
        )");
}

}  // namespace

TEST_CASE("a whole Connection Request gives its cookie, its protocols and its correlation id") {
    auto data = whole_request();
    data[3] = static_cast<std::byte>(data.size());
    data[4] = static_cast<std::byte>(data.size() - 5);
    const auto pdu = x224::parse_connection_request(data);
    REQUIRE(pdu);
    CHECK(pdu->tpkt.length == data.size());
    CHECK(pdu->code == 0xE0);
    CHECK(pdu->sourceReference == 0x1234);
    CHECK(pdu->cookie == "eltons");
    CHECK_FALSE(pdu->routingToken);
    REQUIRE(pdu->negReq);
    CHECK(pdu->negReq->flags == 8);
    CHECK(pdu->negReq->length == 8);
    CHECK(pdu->negReq->requestedProtocols == 0x0B);
    REQUIRE(pdu->correlationInfo);
    CHECK(pdu->correlationInfo->correlationId[0] == 0xA0);
    CHECK(pdu->correlationInfo->correlationId[15] == 0xAF);
    CHECK_FALSE(pdu->iso_parameters);
    CHECK(odd_fields(pdu->oddities).empty());
}

TEST_CASE("a Connection Request cut in its fixed part says in which field, at which offset") {
    struct Row {
        std::size_t size;
        const char* field;
        std::size_t offset;
    };
    const auto row = GENERATE(values<Row>({
        {0, "version", 100},
        {1, "reserved", 101},
        {2, "length", 102},
        {3, "length", 102},
        {4, "LI", 104},
        {5, "code", 105},
        {6, "DST-REF", 106},
        {7, "DST-REF", 106},
        {8, "SRC-REF", 108},
        {10, "class", 110},
    }));
    auto data = whole_request();
    data.resize(row.size);
    const auto pdu = x224::parse_connection_request(data, 100);
    REQUIRE_FALSE(pdu);
    CHECK(pdu.error().problem == bytes::Problem::truncated);
    CHECK(pdu.error().field == row.field);
    CHECK(pdu.error().offset == row.offset);
}

TEST_CASE("a Connection Request cut in its variable part gives what came before") {
    struct Row {
        std::size_t size;
        const char* cookie;
        bool req, info;
    };
    const auto row = GENERATE(values<Row>({
        {11, nullptr, false, false},
        {30, "el", false, false},
        {35, "eltons\r", false, false},
        {36, "eltons", false, false},
        {43, "eltons", false, false},
        {44, "eltons", true, false},
        {45, "eltons", true, false},
        {79, "eltons", true, false},
        {80, "eltons", true, true},
    }));
    auto data = whole_request();
    data[3] = static_cast<std::byte>(data.size());
    data.resize(row.size);
    const auto pdu = x224::parse_connection_request(data);
    REQUIRE(pdu);
    CHECK(pdu->cookie == (row.cookie ? std::optional<std::string>{row.cookie} : std::nullopt));
    CHECK(pdu->negReq.has_value() == row.req);
    CHECK(pdu->correlationInfo.has_value() == row.info);
    CHECK_FALSE(pdu->oddities.empty());
}

TEST_CASE("the text in front of the negotiation is a cookie or a routing token") {
    struct Row {
        const char* line;
        const char* cookie;
        const char* token;
        const char* odd;
    };
    const auto row = GENERATE(values<Row>({
        {"Cookie: mstshash=Administr\r\n", "Administr", nullptr, ""},
        {"Cookie: mstshash=\r\n", "", nullptr, ""},
        {"Cookie: mstshash=D\xC3\xB6rte\r\n", "D\xC3\xB6rte", nullptr, ""},
        {"Cookie: mstshash=\xFF\x01\r\n", "\xEF\xBF\xBD\x01", nullptr, "cookie"},
        {"Cookie: msts=3640205228.15629.0000\r\n", nullptr, "Cookie: msts=3640205228.15629.0000", ""},
        {"Cookie: mstshash\r\n", nullptr, "Cookie: mstshash", ""},
        {"tsv://MS Terminal Services Plugin.1.Farm\r\n", nullptr, "tsv://MS Terminal Services Plugin.1.Farm", ""},
        {"Cookie: msts=1.2.0\r\nCookie: mstshash=me\r\n", "me", "Cookie: msts=1.2.0", ""},
        {"Cookie: mstshash=a\r\nCookie: mstshash=b\r\n", "a", nullptr, "cookie"},
        {"Cookie: mstshash=open", "open", nullptr, "cookie"},
        {"Cookie: mstshash=unix\n", "unix\n", nullptr, "cookie cookie"},
    }));
    const auto pdu = x224::parse_connection_request(request({text(row.line), kNegReq}));
    REQUIRE(pdu);
    CHECK(pdu->cookie == (row.cookie ? std::optional<std::string>{row.cookie} : std::nullopt));
    CHECK(pdu->routingToken == (row.token ? std::optional<std::string>{row.token} : std::nullopt));
    CHECK(odd_fields(pdu->oddities) == row.odd);
    REQUIRE(pdu->negReq);
    CHECK(pdu->negReq->requestedProtocols == 0x0B);
}

TEST_CASE("a cookie longer than the length indicator can say is still read") {
    const auto pdu =
        x224::parse_connection_request(request({text("Cookie: mstshash=" + std::string(400, 'x') + "\r\n"), kNegReq}));
    REQUIRE(pdu);
    CHECK(pdu->cookie == std::string(400, 'x'));
    CHECK(pdu->negReq);
    CHECK(odd_fields(pdu->oddities) == "LI");
}

TEST_CASE("a request's negotiation may be odd and is kept") {
    struct Row {
        const char* variable;
        const char* odd;
        std::optional<std::uint32_t> protocols;
    };
    const auto row = GENERATE(values<Row>({
        {"", "", {}},
        {"01 00 08 00 03 00 00 00", "", 3},
        {"01 00 0c 00 03 00 00 00", "negReq.length", 3},
        {"01 00 00 08 03 00 00 00", "negReq.length", 3},
        {"01 f0 08 00 03 00 00 00", "negReq.flags", 3},
        {"01 00 08 00 00 00 00 80", "requestedProtocols", 0x80000000},
        {"01 00 08 00 03 00 00", "negReq", {}},
        {"01 08 08 00 03 00 00 00", "correlationInfo", 3},
        {"01 00 08 00 03 00 00 00 00 00", "type", 3},
        {"01 00 08 00 03 00 00 00 01 00 08 00 01 00 00 00", "negReq", 3},
        {"07 00 08 00 03 00 00 00", "type", {}},
        {"06 00 24 00 01", "correlationInfo", {}},
    }));
    const auto pdu = x224::parse_connection_request(request({from_hex(row.variable)}));
    REQUIRE(pdu);
    CHECK(odd_fields(pdu->oddities) == row.odd);
    CHECK(pdu->negReq.has_value() == row.protocols.has_value());
    if (row.protocols) CHECK(pdu->negReq->requestedProtocols == *row.protocols);
}

TEST_CASE("lengths that do not agree are told, not refused") {
    auto data = request({kNegReq});
    SECTION("the length indicator lies") {
        data[4] = std::byte{6};
        const auto pdu = x224::parse_connection_request(data);
        REQUIRE(pdu);
        REQUIRE(odd_fields(pdu->oddities) == "LI");
        CHECK(pdu->oddities[0].text == "is 6 where 14 was expected");
        CHECK(pdu->negReq);
    }
    SECTION("the TPKT says more than there is") {
        data[3] = std::byte{40};
        const auto pdu = x224::parse_connection_request(data);
        REQUIRE(pdu);
        CHECK(odd_fields(pdu->oddities) == "length LI");
        CHECK(pdu->negReq);
    }
    SECTION("what follows the TPKT is left alone") {
        data.resize(data.size() + 30);
        const auto pdu = x224::parse_connection_request(data);
        REQUIRE(pdu);
        CHECK(pdu->oddities.empty());
    }
    SECTION("a TPKT too short for the fixed part is an error") {
        data[3] = std::byte{10};
        const auto pdu = x224::parse_connection_request(data, 50);
        REQUIRE_FALSE(pdu);
        CHECK(pdu.error() == bytes::ParseError{bytes::Problem::bad_value, "length", 52, 11, 10});
    }
    SECTION("another TPKT version is told") {
        data[0] = std::byte{4};
        const auto pdu = x224::parse_connection_request(data);
        REQUIRE(pdu);
        CHECK(odd_fields(pdu->oddities) == "version");
    }
    SECTION("another TPDU is an error") {
        data[5] = std::byte{0xD0};
        const auto pdu = x224::parse_connection_request(data);
        REQUIRE_FALSE(pdu);
        CHECK(pdu.error().field == "code");
        CHECK(pdu.error().offset == 5);
    }
}

TEST_CASE("the parameters of other ISO transport are told from RDP's variable part") {
    struct Row {
        const char* variable;
        bool iso, negotiation;
        const char* odd;
    };
    const auto row = GENERATE(values<Row>({
        {"c1 02 01 00  c2 02 01 02  c0 01 0a", true, false, ""},    // S7
        {"c0 01 0d  c2 02 00 01  c1 02 00 01", true, false, ""},    // MMS
        {"c1 08 53 49 4d 41 54 49 43 2d  c2 00", true, false, ""},  // S7-plus has names in it
        {"c0 01 0a  01 00 08 00 03 00 00 00", true, true, ""},
        {"c1 20 01 00", false, false, "routingToken routingToken"},  // longer than what is there
        {"01 00 08 00 03 00 00 00", false, true, ""},
        {"", false, false, ""},
    }));
    const auto pdu = x224::parse_connection_request(request({from_hex(row.variable)}));
    REQUIRE(pdu);
    CHECK(pdu->iso_parameters == row.iso);
    CHECK(pdu->negReq.has_value() == row.negotiation);
    CHECK(odd_fields(pdu->oddities) == row.odd);
}

TEST_CASE("a Connection Confirm selects, refuses or says nothing") {
    struct Row {
        const char* variable;
        std::optional<std::uint32_t> selected, failure;
        const char* odd;
    };
    const auto row = GENERATE(values<Row>({
        {"02 1f 08 00 08 00 00 00", 8, {}, ""},
        {"02 00 08 00 00 00 00 00", 0, {}, ""},
        {"03 00 08 00 05 00 00 00", {}, 5, ""},
        {"03 00 08 00 63 00 00 00", {}, 99, "failureCode"},
        {"03 00 08 00 00 00 00 00", {}, 0, "failureCode"},
        {"03 00 09 00 05 00 00 00", {}, 5, "negFailure.length"},
        {"02 20 08 00 01 00 00 00", 1, {}, "negRsp.flags"},
        {"02 00 08 00 03 00 00 00", 3, {}, "selectedProtocol"},
        {"02 00 08 00 20 00 00 00", 32, {}, "selectedProtocol"},
        {"02 00 08 00 01 00 00", {}, {}, "negRsp"},
        {"03 00", {}, {}, "negFailure"},
        {"09 00 08 00 01 00 00 00", {}, {}, "type"},
        {"02 00 08 00 01 00 00 00 00", 1, {}, "length"},
        {"", {}, {}, ""},
        {"c0 01 0a c1 02 01 00", {}, {}, ""},
    }));
    const auto pdu = x224::parse_connection_confirm(confirm({from_hex(row.variable)}));
    REQUIRE(pdu);
    CHECK(pdu->negRsp.has_value() == row.selected.has_value());
    if (row.selected) CHECK(pdu->negRsp->selectedProtocol == *row.selected);
    CHECK(pdu->negFailure.has_value() == row.failure.has_value());
    if (row.failure) CHECK(pdu->negFailure->failureCode == *row.failure);
    CHECK(odd_fields(pdu->oddities) == row.odd);
}

TEST_CASE("a Connection Confirm cut after n bytes gives an error or what came before") {
    const auto whole = confirm({from_hex("03 00 08 00 05 00 00 00")});
    for (std::size_t size = 0; size < whole.size(); ++size) {
        const auto pdu = x224::parse_connection_confirm(bytes::View{whole}.first(size), 7);
        CAPTURE(size);
        CHECK(static_cast<bool>(pdu) == (size >= 11));
        if (pdu) CHECK_FALSE(pdu->negFailure);
        if (!pdu) CHECK(pdu.error().problem == bytes::Problem::truncated);
    }
}
