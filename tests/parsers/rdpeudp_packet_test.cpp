// [MS-RDPEUDP2]: packets of version 3.
#include "parsers/rdpeudp/packet.hpp"
#include "tests/support/cuts.hpp"

using namespace rdpdx;
using test::from_hex;

namespace {

const std::vector<std::byte> kAckAndData = from_hex(R"(
    05 c0      # ACK, DATA; LogWindowSize 12
    2a 00      # SeqNum: 42
    40 42 0f   # receivedTS: 1000000
    03         # sendAckTimeGap
    12         # numDelayedAcks 2, delayAckTimeScale 1
    10 20      # delayAckTimeAdditions
    07 01      # DataSeqNum
    05 01      # ChannelSeqNum
    16 03 03   # data
)");
const std::vector<std::byte> kEverythingElse = from_hex(R"(
    58 61      # OVERHEADSIZE, DELAYACKINFO, AOA, ACKVEC; LogWindowSize 6
    14         # OverheadSize
    08         # MaxDelayedAcks
    32 00      # DelayedAckTimeoutInMs: 50
    09 00      # AckOfAcksSeqNum
    e8 03      # BaseSeqNum: 1000
    82         # two entries, with a time
    01 02 03   # TimeStamp
    04         # SendAckTimeGapInMs
    64 83      # received 1002, 1005, 1006; a run of three missing
)");

}  // namespace

TEST_CASE("the prefix byte is the eighth on the wire") {
    // [MS-RDPEUDP2] 3.1.1.1.5.1
    const auto wire = from_hex("73 30 35 56 78 a2 36 10 ee 68 f2");
    CHECK(rdpeudp::has_packet_prefix(wire));
    const auto packet = rdpeudp::parse_prefixed_packet(wire);
    REQUIRE(packet);
    CHECK(packet->Packet_Type_Index == rdpeudp::kDummyPacket);
    CHECK(packet->Short_Packet_Length == 0);
    CHECK(packet->packet == from_hex("30 35 56 78 a2 36 73 ee 68 f2"));
}

TEST_CASE("padding of a short packet is dropped") {
    // Prefix 0x80: four bytes.
    const auto packet = rdpeudp::parse_prefixed_packet(from_hex("00 10 60 09 00 00 00 80"));
    REQUIRE(packet);
    CHECK(packet->packet == from_hex("10 60 09 00"));
    const auto read = rdpeudp::parse_packet(packet->packet);
    REQUIRE(read);
    CHECK(read->AckOfAcksSeqNum == 9U);
    CHECK(read->LogWindowSize == 6);
}

TEST_CASE("datagrams of versions 1 and 2 have no such prefix") {
    const char* const flags = GENERATE("00 01", "00 05", "00 04", "00 0c", "04 04", "00 24", "01 04");
    CHECK_FALSE(rdpeudp::has_packet_prefix(from_hex(std::string{"d6 cf 0a b8 04 00 "} + flags)));
    CHECK_FALSE(rdpeudp::has_packet_prefix(from_hex("00 10 60 09 00 00 00")));
}

TEST_CASE("an acknowledgement and data stand in one packet") {
    const auto packet = rdpeudp::parse_packet(kAckAndData);
    REQUIRE(packet);
    CHECK(packet->LogWindowSize == 12);
    REQUIRE(packet->ack);
    CHECK(packet->ack->SeqNum == 42);
    CHECK(packet->ack->receivedTS == 1'000'000);
    CHECK(packet->ack->sendAckTimeGap == 3);
    CHECK(packet->ack->delayAckTimeScale == 1);
    CHECK(packet->ack->delayAckTimeAdditions.size() == 2);
    CHECK(packet->DataSeqNum == 0x0107U);
    CHECK(packet->ChannelSeqNum == 0x0105U);
    CHECK(packet->data.size() == 3);
    CHECK_FALSE(packet->ackVector);
}

TEST_CASE("the other payloads come in their fixed order") {
    const auto packet = rdpeudp::parse_packet(kEverythingElse);
    REQUIRE(packet);
    CHECK(packet->OverheadSize == 0x14U);
    REQUIRE(packet->delayAckInfo);
    CHECK(packet->delayAckInfo->MaxDelayedAcks == 8);
    CHECK(packet->delayAckInfo->DelayedAckTimeoutInMs == 50);
    CHECK(packet->AckOfAcksSeqNum == 9U);
    REQUIRE(packet->ackVector);
    CHECK(packet->ackVector->BaseSeqNum == 1000);
    CHECK(packet->ackVector->TimeStamp == 0x030201U);
    CHECK(packet->ackVector->SendAckTimeGapInMs == 4U);
    CHECK(packet->ackVector->codedAckVector.size() == 2);
    CHECK_FALSE(packet->DataSeqNum);
}

TEST_CASE("an acknowledgement vector tells the highest received number and how many below it are missing") {
    struct Row {
        const char* entries;
        std::optional<std::uint16_t> received;
        std::uint32_t missing;
    };
    // [MS-RDPEUDP2] 3.1.5.7 has the first two.
    const auto row = GENERATE(values<Row>({
        {"64", std::uint16_t{1006}, 4},     // a map: 1002, 1005, 1006
        {"e4", std::uint16_t{1035}, 0},     // a run of 36 received
        {"83 c2", std::uint16_t{1004}, 3},  // three missing, two received
        {"c2 83", std::uint16_t{1001}, 0},  // what is missing behind may be on its way
        {"83", std::nullopt, 0},
        {"", std::nullopt, 0},
        {"c0", std::nullopt, 0},  // a run of none
    }));
    const auto entries = from_hex(row.entries);
    const rdpeudp::AcknowledgementVector vector{1000, {}, {}, entries};
    INFO(row.entries);
    CHECK(vector.state().received == row.received);
    CHECK(vector.state().missing == row.missing);
}

TEST_CASE("each field of a packet is missed where it is cut") {
    const auto parse = [](bytes::View v, std::size_t base) { return rdpeudp::parse_packet(v, base); };
    const std::vector<std::byte> head{kAckAndData.begin(), kAckAndData.end() - 3};
    test::check_cuts(parse, head,
                     {{1, "Flags", 0},
                      {2, "SeqNum", 2},
                      {4, "receivedTS", 4},
                      {6, "receivedTS", 6},
                      {7, "sendAckTimeGap", 7},
                      {8, "numDelayedAcks", 8},
                      {9, "delayAckTimeAdditions", 9},
                      {11, "DataSeqNum", 11},
                      {13, "ChannelSeqNum", 13}});
    test::check_cuts(parse, kEverythingElse,
                     {{2, "OverheadSize", 2},
                      {3, "MaxDelayedAcks", 3},
                      {4, "DelayedAckTimeoutInMs", 4},
                      {6, "AckOfAcksSeqNum", 6},
                      {8, "BaseSeqNum", 8},
                      {10, "codedAckVecSize", 10},
                      {11, "TimeStamp", 11},
                      {14, "SendAckTimeGapInMs", 14},
                      {16, "codedAckVector", 15}});
    const auto prefixed = from_hex("73 30 35 56 78 a2 36 10");
    test::check_cuts([](bytes::View v, std::size_t base) { return rdpeudp::parse_prefixed_packet(v, base); }, prefixed,
                     {{0, "PacketPrefixByte", 0}, {6, "PacketPrefixByte", 1}, {7, "PacketPrefixByte", 7}});
}
