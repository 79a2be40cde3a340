#include "src/app/batch/lock.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <thread>

#include "src/app/slice.hpp"

namespace rdpdx::app {

FolderLock::FolderLock(const std::filesystem::path& folder)
    : descriptor_{open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)} {
    constexpr auto kPatience = std::chrono::seconds{5};
    const auto until = std::chrono::steady_clock::now() + kPatience;
    while (descriptor_ >= 0 && flock(descriptor_, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
        if (std::chrono::steady_clock::now() > until) {
            close(descriptor_);
            throw FileError{fmt::format("another run is at work in {}", folder.string())};
        }
        std::this_thread::sleep_for(std::chrono::milliseconds{20});
    }
}

FolderLock::~FolderLock() {
    if (descriptor_ >= 0) close(descriptor_);
}

}  // namespace rdpdx::app
