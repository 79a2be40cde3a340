// The record layer's fixed parts.
#include "parsers/tls/records.hpp"

namespace rdpdx::tls {

bytes::Parsed<RecordHeader> parse_record_header(bytes::Cursor& in) {
    RecordHeader header;
    header.type = in.u8("type");
    header.legacy_record_version = in.u16be("legacy_record_version");
    header.length = in.u16be("length");
    if (in.error()) return *in.error();
    return header;
}

std::optional<std::string_view> implausible_field(const RecordHeader& header) noexcept {
    constexpr std::uint16_t kLowestVersion = 0x0300, kHighestVersion = 0x0304;
    if (header.type < static_cast<std::uint8_t>(ContentType::change_cipher_spec) || header.type > kHeartbeat)
        return "type";
    if (header.legacy_record_version < kLowestVersion || header.legacy_record_version > kHighestVersion)
        return "legacy_record_version";
    if (header.length > kLargestRecord) return "length";
    return {};
}

bool plausible(const RecordHeader& header) noexcept { return !implausible_field(header); }

bytes::Parsed<Alert> parse_alert(bytes::View fragment, std::size_t base) {
    bytes::Cursor in{fragment, base};
    Alert alert;
    alert.level = in.u8("level");
    alert.description = in.u8("description");
    if (in.error()) return *in.error();
    return alert;
}

bool begins_with_record(bytes::View data) noexcept {
    bytes::Cursor in{data};
    const auto header = parse_record_header(in);
    return header && plausible(*header);
}

}  // namespace rdpdx::tls
