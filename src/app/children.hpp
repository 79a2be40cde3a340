// Work in processes of its own: what crashes, never ends or eats the memory costs nobody else anything.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace rdpdx::app {

struct ChildLimits {
    std::chrono::seconds time{};
    std::uint64_t memory{};  // bytes that are really there
};

struct ChildEnd {
    std::size_t id{};
    int code{};           // what the work gave
    std::string failure;  // in its place: why the child did not come to its end, a sentence
};

// While one of these exists, SIGINT and SIGTERM end nothing and are counted. The process must have no other threads.
class Children {
public:
    explicit Children(ChildLimits limits);
    ~Children();  // kills those that run
    Children(const Children&) = delete;
    Children& operator=(const Children&) = delete;

    // False where the system gives no process.
    bool start(std::size_t id, const std::function<int()>& work);
    // Those that have ended; waits a moment where none has.
    std::vector<ChildEnd> wait();
    std::size_t running() const noexcept { return running_.size(); }
    int interrupts() const noexcept { return interrupts_; }

private:
    struct Child {
        std::size_t id{};
        std::chrono::steady_clock::time_point began;
        std::string killed;  // why
    };
    void kill_beyond_limits();
    ChildLimits limits_;
    std::map<int, Child> running_;  // by process id
    int interrupts_{};
};

}  // namespace rdpdx::app
