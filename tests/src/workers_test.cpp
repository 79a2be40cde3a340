#include "src/app/batch/workers.hpp"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <set>
#include <stdexcept>
#include <thread>
#include <vector>

#include "tests/support/catch.hpp"

using namespace rdpdx::app;
namespace {

constexpr WorkerLimits kPlenty{std::chrono::seconds{60}, std::uint64_t{1} << 40, 0};
constexpr std::size_t kBad = 3;  // the task that goes wrong

// Tasks 0 to `count` - 1, at most `jobs` at a time.
std::vector<TaskEnd> run_all(Workers& workers, std::size_t count, std::size_t jobs) {
    std::vector<TaskEnd> out;
    std::size_t next = 0;
    while (next < count || workers.running() > 0) {
        while (next < count && workers.running() < jobs) REQUIRE(workers.start(next++));
        for (TaskEnd& end : workers.wait()) out.push_back(std::move(end));
    }
    std::ranges::sort(out, {}, &TaskEnd::id);
    return out;
}

void eat_memory(std::size_t megabytes) {
    std::vector<std::vector<char>> eaten;
    for (std::size_t i = 0; i < megabytes; ++i) {
        eaten.emplace_back(std::size_t{1} << 20, 'x');
        std::this_thread::sleep_for(std::chrono::milliseconds{2});
    }
}

}  // namespace

