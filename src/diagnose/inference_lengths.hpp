// How much an encrypted record holds, as far as its length and the cipher suite tell.
#pragma once

#include <cstdint>
#include <optional>

#include "src/model/attempt.hpp"

namespace rdpdx::diagnose {

// Bytes of plaintext, both ends included. One number, but for block ciphers, whose padding is hidden.
struct Lengths {
    std::uint32_t least{}, most{};
    friend bool operator==(const Lengths&, const Lengths&) = default;
};

// What a suite adds to each record.
struct Overhead {
    std::uint32_t fixed{};    // nonce or initialisation vector, tag or MAC, content type
    std::uint32_t padding{};  // at most, and at least one byte of it; 0: none
    bool splits{};            // a sender may put the first byte into a record of its own
};

// Nothing where version or suite are not known.
std::optional<Overhead> overhead_of(const model::Tls& tls);
// Nothing where no record of that suite is so short.
std::optional<Lengths> plaintext_of(const Overhead& overhead, std::uint16_t record_length) noexcept;

}  // namespace rdpdx::diagnose
