#include "parsers/tls/record_decryptor.hpp"

#include <algorithm>
#include <functional>
#include <utility>

#include "parsers/tls/record_cipher.hpp"
#include "parsers/tls/records.hpp"

namespace rdpdx::tls {
namespace {

using bytes::ParseError;
using bytes::Problem;
using bytes::View;

constexpr std::uint16_t kTls10 = 0x0301, kTls13 = 0x0304;
constexpr std::size_t kExplicitNonceSize = 8;

std::array<std::byte, 8> eight_bytes(std::uint64_t number) noexcept {
    std::array<std::byte, 8> out{};
    for (auto at = out.rbegin(); at != out.rend(); ++at, number >>= 8) *at = static_cast<std::byte>(number & 0xFF);
    return out;
}

// [RFC 8446] 5.2: type, legacy_record_version, length. `length` is not that of the record where a MAC is not counted.
std::array<std::byte, kRecordHeaderSize> header_bytes(const RecordHeader& header, std::size_t length) noexcept {
    return {static_cast<std::byte>(header.type), static_cast<std::byte>(header.legacy_record_version >> 8),
            static_cast<std::byte>(header.legacy_record_version & 0xFF), static_cast<std::byte>(length >> 8),
            static_cast<std::byte>(length & 0xFF)};
}

// [RFC 5246] 6.2.3.1: what the MAC and the AEAD cover besides the text.
std::array<std::byte, 13> numbered_header(std::uint64_t sequence, const RecordHeader& header,
                                          std::size_t length) noexcept {
    std::array<std::byte, 13> out{};
    const auto fields = header_bytes(header, length);
    std::ranges::copy(fields, std::ranges::copy(eight_bytes(sequence), out.begin()).out);
    return out;
}

ParseError too_short(std::size_t base, std::size_t need, std::size_t have) noexcept {
    return {Problem::truncated, "fragment", base, need, have};
}
ParseError bad(std::string_view field, std::size_t offset) noexcept {
    return {Problem::bad_value, field, offset, 0, 0};
}

}  // namespace

struct RecordDecryptor::State {
    std::uint16_t version{}, cipher_suite{};
    CipherParameters suite;
    bool encrypt_then_mac{};
    Secret traffic_secret;  // of TLS 1.3
    Secret iv;              // of TLS 1.0 and CBC the last block of the record before
    // That record was not seen; or was not if any was lost. It only matters to TLS 1.0 and CBC.
    bool iv_missing{}, iv_suspect{};
    std::optional<RecordCipher> cipher;
    std::optional<RecordMac> mac;
    Secret text;  // what the last plaintext is a view of

    std::uint64_t sequence{};
    bool lost{};
    std::uint64_t searches{};  // while `lost`: records that were not found yet

    struct Found {
        std::uint64_t sequence{}, lost{};
    };

    bool take_keys(RecordKeys keys) {
        cipher = RecordCipher::make(suite, keys.key.view());
        mac = suite.mac == Hash::none ? std::nullopt : RecordMac::make(suite.mac, keys.mac_key.view());
        iv = std::move(keys.iv);
        return cipher && (mac || suite.mac == Hash::none);
    }

    std::span<std::byte> room(std::size_t size) {
        if (text.size() < size) text = Secret{size};
        return text.writable().first(size);
    }

    // The number with which the record authenticates. Either way the next record is awaited after it.
    template <class Authentic>
    std::optional<Found> settle(Authentic&& authentic) {
        const std::uint64_t expected = sequence++;
        if (!lost) return authentic(expected) ? std::optional{Found{expected, 0}} : std::nullopt;
        const std::uint64_t first = searches * kSearchWidth + (searches == 0 ? 0 : 1);
        for (std::uint64_t ahead = first; ahead <= (searches + 1) * kSearchWidth; ++ahead) {
            if (!authentic(expected + ahead)) continue;
            sequence = expected + ahead + 1;
            stop_searching();
            return Found{expected + ahead, ahead};
        }
        if (++searches == kSearches) stop_searching();
        return {};
    }
    void records_lost() noexcept {
        lost = true;
        searches = 0;
    }
    void stop_searching() noexcept {
        lost = false;
        searches = 0;
    }

