// A file looked at where the operating system has it, without a copy.
#pragma once

#include <cstdint>
#include <memory>

#include "parsers/bytes/cursor.hpp"

namespace rdpdx::app {

// Pages that cannot be had, because the disk fails or somebody cuts the file short meanwhile, would end the program.
// Here zeros stand in their place, and lost() tells of it; what was made of the file is then worth nothing.
class MappedFile {
public:
    // Nothing where the file cannot be mapped, or where it is not worth it.
    static std::unique_ptr<MappedFile> of(int descriptor);
    MappedFile(const MappedFile&) = delete;
    MappedFile& operator=(const MappedFile&) = delete;
    ~MappedFile();

    std::uint64_t size() const noexcept { return size_; }
    // Up to n bytes from `offset` on. What lies before is not asked for any more, and leaves this process' memory.
    bytes::View look(std::uint64_t offset, std::size_t n) noexcept;
    bool lost() const noexcept;

private:
    MappedFile(std::byte* begin, std::size_t size, std::size_t place) noexcept
        : begin_{begin}, size_{size}, place_{place} {}

    std::byte* begin_;
    std::size_t size_;
    std::size_t place_;      // in the table that the signal's handler looks into
    std::size_t dropped_{};  // so many bytes at the front left memory
};

}  // namespace rdpdx::app
