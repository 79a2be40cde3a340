#include "src/observe/certificates.hpp"

#include "src/observe/convert.hpp"

namespace rdpdx::observe {

Certificates::Known& Certificates::known(bytes::View der) {
    const std::string_view text = bytes::text_of(der);
    if (const auto at = known_.find(text); at != known_.end()) return at->second;
    if (known_.size() >= kCertificatesKept || bytes_ + text.size() > kCertificateBytesKept) {
        known_.clear();
        bytes_ = 0;
    }
    bytes_ += text.size();
    return known_.emplace(text, Known{tls::parse_certificate(der), {}}).first->second;
}

std::shared_ptr<const model::Certificate> Certificates::told(bytes::View der, model::Time seen) {
    Known& found = known(der);
    if (!found.certificate) return {};
    const auto& c = *found.certificate;
    auto& kept = found.told[valid_at(c, seen) ? 1 : 0];
    if (!kept) kept = std::make_shared<const model::Certificate>(convert(c, seen));
    return kept;
}

}  // namespace rdpdx::observe