TEST_CASE("each result comes whole, whatever its size") {
    Workers workers{kPlenty, [](std::size_t id, unsigned threads) {
                        return std::string(id * 50'000, static_cast<char>('a' + id % 26)) + std::to_string(threads);
                    }};
    const auto ends = run_all(workers, 40, 2);
    REQUIRE(ends.size() == 40);
    for (const TaskEnd& end : ends) {
        CHECK(end.kind == TaskEnd::Kind::done);
        CHECK(end.result == std::string(end.id * 50'000, static_cast<char>('a' + end.id % 26)) + "1");
    }
}

// Small tasks: one that has grown by its tasks ends (address sanitizer keeps for a while what was freed).
TEST_CASE("a worker does many tasks") {
    Workers workers{kPlenty, [](std::size_t, unsigned) { return std::to_string(getpid()); }};
    std::set<std::string> processes;
    for (const TaskEnd& end : run_all(workers, 40, 2)) processes.insert(end.result);
    CHECK(processes.size() == 2);
}

TEST_CASE("a task that kills its worker or throws costs the other tasks nothing") {
    const bool throws = GENERATE(false, true);
    Workers workers{kPlenty, [throws](std::size_t id, unsigned) -> std::string {
                        if (id == kBad && throws) throw std::runtime_error{"x"};
                        if (id == kBad) std::raise(SIGABRT);
                        return "fine";
                    }};
    for (const TaskEnd& end : run_all(workers, 8, 2)) {
        INFO(end.id << " " << end.failure);
        CHECK((end.kind == TaskEnd::Kind::failed) == (end.id == kBad));
        CHECK(end.result == (end.id == kBad ? "" : "fine"));
        if (end.id == kBad && !throws) CHECK(end.failure.find("signal 6") != std::string::npos);
    }
}

TEST_CASE("a worker that somebody else killed is told from one that broke") {
    Workers workers{kPlenty, [](std::size_t id, unsigned) -> std::string {
                        if (id == kBad) std::raise(SIGKILL);
                        return "fine";
                    }};
    for (const TaskEnd& end : run_all(workers, 5, 1)) CHECK((end.kind == TaskEnd::Kind::killed) == (end.id == kBad));
}

TEST_CASE("a worker that was killed while it had nothing to do is replaced") {
    Workers workers{kPlenty, [](std::size_t, unsigned) { return std::to_string(getpid()); }};
    auto ends = run_all(workers, 1, 1);
    kill(std::stoi(ends[0].result), SIGKILL);
    std::this_thread::sleep_for(std::chrono::milliseconds{20});
    const std::string first = ends[0].result;
    ends = run_all(workers, 1, 1);
    REQUIRE(ends.size() == 1);
    if (ends[0].kind == TaskEnd::Kind::killed) ends = run_all(workers, 1, 1);  // the task had got to it
    CHECK(ends[0].kind == TaskEnd::Kind::done);
    CHECK(ends[0].result != first);
}

TEST_CASE("a task without an end is ended at its time") {
    Workers workers{{std::chrono::seconds{1}, std::uint64_t{1} << 40, 0}, [](std::size_t id, unsigned) {
                        while (id == kBad) std::this_thread::sleep_for(std::chrono::milliseconds{1});
                        return std::string{"fine"};
                    }};
    for (const TaskEnd& end : run_all(workers, 6, 2))
        CHECK(end.failure == (end.id == kBad ? "It took longer than 1 s and was ended." : ""));
}

TEST_CASE("a task that eats memory is ended at its limit") {
    constexpr std::uint64_t kLimit = std::uint64_t{512} << 20;
    Workers workers{{std::chrono::seconds{60}, kLimit, 0}, [](std::size_t id, unsigned) {
                        if (id == kBad) eat_memory(4096);
                        return std::string{"fine"};
                    }};
    for (const TaskEnd& end : run_all(workers, 6, 2))
        CHECK(end.failure == (end.id == kBad ? "It took more than 512 MB of memory and was ended." : ""));
}

TEST_CASE("where all together take too much, the largest is to run alone, and fails only when it is alone") {
    constexpr std::uint64_t kTogether = std::uint64_t{512} << 20;
    Workers workers{{std::chrono::seconds{60}, std::uint64_t{1} << 40, kTogether}, [](std::size_t id, unsigned) {
                        if (id == kBad) eat_memory(4096);
                        std::this_thread::sleep_for(std::chrono::milliseconds{id == kBad + 1 ? 3000 : 1});
                        return std::string{"fine"};
                    }};
    const auto crowded = run_all(workers, 5, 2);
    CHECK(crowded[kBad].kind == TaskEnd::Kind::crowded);
    REQUIRE(workers.start(kBad));
    std::vector<TaskEnd> alone;
    while (alone.empty()) alone = workers.wait();
    CHECK(alone[0].kind == TaskEnd::Kind::failed);
    CHECK(alone[0].failure.find("the 512 MB of memory that all may take") != std::string::npos);
}

TEST_CASE("what workers without a task still hold does not fail the one that has one") {
    constexpr std::uint64_t kTogether = std::uint64_t{400} << 20;
    constexpr std::size_t kWorkers = 4;
    Workers workers{{std::chrono::seconds{60}, std::uint64_t{1} << 40, kTogether}, [](std::size_t id, unsigned) {
                        static std::string kept;
                        if (id < kWorkers)
                            kept.resize(std::size_t{60} << 20, 'x');
                        else
                            eat_memory(250);
                        return std::string{"fine"};
                    }};
    for (const TaskEnd& end : run_all(workers, kWorkers, kWorkers)) REQUIRE(end.result == "fine");
    REQUIRE(workers.start(kWorkers));
    std::vector<TaskEnd> alone;
    while (alone.empty()) alone = workers.wait();
    CHECK(alone[0].failure.empty());
    CHECK(alone[0].result == "fine");
}

TEST_CASE("a task comes to its end though a request to stop reaches its worker") {
    Workers workers{kPlenty, [](std::size_t, unsigned) {
                        for (const int signal : {SIGTERM, SIGINT}) std::raise(signal);
                        return std::string{"fine"};
                    }};
    for (const TaskEnd& end : run_all(workers, 3, 1)) CHECK(end.result == "fine");
}

TEST_CASE("a worker that has grown gives its memory back by ending") {
    Workers workers{kPlenty, [](std::size_t, unsigned) {
                        static std::string kept;  // what a leak would be
                        kept.resize(kept.size() + (std::size_t{40} << 20), 'x');
                        return std::to_string(kept.size() >> 20);
                    }};
    for (const TaskEnd& end : run_all(workers, 12, 1)) CHECK(std::stoi(end.result) <= 120);
}

TEST_CASE("a request to stop is counted and stops nothing") {
    Workers workers{kPlenty, [](std::size_t, unsigned) { return std::string{"fine"}; }};
    std::raise(SIGINT);
    CHECK(workers.wait().empty());
    CHECK(workers.interrupts() == 1);
    CHECK(run_all(workers, 2, 1).size() == 2);
}