    std::array<std::byte, 12> nonce(std::uint64_t number, View nonce_explicit) const noexcept;
    bytes::Parsed<Plaintext> open_aead(const RecordHeader& header, View fragment, std::size_t base);
    bytes::Parsed<Plaintext> open_block(const RecordHeader& header, View fragment, std::size_t base);
    bytes::Parsed<Plaintext> open_stream(const RecordHeader& header, View fragment, std::size_t base);
    bytes::Parsed<Plaintext> open_inner(View inner, const Found& found, std::size_t base) const;
    bytes::Parsed<Plaintext> open_signed(const RecordHeader& header, View content, View expected, std::size_t base);
};

// [RFC 5288] 3 and [RFC 6655] 3: salt and nonce_explicit; [RFC 7905] 2 and [RFC 8446] 5.3: the IV and the number.
std::array<std::byte, 12> RecordDecryptor::State::nonce(std::uint64_t number, View nonce_explicit) const noexcept {
    std::array<std::byte, 12> out{};
    const auto after_iv = std::ranges::copy(iv.view().first(std::min(iv.size(), out.size())), out.begin()).out;
    if (!nonce_explicit.empty()) {
        std::ranges::copy(nonce_explicit, after_iv);
        return out;
    }
    const auto counted = eight_bytes(number);
    std::ranges::transform(counted, View{out}.last(counted.size()), out.end() - counted.size(), std::bit_xor{});
    return out;
}

// [RFC 5246] 6.2.3.3, [RFC 8446] 5.2
bytes::Parsed<Plaintext> RecordDecryptor::State::open_aead(const RecordHeader& header, View fragment,
                                                           std::size_t base) {
    const bool implicit = version == kTls13 || suite.algorithm == kChaCha20Poly1305;
    const std::size_t nonce_size = implicit ? 0 : kExplicitNonceSize;
    if (fragment.size() < nonce_size + suite.tag_size) {
        ++sequence;
        return too_short(base, nonce_size + suite.tag_size, fragment.size());
    }
    const View sealed = fragment.subspan(nonce_size);
    const auto out = room(sealed.size() - suite.tag_size);
    const auto found = settle([&](std::uint64_t number) {
        const auto unnumbered = header_bytes(header, fragment.size());
        const auto numbered = numbered_header(number, header, out.size());
        return cipher->open(nonce(number, fragment.first(nonce_size)),
                            version == kTls13 ? View{unnumbered} : View{numbered}, sealed, out);
    });
    if (!found) return bad("aead_output", base + nonce_size);
    if (version == kTls13) return open_inner(out, *found, base);
    return Plaintext{header.type, out, found->sequence, found->lost};
}

// [RFC 8446] 5.2, 5.4: TLSInnerPlaintext, whose type is the last byte that is not zero.
bytes::Parsed<Plaintext> RecordDecryptor::State::open_inner(View inner, const Found& found, std::size_t base) const {
    while (!inner.empty() && inner.back() == std::byte{0}) inner = inner.first(inner.size() - 1);
    if (inner.empty()) return bad("type", base);
    return Plaintext{std::to_integer<std::uint8_t>(inner.back()), inner.first(inner.size() - 1), found.sequence,
                     found.lost};
}

// The last step of MAC-then-encrypt: the text is open, and `expected` stood behind it.
bytes::Parsed<Plaintext> RecordDecryptor::State::open_signed(const RecordHeader& header, View content, View expected,
                                                             std::size_t base) {
    const auto found = settle([&](std::uint64_t number) {
        return mac->fits({numbered_header(number, header, content.size()), content}, expected);
    });
    if (!found) return bad("MAC", base + content.size());
    return Plaintext{header.type, content, found->sequence, found->lost};
}

// [RFC 5246] 6.2.3.1
bytes::Parsed<Plaintext> RecordDecryptor::State::open_stream(const RecordHeader& header, View fragment,
                                                             std::size_t base) {
    const std::size_t mac_size = hash_size(suite.mac);
    const auto out = room(fragment.size());
    cipher->decrypt_stream(fragment, out);
    if (out.size() < mac_size) {
        ++sequence;
        return too_short(base, mac_size, out.size());
    }
    return open_signed(header, out.first(out.size() - mac_size), out.last(mac_size), base);
}

// [RFC 5246] 6.2.3.2; [RFC 7366] 3 for the MAC over what is encrypted. Nobody listens for how long this takes, so the
// padding is looked at before the MAC.
bytes::Parsed<Plaintext> RecordDecryptor::State::open_block(const RecordHeader& header, View fragment,
                                                            std::size_t base) {
    const std::size_t mac_size = hash_size(suite.mac), iv_size = version == kTls10 ? 0 : suite.block_size;
    const std::size_t outer_mac_size = encrypt_then_mac ? mac_size : 0;
    const std::size_t least = iv_size + suite.block_size + outer_mac_size;
    if (fragment.size() < least) {
        ++sequence;
        return too_short(base, least, fragment.size());
    }
    const View covered = fragment.first(fragment.size() - outer_mac_size), ciphertext = covered.subspan(iv_size);
    const Secret record_iv = iv_size == 0 ? iv : Secret{covered.first(iv_size)};
    if (iv_size == 0) iv = Secret{ciphertext.last(suite.block_size)};
    const bool missing = iv_size == 0 && std::exchange(iv_missing, false);
    const bool suspect = iv_size == 0 && std::exchange(iv_suspect, false);

    Found found;
    if (encrypt_then_mac) {
        const auto settled = settle([&](std::uint64_t number) {
            return mac->fits({numbered_header(number, header, covered.size()), covered}, fragment.last(mac_size));
        });
        if (!settled) return bad("MAC", base + covered.size());
        found = *settled;
        // The MAC says nothing of the first block of text, which this IV would make into noise.
        if (missing || (suspect && found.lost > 0)) return bad("IV", base);
    }
    const auto out = room(ciphertext.size());
    const std::size_t inner_mac_size = mac_size - outer_mac_size;
    const bool whole =
        ciphertext.size() % suite.block_size == 0 && cipher->decrypt_blocks(record_iv.view(), ciphertext, out);
    const std::size_t padding = whole ? std::to_integer<std::size_t>(out.back()) + 1 : 0;
    if (!whole || padding + inner_mac_size > out.size() ||
        !std::ranges::all_of(out.last(padding), [last = out.back()](std::byte b) { return b == last; })) {
        if (!encrypt_then_mac) ++sequence;
        return bad("padding_length", base + covered.size() - 1);
    }
    const View content = out.first(out.size() - padding - inner_mac_size);
    if (encrypt_then_mac) return Plaintext{header.type, content, found.sequence, found.lost};
    const auto opened = open_signed(header, content, out.subspan(content.size(), mac_size), base + iv_size);
    // With a wrong IV no number could have been found, so that the search begins with the next record.
    if (!opened && suspect) records_lost();
    return opened;
}

RecordDecryptor::RecordDecryptor(std::unique_ptr<State> state) noexcept : state_{std::move(state)} {}
RecordDecryptor::RecordDecryptor(RecordDecryptor&&) noexcept = default;
RecordDecryptor& RecordDecryptor::operator=(RecordDecryptor&&) noexcept = default;
RecordDecryptor::~RecordDecryptor() = default;

std::optional<RecordDecryptor> RecordDecryptor::make(const Negotiated& negotiated, Side side, View secret) {
    const auto suite = cipher_parameters(negotiated.cipher_suite);
    if (!suite) return {};
    auto state = std::make_unique<State>();
    state->version = negotiated.version;
    state->cipher_suite = negotiated.cipher_suite;
    state->suite = *suite;
    state->encrypt_then_mac = negotiated.encrypt_then_mac && suite->mode == CipherMode::block;

    std::optional<RecordKeys> keys;
    if (negotiated.version == kTls13) {
        keys = traffic_keys(negotiated.cipher_suite, secret);
        state->traffic_secret = Secret{secret};
    } else if (auto block = key_block(negotiated, secret)) {
        keys = std::move(side == Side::client ? block->client : block->server);
    }
    if (!keys || !state->take_keys(std::move(*keys))) return {};
    return RecordDecryptor{std::move(state)};
}

bytes::Parsed<Plaintext> RecordDecryptor::open(const RecordHeader& header, View fragment, std::size_t base) {
    State& state = *state_;
    const bool protected_type = header.type == static_cast<std::uint8_t>(ContentType::application_data);
    if (state.version == kTls13 && !protected_type) return bad("type", base);
    if (fragment.size() < header.length || header.length > kLargestRecord) {
        skip(header);
        if (header.length > kLargestRecord) return bad("length", base);
        return too_short(base, header.length, fragment.size());
    }
    fragment = fragment.first(header.length);
    switch (state.suite.mode) {
        case CipherMode::aead:
            return state.open_aead(header, fragment, base);
        case CipherMode::block:
            return state.open_block(header, fragment, base);
        case CipherMode::stream:
            break;
    }
    return state.open_stream(header, fragment, base);
}

void RecordDecryptor::skip(const RecordHeader& header) {
    ++state_->sequence;
    state_->iv_missing = true;
    if (state_->suite.mode != CipherMode::stream) return;
    const auto out = state_->room(header.length);
    state_->cipher->decrypt_stream(out, out);
}

void RecordDecryptor::records_lost() noexcept {
    state_->records_lost();
    state_->iv_suspect = true;
}

bool RecordDecryptor::update_keys() {
    Secret next = next_traffic_secret(state_->cipher_suite, state_->traffic_secret.view());
    auto keys = traffic_keys(state_->cipher_suite, next.view());
    if (!keys || !state_->take_keys(std::move(*keys))) return false;
    state_->traffic_secret = std::move(next);
    expect(0);
    return true;
}

std::uint64_t RecordDecryptor::sequence() const noexcept { return state_->sequence; }
void RecordDecryptor::expect(std::uint64_t sequence) noexcept {
    state_->sequence = sequence;
    state_->stop_searching();
}

}  // namespace rdpdx::tls
