#include "parsers/tls/secret.hpp"

#include <openssl/crypto.h>

namespace rdpdx::tls {

Secret::~Secret() { OPENSSL_cleanse(bytes_.data(), bytes_.size()); }

}  // namespace rdpdx::tls
