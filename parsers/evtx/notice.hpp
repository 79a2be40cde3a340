#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace rdpdx::evtx {

// Something that could not be read, or is not as it should be.
struct Notice {
    std::uint64_t offset{};  // in the file, bytes
    std::uint64_t chunk{};   // its number in the file, from 0
    std::string text;        // one sentence without the file's name
    friend bool operator==(const Notice&, const Notice&) = default;
};

// What may be read besides the records that the log holds by its own account.
enum class Recover : std::uint8_t {
    off,
    slack,  // what older records left behind the used part of a chunk
    carve,  // and chunks and records at any offset of any file
};

// By its word; off for any other.
inline Recover recover_of(std::string_view word) noexcept {
    if (word == "slack") return Recover::slack;
    return word == "carve" ? Recover::carve : Recover::off;
}

}  // namespace rdpdx::evtx
