#include "parsers/evtx/head_run.hpp"

#include "tests/support/bytes.hpp"
#include "tests/support/catch.hpp"

using namespace rdpdx;
using evtx::HeadRun;
using evtx::Slot;
using evtx::value_type::kUInt16;
using evtx::value_type::kUInt32;
using test::from_hex;

namespace {

const std::vector<std::byte> kChunk = from_hex(R"(
    20 01        # id 288
    01 00        # version
    20 01        # id 288 again, of the next record
    01 00        # version
    20 02        # id 544
    01 00        # version
)");

std::vector<Slot> record(std::uint32_t at, std::uint8_t type = kUInt16) {
    return {{at, 2, type}, {at + 2, 2, kUInt16}};
}

}  // namespace

TEST_CASE("A run of head values is recalled for the same values wherever they lie") {
    HeadRun run{3, {0, 1}};
    CHECK(run.recall(kChunk, record(0)).empty());
    run.remember(kChunk, record(0), "288 1");
    CHECK(run.recall(kChunk, record(0)) == "288 1");
    CHECK(run.recall(kChunk, record(4)) == "288 1");
}

TEST_CASE("A run of head values is not recalled for other values, types, sizes, or values that are not there") {
    HeadRun run{0, {0, 1}};
    run.remember(kChunk, record(0), "288 1");
    CHECK(run.recall(kChunk, record(8)).empty());
    CHECK(run.recall(kChunk, record(4, kUInt32)).empty());
    CHECK(run.recall(kChunk, std::vector<Slot>{{0, 2, kUInt16}}).empty());
    CHECK(run.recall(kChunk, std::vector<Slot>{{0, 2, kUInt16}, {2, 1, kUInt16}}).empty());
    CHECK(run.recall(bytes::View{kChunk}.first(6), record(4)).empty());
}

TEST_CASE("A run of head values knows several events in turn") {
    HeadRun run{0, {0, 1}};
    run.remember(kChunk, record(0), "288 1");
    run.remember(kChunk, record(8), "544 1");
    for (int i = 0; i < 3; ++i) {
        CHECK(run.recall(kChunk, record(4)) == "288 1");
        CHECK(run.recall(kChunk, record(8)) == "544 1");
    }
}

TEST_CASE("A run of head values that hardly repeat is given up, and nothing wrong is recalled") {
    HeadRun run{0, {0}};
    std::vector<std::byte> values(64);
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<std::byte>(i);
    const auto one = [](std::size_t at) { return std::vector<Slot>{{static_cast<std::uint32_t>(at), 1, kUInt16}}; };
    for (std::size_t i = 0; i < values.size(); ++i) {
        CHECK(run.recall(values, one(i)).empty());
        run.remember(values, one(i), std::to_string(i));
    }
    CHECK(run.recall(values, one(63)).empty());
}

TEST_CASE("A run whose values are too long to keep is written each time") {
    HeadRun run{0, {0}};
    const std::vector<std::byte> chunk(4096, std::byte{'x'});
    const std::vector<Slot> slots{{0, 4000, evtx::value_type::kString}};
    run.remember(chunk, slots, "x");
    CHECK(run.recall(chunk, slots).empty());
}

TEST_CASE("A run of head values is not recalled where the same bytes are values of other sizes") {
    HeadRun run{0, {0, 1}};
    const auto cut = [](std::uint16_t first) {
        return std::vector<Slot>{{0, first, kUInt16}, {first, static_cast<std::uint16_t>(4 - first), kUInt16}};
    };
    run.remember(kChunk, cut(2), "288 1");
    CHECK(run.recall(kChunk, cut(2)) == "288 1");
    CHECK(run.recall(kChunk, cut(1)).empty());
    CHECK(run.recall(kChunk, cut(3)).empty());
}

TEST_CASE("A value that is none of a run may differ, also between those that are") {
    const std::vector<std::byte> chunk = from_hex(R"(
        20 01        # id 288
        11 11        # what differs
        01 00        # version
        20 01        # id 288, of the next record
        22 22        # what differs
        01 00        # version
        20 01        # id 288
        11 11        # what differs
        02 00        # another version
    )");
    const auto three = [](std::uint32_t at) {
        return std::vector<Slot>{{at, 2, kUInt16}, {at + 2, 2, kUInt16}, {at + 4, 2, kUInt16}};
    };
    HeadRun run{0, {2, 0}};
    run.remember(chunk, three(0), "288 1");
    CHECK(run.recall(chunk, three(6)) == "288 1");
    CHECK(run.recall(chunk, three(12)).empty());
}

TEST_CASE("Values that do not lie in the order of their numbers are written each time") {
    HeadRun run{0, {0, 1}};
    const std::vector<Slot> backwards{{2, 2, kUInt16}, {0, 2, kUInt16}}, within{{0, 4, kUInt16}, {2, 1, kUInt16}};
    for (const auto& slots : {backwards, within}) {
        run.remember(kChunk, slots, "1 288");
        CHECK(run.recall(kChunk, slots).empty());
    }
}
