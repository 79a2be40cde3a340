// What the files that call libcrypto share. Of this folder only.
#pragma once

#include <openssl/evp.h>

#include <memory>
#include <string_view>

#include "parsers/bytes/cursor.hpp"
#include "parsers/tls/cipher_parameters.hpp"

namespace rdpdx::tls {

template <auto free>
struct Freeing {
    template <class T>
    void operator()(T* owned) const noexcept {
        free(owned);
    }
};
template <class T, auto free>
using OpenSslPtr = std::unique_ptr<T, Freeing<free>>;

inline const unsigned char* octets_of(bytes::View bytes) noexcept {
    return reinterpret_cast<const unsigned char*>(bytes.data());
}
inline unsigned char* octets_of(std::span<std::byte> bytes) noexcept {
    return reinterpret_cast<unsigned char*>(bytes.data());
}

inline constexpr std::string_view kChaCha20Poly1305 = "ChaCha20-Poly1305";

inline const EVP_MD* libcrypto_digest(Hash hash) noexcept {
    switch (hash) {
        case Hash::md5:
            return EVP_md5();
        case Hash::sha1:
            return EVP_sha1();
        case Hash::sha256:
            return EVP_sha256();
        case Hash::sha384:
            return EVP_sha384();
        case Hash::md5_sha1:
            return EVP_md5_sha1();
        case Hash::none:
            break;
    }
    return nullptr;
}
// For parameters that take a name; empty for none.
inline std::string_view libcrypto_name(Hash hash) noexcept {
    const EVP_MD* digest = libcrypto_digest(hash);
    return digest ? EVP_MD_get0_name(digest) : "";
}

}  // namespace rdpdx::tls
