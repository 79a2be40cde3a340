#include "src/codes/numbers.hpp"

#include "src/codes/explain.hpp"
#include "tests/support/catch.hpp"

using namespace rdpdx::codes;
using Words = std::vector<std::string>;

TEST_CASE("a status code with one wrong digit is met with those that differ in it") {
    const auto found = numbers_like(0xC000006B, Family::ntstatus);
    REQUIRE(found.size() == 3);
    for (const auto& query : found) CHECK(query.starts_with("0xC00000"));
    CHECK(numbers_like(0x8009030C ^ 0x00F00000, Family::hresult) == Words{"0x8009030C"});
    CHECK(numbers_like(0xC00000D6, {}).size() <= 3);
    CHECK(numbers_like(0xFFFFFFFF, {}).empty());
}

TEST_CASE("a small number is met with the known ones on both sides, the nearer one first") {
    CHECK(numbers_like(36, Family::tls_alert) == Words{"alert:40", "alert:30"});
    CHECK(numbers_like(9, Family::negotiation_failure).size() == 1);
    CHECK(numbers_like(0, Family::negotiation_failure) == Words{"nego:1"});
    CHECK(numbers_like(0x0314, Family::icmp4).size() == 2);
}

TEST_CASE("a bare small number and bits have nothing like them") {
    CHECK(numbers_like(41, {}).empty());
    CHECK(numbers_like(0x40, Family::negotiation_protocol).empty());
}

TEST_CASE("whatever is offered for a number has an answer") {
    for (std::size_t f = 0; f < kFamilies; ++f)
        for (const std::uint32_t value :
             {0U, 1U, 9U, 77U, 0x314U, 0x9999U, 0x7FFFFFFFU, 0x80090332U, 0xC0000070U, 0xFFFFFFFEU})
            for (const std::string& query : numbers_like(value, static_cast<Family>(f))) {
                INFO(f << " " << value << " " << query);
                const Words queries{query};
                const auto answer = explain(queries);
                REQUIRE(answer.size() == 1);
                CHECK_FALSE(answer[0].matches.empty());
            }
}
