// What stands on the I/O channel once licensing is over: share headers, capabilities, finalization, error info.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "parsers/bytes/cursor.hpp"

namespace rdpdx::rdp {

// [MS-RDPBCGR] 2.2.8.1.1.1.1 Share Control Header (TS_SHARECONTROLHEADER)
struct ShareControlHeader {
    std::uint16_t totalLength{};  // with this header
    std::uint16_t pduType{};      // the four bits of the type and, above them, the version
    std::uint16_t pduSource{};
    std::uint8_t type() const noexcept { return pduType & 0xFU; }
};
// Leaves `in` behind the header. Some servers end a Deactivate All behind pduType: pduSource is 0 then.
bytes::Parsed<ShareControlHeader> parse_share_control_header(bytes::Cursor& in);

// [MS-RDPBCGR] 2.2.8.1.1.1.2 Share Data Header (TS_SHAREDATAHEADER), without the control header in front
struct ShareDataHeader {
    std::uint32_t shareId{};
    std::uint8_t streamId{};
    std::uint16_t uncompressedLength{};
    std::uint8_t pduType2{}, compressedType{};
    std::uint16_t compressedLength{};
    // What follows is not readable without decompression.
    bool compressed() const noexcept { return (compressedType & 0x20U) != 0; }
};
// Leaves `in` behind the header.
bytes::Parsed<ShareDataHeader> parse_share_data_header(bytes::Cursor& in);

// [MS-RDPBCGR] 2.2.1.13.1.1.1 Capability Set (TS_CAPS_SET), without its data
struct CapabilitySet {
    std::uint16_t capabilitySetType{};
    std::uint16_t lengthCapability{};  // with these four bytes
};

// [MS-RDPBCGR] 2.2.1.13.1.1 Demand Active PDU Data, 2.2.1.13.2.1 Confirm Active PDU Data
struct ActivePdu {
    std::uint32_t shareId{};
    std::uint16_t originatorId{};  // of a Confirm Active
    std::string sourceDescriptor;
    std::uint16_t numberCapabilities{};
    std::vector<CapabilitySet> capabilitySets;
    std::uint32_t sessionId{};  // of a Demand Active
};
// Both take what follows the share control header.
bytes::Parsed<ActivePdu> parse_demand_active(bytes::View pdu, std::size_t base = 0);
bytes::Parsed<ActivePdu> parse_confirm_active(bytes::View pdu, std::size_t base = 0);

// [MS-RDPBCGR] 2.2.3.1.1 Deactivate All PDU Data. Some servers send nothing at all behind the header.
struct DeactivateAll {
    std::uint32_t shareId{};
    std::size_t sourceDescriptorLength{};  // bytes
};
bytes::Parsed<DeactivateAll> parse_deactivate_all(bytes::View pdu, std::size_t base = 0);

// The following take what follows the share data header.

// [MS-RDPBCGR] 2.2.1.14.1 Synchronize PDU Data (TS_SYNCHRONIZE_PDU)
struct Synchronize {
    std::uint16_t messageType{}, targetUser{};
};
bytes::Parsed<Synchronize> parse_synchronize(bytes::View pdu, std::size_t base = 0);

// [MS-RDPBCGR] 2.2.1.15.1 Control PDU Data (TS_CONTROL_PDU): action 1 request control, 2 granted, 3 detach, 4 cooperate
struct Control {
    std::uint16_t action{}, grantId{};
    std::uint32_t controlId{};
};
bytes::Parsed<Control> parse_control(bytes::View pdu, std::size_t base = 0);

// [MS-RDPBCGR] 2.2.1.18.1 Font List PDU Data, 2.2.1.22.1 Font Map PDU Data
struct FontPdu {
    std::uint16_t numberEntries{}, totalNumEntries{}, flags{}, entrySize{};
};
bytes::Parsed<FontPdu> parse_font_pdu(bytes::View pdu, std::size_t base = 0);

// [MS-RDPBCGR] 2.2.5.1.1 Set Error Info PDU Data (TS_SET_ERROR_INFO_PDU)
struct SetErrorInfo {
    std::uint32_t errorInfo{};
};
bytes::Parsed<SetErrorInfo> parse_set_error_info(bytes::View pdu, std::size_t base = 0);

}  // namespace rdpdx::rdp
