#include "src/app/batch/workers.hpp"

#include <fmt/format.h>
#include <malloc.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <exception>
#include <span>

namespace rdpdx::app {
namespace {

constexpr int kBroken = 125;  // the work threw
// A worker that has grown beyond this by a task gives the memory back by ending.
constexpr std::uint64_t kKeptMemory = std::uint64_t{96} << 20;
constexpr int kMoment = 50;  // ms, between two looks at the limits

using Order = std::array<std::uint64_t, 2>;   // task, threads
using Answer = std::array<std::uint64_t, 2>;  // bytes that follow, whether the worker ends then
constexpr std::size_t kAnswer = sizeof(Answer);

sigset_t watched() {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    return set;
}

// Of the pages that are in memory; 0 where the process has just ended.
std::uint64_t memory_of(int process) {
    std::FILE* file = std::fopen(fmt::format("/proc/{}/statm", process).c_str(), "r");
    if (!file) return 0;
    unsigned long long all = 0, there = 0;
    const bool read = std::fscanf(file, "%llu %llu", &all, &there) == 2;
    std::fclose(file);
    return read ? there * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE)) : 0;
}

// Both ends are on this machine, so numbers go as they lie in memory. False where the other end is gone.
bool send_all(int socket, std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
        const ssize_t n = send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return false;
        bytes = bytes.subspan(static_cast<std::size_t>(n));
    }
    return true;
}

bool receive_all(int socket, std::span<std::byte> bytes) {
    while (!bytes.empty()) {
        const ssize_t n = recv(socket, bytes.data(), bytes.size(), 0);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return false;
        bytes = bytes.subspan(static_cast<std::size_t>(n));
    }
    return true;
}

// Ends when the parent has no more tasks, or when it has grown.
void work_on(int socket, const Workers::Work& work) {
    Order order{};
    while (receive_all(socket, std::as_writable_bytes(std::span{order}))) {
        const std::string result = work(static_cast<std::size_t>(order[0]), static_cast<unsigned>(order[1]));
        if (memory_of(getpid()) > kKeptMemory) malloc_trim(0);
        const bool leaving = memory_of(getpid()) > kKeptMemory;
        const Answer answer{result.size(), leaving ? 1U : 0U};
        if (!send_all(socket, std::as_bytes(std::span{answer}))) return;
        if (!send_all(socket, std::as_bytes(std::span{result})) || leaving) return;
    }
}

[[noreturn]] void be_worker(int parent, int socket, const Workers::Work& work) {
    // Ctrl-C and what an engine sends reach the whole group, and a task that runs may come to its end. It ends with its
    // parent.
    std::signal(SIGINT, SIG_IGN);
    std::signal(SIGTERM, SIG_IGN);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    const sigset_t set = watched();
    sigprocmask(SIG_UNBLOCK, &set, nullptr);
    if (getppid() != parent) _exit(kBroken);
    int code = 0;
    try {
        work_on(socket, work);
    } catch (const std::exception&) {  // the parent says that it broke
        code = kBroken;
    }
    _exit(code);
}

}  // namespace

Workers::Workers(WorkerLimits limits, Work work) : limits_{limits}, work_{std::move(work)} {
    const sigset_t set = watched();
    sigprocmask(SIG_BLOCK, &set, nullptr);
    signals_ = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
}

Workers::~Workers() {
    for (const auto& [process, worker] : workers_) {
        kill(process, SIGKILL);
        close(worker.socket);
        waitpid(process, nullptr, 0);
    }
    close(signals_);
    // What has come and was counted shall not end the process now.
    const sigset_t set = watched();
    const timespec none{};
    while (sigtimedwait(&set, nullptr, &none) > 0) {
    }
    sigprocmask(SIG_UNBLOCK, &set, nullptr);
}

bool Workers::add_worker() {
    std::array<int, 2> ends{};
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) return false;
    const int self = getpid();
    const int process = fork();
    if (process == 0) {
        for (const auto& [other, worker] : workers_) close(worker.socket);
        close(ends[0]);
        close(signals_);
        be_worker(self, ends[1], work_);
    }
    close(ends[1]);
    if (process < 0) {
        close(ends[0]);
        return false;
    }
    workers_[process].socket = ends[0];
    return true;
}

bool Workers::give(int process, Worker& worker, std::size_t id, unsigned threads) {
    const Order order{id, threads};
    if (!send_all(worker.socket, std::as_bytes(std::span{order}))) {
        close(worker.socket);  // somebody ended it while it had nothing to do
        kill(process, SIGKILL);
        waitpid(process, nullptr, 0);
        return false;
    }
    worker.busy = true;
    worker.task = id;
    worker.began = std::chrono::steady_clock::now();
    ++running_;
    return true;
}

