// Inside parsers/capture only: the FILE* that libpcap insists on, made from a Source.
#pragma once

#include <cstdint>
#include <cstdio>
#include <exception>
#include <vector>

#include "parsers/bytes/source.hpp"

namespace rdpdx::capture {

// Reads `head` first, then `source`; both must live as long as this. The stream itself belongs to whom file() is given,
// libpcap as a rule, and must be closed before this goes.
class LibpcapFile {
public:
    LibpcapFile(bytes::View head, bytes::Source& source);
    LibpcapFile(const LibpcapFile&) = delete;
    LibpcapFile& operator=(const LibpcapFile&) = delete;

    std::FILE* file() noexcept { return file_; }
    // Bytes that were there in all, once at_end().
    std::uint64_t delivered() const noexcept { return delivered_; }
    bool at_end() const noexcept { return at_end_; }
    // An exception of the source cannot pass through libpcap; it is kept and thrown again here.
    void rethrow();

    std::size_t read(std::span<std::byte> into) noexcept;

private:
    bytes::View head_;
    bytes::Source& source_;
    std::vector<char> buffer_;
    std::FILE* file_{};
    std::uint64_t delivered_{};
    bool at_end_{};
    std::exception_ptr thrown_;
};

}  // namespace rdpdx::capture
