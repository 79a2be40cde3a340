// For the few loops that wait for memory more than they compute.
#pragma once

#include "parsers/bytes/cursor.hpp"

namespace rdpdx::bytes {

// A hint to have what lies here in the processor's cache soon. Nothing is read, so any address will do.
inline void prefetch([[maybe_unused]] const void* at) noexcept {
#if defined(__GNUC__)
    __builtin_prefetch(at);
#endif
}

// The same for a run of bytes.
inline void prefetch(View bytes) noexcept {
    constexpr std::size_t kLine = 64;
    for (std::size_t at = 0; at < bytes.size(); at += kLine) prefetch(static_cast<const void*>(bytes.data() + at));
}

}  // namespace rdpdx::bytes
