// Archives among the inputs -> their members, which take their place.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "src/app/files.hpp"

namespace rdpdx::app {

// Of one archive with all that is nested in it. What goes beyond is named and not read.
struct ArchiveLimits {
    unsigned depth{6};  // archives within each other
    std::size_t members{200'000};
    std::uint64_t bytes{std::uint64_t{64} << 30};        // unpacked
    std::uint64_t ratio{250};                            // unpacked bytes to packed ones, beyond `ratio_from` bytes:
    std::uint64_t ratio_from{std::uint64_t{256} << 20};  // event logs are mostly zeros, and small
    std::chrono::milliseconds time{std::chrono::minutes{10}};
};

// By its first bytes.
bool is_archive(const std::filesystem::path& file);

// Files that are archives, by their bytes, are replaced by their members, sorted by name: "case.zip/logs/System.evtx".
// The members' bytes lie in a temporary file without a name. What cannot be read comes to `lost`, or to a member's
// notes. Passwords are tried on encrypted members of ZIP archives, and never told.
void expand_archives(Found& found, const ArchiveLimits& limits = {}, const std::vector<std::string>& passwords = {});

}  // namespace rdpdx::app
