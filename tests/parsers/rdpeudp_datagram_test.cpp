// [MS-RDPEUDP] 4 has the examples that are spelled here.
#include "parsers/rdpeudp/datagram.hpp"
#include "tests/support/cuts.hpp"

using namespace rdpdx;
using rdpeudp::Side;
using test::from_hex;

namespace {

using Bytes = std::vector<std::byte>;

Bytes padded(Bytes bytes) {
    bytes.resize(rdpeudp::kSynLength);
    return bytes;
}

// 4.1.1 SYN, lossy
const Bytes kSynExample = from_hex(R"(
    ff ff ff ff   # snSourceAck: nothing yet
    04 00         # uReceiveWindowSize: 1024
    0a 01         # uFlags: SYN, SYNLOSSY, CORRELATION_ID
    00 00 00 42   # snInitialSequenceNumber
    04 d0         # uUpStreamMtu: 1232
    04 d0         # uDownStreamMtu: 1232
    fd 5b 8e 2a 11 01 4c 77 9c 2e 2f 00 a0 b0 c0 d0  # uCorrelationId
    00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00  # uReserved
)");
// 4.1.2 SYN and ACK
const Bytes kSynAckExample = from_hex(R"(
    00 00 00 42   # snSourceAck
    04 00         # uReceiveWindowSize
    00 05         # uFlags: SYN, ACK
    00 00 00 42   # snInitialSequenceNumber
    04 d0 04 d0   # uUpStreamMtu, uDownStreamMtu
)");
// 4.2: a source packet with an ACK
const Bytes kDataExample = from_hex(R"(
    d6 cf 0a b8   # snSourceAck
    04 00         # uReceiveWindowSize
    00 0c         # uFlags: ACK, DATA
    00 01         # uAckVectorSize
    04            # AckVectorElement: received, five
    00            # Padding
    ec 47 1a e4   # snCoded
    ec 47 1a e4   # snSourceStart
    17 03 03      # payload
)");
const Bytes kSynEx3 = from_hex(R"(
    ff ff ff ff  00 40
    10 01         # uFlags: SYN, SYNEX
    00 00 10 00   # snInitialSequenceNumber
    04 b0 04 6c   # uUpStreamMtu: 1200, uDownStreamMtu: 1132
    00 01         # uSynExFlags: RDPUDP_VERSION_INFO_VALID
    01 01         # uUdpVer: 3
    01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f 10 11 12 13 14 15 16 17 18 19 1a 1b 1c 1d 1e 1f 20  # cookieHash
)");

}  // namespace

TEST_CASE("a SYN has sequence number, MTUs and correlation id") {
    const auto syn = rdpeudp::parse_datagram(padded(kSynExample));
    REQUIRE(syn);
    CHECK(syn->syn());
    CHECK(syn->has(rdpeudp::kSynLossy));
    CHECK(syn->snSourceAck == 0xFFFFFFFF);
    CHECK(syn->uReceiveWindowSize == 1024);
    REQUIRE(syn->synData);
    CHECK(syn->synData->snInitialSequenceNumber == 0x42);
    CHECK(syn->synData->uUpStreamMtu == 1232);
    CHECK(syn->synData->uDownStreamMtu == 1232);
    REQUIRE(syn->uCorrelationId);
    CHECK(syn->uCorrelationId->front() == 0xFD);
    CHECK_FALSE(syn->ackVector);
    CHECK(syn->version() == rdpeudp::kVersion1);
    CHECK(syn->data.empty());
}

TEST_CASE("the ACK of a SYN+ACK has no vector") {
    const auto datagram = rdpeudp::parse_datagram(padded(kSynAckExample));
    REQUIRE(datagram);
    CHECK(datagram->syn_ack());
    CHECK(datagram->snSourceAck == 0x42);
    CHECK_FALSE(datagram->ackVector);
    REQUIRE(datagram->synData);
    CHECK(datagram->synData->snInitialSequenceNumber == 0x42);
}

TEST_CASE("the cookie's hash stands in a client's SYN of version 3 only") {
    const auto syn = rdpeudp::parse_datagram(padded(kSynEx3));
    REQUIRE(syn);
    CHECK(syn->version() == rdpeudp::kVersion3);
    REQUIRE(syn->synDataEx->cookieHash);
    CHECK(syn->synDataEx->cookieHash->back() == 0x20);
    CHECK(syn->synData->uDownStreamMtu == 1132);

    Bytes second = kSynEx3;
    second[18] = std::byte{0};
    second[19] = std::byte{2};
    const auto other = rdpeudp::parse_datagram(padded(second));
    REQUIRE(other);
    CHECK(other->version() == rdpeudp::kVersion2);
    CHECK_FALSE(other->synDataEx->cookieHash);
}

TEST_CASE("a version that nobody named is still a number") {
    CHECK(rdpeudp::version_name(0x0001) == "1");
    CHECK(rdpeudp::version_name(0x0002) == "2");
    CHECK(rdpeudp::version_name(0x0101) == "3");
    CHECK(rdpeudp::version_name(0x0003) == "0x0003");
}

