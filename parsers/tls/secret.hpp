// Bytes that must not outlive their use.
#pragma once

#include <vector>

#include "parsers/bytes/cursor.hpp"

namespace rdpdx::tls {

// Keys, secrets and what they opened: wiped before the memory is given back, and no way to print them on purpose.
class Secret {
public:
    Secret() = default;
    // Zeros.
    explicit Secret(std::size_t size) : bytes_(size) {}
    explicit Secret(bytes::View bytes) : bytes_(bytes.begin(), bytes.end()) {}
    Secret(const Secret&) = default;
    Secret(Secret&& other) noexcept : bytes_{std::move(other.bytes_)} { other.bytes_.clear(); }
    Secret& operator=(const Secret& other) { return *this = Secret{other}; }
    Secret& operator=(Secret&& other) noexcept {
        bytes_.swap(other.bytes_);
        return *this;
    }
    ~Secret();

    bytes::View view() const noexcept { return bytes_; }
    std::span<std::byte> writable() noexcept { return bytes_; }
    std::size_t size() const noexcept { return bytes_.size(); }
    bool empty() const noexcept { return bytes_.empty(); }

private:
    std::vector<std::byte> bytes_;  // never grows, so that no copy is left behind
};

}  // namespace rdpdx::tls
