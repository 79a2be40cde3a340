// ClientHello, ServerHello and the Certificate message.
#include <algorithm>

#include "parsers/tls/tls.hpp"

namespace rdpdx::tls {
namespace {

// IANA's "TLS ExtensionType Values".
enum Extension : std::uint16_t {
    kServerName = 0,
    kSupportedGroups = 10,
    kAlpn = 16,
    kSessionTicket = 35,
    kSupportedVersions = 43
};

// [RFC 8446] 4.1.3: SHA-256 of "HelloRetryRequest".
constexpr std::array<std::uint8_t, 32> kRetryRandom{0xCF, 0x21, 0xAD, 0x74, 0xE5, 0x9A, 0x61, 0x11, 0xBE, 0x1D, 0x8C,
                                                    0x02, 0x1E, 0x65, 0xB8, 0x91, 0xC2, 0xA2, 0x11, 0x16, 0x7A, 0xBB,
                                                    0x8C, 0x5E, 0x07, 0x9E, 0x09, 0xE2, 0xC8, 0xA8, 0x33, 0x9C};

// Drafts of TLS 1.3 before the 22nd put their version here, and left session_id and compression_method out.
bool early_draft(std::uint16_t legacy_version) { return legacy_version >> 8 == 0x7F; }

// [RFC 6347] 4.1: one's complement of the version's number, so that no TLS has it.
bool datagrams(std::uint16_t client_version) { return client_version >> 8 == 0xFE; }

std::array<std::uint8_t, 32> read_random(bytes::Cursor& in) {
    std::array<std::uint8_t, 32> random{};
    for (auto& octet : random) octet = in.u8("random");
    return random;
}

std::vector<std::uint8_t> octets(bytes::View view) {
    std::vector<std::uint8_t> out;
    out.reserve(view.size());
    for (const std::byte b : view) out.push_back(std::to_integer<std::uint8_t>(b));
    return out;
}

// An odd last octet is dropped.
std::vector<std::uint16_t> numbers(bytes::View view) {
    std::vector<std::uint16_t> out;
    out.reserve(view.size() / 2);
    bytes::Cursor in{view};
    while (in.remaining() >= 2) out.push_back(in.u16be("number"));
    return out;
}

// A vector whose length lies; what is there of it is still of use.
bytes::View take_up_to(bytes::Cursor& in, std::size_t n) { return in.take(std::min(n, in.remaining()), "vector"); }

// [RFC 6066] 3: the first host_name.
std::optional<std::string> host_name(bytes::View data) {
    bytes::Cursor in{data};
    bytes::Cursor list{take_up_to(in, in.u16be("server_name_list"))};
    while (list.remaining() > 0) {
        const auto name_type = list.u8("name_type");
        const auto name = list.take(list.u16be("length"), "HostName");
        if (!list.error() && name_type == 0) return bytes::valid_utf8(bytes::text_of(name));
    }
    return {};
}

// [RFC 7301] 3.1
std::vector<std::string> protocol_names(bytes::View data) {
    std::vector<std::string> names;
    bytes::Cursor in{data};
    bytes::Cursor list{take_up_to(in, in.u16be("protocol_name_list"))};
    while (list.remaining() > 0) {
        const auto name = list.take(list.u8("length"), "ProtocolName");
        if (!list.error()) names.push_back(bytes::valid_utf8(bytes::text_of(name)));
    }
    return names;
}

void keep(ClientHello& hello, std::uint16_t type, bytes::View data) {
    bytes::Cursor in{data};
    switch (type) {
        case kServerName:
            if (!hello.server_name) hello.server_name = host_name(data);
            break;
        case kSupportedGroups:
            hello.supported_groups = numbers(take_up_to(in, in.u16be("named_group_list")));
            break;
        case kAlpn:
            hello.alpn = protocol_names(data);
            break;
        case kSessionTicket:
            hello.session_ticket = octets(data);
            break;
        case kSupportedVersions:
            hello.supported_versions = numbers(take_up_to(in, in.u8("versions")));
            break;
        default:
            break;
    }
}

void keep(ServerHello& hello, std::uint16_t type, bytes::View data) {
    if (type == kSupportedVersions && data.size() >= 2) hello.selected_version = numbers(data).front();
}

// [RFC 8446] 4.2. An extension that breaks off is not counted; those before it are.
template <class Hello>
void read_extensions(Hello& hello, bytes::Cursor& in) {
    if (in.remaining() < 2) return;
    bytes::Cursor list{take_up_to(in, in.u16be("extensions"))};
    while (list.remaining() > 0) {
        const auto type = list.u16be("extension_type");
        const auto data = list.take(list.u16be("length"), "extension_data");
        if (list.error()) return;
        hello.extensions.push_back(type);
        keep(hello, type, data);
    }
}

}  // namespace

bytes::Parsed<ClientHello> parse_client_hello(bytes::View body, std::size_t base) {
    bytes::Cursor in{body, base};
    ClientHello hello;
    hello.legacy_version = in.u16be("legacy_version");
    hello.random = read_random(in);
    hello.session_id = octets(in.take(in.u8("legacy_session_id"), "legacy_session_id"));
    if (datagrams(hello.legacy_version)) hello.cookie = octets(in.take(in.u8("cookie"), "cookie"));
    hello.cipher_suites = numbers(in.take(in.u16be("cipher_suites"), "cipher_suites"));
    hello.compression_methods = octets(in.take(in.u8("legacy_compression_methods"), "legacy_compression_methods"));
    if (in.error()) return *in.error();
    read_extensions(hello, in);
    return hello;
}

bytes::Parsed<ServerHello> parse_server_hello(bytes::View body, std::size_t base) {
    bytes::Cursor in{body, base};
    ServerHello hello;
    hello.legacy_version = in.u16be("legacy_version");
    const bool draft = early_draft(hello.legacy_version);
    hello.random = read_random(in);
    if (!draft) hello.session_id = octets(in.take(in.u8("legacy_session_id_echo"), "legacy_session_id_echo"));
    hello.cipher_suite = in.u16be("cipher_suite");
    if (!draft) hello.compression_method = in.u8("legacy_compression_method");
    if (in.error()) return *in.error();
    hello.hello_retry_request = hello.random == kRetryRandom;
    read_extensions(hello, in);
    return hello;
}

namespace {

// The list itself; `extensions`: each certificate has some behind it.
bytes::Parsed<std::vector<bytes::View>> read_certificates(bytes::Cursor& in, bool extensions) {
    const std::size_t length = in.u24be("certificate_list");
    if (in.error()) return *in.error();
    const auto at = in.position();
    bytes::Cursor list{take_up_to(in, length), at};
    if (list.remaining() < length && list.remaining() == 0)
        return bytes::ParseError{bytes::Problem::truncated, "certificate_list", at, length, 0};
    std::vector<bytes::View> certificates;
    while (list.remaining() > 0) {
        const auto der = list.take(list.u24be("ASN.1Cert"), "ASN.1Cert");
        if (!list.error()) certificates.push_back(der);
        if (extensions) list.skip(list.u16be("extensions"), "extensions");
    }
    if (list.error() && certificates.empty()) return *list.error();
    return certificates;
}

}  // namespace

bytes::Parsed<std::vector<bytes::View>> parse_certificate_list(bytes::View body, std::size_t base) {
    bytes::Cursor in{body, base};
    return read_certificates(in, false);
}

bytes::Parsed<std::vector<bytes::View>> parse_certificate_list_13(bytes::View body, std::size_t base) {
    bytes::Cursor in{body, base};
    in.skip(in.u8("certificate_request_context"), "certificate_request_context");
    return read_certificates(in, true);
}

}  // namespace rdpdx::tls
