// Records with any bytes, and records with any content made for the very keys that open them. Neither may harm, what
// was sealed must open as it was, and a record says no more than it holds. What is left over is read as a key log.
#include <algorithm>
#include <cstdlib>

#include "parsers/tls/record_decryptor.hpp"
#include "parsers/tls/rsa_key.hpp"
#include "tests/support/tls_seal.hpp"

using namespace rdpdx;

namespace {

constexpr std::uint16_t kSuites[]{0x0002, 0x0004, 0x0005, 0x000A, 0x002F, 0x0035, 0x003C, 0xC028, 0x009C, 0xC030,
                                  0xC09C, 0xC0A1, 0xCCA8, 0x0041, 0xC05C, 0x1301, 0x1302, 0x1303, 0x1304, 0x1305};

void require(bool holds) {
    if (!holds) std::abort();
}

void raw_record(tls::RecordDecryptor& decryptor, bytes::Cursor& in) {
    const auto header = tls::parse_record_header(in);
    if (!header) return;
    const auto fragment = in.take(std::min<std::size_t>(header->length, in.remaining()), "fragment");
    const auto opened = decryptor.open(*header, fragment);
    if (opened) require(opened->fragment.size() <= fragment.size());
    if (!opened) require(opened.error().offset <= fragment.size());
}

void sealed_record(tls::RecordDecryptor& decryptor, test::Sealer& sealer, bytes::Cursor& in, bool tls13) {
    const std::uint8_t type = in.u8("type");
    const test::Bytes content = test::copy_of(in.take(in.u16be("size") % 2000U, "content"));
    if (in.error()) return;
    sealer.sequence = decryptor.sequence();
    const test::Bytes fragment = tls13 ? sealer.seal_inner(content) : sealer.seal(type, content);
    const auto opened = decryptor.open(sealer.header(type, fragment), fragment);
    if (!opened) return;
    require(opened->fragment.size() <= content.size());
    require(std::ranges::equal(opened->fragment, bytes::View{content}.first(opened->fragment.size())));
    require(tls13 || opened->fragment.size() == content.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    bytes::Cursor in{std::as_bytes(std::span{data, size})};
    tls::Negotiated negotiated;
    const std::uint8_t flags = in.u8("flags");
    negotiated.cipher_suite = kSuites[in.u8("suite") % std::size(kSuites)];
    const bool tls13 = negotiated.cipher_suite >> 8 == 0x13;
    negotiated.version = tls13 ? 0x0304 : static_cast<std::uint16_t>(0x0301 + flags % 3);
    negotiated.encrypt_then_mac = (flags & 4U) != 0;
    const auto suite = tls::cipher_parameters(negotiated.cipher_suite);
    const test::Bytes secret(tls13 ? tls::hash_size(suite->prf) : 48, std::byte{3});
    auto decryptor = tls::RecordDecryptor::make(negotiated, tls::Side::client, secret);
    auto sealer = test::Sealer::make(negotiated, tls::Side::client, secret);
    require(decryptor && sealer);

    while (in.remaining() > 0) {
        switch (in.u8("step") % 6) {
            case 0:
            case 1:
                raw_record(*decryptor, in);
                break;
            case 2:
                sealed_record(*decryptor, *sealer, in, tls13);
                break;
            case 3:
                decryptor->records_lost();
                break;
            case 4:
                decryptor->skip({23, 0x0303, in.u16be("length")});
                break;
            default: {
                const bytes::View text = in.rest();
                tls::KeyLog log;
                log.add(text);
                require(log.secrets() + log.malformed() + log.ignored() <= text.size());
                (void)tls::RsaKey::from(text);
            }
        }
    }
    return 0;
}
