// Inside of observe: certificates that were read already. A server shows the same one each time, and reading it costs
// more than all the rest of a handshake.
#pragma once

#include <array>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "parsers/tls/tls.hpp"
#include "src/model/attempt.hpp"

namespace rdpdx::observe {

inline constexpr std::size_t kCertificatesKept = 256;
inline constexpr std::size_t kCertificateBytesKept = std::size_t{1} << 20;

class Certificates {
public:
    // As tls::parse_certificate() reads it; good until the next call.
    const std::optional<tls::Certificate>& read(bytes::View der) { return known(der).certificate; }
    // The same for a report, of one that was seen at that time; null where it cannot be read.
    std::shared_ptr<const model::Certificate> told(bytes::View der, model::Time seen);

private:
    struct Known {
        std::optional<tls::Certificate> certificate;
        std::array<std::shared_ptr<const model::Certificate>, 2> told;  // outside of its time, and within
    };
    Known& known(bytes::View der);

    std::map<std::string, Known, std::less<>> known_;  // by all of their bytes
    std::size_t bytes_{};
};

}  // namespace rdpdx::observe
