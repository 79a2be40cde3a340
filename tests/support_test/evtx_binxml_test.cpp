// The bytes of BinXml that the writer makes, of values and of whole records.
#include "tests/support/bytes.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/evtx_chunk.hpp"
#include "tests/support/evtx_from_event.hpp"

using namespace rdpdx;
using test::Bytes;
using namespace test::evtx;

namespace {

Bytes only_record(const Record& record, bool templates) {
    Chunk chunk;
    REQUIRE(chunk.add(record, templates));
    const Bytes finished = chunk.finish(1, 0);
    const auto free = bytes::Cursor{bytes::View{finished}.subspan(0x30)}.u32le("free");
    return test::after(test::first(finished, free), kChunkHeaderSize);
}

// <A b='c'><P>payload</P></A>
Record small_record() {
    const Slot payload{kPayloadSlot, static_cast<std::uint8_t>(Type::bin_xml), true};
    return {7,
            0x01D466838A4112E5,
            {{"A", {{"b", std::string{"c"}}}, {payload}, {}, kPayloadSlot}, std::vector<Value>(kPayloadSlot)},
            separate({"P", {}, {number(std::uint16_t{3389})}, {}})};
}

}  // namespace

TEST_CASE("a record without templates has elements without dependency ids, and text") {
    CHECK(bytes::hex(only_record(small_record(), false)) == bytes::hex(test::from_hex(R"(
        2a 2a 00 00              # signature
        78 00 00 00              # size
        07 00 00 00 00 00 00 00  # record id
        e5 12 41 8a 83 66 d4 01  # written
        0f 01 01 00              # fragment header
        41                       # open start element, with attributes
        50 00 00 00              # size
        25 02 00 00              # name, which follows
        00 00 00 00 41 00 01 00 41 00 00 00  # next in bucket, hash, length, "A", end
        17 00 00 00              # size of the attributes
        06                       # attribute, the last one
        3a 02 00 00              # name, which follows
        00 00 00 00 62 00 01 00 62 00 00 00  # next in bucket, hash, length, "b", end
        05 01 01 00 63 00        # text "c"
        02                       # close start element
        01                       # open start element
        1e 00 00 00              # size
        56 02 00 00              # name, which follows
        00 00 00 00 50 00 01 00 50 00 00 00  # next in bucket, hash, length, "P", end
        02                       # close start element
        05 01 04 00 33 00 33 00 38 00 39 00  # text "3389"
        04 04                    # end element, twice
        00                       # end of fragment
        00 00                    # padding
        78 00 00 00              # size
    )")));
}

TEST_CASE("a record with templates has one definition within the other, each beside its values") {
    CHECK(bytes::hex(only_record(small_record(), true)) == bytes::hex(test::from_hex(R"(
        2a 2a 00 00              # signature
        20 01 00 00              # size
        07 00 00 00 00 00 00 00  # record id
        e5 12 41 8a 83 66 d4 01  # written
        0f 01 01 00              # fragment header
        0c 01 af f7 64 f8        # template instance, short id
        26 02 00 00              # definition, which follows
        00 00 00 00              # next definition in bucket
        af f7 64 f8 05 71 d2 19 46 9c fa 09 07 e1 94 d9  # id
        3d 00 00 00              # size
        0f 01 01 00              # fragment header
        41 11 00                 # open start element, with attributes, dependent on value 17
        31 00 00 00              # size
        4d 02 00 00              # name, which follows
        00 00 00 00 41 00 01 00 41 00 00 00  # next in bucket, hash, length, "A", end
        17 00 00 00              # size of the attributes
        06                       # attribute, the last one
        62 02 00 00              # name, which follows
        00 00 00 00 62 00 01 00 62 00 00 00  # next in bucket, hash, length, "b", end
        05 01 01 00 63 00        # text "c"
        02                       # close start element
        0e 11 00 21              # optional substitution of value 17, BinXml
        04                       # end element
        00                       # end of fragment
        12 00 00 00              # values
        00 00 00 00  00 00 00 00  00 00 00 00  00 00 00 00  00 00 00 00  00 00 00 00  # 0 to 5, null
        00 00 00 00  00 00 00 00  00 00 00 00  00 00 00 00  00 00 00 00  00 00 00 00  # 6 to 11, null
        00 00 00 00  00 00 00 00  00 00 00 00  00 00 00 00  00 00 00 00               # 12 to 16, null
        53 00 21 00              # 17: size, BinXml
        0f 01 01 00              # fragment header
        0c 01 37 e5 a1 11        # template instance, short id
        d5 02 00 00              # definition, which follows
        00 00 00 00              # next definition in bucket
        37 e5 a1 11 d2 60 4b 7b 06 48 bd a1 75 ae ea d6  # id
        22 00 00 00              # size
        0f 01 01 00              # fragment header
        01 ff ff                 # open start element, dependent on nothing
        16 00 00 00              # size
        fc 02 00 00              # name, which follows
        00 00 00 00 50 00 01 00 50 00 00 00  # next in bucket, hash, length, "P", end
        02                       # close start element
        0d 00 00 06              # substitution of value 0, UInt16
        04                       # end element
        00                       # end of fragment
        01 00 00 00              # values
        02 00 06 00              # 0: size, UInt16
        3d 0d                    # 0: 3389
        00                       # end of fragment
        00                       # end of fragment, of the frame
        00                       # padding
        20 01 00 00              # size
    )")));
}
