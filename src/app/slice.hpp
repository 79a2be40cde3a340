// Bytes of an open file that several readers may look at, and the unnamed file that archives are unpacked to.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>

#include "parsers/bytes/cursor.hpp"

namespace rdpdx::app {

// Why the operating system said no.
struct FileError : std::runtime_error {
    using std::runtime_error::runtime_error;
};
// Of an errno value, in one lower-case phrase.
std::string reason(int error);

// Closed with the last slice of it.
class OpenFile {
public:
    explicit OpenFile(int descriptor) noexcept : descriptor_{descriptor} {}
    ~OpenFile();
    OpenFile(const OpenFile&) = delete;
    OpenFile& operator=(const OpenFile&) = delete;
    int descriptor() const noexcept { return descriptor_; }

private:
    int descriptor_;
};

// Part of a file; any thread may read it.
struct Slice {
    std::shared_ptr<const OpenFile> file;
    std::uint64_t begin{}, size{};
    // From `at` of the slice; fewer bytes than asked for mean its end, nothing means that the disk failed.
    std::optional<std::size_t> read_at(std::uint64_t at, std::span<std::byte> into) const;
};
Slice whole_file(const std::filesystem::path& path);  // throws FileError

// A file without a name that only grows, in the folder for temporary files. It is gone when its last slice is.
class Spool {
public:
    Spool();                         // throws FileError
    void append(bytes::View bytes);  // throws FileError
    std::uint64_t size() const noexcept { return size_; }
    Slice since(std::uint64_t begin) const { return {file_, begin, size_ - begin}; }

private:
    std::shared_ptr<const OpenFile> file_;
    std::uint64_t size_{};
};

}  // namespace rdpdx::app
