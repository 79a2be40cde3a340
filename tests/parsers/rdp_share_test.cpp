// Share PDUs as FreeRDP and xrdp send them.
#include "parsers/rdp/share.hpp"

#include "parsers/rdp/names.hpp"
#include "tests/support/cuts.hpp"

using namespace rdpdx;
using test::from_hex;

namespace {

const auto kDemand = from_hex(R"(
    f0 03 b5 e2              # shareId
    04 00                    # lengthSourceDescriptor
    1a 00                    # lengthCombinedCapabilities
    52 44 50 00              # sourceDescriptor: RDP
    03 00                    # numberCapabilities
    00 00                    # pad2Octets
    09 00 08 00 f0 03 b5 e2  # CAPSTYPE_SHARE
    1a 00 08 00 00 40 14 00  # CAPSETTYPE_MULTIFRAGMENTUPDATE
    0a 00 06 00 06 00        # CAPSTYPE_COLORCACHE
    00 00 00 00              # sessionId
    )");

const auto kConfirm = from_hex(R"(
    f0 03 ea 03              # shareId
    ea 03                    # originatorId
    08 00                    # lengthSourceDescriptor
    10 00                    # lengthCombinedCapabilities
    46 52 45 45 52 44 50 00  # sourceDescriptor: FREERDP
    02 00                    # numberCapabilities
    00 00                    # pad2Octets
    0e 00 08 00 01 00 00 00  # CAPSTYPE_FONT
    1d 00 05 00 00           # CAPSETTYPE_BITMAP_CODECS
    )");

template <class Header>
auto header_of(bytes::Parsed<Header> (*parse)(bytes::Cursor&)) {
    return [parse](bytes::View view, std::size_t base) {
        bytes::Cursor in{view, base};
        return parse(in);
    };
}

}  // namespace

TEST_CASE("share headers lead to the PDU behind them") {
    const auto data = from_hex(R"(
        16 00                # totalLength
        17 00                # pduType: data, version 1
        f1 03                # pduSource
        f1 03 01 00          # shareId
        00                   # pad1
        01                   # streamId
        04 00                # uncompressedLength
        2f                   # pduType2: set error info
        00                   # compressedType
        00 00                # compressedLength
        03 00 00 00          # errorInfo: ERRINFO_IDLE_TIMEOUT
        )");
    bytes::Cursor in{data};
    const auto control = rdp::parse_share_control_header(in);
    REQUIRE(control);
    CHECK(control->totalLength == data.size());
    CHECK(control->type() == 7);
    CHECK(rdp::pdu_type_name(control->type()) == "PDUTYPE_DATAPDU");
    CHECK(control->pduSource == 0x3F1);
    const auto header = rdp::parse_share_data_header(in);
    REQUIRE(header);
    CHECK(header->shareId == 0x000103F1);
    CHECK(header->streamId == 1);
    CHECK_FALSE(header->compressed());
    CHECK(rdp::pdu_type2_name(header->pduType2) == "PDUTYPE2_SET_ERROR_INFO_PDU");
    const auto at = in.position();
    CHECK(at == 18);
    const auto info = rdp::parse_set_error_info(in.rest(), at);
    REQUIRE(info);
    CHECK(info->errorInfo == 3);
}

TEST_CASE("compressed data is known by its bit, unknown types have no name") {
    const auto data = from_hex("f1 03 01 00 00 01 04 00 02 21 08 00");
    bytes::Cursor in{data};
    const auto header = rdp::parse_share_data_header(in);
    REQUIRE(header);
    CHECK(header->compressed());
    CHECK(header->compressedLength == 8);
    CHECK(rdp::pdu_type_name(2).empty());
    CHECK(rdp::pdu_type2_name(0x38) == "PDUTYPE2_FRAME_ACKNOWLEDGE");
    CHECK(rdp::pdu_type2_name(0xEE).empty());
    CHECK(rdp::capability_set_name(0x99).empty());
}

TEST_CASE("a Demand Active lists its capability sets") {
    const auto pdu = rdp::parse_demand_active(kDemand);
    REQUIRE(pdu);
    CHECK(pdu->shareId == 0xE2B503F0);
    CHECK(pdu->sourceDescriptor == "RDP");
    CHECK(pdu->numberCapabilities == 3);
    REQUIRE(pdu->capabilitySets.size() == 3);
    CHECK(rdp::capability_set_name(pdu->capabilitySets[0].capabilitySetType) == "CAPSTYPE_SHARE");
    CHECK(rdp::capability_set_name(pdu->capabilitySets[1].capabilitySetType) == "CAPSETTYPE_MULTIFRAGMENTUPDATE");
    CHECK(pdu->capabilitySets[2].lengthCapability == 6);
}

