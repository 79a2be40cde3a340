// [MS-RDPEMT] 4 has the examples that are spelled here.
#include "parsers/rdpeudp/tunnel.hpp"
#include "tests/support/cuts.hpp"

using namespace rdpdx;
using test::from_hex;

namespace {

const std::vector<std::byte> kCreateRequest = from_hex(R"(
    00            # Action: RDPTUNNEL_ACTION_CREATEREQUEST; Flags 0
    18 00         # PayloadLength: 24
    04            # HeaderLength
    12 00 00 00   # RequestID
    00 00 00 00   # Reserved
    00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f  # SecurityCookie
)");

}  // namespace

TEST_CASE("a Tunnel Create Request names the request that it answers, and proves it by the cookie") {
    CHECK(rdpeudp::tunnel_pdu_length(kCreateRequest) == kCreateRequest.size());
    const auto pdu = rdpeudp::parse_tunnel_pdu(kCreateRequest);
    REQUIRE(pdu);
    const auto* request = std::get_if<rdpeudp::TunnelCreateRequest>(&pdu->body);
    REQUIRE(request);
    CHECK(request->RequestID == 0x12);
    CHECK(request->SecurityCookie.back() == 0x0F);
}

TEST_CASE("a Tunnel Create Response has an HRESULT") {
    const auto pdu = rdpeudp::parse_tunnel_pdu(from_hex("01 04 00 04  05 00 07 80"));
    REQUIRE(pdu);
    const auto* response = std::get_if<rdpeudp::TunnelCreateResponse>(&pdu->body);
    REQUIRE(response);
    CHECK(response->HrResponse == 0x80070005);
}

TEST_CASE("Tunnel Data may have sub-headers before what it carries") {
    const auto whole = from_hex(R"(
        02            # Action: RDPTUNNEL_ACTION_DATA
        03 00         # PayloadLength
        0c            # HeaderLength: 4 and the sub-headers
        06 00 aa bb cc dd   # SubHeaderLength, SubHeaderType: auto-detect request, SubHeaderData
        02 01         # an auto-detect response of no length
        11 22 33      # HigherLayerData
    )");
    const auto pdu = rdpeudp::parse_tunnel_pdu(whole);
    REQUIRE(pdu);
    REQUIRE(pdu->subHeaders.size() == 2);
    CHECK(pdu->subHeaders[0].SubHeaderType == 0);
    CHECK(pdu->subHeaders[0].SubHeaderData.size() == 4);
    CHECK(pdu->subHeaders[1].SubHeaderType == 1);
    const auto* data = std::get_if<rdpeudp::TunnelData>(&pdu->body);
    REQUIRE(data);
    CHECK(data->HigherLayerData.size() == 3);
    test::check_cuts([](bytes::View v, std::size_t base) { return rdpeudp::parse_tunnel_pdu(v, base); }, whole,
                     {{4, "SubHeaders", 4}, {12, "HigherLayerData", 12}});
}

TEST_CASE("what is no PDU of the tunnel is told from one that is not whole") {
    CHECK_FALSE(rdpeudp::tunnel_pdu_length(from_hex("00 18 00")));
    CHECK(rdpeudp::tunnel_pdu_length(from_hex("00 18 00 04")) == 28U);
    CHECK(rdpeudp::tunnel_pdu_length(from_hex("00 18 00 03")) == 0U);
    CHECK(rdpeudp::tunnel_pdu_length(from_hex("03 00 00 13")) == 0U);
    CHECK(rdpeudp::tunnel_pdu_length(from_hex("16 03 03 04")) == 0U);
}

TEST_CASE("lengths that make no sense are told") {
    const auto header = rdpeudp::parse_tunnel_pdu(from_hex("01 04 00 02  00 00 00 00"));
    REQUIRE_FALSE(header);
    CHECK(header.error().field == "HeaderLength");
    CHECK(header.error().problem == bytes::Problem::bad_value);
    const auto sub = rdpeudp::parse_tunnel_pdu(from_hex("02 00 00 06  01 00"));
    REQUIRE_FALSE(sub);
    CHECK(sub.error().field == "SubHeaderLength");
    CHECK(sub.error().problem == bytes::Problem::bad_value);
    const auto long_sub = rdpeudp::parse_tunnel_pdu(from_hex("02 00 00 06  08 00"));
    REQUIRE_FALSE(long_sub);
    CHECK(long_sub.error().field == "SubHeaderData");
    CHECK(long_sub.error().offset == 6);
}

TEST_CASE("each field of a Tunnel Create Request is missed where it is cut") {
    test::check_cuts([](bytes::View v, std::size_t base) { return rdpeudp::parse_tunnel_pdu(v, base); }, kCreateRequest,
                     {{0, "Action", 0},
                      {1, "PayloadLength", 1},
                      {3, "HeaderLength", 3},
                      {4, "RequestID", 4},
                      {8, "Reserved", 8},
                      {12, "SecurityCookie", 12}});
}