TEST_CASE("a source packet has both numbers and its payload") {
    const auto datagram = rdpeudp::parse_datagram(kDataExample);
    REQUIRE(datagram);
    REQUIRE(datagram->source);
    CHECK(datagram->source->snCoded == 0xEC471AE4);
    CHECK(datagram->source->snSourceStart == 0xEC471AE4);
    REQUIRE(datagram->ackVector);
    CHECK(datagram->ackVector->AckVectorElement.size() == 1);
    CHECK(datagram->ackVector->not_received() == 0);
    CHECK(datagram->data.size() == 3);
}

TEST_CASE("a FEC packet is none of the source packets, and a vector tells how many are missing") {
    const auto bytes = from_hex(R"(
        00 00 00 10  04 00
        01 7c         # uFlags: ACK, DATA, FEC, CN, CWR, ACK_OF_ACKS
        00 03         # uAckVectorSize
        02 c1 00      # received, three; not yet received, two; received, one
        1f 1f 1f      # Padding, as Windows leaves it
        00 00 00 0f   # snAckOfAcksSeqNum
        00 00 00 21   # snCoded
        00 00 00 20   # snSourceStart
        04 02 00 00   # uRange, uFecIndex, uPadding
        aa bb
    )");
    const auto datagram = rdpeudp::parse_datagram(bytes);
    REQUIRE(datagram);
    CHECK_FALSE(datagram->source);
    REQUIRE(datagram->fec);
    CHECK(datagram->fec->snCoded == 0x21);
    CHECK(datagram->fec->uRange == 4);
    CHECK(datagram->fec->uFecIndex == 2);
    CHECK(datagram->snAckOfAcksSeqNum == 0x0FU);
    CHECK(datagram->ackVector->not_received() == 2);
    CHECK(datagram->has(rdpeudp::kCn));
    CHECK(datagram->data.size() == 2);
}

TEST_CASE("padding at a datagram's end may be missing") {
    const auto datagram = rdpeudp::parse_datagram(from_hex("00 00 00 10  04 00  00 04  00 01  05"));
    REQUIRE(datagram);
    CHECK(datagram->ackVector->AckVectorElement.size() == 1);
}

TEST_CASE("each field of a datagram is missed where it is cut") {
    const auto parse = [](bytes::View v, std::size_t base) { return rdpeudp::parse_datagram(v, base); };
    test::check_cuts(parse, kSynExample,
                     {{0, "snSourceAck", 0},
                      {4, "uReceiveWindowSize", 4},
                      {7, "uFlags", 6},
                      {8, "snInitialSequenceNumber", 8},
                      {12, "uUpStreamMtu", 12},
                      {14, "uDownStreamMtu", 14},
                      {16, "uCorrelationId", 16},
                      {32, "uReserved", 32}});
    test::check_cuts(parse, kSynEx3, {{16, "uSynExFlags", 16}, {18, "uUdpVer", 18}, {20, "cookieHash", 20}});
    const Bytes data{kDataExample.begin(), kDataExample.begin() + 20};
    test::check_cuts(
        parse, data,
        {{8, "uAckVectorSize", 8}, {10, "AckVectorElement", 10}, {12, "snCoded", 12}, {16, "snSourceStart", 16}});
}

TEST_CASE("a conversation is known by its SYN or SYN+ACK on any port") {
    const auto begins = [](const Bytes& b) { return rdpeudp::begins_conversation(b, b.size()); };
    CHECK(begins(padded(kSynExample)) == Side::client);
    CHECK(begins(padded(kSynEx3)) == Side::client);
    CHECK(begins(padded(kSynAckExample)) == Side::server);

    SECTION("cut by the capture's snap length") {
        const Bytes whole = padded(kSynExample);
        CHECK(rdpeudp::begins_conversation(bytes::View{whole}.first(64), whole.size()) == Side::client);
        CHECK_FALSE(rdpeudp::begins_conversation(bytes::View{whole}.first(12), whole.size()));
    }
    SECTION("but not by what only looks like one") {
        struct Change {
            std::size_t at;
            int value;
        };
        const auto change = GENERATE(values<Change>({
            {0, 0},      // snSourceAck of a SYN
            {7, 0x09},   // DATA in a SYN
            {7, 0x02},   // no SYN
            {12, 0x05},  // an MTU above 1232
            {14, 0x04},  // 0x0400, below 1132, with the next
        }));
        Bytes odd = padded(kSynExample);
        odd[change.at] = static_cast<std::byte>(change.value);
        if (change.at == 14) odd[15] = std::byte{0};
        CHECK_FALSE(begins(odd));
    }
    SECTION("nor with anything else behind it") {
        Bytes odd = padded(kSynExample);
        odd.back() = std::byte{1};
        CHECK_FALSE(begins(odd));
        CHECK_FALSE(begins(kSynExample));
    }
}
