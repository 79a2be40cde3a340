// Connect PDUs as FreeRDP sends them.
#include "parsers/mcs/gcc.hpp"
#include "tests/support/bytes.hpp"
#include "tests/support/catch.hpp"

using namespace rdpdx;
using test::from_hex;

namespace {

const auto kInitial = from_hex(R"(
    7f 65 82 01 c7           # Connect-Initial
    04 01 01                 # callingDomainSelector
    04 01 01                 # calledDomainSelector
    01 01 ff                 # upwardFlag
    30 1a 02 01 22 02 01 02 02 01 00 02 01 01 02 01 00 02 01 01 02 03 00 ff ff 02 01 02     # targetParameters
    30 19 02 01 01 02 01 01 02 01 01 02 01 01 02 01 00 02 01 01 02 02 04 20 02 01 02        # minimumParameters
    30 20 02 03 00 ff ff 02 03 00 fc 17 02 03 00 ff ff 02 01 01 02 01 00 02 01 01 02 03 00 ff ff 02 01 02
    04 82 01 61              # userData
    00 05 00 14 7c 00 01     # t124Identifier
    81 58                    # connectPDU
    00 08 00 10 00           # conferenceCreateRequest, conferenceName "1", padding
    01 c0 00 44 75 63 61     # userData, h221NonStandard: Duca
    81 4a                    # value
    01 c0 ea 00              # CS_CORE
    0c 00 08 00              # version
    80 02 e0 01              # desktopWidth 640, desktopHeight 480
    01 ca 03 aa              # colorDepth, SASSequence
    09 04 00 00              # keyboardLayout
    bb 47 00 00              # clientBuild 18363
    43 00 4c 00 49 00 2d 00 50 00 43 00 31 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00  # clientName
    04 00 00 00              # keyboardType
    00 00 00 00              # keyboardSubType
    0c 00 00 00              # keyboardFunctionKey
    00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00  # imeFileName
    00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
    01 ca                    # postBeta2ColorDepth
    01 00                    # clientProductId
    00 00 00 00              # serialNumber
    18 00                    # highColorDepth
    0f 00                    # supportedColorDepths
    e3 05                    # earlyCapabilityFlags
    00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00  # clientDigProductId
    00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
    07                       # connectionType
    00                       # pad1octet
    01 00 00 00              # serverSelectedProtocol
    00 00 00 00 00 00 00 00  # desktopPhysicalWidth, desktopPhysicalHeight
    00 00                    # desktopOrientation
    00 00 00 00 00 00 00 00  # desktopScaleFactor, deviceScaleFactor
    04 c0 0c 00 0d 00 00 00 00 00 00 00  # CS_CLUSTER
    02 c0 0c 00 00 00 00 00 00 00 00 00  # CS_SECURITY
    03 c0 38 00 04 00 00 00              # CS_NET
    72 64 70 64 72 00 00 00 00 00 80 c0  # rdpdr
    72 64 70 73 6e 64 00 00 00 00 00 c0  # rdpsnd
    63 6c 69 70 72 64 72 00 00 00 a0 c0  # cliprdr
    64 72 64 79 6e 76 63 00 00 00 80 c0  # drdynvc
    06 c0 08 00 00 00 00 00              # CS_MCS_MSGCHANNEL
    0a c0 08 00 05 01 00 00              # CS_MULTITRANSPORT
    )");

const auto kResponse = from_hex(R"(
    7f 66 82 00 76           # Connect-Response
    0a 01 00                 # result
    02 01 00                 # calledConnectId
    30 1a 02 01 22 02 01 03 02 01 00 02 01 01 02 01 00 02 01 01 02 03 00 ff f8 02 01 02     # domainParameters
    04 52                    # userData
    00 05 00 14 7c 00 01     # t124Identifier
    80 49                    # connectPDU
    14 76 0a 01 01           # conferenceCreateResponse, nodeID, tag
    00                       # result
    01 c0 00 4d 63 44 6e     # userData, h221NonStandard: McDn
    80 3a                    # value
    01 0c 10 00 04 00 08 00 01 00 00 00 00 00 00 00  # SC_CORE
    02 0c 0c 00 00 00 00 00 00 00 00 00              # SC_SECURITY
    03 0c 10 00 eb 03 04 00 ec 03 ed 03 ee 03 ef 03  # SC_NET
    04 0c 06 00 f0 03                                # SC_MCS_MSGCHANNEL
    08 0c 08 00 05 00 00 00                          # SC_MULTITRANSPORT
    )");

}  // namespace

