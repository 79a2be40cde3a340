#include "parsers/credssp/rds_aad.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/cuts.hpp"

using namespace rdpdx;
using namespace rdpdx::credssp;

namespace {

std::vector<std::byte> octets(std::string_view text) {
    const auto view = bytes::view_of(text);
    return {view.begin(), view.end()};
}

}  // namespace

TEST_CASE("an RDS-AAD PDU tells lengths and the result, by its own names") {
    struct Row {
        const char* json;
        const char* type;
        std::optional<std::size_t> nonce, assertion;
        std::optional<std::int64_t> result;
    };
    const auto row = GENERATE(values<Row>({
        {R"({"ts_nonce":"abcd"})", "server nonce", 4, {}, {}},
        {R"({ "ts_nonce" : "" })", "server nonce", 0, {}, {}},
        {R"({"rdp_assertion":"eyJh.e\"30.xyz"})", "authentication request", {}, 14, {}},
        {R"({"authentication_result":0})", "authentication result", {}, {}, 0},
        {R"({"authentication_result":-2146893044})", "authentication result", {}, {}, -2146893044},
        {R"({"authentication_result" : 2148073484 , "x":[1,"]",{"y":"}"}]})",
         "authentication result",
         {},
         {},
         2148073484},
        {R"({"other":true,"more":null})", "", {}, {}, {}},
        {R"({})", "", {}, {}, {}},
    }));
    INFO(row.json);
    const auto data = octets(row.json);
    CHECK(rds_aad_size(data) == data.size());
    const auto pdu = parse_rds_aad_pdu(data);
    REQUIRE(pdu);
    CHECK(rds_aad_type(*pdu) == row.type);
    CHECK(pdu->tsNonceLength == row.nonce);
    CHECK(pdu->rdpAssertionLength == row.assertion);
    CHECK(pdu->authenticationResult == row.result);
}

TEST_CASE("an RDS-AAD PDU that is cut after n bytes names its field") {
    const auto parse = [](bytes::View v, std::size_t base) { return parse_rds_aad_pdu(v, base); };
    test::check_cuts(parse, octets(R"({"ts_nonce":"ab"})"),
                     {{0, "begin-object", 0},
                      {1, "name", 1},
                      {5, "name", 5},
                      {11, "name-separator", 11},
                      {12, "ts_nonce", 12},
                      {14, "ts_nonce", 14},
                      {16, "end-object", 16}});
}

TEST_CASE("a value of another kind than its name asks for is located") {
    struct Row {
        const char* json;
        const char* field;
        std::size_t offset;
    };
    const auto row = GENERATE(values<Row>({
        {R"({"authentication_result":"0"})", "authentication_result", 25},
        {R"({"authentication_result":0x5})", "authentication_result", 25},
        {R"({"authentication_result":99999999999999999999})", "authentication_result", 25},
        {R"({"rdp_assertion":7})", "rdp_assertion", 17},
        {R"({"a":})", "value", 5},
        {R"({"a" 1})", "name-separator", 5},
        {R"(["a"])", "begin-object", 0},
    }));
    INFO(row.json);
    const auto pdu = parse_rds_aad_pdu(octets(row.json));
    REQUIRE_FALSE(pdu);
    CHECK(pdu.error().field == row.field);
    CHECK(pdu.error().offset == row.offset);
}

TEST_CASE("the size of a PDU is known once its last brace is there, whatever its texts hold") {
    struct Row {
        const char* front;
        std::optional<std::size_t> size;
    };
    const auto row = GENERATE(values<Row>({
        {"", {}},
        {"{", {}},
        {R"({"a":"}")", {}},
        {R"({"a":"}"}x)", 9},
        {R"({"a":"\"}"}x)", 11},
        {R"({"a":{"b":[1]}})", 15},
        {"x{}", 0},
    }));
    INFO(row.front);
    CHECK(rds_aad_size(octets(row.front)) == row.size);
}
