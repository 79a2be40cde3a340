// "Cut after n bytes": which field, at which offset.
#pragma once

#include <algorithm>
#include <string_view>
#include <vector>

#include "tests/support/bytes.hpp"
#include "tests/support/catch.hpp"

namespace rdpdx::test {

struct Cut {
    std::size_t n;
    std::string_view field;
    std::size_t offset;  // from the beginning of the input
};

// Each cut must fail where it says, and every other length short of the whole must fail too unless `may_end` has it.
template <class Parse>
void check_cuts(Parse parse, const std::vector<std::byte>& whole, const std::vector<Cut>& cuts,
                const std::vector<std::size_t>& may_end = {}) {
    constexpr std::size_t kBase = 1000;
    for (const Cut& cut : cuts) {
        INFO("cut after " << cut.n);
        const auto parsed = parse(bytes::View{whole}.first(cut.n), kBase);
        REQUIRE_FALSE(parsed);
        CHECK(parsed.error().field == cut.field);
        CHECK(parsed.error().offset == kBase + cut.offset);
        CHECK(parsed.error().problem == bytes::Problem::truncated);
    }
    for (std::size_t n = 0; n < whole.size(); ++n) {
        INFO("cut after " << n);
        const bool ends = std::find(may_end.begin(), may_end.end(), n) != may_end.end();
        CHECK(static_cast<bool>(parse(bytes::View{whole}.first(n), kBase)) == ends);
    }
}

}  // namespace rdpdx::test
