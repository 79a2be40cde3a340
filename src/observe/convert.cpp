#include "src/observe/convert.hpp"

#include <fmt/format.h>

namespace rdpdx::observe {

void set(model::Fields& fields, std::string_view name, const std::string& value) {
    if (!value.empty()) fields.push_back({std::string{name}, value});
}

std::string hex32(std::uint32_t value) { return fmt::format("0x{:08X}", value); }

std::string account(const std::string& domain, const std::string& user) {
    return domain.empty() ? user : domain + "\\" + user;
}

std::string suite_name(std::uint16_t suite) {
    const auto name = tls::cipher_suite_name(suite);
    return name.empty() ? fmt::format("0x{:04X}", suite) : std::string{name};
}

model::Endpoint convert(const net::Endpoint& endpoint) { return {net::to_text(endpoint.address), endpoint.port, {}}; }

bool valid_at(const tls::Certificate& c, model::Time time) {
    return c.not_before && c.not_after && *c.not_before <= time && time <= *c.not_after;
}

model::Certificate convert(const tls::Certificate& c, model::Time seen) {
    model::Certificate out;
    out.subject = c.subject;
    out.issuer = c.issuer;
    out.serial = c.serial;
    out.sha1 = c.sha1;
    out.sha256 = c.sha256;
    out.key_algorithm = c.key_algorithm;
    out.signature_algorithm = c.signature_algorithm;
    out.subject_alt_names = c.subject_alt_names;
    out.extended_key_usage = c.extended_key_usage;
    out.key_bits = c.key_bits;
    out.not_before = c.not_before;
    out.not_after = c.not_after;
    out.self_signed = c.self_signed;
    out.valid_at_capture = valid_at(c, seen);
    return out;
}

}  // namespace rdpdx::observe
