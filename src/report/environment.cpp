#include "src/report/environment.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "src/report/words.hpp"

namespace rdpdx::report {
namespace {

// The first observation of a kind gives one fact, from the fields named.
struct Source {
    std::string_view label, kind, fields;
};
constexpr std::array kSources{
    Source{"client program", "gcc.client", "name build version"},
    Source{"client's encryption methods", "gcc.client", "encryption_methods"},
    Source{"static channels", "gcc.client", "channels"},
    Source{"server's RDP version", "gcc.server", "version"},
    Source{"server's encryption", "gcc.server", "encryption_method encryption_level"},
    Source{"TLS versions offered", "tls.client-hello", "versions"},
    Source{"cipher suites offered", "tls.client-hello", "ciphers"},
    Source{"TLS chosen", "tls.server-hello", "version cipher"},
    Source{"CredSSP", "credssp.pdu", "version mechanism"},
    Source{"TCP round trip (ms)", "tcp.connected", "rtt_ms"},
    Source{"TCP MSS, client and server", "tcp.connected", "mss_client mss_server"},
    Source{"licence server product", "rdp.license", "company product"},
    Source{"client's own address", "rdp.client-info", "client_address"},
};

std::string fields_of(const model::Observation& o, std::string_view names) {
    std::string out;
    while (!names.empty()) {
        const auto end = std::min(names.find(' '), names.size());
        const model::Value* value = o.field(names.substr(0, end));
        const std::string text = value ? value_text(*value) : std::string{};
        if (!text.empty()) out += fmt::format("{}{}", out.empty() ? "" : ", ", text);
        names.remove_prefix(std::min(end + 1, names.size()));
    }
    return out;
}

const model::Observation* first_of(const model::Attempt& attempt, std::string_view kind) {
    for (const auto& track : attempt.tracks)
        if (const auto* o = track.first(kind)) return o;
    return nullptr;
}

}  // namespace

std::vector<EnvironmentFact> environment(const model::Attempt& attempt) {
    std::vector<EnvironmentFact> out;
    const auto add = [&](std::string_view label, std::string value) {
        if (!value.empty()) out.push_back({std::string{label}, std::move(value), {}});
    };
    add("security layer", negotiation_text(attempt.negotiation));
    add("server name in TLS", attempt.tls.sni);
    for (const Source& s : kSources) {
        const model::Observation* o = first_of(attempt, s.kind);
        if (std::string text = o ? fields_of(*o, s.fields) : std::string{}; !text.empty())
            out.push_back({std::string{s.label}, std::move(text), o->evidence});
    }
    return out;
}

}  // namespace rdpdx::report
