// What a cipher suite means for those who hold its keys.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace rdpdx::tls {

// tls13: the suite says nothing of it.
enum class KeyExchange : std::uint8_t { rsa, dh, dhe, ecdh, ecdhe, psk, other, tls13 };
enum class CipherMode : std::uint8_t { stream, block, aead };
// md5_sha1: both, as TLS 1.0 and 1.1 have it.
enum class Hash : std::uint8_t { none, md5, sha1, sha256, sha384, md5_sha1 };

struct CipherParameters {
    KeyExchange key_exchange{};
    CipherMode mode{};
    // As libcrypto names it; empty for the ciphers without one: NULL, and RC4, which has a key.
    std::string_view algorithm;
    std::uint8_t key_size{}, block_size{}, tag_size{};  // bytes; block_size of CBC, tag_size of an AEAD
    Hash mac{};                                         // none for an AEAD
    Hash prf{};                                         // of TLS 1.2 and 1.3
};

// Nothing for a suite without a name and for ciphers that are not read here (export, DES, IDEA, SEED, GOST).
std::optional<CipherParameters> cipher_parameters(std::uint16_t suite) noexcept;

// Bytes of its output.
std::size_t hash_size(Hash hash) noexcept;

}  // namespace rdpdx::tls
