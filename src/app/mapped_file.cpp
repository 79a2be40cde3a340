#include "src/app/mapped_file.hpp"

#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <optional>

namespace rdpdx::app {
namespace {

// Smaller files are read as fast.
constexpr std::size_t kWorthIt = std::size_t{1} << 20;
// What was gone through leaves memory in steps of this.
constexpr std::size_t kDrop = std::size_t{2} << 20;
const auto kPage = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));  // before any handler runs

// A handler of signals can be told nothing, so what it has to know stands here: where files are mapped now. A place is
// free while its size is 0.
struct Mapping {
    std::atomic<std::uintptr_t> begin{};
    std::atomic<std::size_t> size{};
    std::atomic<bool> taken{}, lost{};
};
std::array<Mapping, 64> mappings;
struct sigaction before;

// Zeros from the missing page to the end of the file: whoever reads on is not stopped once a page.
void missing_page(int, siginfo_t* info, void*) {
    const auto at = reinterpret_cast<std::uintptr_t>(info->si_addr);
    for (Mapping& m : mappings) {
        const std::uintptr_t begin = m.begin;
        const std::size_t size = m.size;
        if (at < begin || at - begin >= size) continue;
        const std::uintptr_t page = at / kPage * kPage;
        void* const zeros = ::mmap(reinterpret_cast<void*>(page), begin + size - page, PROT_READ,
                                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
        m.lost = true;
        if (zeros != MAP_FAILED) return;
    }
    ::sigaction(SIGBUS, &before, nullptr);  // not ours: it comes again, to whom it belongs
}

bool watch_for_missing_pages() {
    struct sigaction action {};
    action.sa_sigaction = missing_page;
    action.sa_flags = SA_SIGINFO;
    return ::sigaction(SIGBUS, &action, &before) == 0;
}

std::optional<std::size_t> free_place() {
    for (std::size_t i = 0; i < mappings.size(); ++i)
        if (!mappings[i].taken.exchange(true)) return i;
    return std::nullopt;
}

}  // namespace

std::unique_ptr<MappedFile> MappedFile::of(int descriptor) {
    struct stat status {};
    if (::fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) return nullptr;
    const auto size = static_cast<std::uint64_t>(status.st_size);
    if (size < kWorthIt || size > SIZE_MAX / 2) return nullptr;
    static const bool watched = watch_for_missing_pages();
    if (!watched) return nullptr;
    const auto place = free_place();
    if (!place) return nullptr;
    void* const begin = ::mmap(nullptr, static_cast<std::size_t>(size), PROT_READ, MAP_PRIVATE, descriptor, 0);
    if (begin == MAP_FAILED) {
        mappings[*place].taken = false;
        return nullptr;
    }
    ::madvise(begin, static_cast<std::size_t>(size), MADV_SEQUENTIAL);
    mappings[*place].lost = false;
    mappings[*place].begin = reinterpret_cast<std::uintptr_t>(begin);
    mappings[*place].size = static_cast<std::size_t>(size);
    return std::unique_ptr<MappedFile>{
        new MappedFile{static_cast<std::byte*>(begin), static_cast<std::size_t>(size), *place}};
}

MappedFile::~MappedFile() {
    // Another thread's mapping may get these addresses at once, and a page missing there is not ours.
    mappings[place_].size = 0;
    ::munmap(begin_, size_);
    mappings[place_].taken = false;
}

bytes::View MappedFile::look(std::uint64_t offset, std::size_t n) noexcept {
    const auto from = static_cast<std::size_t>(std::min<std::uint64_t>(offset, size_));
    if (from > dropped_ + kDrop) {
        const std::size_t keep = from / kPage * kPage;
        ::madvise(begin_ + dropped_, keep - dropped_, MADV_DONTNEED);
        dropped_ = keep;
    }
    return {begin_ + from, std::min(n, size_ - from)};
}

bool MappedFile::lost() const noexcept { return mappings[place_].lost; }

}  // namespace rdpdx::app
