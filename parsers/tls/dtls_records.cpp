// The fixed parts of DTLS.
#include "parsers/tls/dtls.hpp"
#include "parsers/tls/records.hpp"

namespace rdpdx::tls {
namespace {

constexpr std::uint16_t kDtls10 = 0xFEFF, kDtls12 = 0xFEFD, kTls11 = 0x0302, kTls12 = 0x0303;

}  // namespace

bytes::Parsed<DtlsRecordHeader> parse_dtls_record_header(bytes::Cursor& in) {
    DtlsRecordHeader header;
    header.type = in.u8("type");
    header.version = in.u16be("version");
    header.epoch = in.u16be("epoch");
    header.sequence_number = std::uint64_t{in.u16be("sequence_number")} << 32;
    header.sequence_number |= in.u32be("sequence_number");
    header.length = in.u16be("length");
    if (in.error()) return *in.error();
    return header;
}

std::optional<std::string_view> implausible_field(const DtlsRecordHeader& header) noexcept {
    if (header.type < static_cast<std::uint8_t>(ContentType::change_cipher_spec) || header.type > kHeartbeat)
        return "type";
    if (header.version != kDtls10 && header.version != kDtls12) return "version";
    if (header.length > kLargestRecord) return "length";
    return {};
}

bool plausible(const DtlsRecordHeader& header) noexcept { return !implausible_field(header); }

bool begins_with_dtls_record(bytes::View datagram) noexcept {
    bytes::Cursor in{datagram};
    const auto header = parse_dtls_record_header(in);
    return header && plausible(*header) && header->length <= in.remaining();
}

bytes::Parsed<DtlsHandshakeHeader> parse_dtls_handshake_header(bytes::Cursor& in) {
    DtlsHandshakeHeader header;
    header.msg_type = in.u8("msg_type");
    header.length = in.u24be("length");
    header.message_seq = in.u16be("message_seq");
    header.fragment_offset = in.u24be("fragment_offset");
    header.fragment_length = in.u24be("fragment_length");
    if (in.error()) return *in.error();
    return header;
}

bytes::Parsed<HelloVerifyRequest> parse_hello_verify_request(bytes::View body, std::size_t base) {
    bytes::Cursor in{body, base};
    HelloVerifyRequest request;
    request.server_version = in.u16be("server_version");
    for (const std::byte b : in.take(in.u8("cookie"), "cookie"))
        request.cookie.push_back(std::to_integer<std::uint8_t>(b));
    if (in.error()) return *in.error();
    return request;
}

std::uint16_t underlying_version(std::uint16_t version) noexcept {
    if (version == kDtls10) return kTls11;
    return version == kDtls12 ? kTls12 : version;
}

}  // namespace rdpdx::tls
