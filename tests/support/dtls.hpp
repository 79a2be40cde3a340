// DTLS records and handshake fragments made from values, an association that is sealed, and items as text.
#pragma once

#include "parsers/bytes/overload.hpp"
#include "parsers/tls/dtls_reader.hpp"
#include "tests/support/tls_seal.hpp"

namespace rdpdx::test {

// [RFC 6347] 4.1
inline Bytes dtls_record(std::uint8_t type, const Bytes& fragment, std::uint64_t number,
                         std::uint16_t version = 0xFEFD) {
    return be(type, 1) + be(version, 2) + be(number, 8) + be(fragment.size(), 2) + fragment;
}

// [RFC 6347] 4.2.2: `n` bytes of the body from `offset` on.
inline Bytes dtls_fragment(std::uint8_t type, std::uint16_t seq, const Bytes& body, std::size_t offset, std::size_t n) {
    const auto part = bytes::View{body}.subspan(offset, n);
    return be(type, 1) + be(body.size(), 3) + be(seq, 2) + be(offset, 3) + be(n, 3) + copy_of(part);
}
inline Bytes dtls_message(std::uint8_t type, std::uint16_t seq, const Bytes& body) {
    return dtls_fragment(type, seq, body, 0, body.size());
}

// A suite, a master secret, and the bodies of the hellos that go with them.
struct DtlsTalk {
    static constexpr std::uint16_t kVersion = 0xFEFD;
    tls::Negotiated negotiated{0x0303, 0xC02F, {}, {}, false, false};
    Bytes master = Bytes(48, std::byte{7});
    std::optional<Sealer> client, server;

    explicit DtlsTalk(std::uint8_t random = 1, std::uint16_t cipher_suite = 0xC02F) {
        negotiated.client_random.fill(random);
        negotiated.server_random.fill(static_cast<std::uint8_t>(random + 100));
        negotiated.cipher_suite = cipher_suite;
        client = Sealer::make(negotiated, tls::Side::client, master);
        server = Sealer::make(negotiated, tls::Side::server, master);
        for (auto* side : {&client, &server}) (*side)->wire_version = kVersion;
    }
    Bytes client_hello(const Bytes& cookie = {}) const {
        return be(kVersion, 2) + copy_of(std::as_bytes(std::span{negotiated.client_random})) + be(0, 1) +
               be(cookie.size(), 1) + cookie + be(2, 2) + be(negotiated.cipher_suite, 2) + be(0x0100, 2);
    }
    Bytes server_hello() const {
        return be(kVersion, 2) + copy_of(std::as_bytes(std::span{negotiated.server_random})) + be(0, 1) +
               be(negotiated.cipher_suite, 2) + be(0, 1);
    }
    // Of epoch 1 unless the number says otherwise.
    Bytes sealed(tls::Side side, std::uint8_t type, const Bytes& text, std::uint64_t number) {
        Sealer& sealer = side == tls::Side::client ? *client : *server;
        sealer.sequence = number < (1ULL << 48) ? number + (1ULL << 48) : number;
        const std::uint64_t full = sealer.sequence;
        return dtls_record(type, sealer.seal(type, text), full);
    }
    std::string key_log() const {
        return "CLIENT_RANDOM " + bytes::hex(std::as_bytes(std::span{negotiated.client_random})) + " " +
               bytes::hex(master) + "\n";
    }
};

inline std::string name_of(const tls::DtlsReader::Item& item) {
    return std::visit(
        bytes::Overload{
            [](const tls::ChangeCipherSpec&) -> std::string { return "spec"; },
            [](const tls::Alert& a) { return fmt::format("alert-{}{}", a.description, a.opened ? "!" : ""); },
            [](const tls::EncryptedAlert&) -> std::string { return "(alert)"; },
            [](const tls::EncryptedHandshake&) -> std::string { return "(handshake)"; },
            [](const tls::ApplicationData&) -> std::string { return "(data)"; },
            [](const tls::HandshakeMessage& m) {
                return fmt::format("message-{}/{}{}", m.type, m.body.size(), m.opened ? "!" : "");
            },
            [](const tls::Unparsed& u) { return fmt::format("unparsed-{}", u.error.field); },
            [](const tls::OpenedData& o) { return fmt::format("data-{}", bytes::hex(o.data)); },
            [](const tls::Opening& o) { return fmt::format("opening-{}", static_cast<int>(o.state)); },
        },
        item);
}

}  // namespace rdpdx::test
