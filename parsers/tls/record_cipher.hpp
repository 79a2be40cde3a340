// The ciphers and MACs of records, done by libcrypto. Of this folder only.
#pragma once

#include <openssl/rc4.h>

#include <initializer_list>
#include <optional>

#include "parsers/tls/libcrypto.hpp"

namespace rdpdx::tls {

// One key of one suite. Only the function of the suite's mode may be called.
class RecordCipher {
public:
    // Nothing where the key is not of the suite's size or libcrypto has no such cipher.
    static std::optional<RecordCipher> make(const CipherParameters& suite, bytes::View key);

    // AEAD: `sealed` is the ciphertext with its tag, and at least that. False where it does not authenticate; `out`
    // holds nothing of use then. `out` is as long as the ciphertext.
    bool open(bytes::View nonce, bytes::View additional_data, bytes::View sealed, std::span<std::byte> out);
    // CBC: whole blocks, padding left in place. `out` is as long as `ciphertext`.
    bool decrypt_blocks(bytes::View iv, bytes::View ciphertext, std::span<std::byte> out);
    // The stream goes on where it stood. `out` is as long as `in`.
    void decrypt_stream(bytes::View in, std::span<std::byte> out);

private:
    struct WipeRc4 {
        void operator()(RC4_KEY* key) const noexcept;
    };

    bool ccm_{};
    std::size_t tag_size_{};
    OpenSslPtr<EVP_CIPHER_CTX, EVP_CIPHER_CTX_free> context_;
    std::unique_ptr<RC4_KEY, WipeRc4> rc4_;  // null for NULL, whose stream is the text itself
};

// HMAC with one key.
class RecordMac {
public:
    static std::optional<RecordMac> make(Hash hash, bytes::View key);
    bool fits(std::initializer_list<bytes::View> parts, bytes::View expected);

private:
    OpenSslPtr<EVP_MAC_CTX, EVP_MAC_CTX_free> context_;
};

}  // namespace rdpdx::tls
