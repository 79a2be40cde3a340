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
    hello_verify_request = 3,  // of DTLS
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
    key_update = 24,
};

struct RecordHeader {
    std::uint8_t type{};
    std::uint16_t legacy_record_version{}, length{};
};
bytes::Parsed<RecordHeader> parse_record_header(bytes::Cursor& in);
// A header that TLS could have sent: known type (heartbeat, 24, included), version 3.0 to 3.4, length within [RFC 5246]
// 6.2.3's limit, which is larger than TLS 1.3's.
bool plausible(const RecordHeader& header) noexcept;
// Such a header, whole, is what the bytes begin with.
bool begins_with_record(bytes::View data) noexcept;

// [RFC 8446] 4.1.2, [RFC 5246] 7.4.1.2
struct ClientHello {
    std::uint16_t legacy_version{};
    std::array<std::uint8_t, 32> random{};
    std::vector<std::uint8_t> session_id;
    std::vector<std::uint8_t> cookie;  // of DTLS, [RFC 6347] 4.2.1
    std::vector<std::uint16_t> cipher_suites;
    std::vector<std::uint8_t> compression_methods;
    std::vector<std::uint16_t> extensions;          // types, in order
    std::vector<std::uint16_t> supported_versions;  // extension 43; empty where absent
    std::vector<std::uint16_t> supported_groups;    // extension 10
    std::optional<std::string> server_name;         // extension 0, valid UTF-8
    std::vector<std::string> alpn;                  // extension 16
    std::vector<std::uint8_t> session_ticket;       // extension 35, [RFC 5077] 3.2
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

// [RFC 5246] 7.4.2, up to TLS 1.2: DER of each certificate, the server's own first. Views into `body`. A list that
// breaks off gives those before, and an error if there is none.
bytes::Parsed<std::vector<bytes::View>> parse_certificate_list(bytes::View body, std::size_t base = 0);
// [RFC 8446] 4.4.2: the same of TLS 1.3, whose message is encrypted. Extensions of the certificates are passed over.
bytes::Parsed<std::vector<bytes::View>> parse_certificate_list_13(bytes::View body, std::size_t base = 0);

// [RFC 5280]; read by OpenSSL. Text is valid UTF-8, one-line names as "CN=host, O=org" (RFC 2253 order reversed by
// nobody: as OpenSSL prints XN_FLAG_ONELINE without spaces around '=').
struct Certificate {
    std::string subject, issuer, serial;         // serial in lower-case hex
    std::vector<std::string> subject_alt_names;  // "DNS:host", "IP:192.0.2.1"
    // Nothing where the date is not one. A date behind bytes::kLatest (9999 for "no end") is that.
    std::optional<bytes::Time> not_before, not_after;
    std::string sha1, sha256;   // of the DER, lower-case hex
    std::string key_algorithm;  // "RSA", "EC", ...; "unreadable" where OpenSSL cannot
    unsigned key_bits{};
    std::string signature_algorithm;
    std::vector<std::string> extended_key_usage;  // OIDs in dots
    bool self_signed{};                           // subject equals issuer and the signature fits its own key
    bool self_issued{};                           // subject equals issuer
};
// Nothing where OpenSSL cannot read it as a certificate at all. Bytes after the certificate do not count.
std::optional<Certificate> parse_certificate(bytes::View der);

// [RFC 8446] 6
struct Alert {
    std::uint8_t level{}, description{};
    bool opened{};  // it was encrypted
};
bytes::Parsed<Alert> parse_alert(bytes::View fragment, std::size_t base = 0);

// One thing read from one side's stream, in order. `offset` is that of the record it began in.
struct ChangeCipherSpec {
    std::uint16_t length{};  // 1, or more of an encrypted one: a renegotiation, up to TLS 1.2
};
struct EncryptedAlert {
    std::uint16_t length{};
};  // after that side's ChangeCipherSpec, up to TLS 1.2
struct EncryptedHandshake {
    std::uint16_t length{};
};  // Finished and others after ChangeCipherSpec, up to TLS 1.2
struct ApplicationData {
    std::uint16_t length{};
};  // TLS 1.3: any encrypted record, Finished and alerts included
struct HandshakeMessage {
    std::uint8_t type{};
    std::uint32_t length{};
    bytes::View body;
    bool opened{};                             // it was encrypted
    std::optional<std::uint16_t> message_seq;  // of DTLS
};
struct Unparsed {
    bytes::ParseError error;
    std::string what;
};  // not TLS from here on, or a message that broke off
using Item = std::variant<ChangeCipherSpec, Alert, EncryptedAlert, EncryptedHandshake, ApplicationData,
                          HandshakeMessage, Unparsed>;

// One side's stream -> items. Records and messages may be cut across feeds and records in any way; the items do not
// depend on how the feeds were cut. Memory is bounded by one record and one handshake message: one of more than 128 KiB
// becomes Unparsed, as does one that breaks off, and the next record that begins with a message goes on.
// Bytes that are no record become Unparsed once, and the rest is passed over until gap() says to look again.
//
// What is encrypted is told from the bytes of this side alone: after its ChangeCipherSpec or its first application data
// a handshake record is EncryptedHandshake, unless it is a hello in the clear, as follows the ChangeCipherSpec of a TLS
// 1.3 handshake with a HelloRetryRequest.
class StreamReader {
public:
    struct Located {
        Item item;               // views live until the next call
        std::uint64_t offset{};  // in that side's stream
    };
    // `offset` is the stream offset of the first byte; `sink` is called for each item in order.
    template <class Sink>
    void feed(bytes::View data, std::uint64_t offset, Sink&& sink) {
        push(data, offset);
        Located item;
        while (pull(item)) sink(item);
    }
    // Bytes are missing before the next feed. Inside a record that is longer than the gap nothing is lost but its
    // content; otherwise the next record is looked for. To start in mid-stream, say gap(0) before the first feed.
    void gap(std::uint64_t length);
    // False while it looks for a record, or has given up on these bytes.
    bool synchronised() const noexcept { return mode_ == Mode::header || mode_ == Mode::body; }
    // Bytes of a record that has begun and is not whole yet, its header included.
    std::size_t pending() const noexcept { return record_read_; }

