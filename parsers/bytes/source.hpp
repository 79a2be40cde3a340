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
    // The same bytes where they lie in memory, for whoever needs no copy: up to `n` of them from `offset` on, which
    // counts from where the source stood at the first call and never goes back; fewer mean the end. The view lives
    // until the next call. Nothing where they have to be read. Whoever began in one of the two ways goes on in that.
    virtual std::optional<View> look([[maybe_unused]] std::uint64_t offset, [[maybe_unused]] std::size_t n) {
        return std::nullopt;
    }
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
