// T.125 as it is readable in the clear: which domain PDU, and what it answers.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "parsers/bytes/cursor.hpp"

namespace rdpdx::mcs {

// [T.125] section 7. `other`: a choice that RDP does not use.
enum class Kind : std::uint8_t {
    connect_initial,
    connect_response,
    erect_domain_request,
    disconnect_provider_ultimatum,
    attach_user_request,
    attach_user_confirm,
    channel_join_request,
    channel_join_confirm,
    send_data_request,
    send_data_indication,
    other,
};
std::string_view name(Kind kind) noexcept;  // T.125's own spelling: "ConnectInitial"

struct DomainPdu {
    Kind kind{Kind::other};
    std::uint8_t choice{};                    // the first octet
    std::optional<std::uint8_t> result;       // of confirms and of Connect-Response; 0 is rt-successful
    std::optional<std::uint8_t> reason;       // of the ultimatum
    std::optional<std::uint16_t> channel_id;  // of joins and data
    bytes::View user_data;                    // of Send Data; a view into the input
};

// `tpdu` is what follows the X.224 data header (02 F0 80); `base` its offset.
bytes::Parsed<DomainPdu> parse_domain_pdu(bytes::View tpdu, std::size_t base = 0);

}  // namespace rdpdx::mcs
