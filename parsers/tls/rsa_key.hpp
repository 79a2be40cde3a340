// The server's RSA private key, which opens a connection whose key exchange was RSA.
#pragma once

#include <memory>
#include <optional>

#include "parsers/tls/secret.hpp"

namespace rdpdx::tls {

class RsaKey {
public:
    // PEM or DER, PKCS #1 or PKCS #8, not encrypted. Nothing for everything else.
    static std::optional<RsaKey> from(bytes::View file);

    RsaKey(RsaKey&&) noexcept;
    RsaKey& operator=(RsaKey&&) noexcept;
    ~RsaKey();

    // The key of this certificate (DER).
    bool fits(bytes::View certificate) const;

    // [RFC 5246] 7.4.7.1: the premaster secret in the body of a ClientKeyExchange, 48 bytes. Nothing where this is not
    // its key. Some versions of libcrypto give noise for that instead, which then opens no record.
    std::optional<Secret> premaster(bytes::View client_key_exchange) const;

private:
    struct Key;
    explicit RsaKey(std::unique_ptr<Key> key) noexcept;
    std::unique_ptr<Key> key_;
};

}  // namespace rdpdx::tls
