// TLS 1.0 to 1.3 as far as it is readable without keys: records, hellos, certificates up to 1.2, alerts.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "parsers/bytes/cursor.hpp"
#include "parsers/bytes/text.hpp"

namespace rdpdx::tls {

// [RFC 8446] 5.1, [RFC 5246] 6.2.1. Any other number is kept.
enum class ContentType : std::uint8_t { change_cipher_spec = 20, alert = 21, handshake = 22, application_data = 23 };
enum class HandshakeType : std::uint8_t {
    hello_request = 0,
    client_hello = 1,
    server_hello = 2,
    new_session_ticket = 4,
    encrypted_extensions = 8,
    certificate = 11,
    server_key_exchange = 12,
    certificate_request = 13,
    server_hello_done = 14,
    certificate_verify = 15,
    client_key_exchange = 16,
    finished = 20,
    certificate_status = 22,
};

struct RecordHeader {
    std::uint8_t type{};
    std::uint16_t legacy_record_version{}, length{};
};
bytes::Parsed<RecordHeader> parse_record_header(bytes::Cursor& in);
// A header that TLS could have sent: known type, version 3.x, length within [RFC 5246] 6.2.3's limit.
bool plausible(const RecordHeader& header) noexcept;

// [RFC 8446] 4.1.2, [RFC 5246] 7.4.1.2
struct ClientHello {
    std::uint16_t legacy_version{};
    std::array<std::uint8_t, 32> random{};
    std::vector<std::uint8_t> session_id;
    std::vector<std::uint16_t> cipher_suites;
    std::vector<std::uint8_t> compression_methods;
    std::vector<std::uint16_t> extensions;          // types, in order
    std::vector<std::uint16_t> supported_versions;  // extension 43; empty where absent
    std::vector<std::uint16_t> supported_groups;    // extension 10
    std::optional<std::string> server_name;         // extension 0, valid UTF-8
    std::vector<std::string> alpn;                  // extension 16
};
// `body` is the handshake message without its four-byte header. A hello cut off in its extensions gives those before.
bytes::Parsed<ClientHello> parse_client_hello(bytes::View body, std::size_t base = 0);

// [RFC 8446] 4.1.3, [RFC 5246] 7.4.1.3
struct ServerHello {
    std::uint16_t legacy_version{};
    std::array<std::uint8_t, 32> random{};
    std::vector<std::uint8_t> session_id;
    std::uint16_t cipher_suite{};
    std::uint8_t compression_method{};
    std::vector<std::uint16_t> extensions;
    std::optional<std::uint16_t> selected_version;  // extension 43
    bool hello_retry_request{};                     // [RFC 8446] 4.1.3: the special random value
    // The version in force: selected_version, or legacy_version.
    std::uint16_t version() const noexcept { return selected_version.value_or(legacy_version); }
};
bytes::Parsed<ServerHello> parse_server_hello(bytes::View body, std::size_t base = 0);

// [RFC 5246] 7.4.2, up to TLS 1.2: DER of each certificate, the server's own first. Views into `body`.
bytes::Parsed<std::vector<bytes::View>> parse_certificate_list(bytes::View body, std::size_t base = 0);

// [RFC 5280]; read by OpenSSL. Text is valid UTF-8, one-line names as "CN=host, O=org" (RFC 2253 order reversed by
// nobody: as OpenSSL prints XN_FLAG_ONELINE without spaces around '=').
struct Certificate {
    std::string subject, issuer, serial;            // serial in lower-case hex
    std::vector<std::string> subject_alt_names;     // "DNS:host", "IP:192.0.2.1"
    std::optional<bytes::Time> not_before, not_after;  // nothing where the date is not one
    std::string sha1, sha256;                       // of the DER, lower-case hex
    std::string key_algorithm;                      // "RSA", "EC", ...; "unreadable" where OpenSSL cannot
    unsigned key_bits{};
    std::string signature_algorithm;
    std::vector<std::string> extended_key_usage;    // OIDs in dots
    bool self_signed{};                             // subject equals issuer and the signature fits its own key
    bool self_issued{};                             // subject equals issuer
};
// Nothing where OpenSSL cannot read it as a certificate at all.
std::optional<Certificate> parse_certificate(bytes::View der);

// [RFC 8446] 6
struct Alert {
    std::uint8_t level{}, description{};
};
bytes::Parsed<Alert> parse_alert(bytes::View fragment, std::size_t base = 0);

// One thing read from one side's stream, in order. `offset` is that of the record it began in.
struct ChangeCipherSpec {};
struct EncryptedAlert { std::uint16_t length{}; };       // after that side's ChangeCipherSpec, up to TLS 1.2
struct EncryptedHandshake { std::uint16_t length{}; };   // Finished and others after ChangeCipherSpec, up to TLS 1.2
struct ApplicationData { std::uint16_t length{}; };      // TLS 1.3: any encrypted record, Finished and alerts included
struct HandshakeMessage { std::uint8_t type{}; std::uint32_t length{}; bytes::View body; };  // in the clear
struct Unparsed { bytes::ParseError error; std::string what; };  // not TLS from here on, or a message that broke off
using Item = std::variant<ChangeCipherSpec, Alert, EncryptedAlert, EncryptedHandshake, ApplicationData, HandshakeMessage, Unparsed>;

// One side's stream -> items. Records and messages may be cut across feeds and records in any way; memory is bounded by
// one handshake message (at most 128 KiB, then it becomes Unparsed and the rest of the stream counts as opaque records).
// With TLS 1.3 the caller says so by encrypted() once it has seen the ServerHello, since a side's handshake after it
// comes as ApplicationData.
class StreamReader {
public:
    struct Located {
        Item item;             // views live until the next call
        std::uint64_t offset{};  // in that side's stream
    };
    // `offset` is the stream offset of the first byte; `sink` is called for each item in order.
    template <class Sink>
    void feed(bytes::View data, std::uint64_t offset, Sink&& sink) {
        push(data, offset);
        Located item;
        while (pull(item)) sink(item);
    }
    // Bytes are missing before the next feed: looks for the next plausible record header. True if it was inside a record.
    void gap(std::uint64_t length);
    // After the gap or at a start in mid-stream nothing is certain until a record header was found again.
    bool synchronised() const noexcept;
    // Bytes of a record that has begun and is not whole yet.
    std::size_t pending() const noexcept;

private:
    void push(bytes::View data, std::uint64_t offset);
    bool pull(Located& item);
    // (state: to be filled in by the implementation)
};

// "TLS 1.2" for 0x0303; "0x0305" for what nobody named.
std::string version_name(std::uint16_t version);
// IANA's name; empty if unknown.
std::string_view cipher_suite_name(std::uint16_t suite) noexcept;

}  // namespace rdpdx::tls