TEST_CASE("a Confirm Active lists its capability sets, as many as are there") {
    const auto pdu = rdp::parse_confirm_active(kConfirm);
    REQUIRE(pdu);
    CHECK(pdu->originatorId == 1002);
    CHECK(pdu->sourceDescriptor == "FREERDP");
    REQUIRE(pdu->capabilitySets.size() == 2);
    CHECK(pdu->capabilitySets[1].lengthCapability == 5);
    auto more = kConfirm;
    more[18] = std::byte{0xFF};
    more[19] = std::byte{0xFF};
    const auto beyond = rdp::parse_confirm_active(more);
    REQUIRE_FALSE(beyond);
    CHECK(beyond.error().field == "capabilitySetType");
    auto tiny = kConfirm;
    tiny[24] = std::byte{3};
    const auto short_set = rdp::parse_confirm_active(tiny, 100);
    REQUIRE_FALSE(short_set);
    CHECK(short_set.error() == bytes::ParseError{bytes::Problem::bad_value, "lengthCapability", 124, 0, 0});
}

TEST_CASE("finalization PDUs say what they ask for and what they grant") {
    const auto synchronize = rdp::parse_synchronize(from_hex("01 00 ea 03"));
    REQUIRE(synchronize);
    CHECK(synchronize->targetUser == 1002);
    const auto control = rdp::parse_control(from_hex("02 00 f1 03 ea 03 00 00"));
    REQUIRE(control);
    CHECK(control->action == 2);
    CHECK(control->grantId == 1009);
    CHECK(control->controlId == 1002);
    const auto font = rdp::parse_font_pdu(from_hex("00 00 00 00 03 00 04 00"));
    REQUIRE(font);
    CHECK(font->flags == 3);
    CHECK(font->entrySize == 4);
}

TEST_CASE("a Deactivate All may be empty") {
    const auto pdu = rdp::parse_deactivate_all(from_hex("f1 03 01 00 01 00 00"));
    REQUIRE(pdu);
    CHECK(pdu->shareId == 0x000103F1);
    CHECK(pdu->sourceDescriptorLength == 1);
    REQUIRE(rdp::parse_deactivate_all({}));
    const auto data = from_hex("04 00 16 00");
    bytes::Cursor in{data};
    const auto header = rdp::parse_share_control_header(in);
    REQUIRE(header);
    CHECK(header->type() == 6);
    CHECK(header->pduSource == 0);
}

TEST_CASE("a share PDU that is cut names the field at which it ended") {
    using test::check_cuts;
    check_cuts(header_of(rdp::parse_share_control_header), from_hex("16 00 17 00 f1 03"),
               {{0, "totalLength", 0}, {3, "pduType", 2}, {5, "pduSource", 4}});
    check_cuts(header_of(rdp::parse_share_data_header), from_hex("f1 03 01 00 00 01 04 00 2f 00 00 00"),
               {{3, "shareId", 0},
                {4, "pad1", 4},
                {5, "streamId", 5},
                {7, "uncompressedLength", 6},
                {8, "pduType2", 8},
                {9, "compressedType", 9},
                {11, "compressedLength", 10}});
    check_cuts(rdp::parse_demand_active, kDemand,
               {{3, "shareId", 0},
                {5, "lengthSourceDescriptor", 4},
                {7, "lengthCombinedCapabilities", 6},
                {11, "sourceDescriptor", 8},
                {13, "numberCapabilities", 12},
                {15, "pad2Octets", 14},
                {17, "capabilitySetType", 16},
                {19, "lengthCapability", 18},
                {23, "capabilityData", 20},
                {40, "sessionId", 38}},
               {38});
    check_cuts(rdp::parse_confirm_active, kConfirm, {{5, "originatorId", 4}, {28, "capabilityData", 26}});
    check_cuts(rdp::parse_deactivate_all, from_hex("f1 03 01 00 01 00 00"),
               {{3, "shareId", 0}, {5, "lengthSourceDescriptor", 4}, {6, "sourceDescriptor", 6}}, {0});
    check_cuts(rdp::parse_synchronize, from_hex("01 00 ea 03"), {{1, "messageType", 0}, {3, "targetUser", 2}});
    check_cuts(rdp::parse_control, from_hex("04 00 00 00 00 00 00 00"),
               {{1, "action", 0}, {3, "grantId", 2}, {7, "controlId", 4}});
    check_cuts(rdp::parse_font_pdu, from_hex("00 00 00 00 03 00 32 00"),
               {{1, "numberEntries", 0}, {3, "totalNumEntries", 2}, {5, "flags", 4}, {7, "entrySize", 6}});
    check_cuts(rdp::parse_set_error_info, from_hex("03 00 00 00"), {{3, "errorInfo", 0}});
}
