// A source that gives little at a time, like a pipe.
#pragma once

#include <algorithm>

#include "parsers/bytes/source.hpp"

namespace rdpdx::test {

// Never more than n bytes at a time.
class Trickle final : public bytes::Source {
public:
    Trickle(bytes::View data, std::size_t n) : inner_{data}, n_{n} {}
    std::size_t read(std::span<std::byte> into) override { return inner_.read(into.first(std::min(n_, into.size()))); }

private:
    bytes::MemorySource inner_;
    std::size_t n_;
};

}  // namespace rdpdx::test
