// What the specification calls its types. Codes that say how a connection went have their names in src/codes.
#pragma once

#include <cstdint>
#include <string_view>

namespace rdpdx::rdp {

// [MS-RDPBCGR] 2.2.8.1.1.1.1 pduType, its low four bits: "PDUTYPE_DEMANDACTIVEPDU". All names: empty for no name.
std::string_view pdu_type_name(std::uint8_t pduType) noexcept;
// [MS-RDPBCGR] 2.2.8.1.1.1.2 pduType2: "PDUTYPE2_FONTMAP"
std::string_view pdu_type2_name(std::uint8_t pduType2) noexcept;
// [MS-RDPBCGR] 2.2.1.13.1.1.1 capabilitySetType: "CAPSTYPE_GENERAL"
std::string_view capability_set_name(std::uint16_t capabilitySetType) noexcept;
// [MS-RDPELE] 2.2.2, [MS-RDPBCGR] 2.2.1.12.1.1 bMsgType: "ERROR_ALERT"
std::string_view license_message_name(std::uint8_t bMsgType) noexcept;

}  // namespace rdpdx::rdp
