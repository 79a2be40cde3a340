// Names of protocol versions.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "parsers/tls/tls.hpp"

namespace rdpdx::tls {
namespace {

struct VersionName {
    std::uint16_t code;
    std::string_view name;
};

// [RFC 6101], [RFC 2246], [RFC 4346], [RFC 5246], [RFC 8446]; DTLS: [RFC 4347], [RFC 6347], [RFC 9147]. Sorted by code.
constexpr std::array kVersions{
    VersionName{0x0002, "SSL 2.0"},  VersionName{0x0300, "SSL 3.0"},  VersionName{0x0301, "TLS 1.0"},
    VersionName{0x0302, "TLS 1.1"},  VersionName{0x0303, "TLS 1.2"},  VersionName{0x0304, "TLS 1.3"},
    VersionName{0xFEFC, "DTLS 1.3"}, VersionName{0xFEFD, "DTLS 1.2"}, VersionName{0xFEFF, "DTLS 1.0"},
};
static_assert(std::ranges::adjacent_find(kVersions, std::ranges::greater_equal{}, &VersionName::code) ==
              kVersions.end());

}  // namespace

std::string version_name(std::uint16_t version) {
    constexpr std::uint16_t kDraft = 0x7F00;  // drafts of [RFC 8446], 4.2.1.1: the low octet is the draft's number
    const auto row = std::ranges::lower_bound(kVersions, version, {}, &VersionName::code);
    if (row != kVersions.end() && row->code == version) return std::string{row->name};
    if ((version & 0xFF00U) == kDraft) return fmt::format("TLS 1.3 draft {}", version & 0xFFU);
    return fmt::format("0x{:04X}", version);
}

}  // namespace rdpdx::tls
