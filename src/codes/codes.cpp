#include "src/codes/codes.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "src/codes/tables.hpp"
#include "src/codes/text.hpp"

namespace rdpdx::codes {
namespace {

struct FamilyRow {
    Family family{};
    std::string_view id, title;
    std::array<std::string_view, 3> prefixes{};  // usual one first; unused ones are empty
    std::span<const Code> (*table)() noexcept {};
    bool bits = false;
};

// In the order of the enum, which the assertion below proves.
constexpr std::array<FamilyRow, kFamilies> kFamilyRows{{
    {Family::disconnect_reason,
     "disconnect-reason",
     "disconnect reason",
     {"disc", "disconnect", "discreason"},
     tables::disconnect_reason},
    {Family::extended_reason, "extended-reason", "extended reason", {"ext", "extended", ""}, tables::extended_reason},
    {Family::error_info, "error-info", "error info", {"errinfo", "errorinfo", ""}, tables::error_info},
    {Family::negotiation_failure,
     "negotiation-failure",
     "negotiation failure",
     {"nego", "negfailure", ""},
     tables::negotiation_failure},
    {Family::negotiation_protocol,
     "negotiation-protocol",
     "negotiation protocol",
     {"proto", "protocol", ""},
     tables::negotiation_protocol,
     true},
    {Family::negotiation_request,
     "negotiation-request-flag",
     "negotiation request flag",
     {"negreq", "", ""},
     tables::negotiation_request,
     true},
    {Family::negotiation_response,
     "negotiation-response-flag",
     "negotiation response flag",
     {"negrsp", "", ""},
     tables::negotiation_response,
     true},
    {Family::tls_alert, "tls-alert", "TLS alert", {"alert", "tls", ""}, tables::tls_alert},
    {Family::license_error, "license-error", "licensing error", {"license", "licence", ""}, tables::license_error},
    {Family::license_transition,
     "license-state-transition",
     "licensing state transition",
     {"transition", "", ""},
     tables::license_transition},
    {Family::early_authorization,
     "early-authorization",
     "early authorization result",
     {"authz", "", ""},
     tables::early_authorization},
    {Family::rdstls_result, "rdstls-result", "RDSTLS result", {"rdstls", "", ""}, tables::rdstls_result},
    {Family::ntstatus, "ntstatus", "NTSTATUS", {"status", "", ""}, tables::ntstatus},
    {Family::hresult, "hresult", "HRESULT", {"hr", "sspi", ""}, tables::hresult},
    {Family::win32, "win32", "Win32 error", {"winsock", "wsa", ""}, tables::win32},
    {Family::kerberos, "kerberos", "Kerberos error", {"krb", "", ""}, tables::kerberos},
    {Family::mcs_result, "mcs-result", "MCS result", {"mcs", "", ""}, tables::mcs_result},
    {Family::mcs_disconnect_reason,
     "mcs-disconnect-reason",
     "MCS disconnect reason",
     {"dpum", "mcsreason", ""},
     tables::mcs_disconnect_reason},
    {Family::x224_disconnect_reason,
     "x224-disconnect-reason",
     "X.224 disconnect reason",
     {"x224", "", ""},
     tables::x224_disconnect_reason},
    {Family::icmp4, "icmp", "ICMP type and code", {"icmp4", "", ""}, tables::icmp4},
    {Family::icmp6, "icmp6", "ICMPv6 type and code", {"icmpv6", "", ""}, tables::icmp6},
}};

constexpr bool in_order() noexcept {
    for (std::size_t i = 0; i < kFamilies; ++i)
        if (kFamilyRows[i].family != static_cast<Family>(i)) return false;
    return true;
}
static_assert(in_order());

// The wire has no value outside the enum: families are our own words.
const FamilyRow& row_of(Family family) noexcept { return kFamilyRows[static_cast<std::size_t>(family) % kFamilies]; }

constexpr std::string_view kNetworkLayer = "network transport (Winsock)";

struct Layer {
    std::uint32_t low_byte{};
    std::string_view words;
};
// Low byte of the documented discReason values -> what they have in common.
constexpr std::array kLayers{
    Layer{0x04, kNetworkLayer},
    Layer{0x06, "RDP security"},
    Layer{0x07, "TLS and CredSSP"},
    Layer{0x08, "client core, user interface and licensing"},
    Layer{0x09, "the client's checks of what authentication both sides can do"},
    Layer{0x0A, "smart card"},
};
constexpr std::uint32_t kHighestPlain = 0x3FFF;  // the listed values end at 0x2604

}  // namespace

std::span<const Code> table(Family family) noexcept { return row_of(family).table(); }

const Code* find(Family family, std::uint32_t value) noexcept {
    const auto rows = table(family);
    const auto at = std::ranges::lower_bound(rows, value, {}, &Code::value);
    return at != rows.end() && at->value == value ? &*at : nullptr;
}

const Code* find_status(std::uint32_t value) noexcept {
    const Code* status = find(Family::ntstatus, value);
    return status ? status : find(Family::hresult, value);
}

std::string_view name_of(Family family, std::uint32_t value) noexcept {
    const Code* code = find(family, value);
    return code ? code->name : std::string_view{};
}

std::string label_of(Family family, std::uint32_t value) {
    const Code* code = find(family, value);
    if (!code) return fmt::format("0x{:X}", value);
    return std::string{code->name.empty() ? code->meaning : code->name};
}

std::string_view id_of(Family family) noexcept { return row_of(family).id; }
std::string_view title_of(Family family) noexcept { return row_of(family).title; }
bool is_bits(Family family) noexcept { return row_of(family).bits; }

std::span<const std::string_view> prefixes_of(Family family) noexcept {
    const auto& all = row_of(family).prefixes;
    const auto used = std::ranges::find(all, std::string_view{}) - all.begin();
    return std::span{all}.first(static_cast<std::size_t>(used));
}

std::optional<Family> family_by_id(std::string_view id) noexcept {
    if (id.empty()) return {};
    for (const FamilyRow& row : kFamilyRows) {
        if (text::equal_folded(row.id, id)) return row.family;
        for (const auto prefix : row.prefixes)
            if (text::equal_folded(prefix, id)) return row.family;
    }
    return {};
}

std::vector<std::string> bits_text(Family family, std::uint32_t bits) {
    std::vector<std::string> out;
    for (const Code& code : table(family)) {
        if ((bits & code.value) == 0) continue;
        out.emplace_back(code.name);
        bits &= ~code.value;
    }
    if (bits != 0) out.push_back(fmt::format("0x{:X}", bits));
    return out;
}

std::vector<std::string> protocols_text(std::uint32_t requestedProtocols) {
    if (requestedProtocols == 0) return {"RDP"};
    return bits_text(Family::negotiation_protocol, requestedProtocols);
}

std::string protocol_text(std::uint32_t selectedProtocol) {
    return fmt::format("{}", fmt::join(protocols_text(selectedProtocol), "+"));
}

std::string_view layer_hint(std::uint32_t discReason) noexcept {
    if (discReason >> 24 == 0x02) return "RemoteApp";
    if (discReason >> 24 == 0x03) return "RD Gateway";
    // The first byte above the layer is an ordinal that starts at one; below 0x100 there is no layer.
    if (discReason < 0x100 || discReason > kHighestPlain) return {};
    const auto* at = std::ranges::find(kLayers, discReason & 0xFF, &Layer::low_byte);
    return at != kLayers.end() ? at->words : std::string_view{};
}

bool looks_like_disconnect_reason(std::uint32_t value) noexcept {
    if (find(Family::disconnect_reason, value) || !layer_hint(value).empty()) return true;
    return value >= 0x100 && value <= kHighestPlain && (value & 0xFF) <= 0x0A;
}

}  // namespace rdpdx::codes
