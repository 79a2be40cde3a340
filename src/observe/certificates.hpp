// Inside of observe: certificates that were read already. A server shows the same one each time, and reading it costs
// more than all the rest of a handshake.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "parsers/tls/tls.hpp"

namespace rdpdx::observe {

inline constexpr std::size_t kCertificatesKept = 256;
inline constexpr std::size_t kCertificateBytesKept = std::size_t{1} << 20;

class Certificates {
public:
    // As tls::parse_certificate() reads it; good until the next call.
    const std::optional<tls::Certificate>& read(bytes::View der);

private:
    std::map<std::string, std::optional<tls::Certificate>, std::less<>> known_;  // by all of their bytes
    std::size_t bytes_{};
};

}  // namespace rdpdx::observe
