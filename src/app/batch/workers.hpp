// Work in processes that live for many tasks: what crashes, never ends or eats the memory costs its own task and
// nobody else's.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace rdpdx::app {

struct WorkerLimits {
    std::chrono::seconds time{};  // of one task
    std::uint64_t memory{};       // of one worker: bytes that are really there
    std::uint64_t together{};     // of all of them; 0: no limit
};

// What became of a task.
struct TaskEnd {
    enum class Kind : std::uint8_t {
        done,
        failed,   // it cost its worker; `failure` says how
        crowded,  // ended since all workers together took too much: it shall run alone
        killed,   // somebody else ended its worker
    };
    std::size_t id{};
    Kind kind{};
    std::string result;   // what the work gave
    std::string failure;  // a sentence, where it gave nothing
};

// While one of these exists, SIGINT and SIGTERM end nothing and are counted. The process must have no other threads.
class Workers {
public:
    // What a worker does with a task, in its own process. `threads` is how many it may use.
    using Work = std::function<std::string(std::size_t id, unsigned threads)>;
    Workers(WorkerLimits limits, Work work);
    ~Workers();  // kills those that work
    Workers(const Workers&) = delete;
    Workers& operator=(const Workers&) = delete;

    // Gives a task to a worker that has none, or to a new one. False where the system gives no process.
    bool start(std::size_t id, unsigned threads = 1);
    // Tasks that have ended; waits a moment where none has.
    std::vector<TaskEnd> wait();
    std::size_t running() const noexcept { return running_; }
    int interrupts() const noexcept { return interrupts_; }

private:
    struct Worker {
        int socket{-1};
        bool busy{}, leaving{};  // leaving: it gives its last result and ends
        std::size_t task{};
        std::chrono::steady_clock::time_point began;
        std::string killed;  // why we did
        bool crowded{};      // killed for the sake of others
        std::string got;     // of its result
        std::size_t wanted{};
    };
    bool add_worker();
    bool give(int process, Worker& worker, std::size_t id, unsigned threads);
    bool end_idle();
    void kill_beyond_limits();
    void take(Worker& worker, std::vector<TaskEnd>& ends, bool& gone);
    TaskEnd end_of(int process, const Worker& worker);
    WorkerLimits limits_;
    Work work_;
    std::map<int, Worker> workers_;  // by process id
    std::size_t running_{};
    int interrupts_{}, signals_{-1};
};

}  // namespace rdpdx::app
