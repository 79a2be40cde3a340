#include "src/observe/certificates.hpp"

namespace rdpdx::observe {

const std::optional<tls::Certificate>& Certificates::read(bytes::View der) {
    const std::string_view text = bytes::text_of(der);
    if (const auto at = known_.find(text); at != known_.end()) return at->second;
    if (known_.size() >= kCertificatesKept || bytes_ + text.size() > kCertificateBytesKept) {
        known_.clear();
        bytes_ = 0;
    }
    bytes_ += text.size();
    return known_.emplace(text, tls::parse_certificate(der)).first->second;
}

}  // namespace rdpdx::observe
