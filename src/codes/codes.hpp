// What the numbers of a failed RDP connection mean: one sorted table a family, and lookups in them.
// Everything here is constant data; the views live as long as the program.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rdpdx::codes {

struct Code {
    std::uint32_t value{};
    std::string_view name;     // as its document spells it; empty where no public document names the value
    std::string_view meaning;  // one or two sentences
    std::string_view stage;    // a stage id of the contract, or empty where the number alone points at none
    std::string_view status;   // documented | observed | inferred
    std::string_view hint;     // what to look at next; may be empty
    std::string_view source;
};

inline constexpr std::string_view kDocumented = "documented";
inline constexpr std::string_view kObserved = "observed";
inline constexpr std::string_view kInferred = "inferred";

enum class Family : std::uint8_t {
    disconnect_reason,       // discReason of the client's OnDisconnected
    extended_reason,         // ExtendedDisconnectReason of the client
    error_info,              // errorInfo of the Set Error Info PDU
    negotiation_failure,     // failureCode of RDP_NEG_FAILURE
    negotiation_protocol,    // bits of requestedProtocols, selectedProtocol
    negotiation_request,     // bits of flags in RDP_NEG_REQ
    negotiation_response,    // bits of flags in RDP_NEG_RSP
    tls_alert,               // AlertDescription
    license_error,           // dwErrorCode of the licensing error message
    license_transition,      // dwStateTransition of the same
    early_authorization,     // authorizationResult
    rdstls_result,           // resultCode of the RDSTLS answer
    ntstatus,                // TSRequest.errorCode, event 4625
    hresult,                 // SSPI, CredSSP, CryptoAPI, wrapped Win32 errors
    win32,                   // Win32, Winsock and Windows' DNS results
    kerberos,                // error-code of KRB-ERROR
    mcs_result,              // T.125 Result
    mcs_disconnect_reason,   // T.125 Reason of DisconnectProviderUltimatum
    x224_disconnect_reason,  // reason of the X.224 Disconnect Request
    icmp4,                   // type * 256 + code
    icmp6,                   // type * 256 + code
};
inline constexpr std::size_t kFamilies = 21;

// Sorted by value, no value twice.
std::span<const Code> table(Family family) noexcept;

// The row for exactly this value, or null. Bit families have one row a bit.
const Code* find(Family family, std::uint32_t value) noexcept;

// What stands in TSRequest.errorCode: the row of an NTSTATUS or, where it is none, of an HRESULT; or null.
const Code* find_status(std::uint32_t value) noexcept;

// Empty for a value that is unknown and for one that has a meaning but no public name.
std::string_view name_of(Family family, std::uint32_t value) noexcept;

// The name, else the meaning, else the number in hex: never empty.
std::string label_of(Family family, std::uint32_t value);

// "disconnect-reason": the word for reports and JSON.
std::string_view id_of(Family family) noexcept;
// "disconnect reason": the words for people.
std::string_view title_of(Family family) noexcept;
// What stands before the colon on the command line; the first is the usual one.
std::span<const std::string_view> prefixes_of(Family family) noexcept;
// By id or by a command-line prefix, in any case.
std::optional<Family> family_by_id(std::string_view id) noexcept;
// True where a value is a set of bits, each with its own row.
bool is_bits(Family family) noexcept;

// One name a set bit, lowest first; bits that nobody named come last as one hex number.
std::vector<std::string> bits_text(Family family, std::uint32_t bits);
// requestedProtocols: {"SSL", "HYBRID"}; {"RDP"} for 0; an unnamed bit as "0x40".
std::vector<std::string> protocols_text(std::uint32_t requestedProtocols);
// selectedProtocol: "HYBRID_EX"; more than one bit (which no server should send) joined by "+".
std::string protocol_text(std::uint32_t selectedProtocol);

// The layer that the low byte of a discReason seems to stand for, or empty. Inferred from the documented values,
// documented nowhere: print it as a hint, never as proof.
std::string_view layer_hint(std::uint32_t discReason) noexcept;
// True for a number that has the shape of a discReason, whether anybody listed it or not.
bool looks_like_disconnect_reason(std::uint32_t value) noexcept;

}  // namespace rdpdx::codes
