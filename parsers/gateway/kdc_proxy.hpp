// The KDC proxy: Kerberos through HTTPS, for clients that reach no domain controller. Tickets and preauthentication are
// passed over.
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "parsers/credssp/kerberos.hpp"

namespace rdpdx::gateway {

// [MS-KKDCP] 2.2.2 KDC-PROXY-MESSAGE, with what its Kerberos message says of itself.
struct KdcProxyMessage {
    std::string targetDomain;
    std::size_t messageLength{};  // bytes of the Kerberos message, without its own length
    std::uint8_t tag{};           // [RFC4120] 5.10: 0x60 and the msg-type, as credssp::kdc_message_name has it
    std::optional<credssp::KrbError> error;
};

inline constexpr std::size_t kLargestKdcMessage = std::size_t{256} * 1024;

bytes::Parsed<KdcProxyMessage> parse_kdc_proxy_message(bytes::View message, std::size_t base = 0);
// The beginning of a message, as far as it has come, can be one.
bool begins_kdc_proxy_message(bytes::View head) noexcept;

}  // namespace rdpdx::gateway
