// DTLS 1.0 and 1.2: what a datagram holds, without keys. Its hellos are those of tls.hpp.
#pragma once

#include "parsers/tls/tls.hpp"

namespace rdpdx::tls {

// [RFC 6347] 4.1
struct DtlsRecordHeader {
    std::uint8_t type{};
    std::uint16_t version{}, epoch{};
    std::uint64_t sequence_number{};  // 48 bits, counted anew in each epoch
    std::uint16_t length{};
    // What TLS counts by itself, and MAC and nonce cover.
    std::uint64_t number() const noexcept { return std::uint64_t{epoch} << 48 | sequence_number; }
};
bytes::Parsed<DtlsRecordHeader> parse_dtls_record_header(bytes::Cursor& in);
// A header that DTLS 1.0 or 1.2 could have sent: known type (heartbeat, 24, included), version, length.
bool plausible(const DtlsRecordHeader& header) noexcept;
// A datagram that begins with a whole record of this kind.
bool begins_with_dtls_record(bytes::View datagram) noexcept;

// [RFC 6347] 4.2.2: of one fragment.
struct DtlsHandshakeHeader {
    std::uint8_t msg_type{};
    std::uint32_t length{};  // of the message
    std::uint16_t message_seq{};
    std::uint32_t fragment_offset{}, fragment_length{};
};
bytes::Parsed<DtlsHandshakeHeader> parse_dtls_handshake_header(bytes::Cursor& in);

// [RFC 6347] 4.2.1
struct HelloVerifyRequest {
    std::uint16_t server_version{};
    std::vector<std::uint8_t> cookie;
};
// `body` is the message without its header.
bytes::Parsed<HelloVerifyRequest> parse_hello_verify_request(bytes::View body, std::size_t base = 0);

// The version of TLS whose keys and PRF it uses: 1.1 for DTLS 1.0, 1.2 for DTLS 1.2. Others are themselves.
std::uint16_t underlying_version(std::uint16_t version) noexcept;

}  // namespace rdpdx::tls
