// Limits and numbers of the record layer. Of this folder only.
#pragma once

#include "parsers/tls/dtls.hpp"

namespace rdpdx::tls {

// [RFC 6520] 4. Nobody reads heartbeats here, but their records must not look like the end of TLS.
inline constexpr std::uint8_t kHeartbeat = 24;
// [RFC 5246] 6.2.3: the largest TLSCiphertext.length.
inline constexpr std::uint16_t kLargestRecord = (1U << 14) + 2048;
inline constexpr std::size_t kRecordHeaderSize = 5;
inline constexpr std::size_t kMessageHeaderSize = 4;
inline constexpr std::size_t kLargestMessage = std::size_t{128} * 1024;

// The first field that no TLS, or DTLS, record has like this, or nothing.
std::optional<std::string_view> implausible_field(const RecordHeader& header) noexcept;
std::optional<std::string_view> implausible_field(const DtlsRecordHeader& header) noexcept;

}  // namespace rdpdx::tls
