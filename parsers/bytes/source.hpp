// Where bytes come from: a file, an archive member, memory. The core never opens anything itself.
#pragma once

#include <cstddef>
#include <span>

#include "parsers/bytes/cursor.hpp"

namespace rdpdx::bytes {

// A forward-only stream. read() fills as much of `into` as there is; fewer bytes than asked for mean the end.
class Source {
public:
    virtual ~Source() = default;
    virtual std::size_t read(std::span<std::byte> into) = 0;
};

// Bytes that somebody else keeps alive.
class MemorySource final : public Source {
public:
    explicit MemorySource(View bytes) noexcept : rest_{bytes} {}
    std::size_t read(std::span<std::byte> into) override;

private:
    View rest_;
};

}  // namespace rdpdx::bytes
