#include "src/app/open_page.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <thread>

extern char** environ;

namespace rdpdx::app {
namespace {

#ifdef __APPLE__
constexpr const char* kOpener = "open";
bool has_display() { return true; }
#else
constexpr const char* kOpener = "xdg-open";
bool has_display() {
    const auto set = [](const char* name) {
        const char* value = std::getenv(name);
        return value && *value;
    };
    return set("DISPLAY") || set("WAYLAND_DISPLAY");
}
#endif

// The process, or the error.
std::pair<pid_t, int> spawn(const std::string& path) {
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    // What a browser has to say is nothing of ours.
    for (const int descriptor : {0, 1, 2})
        posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", descriptor == 0 ? O_RDONLY : O_WRONLY, 0);
    std::string name = kOpener, argument = path;
    std::array<char*, 3> arguments{name.data(), argument.data(), nullptr};
    pid_t child = 0;
    const int error = posix_spawnp(&child, kOpener, &actions, nullptr, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    return {child, error};
}

}  // namespace

std::optional<std::string> open_page(const std::string& path) {
    if (!has_display()) return "there is no display (neither DISPLAY nor WAYLAND_DISPLAY is set)";
    std::error_code ignored;
    // An absolute path can be taken neither for an option nor for an address.
    const auto [child, error] = spawn(std::filesystem::absolute(path, ignored).string());
    if (error == ENOENT) return fmt::format("{} is not there (Debian's package xdg-utils)", kOpener);
    if (error != 0) return fmt::format("{}: {}", kOpener, std::strerror(error));
    // An opener ends soon, and says whether it found a program; one that is the browser itself goes on without us.
    constexpr auto kPatience = std::chrono::seconds{5};
    constexpr auto kPause = std::chrono::milliseconds{20};
    for (auto waited = std::chrono::milliseconds{0}; waited < kPatience; waited += kPause) {
        int status = 0;
        if (waitpid(child, &status, WNOHANG) == child) {
            const int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128;
            return code == 0 ? std::nullopt : std::optional{fmt::format("{} ended with {}", kOpener, code)};
        }
        std::this_thread::sleep_for(kPause);
    }
    return {};
}

}  // namespace rdpdx::app