TEST_CASE("a Connect-Initial says what the client is and what it wants") {
    const auto pdu = mcs::parse_connect_initial(kInitial);
    REQUIRE(pdu);
    CHECK(pdu->upwardFlag);
    CHECK(pdu->targetParameters.maxChannelIds == 34);
    CHECK(pdu->minimumParameters.maxMcsPduSize == 1056);
    CHECK(pdu->maximumParameters.maxUserIds == 64535);
    CHECK(pdu->h221Key == "Duca");
    const auto& data = pdu->userData;
    CHECK_FALSE(data.problem);
    CHECK(data.blocks.size() == 6);
    REQUIRE(data.core);
    CHECK(data.core->version == 0x0008000C);
    CHECK(data.core->desktopWidth == 640);
    CHECK(data.core->desktopHeight == 480);
    CHECK(data.core->keyboardLayout == 0x409);
    CHECK(data.core->clientBuild == 18363);
    CHECK(data.core->clientName == "CLI-PC1");
    CHECK(data.core->keyboardFunctionKey == 12);
    CHECK(data.core->highColorDepth == 24);
    CHECK(data.core->earlyCapabilityFlags == 0x5E3);
    CHECK(data.core->connectionType == 7);
    CHECK(data.core->serverSelectedProtocol == 1U);
    CHECK(data.core->deviceScaleFactor == 0U);
    REQUIRE(data.cluster);
    CHECK(data.cluster->flags == 0xD);
    REQUIRE(data.security);
    CHECK(data.security->encryptionMethods == 0);
    REQUIRE(data.network);
    REQUIRE(data.network->channelDefArray.size() == 4);
    CHECK(data.network->channelDefArray[2].name == "cliprdr");
    CHECK(data.network->channelDefArray[2].options == 0xC0A00000);
    REQUIRE(data.messageChannel);
    REQUIRE(data.multitransport);
    CHECK(data.multitransport->flags == 0x105);
    CHECK_FALSE(data.serverCore);
}

TEST_CASE("a Connect-Response says what the client got") {
    const auto pdu = mcs::parse_connect_response(kResponse);
    REQUIRE(pdu);
    CHECK(pdu->result == 0);
    REQUIRE(pdu->domainParameters);
    CHECK(pdu->domainParameters->maxMcsPduSize == 0xFFF8);
    CHECK(pdu->nodeID == 31219);
    CHECK(pdu->conferenceResult == 0);
    CHECK(pdu->h221Key == "McDn");
    const auto& data = pdu->userData;
    CHECK_FALSE(data.problem);
    REQUIRE(data.serverCore);
    CHECK(data.serverCore->clientRequestedProtocols == 1U);
    REQUIRE(data.serverSecurity);
    CHECK(data.serverSecurity->encryptionLevel == 0);
    CHECK_FALSE(data.serverSecurity->serverRandomLen);
    REQUIRE(data.serverNetwork);
    CHECK(data.serverNetwork->mcsChannelId == 1003);
    CHECK(data.serverNetwork->channelIdArray == std::vector<std::uint16_t>{1004, 1005, 1006, 1007});
    REQUIRE(data.serverMessageChannel);
    CHECK(data.serverMessageChannel->mcsChannelId == 1008);
    REQUIRE(data.serverMultitransport);
    CHECK(data.serverMultitransport->flags == 5);
}

TEST_CASE("a refusal may end behind its result, and the length inside GCC is not believed") {
    const auto refusal = mcs::parse_connect_response(from_hex("7f 66 03 0a 01 0e"));
    REQUIRE(refusal);
    CHECK(refusal->result == 14);
    CHECK_FALSE(refusal->domainParameters);
    const auto empty = mcs::parse_connect_response(
        from_hex("7f 66 24 0a 01 02 02 01 00"
                 "30 1a 02 01 22 02 01 03 02 01 00 02 01 01 02 01 00 02 01 01 02 03 00 ff f8 02 01 02 04 00"));
    REQUIRE(empty);
    CHECK(empty->result == 2);

    const auto fixed_length = from_hex(R"(
        7f 66 63 0a 01 00 02 01 00
        30 1a 02 01 16 02 01 03 02 01 00 02 01 01 02 01 00 02 01 01 02 03 00 ff f8 02 01 02
        04 3f 00 05 00 14 7c 00 01
        2a                       # connectPDU: 42, although 55 follow
        14 76 0a 01 01 00 01 c0 00 4d 63 44 6e 80 28
        01 0c 0c 00 04 00 08 00 01 00 00 00              # SC_CORE without flags
        03 0c 10 00 eb 03 04 00 ec 03 ed 03 ee 03 ef 03  # SC_NET
        02 0c 0c 00 00 00 00 00 00 00 00 00              # SC_SECURITY
        )");
    const auto response = mcs::parse_connect_response(fixed_length);
    REQUIRE(response);
    CHECK(response->userData.blocks.size() == 3);
    REQUIRE(response->userData.serverCore);
    CHECK_FALSE(response->userData.serverCore->earlyCapabilityFlags);
}

