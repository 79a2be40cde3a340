#include "src/app/children.hpp"

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <stdexcept>
#include <thread>
#include <vector>

#include "tests/support/catch.hpp"

using namespace rdpdx::app;
namespace {

constexpr ChildLimits kPlenty{std::chrono::seconds{60}, std::uint64_t{1} << 40};

std::vector<ChildEnd> all_of(Children& children) {
    std::vector<ChildEnd> out;
    while (children.running() > 0)
        for (ChildEnd& end : children.wait()) out.push_back(std::move(end));
    return out;
}

}  // namespace

TEST_CASE("a child gives the code of its work") {
    Children children{kPlenty};
    for (std::size_t i = 0; i < 5; ++i) REQUIRE(children.start(i, [i] { return static_cast<int>(i) + 3; }));
    const auto ends = all_of(children);
    REQUIRE(ends.size() == 5);
    for (const ChildEnd& end : ends) {
        CHECK(end.failure.empty());
        CHECK(end.code == static_cast<int>(end.id) + 3);
    }
}

TEST_CASE("a child that is killed or throws is told from one that ends") {
    Children children{kPlenty};
    REQUIRE(children.start(0, [] { return std::raise(SIGKILL); }));
    REQUIRE(children.start(1, []() -> int { throw std::runtime_error{"x"}; }));
    REQUIRE(children.start(2, [] { return 0; }));
    for (const ChildEnd& end : all_of(children)) {
        INFO(end.id << " " << end.failure);
        CHECK(end.failure.empty() == (end.id == 2));
        if (end.id == 0) CHECK(end.failure.find("signal 9") != std::string::npos);
    }
}

TEST_CASE("a child without an end is ended at its time") {
    Children children{{std::chrono::seconds{1}, std::uint64_t{1} << 40}};
    REQUIRE(children.start(0, [] {
        while (true) std::this_thread::sleep_for(std::chrono::milliseconds{1});
        return 0;
    }));
    const auto ends = all_of(children);
    REQUIRE(ends.size() == 1);
    CHECK(ends[0].failure == "It took longer than 1 s and was ended.");
}

TEST_CASE("a child that eats memory is ended at its limit") {
    constexpr std::uint64_t kLimit = std::uint64_t{512} << 20;
    Children children{{std::chrono::seconds{60}, kLimit}};
    REQUIRE(children.start(0, [] {
        std::vector<std::vector<char>> eaten;
        for (int i = 0; i < 2048; ++i) {
            eaten.emplace_back(std::size_t{1} << 20, 'x');
            std::this_thread::sleep_for(std::chrono::milliseconds{2});
        }
        return 0;
    }));
    const auto ends = all_of(children);
    REQUIRE(ends.size() == 1);
    CHECK(ends[0].failure == "It took more than 512 MB of memory and was ended.");
}

TEST_CASE("a request to stop is counted and stops nothing") {
    Children children{kPlenty};
    std::raise(SIGINT);
    CHECK(children.wait().empty());
    CHECK(children.interrupts() == 1);
}
