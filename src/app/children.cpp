#include "src/app/children.hpp"

#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <exception>

namespace rdpdx::app {
namespace {

constexpr int kBroken = 125;  // the work threw

sigset_t watched() {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGCHLD);
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

[[noreturn]] void be_child(int parent, const std::function<int()>& work) {
    // Ctrl-C reaches the whole group, and a case that runs may come to its end. It ends with its parent.
    std::signal(SIGINT, SIG_IGN);
    std::signal(SIGTERM, SIG_DFL);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    const sigset_t set = watched();
    sigprocmask(SIG_UNBLOCK, &set, nullptr);
    if (getppid() != parent) _exit(kBroken);
    int code = kBroken;
    try {
        code = work();
    } catch (const std::exception&) {  // the parent says that it broke
    }
    _exit(code);
}

}  // namespace

Children::Children(ChildLimits limits) : limits_{limits} {
    const sigset_t set = watched();
    sigprocmask(SIG_BLOCK, &set, nullptr);
}

Children::~Children() {
    for (const auto& [process, child] : running_) {
        kill(process, SIGKILL);
        waitpid(process, nullptr, 0);
    }
    // What has come and was counted shall not end the process now.
    const sigset_t set = watched();
    const timespec none{};
    while (sigtimedwait(&set, nullptr, &none) > 0) {
    }
    sigprocmask(SIG_UNBLOCK, &set, nullptr);
}

bool Children::start(std::size_t id, const std::function<int()>& work) {
    const int self = getpid();
    const int process = fork();
    if (process < 0) return false;
    if (process == 0) be_child(self, work);
    running_[process] = {id, std::chrono::steady_clock::now(), {}};
    return true;
}

void Children::kill_beyond_limits() {
    const auto now = std::chrono::steady_clock::now();
    for (auto& [process, child] : running_) {
        if (!child.killed.empty()) continue;
        if (now - child.began > limits_.time)
            child.killed = fmt::format("It took longer than {} s and was ended.", limits_.time.count());
        else if (memory_of(process) > limits_.memory)
            child.killed = fmt::format("It took more than {} MB of memory and was ended.", limits_.memory >> 20);
        if (!child.killed.empty()) kill(process, SIGKILL);
    }
}

std::vector<ChildEnd> Children::wait() {
    constexpr long kMoment = 50'000'000;  // ns
    kill_beyond_limits();
    std::vector<ChildEnd> out;
    const auto collect = [&] {
        int status = 0;
        for (auto at = running_.begin(); at != running_.end();) {
            if (waitpid(at->first, &status, WNOHANG) != at->first) {
                ++at;
                continue;
            }
            ChildEnd end{at->second.id, 0, at->second.killed};
            if (WIFEXITED(status)) {
                end.code = WEXITSTATUS(status);
                end.failure.clear();  // it was done just before it would have been ended
            }
            if (end.failure.empty() && WIFSIGNALED(status))
                end.failure =
                    fmt::format("The program broke off while it read this case (signal {}).", WTERMSIG(status));
            if (end.failure.empty() && end.code == kBroken)
                end.failure = "The program broke off while it read this case.";
            out.push_back(std::move(end));
            at = running_.erase(at);
        }
    };
    collect();
    const sigset_t set = watched();
    const timespec moment{0, out.empty() ? kMoment : 0};
    const int came = sigtimedwait(&set, nullptr, &moment);
    if (came == SIGINT || came == SIGTERM) ++interrupts_;
    if (out.empty()) collect();
    return out;
}

}  // namespace rdpdx::app
