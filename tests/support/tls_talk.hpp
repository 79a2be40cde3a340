// Both sides of a TLS connection whose secrets a key log tells: hellos, the change to encryption, and sealed records.
#pragma once

#include "parsers/bytes/text.hpp"
#include "parsers/tls/key_log.hpp"
#include "tests/support/tls_seal.hpp"

namespace rdpdx::test {

class TlsTalk {
public:
    explicit TlsTalk(std::uint16_t version, std::uint16_t suite) {
        negotiated_.version = version;
        negotiated_.cipher_suite = suite;
        negotiated_.client_random.fill(0xC1);
        negotiated_.server_random.fill(0x5E);
        const auto parameters = tls::cipher_parameters(suite);
        secret_size_ = version == kTls13 ? tls::hash_size(parameters->prf) : 48;
        enter(1);
    }

    // `early_data`: TLS 1.3, with data before the server answers.
    Bytes client_hello(bool early_data = false) const {
        Bytes body =
            be(0x0303, 2) + random(0xC1) + be(0, 1) + be(2, 2) + be(negotiated_.cipher_suite, 2) + be(0x0100, 2);
        const Bytes versions = be(43, 2) + be(3, 2) + be(0x020304, 3), early = be(42, 2) + be(0, 2);
        if (early_data)
            body = body + be(versions.size() + early.size(), 2) + versions + early;
        else if (negotiated_.version == kTls13)
            body = body + be(versions.size(), 2) + versions;
        return tls_record(22, tls_message(1, body));
    }
    Bytes server_hello() const {
        const bool tls13 = negotiated_.version == kTls13;
        Bytes body = be(tls13 ? 0x0303 : negotiated_.version, 2) + random(0x5E) + be(0, 1) +
                     be(negotiated_.cipher_suite, 2) + be(0, 1);
        if (tls13) body = body + be(6, 2) + be(43, 2) + be(2, 2) + be(0x0304, 2);
        return tls_record(22, tls_message(2, body));
    }
    // ChangeCipherSpec (up to TLS 1.2) and the side's Finished, after which it sends application data.
    Bytes finished(tls::Side side) {
        const Bytes message = tls_message(20, Bytes(12, std::byte{0xF1}));
        if (negotiated_.version != kTls13) return tls_record(20, be(1, 1)) + record(side, 22, message);
        const Bytes out = record(side, 22, message);
        (side == tls::Side::client ? client_ : server_) = sealer(side, 2);
        return out;
    }
    // [RFC 8446] 4.2.10: what the client sends under the early secret, before any other record of its own.
    Bytes early_data(const Bytes& text) {
        if (!early_) early_ = sealer(tls::Side::client, 3);
        return tls_record(23, early_->seal(23, text));
    }
    // [RFC 8446] 4.6.3, 7.2
    Bytes key_update(tls::Side side) {
        const Bytes out = record(side, 22, tls_message(24, be(0, 1)));
        auto& secret = side == tls::Side::client ? client_secret_ : server_secret_;
        if (secret.empty()) secret = tls::Secret{Bytes(secret_size_, std::byte{2})};
        secret = tls::next_traffic_secret(negotiated_.cipher_suite, secret.view());
        (side == tls::Side::client ? client_ : server_) = Sealer::make(negotiated_, side, secret.view());
        return out;
    }
    Bytes record(tls::Side side, std::uint8_t type, const Bytes& text) {
        auto& s = side == tls::Side::client ? client_ : server_;
        const Bytes fragment = s->seal(type, text);
        const tls::RecordHeader header = s->header(type, fragment);
        return tls_record(header.type, fragment, header.legacy_record_version);
    }
    Bytes data(tls::Side side, const Bytes& text) { return record(side, 23, text); }

    // `fill` other than 0: the secrets of nobody, under the same random.
    std::string key_log(unsigned fill = 0) const {
        const auto line = [&](const char* label, unsigned which) {
            const Bytes value(secret_size_, static_cast<std::byte>(which + fill));
            return fmt::format("{} {} {}\n", label, bytes::hex(random(0xC1)), bytes::hex(value));
        };
        if (negotiated_.version != kTls13) return line("CLIENT_RANDOM", 1);
        return line("CLIENT_HANDSHAKE_TRAFFIC_SECRET", 1) + line("SERVER_HANDSHAKE_TRAFFIC_SECRET", 1) +
               line("CLIENT_TRAFFIC_SECRET_0", 2) + line("SERVER_TRAFFIC_SECRET_0", 2) +
               line("CLIENT_EARLY_TRAFFIC_SECRET", 3);
    }

private:
    static constexpr std::uint16_t kTls13 = 0x0304;
    static Bytes random(unsigned fill) { return Bytes(32, static_cast<std::byte>(fill)); }
    std::optional<Sealer> sealer(tls::Side side, unsigned which) const {
        return Sealer::make(negotiated_, side, Bytes(secret_size_, static_cast<std::byte>(which)));
    }
    void enter(unsigned which) {
        client_ = sealer(tls::Side::client, which);
        server_ = sealer(tls::Side::server, which);
    }

    tls::Negotiated negotiated_;
    std::size_t secret_size_{};
    std::optional<Sealer> client_, server_, early_;
    tls::Secret client_secret_, server_secret_;  // after a KeyUpdate
};

}  // namespace rdpdx::test
