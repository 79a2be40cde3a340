#include "parsers/bytes/source.hpp"

#include <algorithm>

namespace rdpdx::bytes {

std::size_t MemorySource::read(std::span<std::byte> into) {
    const std::size_t n = std::min(into.size(), rest_.size());
    std::copy_n(rest_.begin(), n, into.begin());
    rest_ = rest_.subspan(n);
    return n;
}

}  // namespace rdpdx::bytes
