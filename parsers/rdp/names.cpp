#include "parsers/rdp/names.hpp"

#include <algorithm>
#include <array>

namespace rdpdx::rdp {
namespace {

struct TypeName {
    std::uint16_t type;
    std::string_view name;
};

// All four tables are sorted by type.
constexpr std::array kPduTypes{
    TypeName{0x1, "PDUTYPE_DEMANDACTIVEPDU"},  TypeName{0x3, "PDUTYPE_CONFIRMACTIVEPDU"},
    TypeName{0x6, "PDUTYPE_DEACTIVATEALLPDU"}, TypeName{0x7, "PDUTYPE_DATAPDU"},
    TypeName{0xA, "PDUTYPE_SERVER_REDIR_PKT"},
};
constexpr std::array kPduTypes2{
    TypeName{0x02, "PDUTYPE2_UPDATE"},
    TypeName{0x14, "PDUTYPE2_CONTROL"},
    TypeName{0x1B, "PDUTYPE2_POINTER"},
    TypeName{0x1C, "PDUTYPE2_INPUT"},
    TypeName{0x1F, "PDUTYPE2_SYNCHRONIZE"},
    TypeName{0x21, "PDUTYPE2_REFRESH_RECT"},
    TypeName{0x22, "PDUTYPE2_PLAY_SOUND"},
    TypeName{0x23, "PDUTYPE2_SUPPRESS_OUTPUT"},
    TypeName{0x24, "PDUTYPE2_SHUTDOWN_REQUEST"},
    TypeName{0x25, "PDUTYPE2_SHUTDOWN_DENIED"},
    TypeName{0x26, "PDUTYPE2_SAVE_SESSION_INFO"},
    TypeName{0x27, "PDUTYPE2_FONTLIST"},
    TypeName{0x28, "PDUTYPE2_FONTMAP"},
    TypeName{0x29, "PDUTYPE2_SET_KEYBOARD_INDICATORS"},
    TypeName{0x2B, "PDUTYPE2_BITMAPCACHE_PERSISTENT_LIST"},
    TypeName{0x2C, "PDUTYPE2_BITMAPCACHE_ERROR_PDU"},
    TypeName{0x2D, "PDUTYPE2_SET_KEYBOARD_IME_STATUS"},
    TypeName{0x2E, "PDUTYPE2_OFFSCRCACHE_ERROR_PDU"},
    TypeName{0x2F, "PDUTYPE2_SET_ERROR_INFO_PDU"},
    TypeName{0x30, "PDUTYPE2_DRAWNINEGRID_ERROR_PDU"},
    TypeName{0x31, "PDUTYPE2_DRAWGDIPLUS_ERROR_PDU"},
    TypeName{0x32, "PDUTYPE2_ARC_STATUS_PDU"},
    TypeName{0x36, "PDUTYPE2_STATUS_INFO_PDU"},
    TypeName{0x37, "PDUTYPE2_MONITOR_LAYOUT_PDU"},
    TypeName{0x38, "PDUTYPE2_FRAME_ACKNOWLEDGE"},  // [MS-RDPRFX] 2.2.3.1
};
constexpr std::array kCapabilitySets{
    TypeName{0x01, "CAPSTYPE_GENERAL"},
    TypeName{0x02, "CAPSTYPE_BITMAP"},
    TypeName{0x03, "CAPSTYPE_ORDER"},
    TypeName{0x04, "CAPSTYPE_BITMAPCACHE"},
    TypeName{0x05, "CAPSTYPE_CONTROL"},
    TypeName{0x07, "CAPSTYPE_ACTIVATION"},
    TypeName{0x08, "CAPSTYPE_POINTER"},
    TypeName{0x09, "CAPSTYPE_SHARE"},
    TypeName{0x0A, "CAPSTYPE_COLORCACHE"},
    TypeName{0x0C, "CAPSTYPE_SOUND"},
    TypeName{0x0D, "CAPSTYPE_INPUT"},
    TypeName{0x0E, "CAPSTYPE_FONT"},
    TypeName{0x0F, "CAPSTYPE_BRUSH"},
    TypeName{0x10, "CAPSTYPE_GLYPHCACHE"},
    TypeName{0x11, "CAPSTYPE_OFFSCREENCACHE"},
    TypeName{0x12, "CAPSTYPE_BITMAPCACHE_HOSTSUPPORT"},
    TypeName{0x13, "CAPSTYPE_BITMAPCACHE_REV2"},
    TypeName{0x14, "CAPSTYPE_VIRTUALCHANNEL"},
    TypeName{0x15, "CAPSTYPE_DRAWNINEGRIDCACHE"},
    TypeName{0x16, "CAPSTYPE_DRAWGDIPLUS"},
    TypeName{0x17, "CAPSTYPE_RAIL"},
    TypeName{0x18, "CAPSTYPE_WINDOW"},
    TypeName{0x19, "CAPSETTYPE_COMPDESK"},
    TypeName{0x1A, "CAPSETTYPE_MULTIFRAGMENTUPDATE"},
    TypeName{0x1B, "CAPSETTYPE_LARGE_POINTER"},
    TypeName{0x1C, "CAPSETTYPE_SURFACE_COMMANDS"},
    TypeName{0x1D, "CAPSETTYPE_BITMAP_CODECS"},
    TypeName{0x1E, "CAPSSETTYPE_FRAME_ACKNOWLEDGE"},
};
constexpr std::array kLicenseMessages{
    TypeName{0x01, "LICENSE_REQUEST"},
    TypeName{0x02, "PLATFORM_CHALLENGE"},
    TypeName{0x03, "NEW_LICENSE"},
    TypeName{0x04, "UPGRADE_LICENSE"},
    TypeName{0x12, "LICENSE_INFO"},
    TypeName{0x13, "NEW_LICENSE_REQUEST"},
    TypeName{0x15, "PLATFORM_CHALLENGE_RESPONSE"},
    TypeName{0xFF, "ERROR_ALERT"},
};

template <std::size_t N>
constexpr std::string_view name_of(const std::array<TypeName, N>& table, std::uint16_t type) noexcept {
    const auto row = std::ranges::lower_bound(table, type, {}, &TypeName::type);
    return row != table.end() && row->type == type ? row->name : std::string_view{};
}

template <std::size_t N>
constexpr bool sorted(const std::array<TypeName, N>& table) {
    return std::ranges::adjacent_find(table, std::ranges::greater_equal{}, &TypeName::type) == table.end();
}
static_assert(sorted(kPduTypes) && sorted(kPduTypes2) && sorted(kCapabilitySets) && sorted(kLicenseMessages));

}  // namespace

std::string_view pdu_type_name(std::uint8_t pduType) noexcept { return name_of(kPduTypes, pduType); }
std::string_view pdu_type2_name(std::uint8_t pduType2) noexcept { return name_of(kPduTypes2, pduType2); }
std::string_view capability_set_name(std::uint16_t capabilitySetType) noexcept {
    return name_of(kCapabilitySets, capabilitySetType);
}
std::string_view license_message_name(std::uint8_t bMsgType) noexcept { return name_of(kLicenseMessages, bMsgType); }

}  // namespace rdpdx::rdp
