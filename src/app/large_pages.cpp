#include "src/app/large_pages.hpp"

#include <cstdlib>

#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#endif

namespace rdpdx::app {

#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)

void use_large_pages() {
    constexpr std::uintptr_t kPage = std::uintptr_t{2} << 20U;
    // Address space for as much at once; memory is what was written to. What grows beyond has ordinary pages.
    constexpr int kAhead = 128 << 20;
    // Tables of less than this come from there too, and need no new pages each time they grow.
    constexpr int kOnItsOwn = 32 << 20;
    ::mallopt(M_TOP_PAD, kAhead);
    ::mallopt(M_TRIM_THRESHOLD, kAhead);
    ::mallopt(M_MMAP_THRESHOLD, kOnItsOwn);
    constexpr std::size_t kMoreThanThereIs = std::size_t{1} << 20U;
    void* const begin = std::malloc(kMoreThanThereIs);
    const auto first = (reinterpret_cast<std::uintptr_t>(begin) + kPage - 1) / kPage * kPage;
    const auto end = reinterpret_cast<std::uintptr_t>(::sbrk(0));
    if (begin && end > first && end - first <= kAhead + kPage)
        ::madvise(reinterpret_cast<void*>(first), end - first, MADV_HUGEPAGE);
    std::free(begin);
}

void give_back_memory() { ::malloc_trim(0); }

#else

void use_large_pages() {}
void give_back_memory() {}

#endif

}  // namespace rdpdx::app
