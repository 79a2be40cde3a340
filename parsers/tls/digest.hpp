// Digests by OpenSSL, as text.
#pragma once

#include <string>

#include "parsers/bytes/cursor.hpp"

namespace rdpdx::tls {

// In lower-case hex; empty where the library cannot.
std::string sha1_text(bytes::View data);
std::string sha256_text(bytes::View data);

}  // namespace rdpdx::tls
