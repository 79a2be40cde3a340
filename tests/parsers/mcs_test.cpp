#include "parsers/mcs/mcs.hpp"

#include "parsers/bytes/text.hpp"
#include "tests/support/bytes.hpp"
#include "tests/support/catch.hpp"

using namespace rdpdx;
using mcs::Kind;

TEST_CASE("each domain PDU that RDP uses is recognised by its first octets") {
    struct Row {
        const char* hex;
        Kind kind;
        int result, reason, channel;
    };
    const auto row = GENERATE(values<Row>({
        {"7f 65 82 01 94 04 01 01", Kind::connect_initial, -1, -1, -1},
        {"7f 66 82 01 45 0a 01 00", Kind::connect_response, 0, -1, -1},
        {"7f 66 05 0a 01 0e", Kind::connect_response, 14, -1, -1},
        {"04 01 00 01 00", Kind::erect_domain_request, -1, -1, -1},
        {"21 80", Kind::disconnect_provider_ultimatum, -1, 3, -1},
        {"20 80", Kind::disconnect_provider_ultimatum, -1, 1, -1},
        {"28", Kind::attach_user_request, -1, -1, -1},
        {"2e 00 00 06", Kind::attach_user_confirm, 0, -1, -1},
        {"2d a0", Kind::attach_user_confirm, 13, -1, -1},  // rt-too-many-users, without initiator
        {"38 00 06 03 eb", Kind::channel_join_request, -1, -1, 1003},
        {"3e 00 00 06 03 eb 03 eb", Kind::channel_join_confirm, 0, -1, 1003},
        {"fc", Kind::other, -1, -1, -1},
    }));
    const auto bytes = test::from_hex(row.hex);
    const auto pdu = mcs::parse_domain_pdu(bytes);
    INFO(row.hex);
    REQUIRE(pdu);
    CHECK(pdu->kind == row.kind);
    CHECK(pdu->result.has_value() == (row.result >= 0));
    if (pdu->result) CHECK(*pdu->result == row.result);
    CHECK(pdu->reason.has_value() == (row.reason >= 0));
    if (pdu->reason) CHECK(*pdu->reason == row.reason);
    CHECK(pdu->channel_id.has_value() == (row.channel >= 0));
    if (pdu->channel_id) CHECK(*pdu->channel_id == row.channel);
}

TEST_CASE("send data hands on its user data, no longer than it says and than there is") {
    const auto short_form = test::from_hex(
        "64        # SendDataRequest\n"
        "00 06     # initiator\n"
        "03 eb     # channelId\n"
        "70        # dataPriority, segmentation\n"
        "04        # length\n"
        "40 00 00 00 ff # userData and a byte too many\n");
    const auto pdu = mcs::parse_domain_pdu(short_form);
    REQUIRE(pdu);
    CHECK(pdu->kind == Kind::send_data_request);
    CHECK(pdu->channel_id == 1003);
    CHECK(bytes::hex(pdu->user_data) == "40000000");

    const auto long_form = test::from_hex("68 00 06 03 eb 70 81 2c 80 00");
    const auto indication = mcs::parse_domain_pdu(long_form);
    REQUIRE(indication);
    CHECK(indication->kind == Kind::send_data_indication);
    CHECK(bytes::hex(indication->user_data) == "8000");
}

TEST_CASE("a domain PDU that is cut names the field at which it ended") {
    struct Row {
        const char* hex;
        const char* field;
        std::size_t offset;
    };
    const auto row = GENERATE(values<Row>({
        {"", "choice", 7},
        {"7f", "tag", 8},
        {"7f 66", "length", 9},
        {"7f 66 05 0a 01", "result", 12},
        {"21", "reason", 8},
        {"2e", "result", 8},
        {"38 00", "initiator", 8},
        {"38 00 06 03", "channelId", 10},
        {"3e 00 00 06", "requested", 11},
        {"64 00 06 03 eb 70", "userData length", 13},
        {"64 00 06 03 eb 70 81", "userData length", 14},
    }));
    const auto bytes = test::from_hex(row.hex);
    const auto pdu = mcs::parse_domain_pdu(bytes, 7);
    INFO(row.hex);
    REQUIRE_FALSE(pdu);
    CHECK(pdu.error().field == row.field);
    CHECK(pdu.error().offset == row.offset);
}