    // The record of the item that was handed out last, where that is not in the clear. `fragment` is empty for
    // application data of more than keep_application_data() says.
    struct Ciphertext {
        RecordHeader header;
        bytes::View fragment;  // lives until the next call
        bool whole{};          // no gap fell into it
    };
    Ciphertext ciphertext() const noexcept { return {given_header_, given_, given_whole_}; }
    void keep_application_data(std::size_t largest) noexcept { kept_ = largest; }

private:
    enum class Mode { header, body, searching, opaque };

    void push(bytes::View data, std::uint64_t offset);
    bool pull(Located& item);

    bool search();
    void read_body();
    // Each of these is true if it found an item.
    bool read_header(Located& item);
    bool next_item(Located& item);
    bool next_handshake(Located& item);
    bool next_message(Located& item);
    bool whole_alert(Located& item);
    bool whole_change_cipher_spec(Located& item);
    bool break_off_message(Located& item);
    bool lose_messages(Located& item, const bytes::ParseError& error);

    bool looked_into() const noexcept;
    bytes::View consume(std::size_t n) noexcept;
    bool give(Located& item, Item value);
    bool give_record(Located& item, Item value);
    void end_record();
    void lose_synchronisation();

    Mode mode_{Mode::header};
    bytes::View input_;            // what is left of this feed; while searching a view of `held_`
    std::uint64_t input_end_{};    // stream offset behind `input_`
    std::vector<std::byte> held_;  // while searching: what may still begin a record
    bool first_after_gap_{};       // while searching: no byte was passed over yet

    std::array<std::byte, 5> header_{};
    RecordHeader record_;
    std::uint64_t record_offset_{};
    std::size_t record_read_{};        // of the current record, header included; 0 between records
    std::vector<std::byte> fragment_;  // of a record that is looked into
    bool fragment_whole_{true};        // false: a gap fell into it
    bool record_done_{};               // whole, and not all of its items were handed out
    std::size_t kept_{};               // application data of no more than this is looked into
    std::vector<std::byte> given_;     // the fragment that went with the last item
    RecordHeader given_header_;
    bool given_whole_{};

    std::vector<std::byte> message_;  // handshake messages, from the first that is not finished
    std::size_t message_taken_{};     // bytes of it that were handed out; they go with the record
    std::uint64_t message_offset_{};  // of the record in which the unfinished one began
    bool boundary_known_{};           // the next handshake record goes on where the last one ended
    bool messages_lost_{};            // it was said that handshake records cannot be read
    bool encrypted_{};                // this side's ChangeCipherSpec or application data was seen
    bool told_empty_{}, told_heartbeat_{};
    std::optional<Located> waiting_;  // found by gap(), handed out by the next pull
};

// "TLS 1.2" for 0x0303; "0x0305" for what nobody named.
std::string version_name(std::uint16_t version);
// IANA's name; empty if unknown.
std::string_view cipher_suite_name(std::uint16_t suite) noexcept;

}  // namespace rdpdx::tls
