// From the secrets of a connection to the keys of its records.
#pragma once

#include <memory>

#include "parsers/bytes/side.hpp"
#include "parsers/tls/cipher_parameters.hpp"
#include "parsers/tls/key_log.hpp"

namespace rdpdx::tls {

using bytes::Side;

// What the two hellos agreed on.
struct Negotiated {
    std::uint16_t version{};  // in force, as ServerHello::version(); of DTLS its underlying_version()
    std::uint16_t cipher_suite{};
    Random client_random{}, server_random{};
    bool encrypt_then_mac{};        // extension 22 in both hellos
    bool extended_master_secret{};  // extension 23 in both hellos
};

// One direction's keys. Sizes are those of the suite.
struct RecordKeys {
    Secret mac_key;  // empty for an AEAD
    Secret key;
    Secret iv;  // fixed part of a nonce; of TLS 1.0 the first IV; else empty
};
struct KeyBlock {
    RecordKeys client, server;
};

// [RFC 5246] 5, [RFC 2246] 5. `size` bytes; md5_sha1 is the function of TLS 1.0 and 1.1.
Secret prf(Hash hash, bytes::View secret, std::string_view label, bytes::View seed, std::size_t size);
// [RFC 8446] 7.1. Empty where `hash` is none of TLS 1.3 or libcrypto refuses.
Secret hkdf_expand_label(Hash hash, bytes::View secret, std::string_view label, bytes::View context, std::size_t size);

// The hash that version and suite use for secrets; none where the suite is unknown.
Hash handshake_hash(std::uint16_t version, std::uint16_t cipher_suite) noexcept;

// [RFC 5246] 8.1; with extended master secret [RFC 7627] 4, for which `session_hash` is that of the handshake messages
// up to the ClientKeyExchange. Otherwise it does not count. Empty where the suite is unknown.
Secret master_secret(const Negotiated& negotiated, bytes::View premaster, bytes::View session_hash);

// [RFC 5246] 6.3, for TLS 1.0 to 1.2. Nothing for other versions, unknown suites and suites of other versions.
std::optional<KeyBlock> key_block(const Negotiated& negotiated, bytes::View master);

// [RFC 8446] 7.3 and 7.2. Nothing, or empty, for a suite that is none of TLS 1.3 or a secret that does not fit it.
std::optional<RecordKeys> traffic_keys(std::uint16_t cipher_suite, bytes::View traffic_secret);
Secret next_traffic_secret(std::uint16_t cipher_suite, bytes::View traffic_secret);

// The hash of all handshake messages so far. Keeps every hash that may be asked for, since the first messages come
// before the suite is known.
class Transcript {
public:
    Transcript();
    Transcript(Transcript&&) noexcept;
    Transcript& operator=(Transcript&&) noexcept;
    ~Transcript();

    // A whole message or a part of one, its four-byte header included.
    void add(bytes::View messages);
    // Empty for a hash that no handshake uses.
    Secret digest(Hash hash) const;

private:
    struct Hashes;
    std::unique_ptr<Hashes> hashes_;
};

}  // namespace rdpdx::tls