TEST_CASE("a Connect PDU that is cut names the field at which it ended") {
    struct Row {
        const char* hex;
        const char* field;
        std::size_t offset;
    };
    const auto row = GENERATE(values<Row>({
        {"7f", "Connect-Response", 7},
        {"7f 65 00", "Connect-Response", 7},
        {"7f 66", "Connect-Response", 9},
        {"7f 66 05 0a 01 00", "Connect-Response", 10},
        {"7f 66 00", "result", 10},
        {"7f 66 03 0a 01 00", "calledConnectId", 13},
        {"7f 66 06 0a 01 00 02 01 00", "domainParameters", 16},
        {"7f 66 0b 0a 01 00 02 01 00 30 03 02 01 22", "maxUserIds", 21},
    }));
    const auto data = from_hex(row.hex);
    const auto pdu = mcs::parse_connect_response(data, 7);
    INFO(row.hex);
    REQUIRE_FALSE(pdu);
    CHECK(pdu.error().field == row.field);
    CHECK(pdu.error().offset == row.offset);
}

TEST_CASE("of user data that is cut the whole blocks are kept, and the rest names its field") {
    // After n bytes of the response's blocks.
    struct Row {
        std::size_t n;
        std::size_t blocks;
        const char* field;
        std::size_t offset;
    };
    const auto row = GENERATE(values<Row>({{1, 0, "type", 500},
                                           {3, 0, "length", 502},
                                           {6, 1, "version", 504},
                                           {10, 1, "clientRequestedProtocols", 508},
                                           {15, 1, "earlyCapabilityFlags", 512},
                                           {22, 2, "encryptionMethod", 520},
                                           {34, 3, "channelCount", 534},
                                           {41, 3, "channelIdArray", 540},
                                           {49, 4, "MCSChannelID", 548}}));
    const auto blocks = bytes::View{kResponse}.last(58);
    bytes::Cursor in{blocks.first(row.n), 500};
    const auto data = mcs::parse_user_data(in);
    INFO(row.n);
    CHECK(data.blocks.size() == row.blocks);
    REQUIRE(data.problem);
    CHECK(data.problem->field == row.field);
    CHECK(data.problem->offset == row.offset);
}

TEST_CASE("every cut of a Connect-Initial is an error or has one") {
    for (std::size_t n = 0; n < kInitial.size(); ++n) {
        const auto pdu = mcs::parse_connect_initial(bytes::View{kInitial}.first(n));
        CHECK((!pdu || pdu->userData.problem));
    }
}

TEST_CASE("the blocks of monitors, of standard security and unknown ones are read") {
    const auto data = from_hex(R"(
        05 c0 20 00 00 00 00 00 01 00 00 00          # CS_MONITOR: flags, monitorCount
        80 f8 ff ff 00 00 00 00 ff ff ff ff 37 04 00 00 01 00 00 00  # left -1920 ... bottom, primary
        08 c0 10 00 00 00 00 00 14 00 00 00 01 00 00 00              # CS_MONITOR_EX
        02 0c 18 00 02 00 00 00 02 00 00 00 02 00 00 00 02 00 00 00 aa aa bb bb  # SC_SECURITY
        09 c0 05 00 77                               # no type that anybody knows
        03 c0 00 00                                  # a block shorter than its header
        )");
    bytes::Cursor in{data};
    const auto blocks = mcs::parse_user_data(in);
    REQUIRE(blocks.monitor);
    REQUIRE(blocks.monitor->monitorDefArray.size() == 1);
    CHECK(blocks.monitor->monitorDefArray[0].left == -1920);
    CHECK(blocks.monitor->monitorDefArray[0].right == -1);
    REQUIRE(blocks.monitorEx);
    CHECK(blocks.monitorEx->monitorAttributeSize == 20);
    REQUIRE(blocks.serverSecurity);
    CHECK(blocks.serverSecurity->encryptionMethod == 2);
    CHECK(blocks.serverSecurity->serverCertLen == 2U);
    CHECK(blocks.blocks.size() == 4);
    CHECK(mcs::user_data_name(blocks.blocks[0].type) == "CS_MONITOR");
    CHECK(mcs::user_data_name(blocks.blocks[3].type).empty());
    REQUIRE(blocks.problem);
    CHECK(*blocks.problem == bytes::ParseError{bytes::Problem::bad_value, "length", 79, 0, 0});
}

TEST_CASE("a count of channels beyond the block ends with the block") {
    const auto data = from_hex("03 c0 14 00 ff ff ff ff 72 64 70 64 72 00 00 00 00 00 80 c0  06 c0 08 00 01 00 00 00");
    bytes::Cursor in{data};
    const auto blocks = mcs::parse_user_data(in);
    REQUIRE(blocks.network);
    CHECK(blocks.network->channelDefArray.size() == 1);
    REQUIRE(blocks.problem);
    CHECK(blocks.problem->field == "name");
    CHECK(blocks.messageChannel);  // the next block holds
}
