#include "parsers/tls/rsa_key.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "parsers/tls/libcrypto.hpp"

namespace rdpdx::tls {
namespace {

constexpr std::size_t kPremasterSize = 48, kLargestKeyFile = std::size_t{1} << 20;

using PkeyPtr = OpenSslPtr<EVP_PKEY, EVP_PKEY_free>;

// Without this libcrypto would ask on the terminal for the passphrase of an encrypted key.
int no_passphrase(char*, int, int, void*) { return -1; }

PkeyPtr read_key(bytes::View file) {
    const OpenSslPtr<BIO, BIO_free> pem{BIO_new_mem_buf(file.data(), static_cast<int>(file.size()))};
    if (!pem) return nullptr;
    if (EVP_PKEY* key = PEM_read_bio_PrivateKey(pem.get(), nullptr, no_passphrase, nullptr)) return PkeyPtr{key};
    const unsigned char* der = octets_of(file);
    return PkeyPtr{d2i_AutoPrivateKey(nullptr, &der, static_cast<long>(file.size()))};
}

}  // namespace

struct RsaKey::Key {
    PkeyPtr pkey;
};

RsaKey::RsaKey(std::unique_ptr<Key> key) noexcept : key_{std::move(key)} {}
RsaKey::RsaKey(RsaKey&&) noexcept = default;
RsaKey& RsaKey::operator=(RsaKey&&) noexcept = default;
RsaKey::~RsaKey() = default;

std::optional<RsaKey> RsaKey::from(bytes::View file) {
    if (file.empty() || file.size() > kLargestKeyFile) return {};
    PkeyPtr pkey = read_key(file);
    ERR_clear_error();
    if (!pkey || EVP_PKEY_get_base_id(pkey.get()) != EVP_PKEY_RSA) return {};
    auto key = std::make_unique<Key>();
    key->pkey = std::move(pkey);
    return RsaKey{std::move(key)};
}

bool RsaKey::fits(bytes::View certificate) const {
    const unsigned char* der = octets_of(certificate);
    const OpenSslPtr<X509, X509_free> x509{d2i_X509(nullptr, &der, static_cast<long>(certificate.size()))};
    EVP_PKEY* theirs = x509 ? X509_get0_pubkey(x509.get()) : nullptr;
    const bool same = theirs && EVP_PKEY_eq(theirs, key_->pkey.get()) == 1;
    ERR_clear_error();
    return same;
}

std::optional<Secret> RsaKey::premaster(bytes::View client_key_exchange) const {
    bytes::Cursor in{client_key_exchange};
    const auto encrypted = in.take(in.u16be("length"), "EncryptedPreMasterSecret");
    const OpenSslPtr<EVP_PKEY_CTX, EVP_PKEY_CTX_free> context{EVP_PKEY_CTX_new(key_->pkey.get(), nullptr)};
    if (in.error() || !context || EVP_PKEY_decrypt_init(context.get()) <= 0 ||
        EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_PADDING) <= 0)
        return {};
    Secret padded{static_cast<std::size_t>(EVP_PKEY_get_size(key_->pkey.get()))};
    std::size_t size = padded.size();
    const int done =
        EVP_PKEY_decrypt(context.get(), octets_of(padded.writable()), &size, octets_of(encrypted), encrypted.size());
    ERR_clear_error();
    if (done <= 0 || size != kPremasterSize) return {};
    // client_version leads it. Clients differ in which of their versions that is, but not in the 3, or 254 of DTLS.
    if (padded.view().front() != std::byte{3} && padded.view().front() != std::byte{254}) return {};
    return Secret{padded.view().first(size)};
}

}  // namespace rdpdx::tls
