#include "parsers/rdp/message_channel.hpp"

#include "parsers/bytes/text.hpp"
#include "tests/support/cuts.hpp"

using namespace rdpdx;
using test::from_hex;

namespace {

const auto kNetworkResult = from_hex(R"(
    12                       # headerLength
    00                       # headerTypeId: request
    03 00                    # sequenceNumber
    c0 08                    # requestType: RDP_NETCHAR_RESULT
    05 00 00 00              # baseRTT
    10 27 00 00              # bandwidth
    07 00 00 00              # averageRTT
    )");

const auto kBandwidthResults = from_hex(R"(
    0e                       # headerLength
    01                       # headerTypeId: response
    04 00                    # sequenceNumber
    03 00                    # responseType: RDP_BW_RESULTS
    0a 00 00 00              # timeDelta
    00 40 00 00              # byteCount
    )");

const auto kMultitransport = from_hex(R"(
    01 00 00 00              # requestId
    02 00                    # requestedProtocol: lossy
    00 00                    # reserved
    01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f 10  # securityCookie
    )");

}  // namespace

TEST_CASE("auto-detection tells what was measured") {
    const auto result = rdp::parse_auto_detect(kNetworkResult);
    REQUIRE(result);
    CHECK(rdp::auto_detect_name(result->headerTypeId, result->requestType) == "RDP_NETCHAR_RESULT");
    CHECK(result->sequenceNumber == 3);
    CHECK(result->baseRTT == 5U);
    CHECK(result->bandwidth == 10000U);
    CHECK(result->averageRTT == 7U);
    const auto results = rdp::parse_auto_detect(kBandwidthResults);
    REQUIRE(results);
    CHECK(results->timeDelta == 10U);
    CHECK(results->byteCount == 0x4000U);
}

TEST_CASE("every auto-detection message has a name, and its own fields") {
    struct Row {
        const char* hex;
        const char* name;
    };
    const auto row = GENERATE(values<Row>({
        {"06 00 00 00 01 00", "RDP_RTT_REQUEST"},
        {"06 00 00 00 01 10", "RDP_RTT_REQUEST"},
        {"06 00 00 00 14 10", "RDP_BW_START"},
        {"08 00 00 00 02 00 00 00", "RDP_BW_PAYLOAD"},
        {"08 00 00 00 2b 00 00 00", "RDP_BW_STOP"},
        {"06 00 00 00 29 04", "RDP_BW_STOP"},
        {"0e 00 00 00 40 08 01 00 00 00 02 00 00 00", "RDP_NETCHAR_RESULT"},
        {"0e 00 00 00 80 08 01 00 00 00 02 00 00 00", "RDP_NETCHAR_RESULT"},
        {"06 01 00 00 00 00", "RDP_RTT_RESPONSE"},
        {"0e 01 00 00 18 00 01 00 00 00 02 00 00 00", "RDP_NETCHAR_SYNC"},
        {"06 00 00 00 77 77", ""},
        {"06 09 00 00 01 00", ""},
    }));
    const auto pdu = rdp::parse_auto_detect(from_hex(row.hex));
    INFO(row.hex);
    REQUIRE(pdu);
    CHECK(rdp::auto_detect_name(pdu->headerTypeId, pdu->requestType) == row.name);
}

TEST_CASE("a heartbeat says how often it comes and when its absence matters") {
    const auto pdu = rdp::parse_heartbeat(from_hex("00 1e 03 05"));
    REQUIRE(pdu);
    CHECK(pdu->period == 30);
    CHECK(pdu->count1 == 3);
    CHECK(pdu->count2 == 5);
}

TEST_CASE("a server offers a side channel with a cookie, a client answers") {
    const auto request = rdp::parse_initiate_multitransport_request(kMultitransport);
    REQUIRE(request);
    CHECK(request->requestId == 1);
    CHECK(request->requestedProtocol == 2);
    CHECK(bytes::hex(request->securityCookie) == "0102030405060708090a0b0c0d0e0f10");
    const auto response = rdp::parse_multitransport_response(from_hex("01 00 00 00 04 40 00 80"));
    REQUIRE(response);
    CHECK(response->hrResponse == 0x80004004);
}

TEST_CASE("the head of a fast-path PDU has one or two octets of length") {
    struct Row {
        const char* hex;
        int action, events, flags, length, size;
    };
    const auto row = GENERATE(values<Row>({
        {"00 07", 0, 0, 0, 7, 2},
        {"00 80 ba", 0, 0, 0, 186, 3},
        {"00 ff ff", 0, 0, 0, 0x7FFF, 3},
        {"c4 08", 0, 1, 3, 8, 2},
        {"3c 20", 0, 15, 0, 32, 2},
        {"03 00", 3, 0, 0, 0, 2},  // a TPKT header
    }));
    const auto pdu = rdp::parse_fast_path_header(from_hex(row.hex));
    INFO(row.hex);
    REQUIRE(pdu);
    CHECK(pdu->action == row.action);
    CHECK(pdu->numEvents == row.events);
    CHECK(pdu->flags == row.flags);
    CHECK(pdu->length == row.length);
    CHECK(pdu->headerSize == row.size);
}

TEST_CASE("a message beside the session that is cut names the field at which it ended") {
    using test::check_cuts;
    check_cuts(rdp::parse_auto_detect, kNetworkResult,
               {{0, "headerLength", 0},
                {1, "headerTypeId", 1},
                {3, "sequenceNumber", 2},
                {5, "requestType", 4},
                {9, "baseRTT", 6},
                {13, "bandwidth", 10},
                {17, "averageRTT", 14}});
    check_cuts(rdp::parse_auto_detect, kBandwidthResults,
               {{5, "responseType", 4}, {9, "timeDelta", 6}, {13, "byteCount", 10}});
    check_cuts(rdp::parse_heartbeat, from_hex("00 1e 03 05"),
               {{0, "reserved", 0}, {1, "period", 1}, {2, "count1", 2}, {3, "count2", 3}});
    check_cuts(rdp::parse_initiate_multitransport_request, kMultitransport,
               {{3, "requestId", 0}, {5, "requestedProtocol", 4}, {7, "reserved", 6}, {23, "securityCookie", 8}});
    check_cuts(rdp::parse_multitransport_response, from_hex("01 00 00 00 00 00 00 00"),
               {{3, "requestId", 0}, {7, "hrResponse", 4}});
    check_cuts(rdp::parse_fast_path_header, from_hex("00 80 ba"),
               {{0, "fpHeader", 0}, {1, "length1", 1}, {2, "length2", 2}});
}