bool Workers::start(std::size_t id, unsigned threads) {
    for (auto at = workers_.begin(); at != workers_.end();) {
        if (at->second.busy || !at->second.killed.empty()) {
            ++at;
            continue;
        }
        if (give(at->first, at->second, id, threads)) return true;
        at = workers_.erase(at);
    }
    if (!add_worker()) return false;
    const auto fresh =
        std::ranges::find_if(workers_, [](const auto& w) { return !w.second.busy && w.second.killed.empty(); });
    if (give(fresh->first, fresh->second, id, threads)) return true;
    workers_.erase(fresh);
    return false;
}

// Whether there were any.
bool Workers::end_idle() {
    return std::erase_if(workers_, [](const auto& one) {
               if (one.second.busy) return false;
               kill(one.first, SIGKILL);
               close(one.second.socket);
               waitpid(one.first, nullptr, 0);
               return true;
           }) > 0;
}

void Workers::kill_beyond_limits() {
    const auto now = std::chrono::steady_clock::now();
    std::uint64_t together = 0, most = 0;
    std::pair<const int, Worker>* largest = nullptr;
    for (auto& one : workers_) {
        auto& [process, worker] = one;
        if (!worker.killed.empty()) continue;
        const std::uint64_t memory = memory_of(process);
        together += memory;
        if (worker.busy && memory > most) {
            most = memory;
            largest = &one;
        }
        if (!worker.busy) continue;
        if (now - worker.began > limits_.time)
            worker.killed = fmt::format("It took longer than {} s and was ended.", limits_.time.count());
        else if (memory > limits_.memory)
            worker.killed = fmt::format("It took more than {} MB of memory and was ended.", limits_.memory >> 20);
        if (!worker.killed.empty()) kill(process, SIGKILL);
    }
    if (limits_.together == 0 || together <= limits_.together) return;
    // What a worker without a task still holds is no fault of those that have one.
    if (end_idle() || !largest || !largest->second.killed.empty()) return;
    largest->second.crowded = running_ > 1;
    largest->second.killed =
        fmt::format("It took more than the {} MB of memory that all may take, and was ended.", limits_.together >> 20);
    kill(largest->first, SIGKILL);
}

TaskEnd Workers::end_of(int process, const Worker& worker) {
    int status = 0;
    waitpid(process, &status, 0);
    TaskEnd end{worker.task, TaskEnd::Kind::failed, {}, worker.killed};
    if (worker.crowded) end.kind = TaskEnd::Kind::crowded;
    if (!end.failure.empty()) return end;
    end.failure = "The program broke off while it read this case.";
    if (!WIFSIGNALED(status)) return end;
    end.failure = fmt::format("The program broke off while it read this case (signal {}).", WTERMSIG(status));
    if (WTERMSIG(status) == SIGKILL) end.kind = TaskEnd::Kind::killed;
    return end;
}

// What has come from a worker; `gone` where it ended.
void Workers::take(Worker& worker, std::vector<TaskEnd>& ends, bool& gone) {
    constexpr std::size_t kPiece = std::size_t{256} << 10;
    const std::size_t before = worker.got.size();
    worker.got.resize(before + kPiece);
    const ssize_t n = recv(worker.socket, worker.got.data() + before, kPiece, MSG_DONTWAIT);
    const bool nothing_yet = n < 0 && (errno == EAGAIN || errno == EINTR);
    worker.got.resize(before + static_cast<std::size_t>(std::max<ssize_t>(n, 0)));
    gone = n <= 0 && !nothing_yet;
    if (worker.wanted == 0 && worker.got.size() >= kAnswer) {
        Answer answer{};
        std::ranges::copy(std::as_bytes(std::span{worker.got}).first(kAnswer),
                          std::as_writable_bytes(std::span{answer}).begin());
        worker.wanted = kAnswer + static_cast<std::size_t>(answer[0]);
        worker.leaving = answer[1] != 0;
    }
    if (worker.wanted == 0 || worker.got.size() < worker.wanted) return;
    ends.push_back({worker.task, TaskEnd::Kind::done, worker.got.substr(kAnswer), {}});
    worker.got = {};
    worker.wanted = 0;
    worker.busy = false;
    --running_;
    gone = gone || worker.leaving;
}

std::vector<TaskEnd> Workers::wait() {
    kill_beyond_limits();
    std::vector<pollfd> watch{{signals_, POLLIN, 0}};
    std::vector<int> processes{0};
    for (const auto& [process, worker] : workers_) {
        watch.push_back({worker.socket, POLLIN, 0});
        processes.push_back(process);
    }
    poll(watch.data(), watch.size(), kMoment);
    signalfd_siginfo signal{};
    while (read(signals_, &signal, sizeof signal) == static_cast<ssize_t>(sizeof signal)) ++interrupts_;
    std::vector<TaskEnd> out;
    for (std::size_t i = 1; i < watch.size(); ++i) {
        if (watch[i].revents == 0) continue;
        Worker& worker = workers_[processes[i]];
        bool gone = false;
        take(worker, out, gone);
        if (!gone) continue;
        close(worker.socket);
        running_ -= worker.busy;
        TaskEnd end = end_of(processes[i], worker);
        if (worker.busy) out.push_back(std::move(end));
        workers_.erase(processes[i]);
    }
    return out;
}

}  // namespace rdpdx::app
