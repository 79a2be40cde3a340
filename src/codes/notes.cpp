#include "src/codes/notes.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace rdpdx::codes {
namespace {

constexpr std::uint32_t kFdClose = 0x904;
constexpr std::uint32_t kDenied = 0x7;
constexpr std::uint32_t kProtocolFirst = 0x1000;
constexpr std::uint32_t kProtocolLast = 0x7FFF;
constexpr std::uint32_t kNtBit = 0x10000000;  // FACILITY_NT_BIT: an NTSTATUS wrapped as HRESULT

constexpr std::string_view kLayerSource = "low byte of the documented values";
constexpr std::string_view kUndocumented = "No public list has this value, and its low byte fits no known layer.";

// A row's views must outlive it, so each layer has its sentence as a literal.
std::string_view layer_sentence(std::string_view layer) noexcept {
    struct Row {
        std::string_view layer, sentence;
    };
    static constexpr std::array kRows{
        Row{"network transport (Winsock)",
            "No public list has this value. Its low byte is that of network reports (Winsock)."},
        Row{"RDP security", "No public list has this value. Its low byte is that of RDP security."},
        Row{"TLS and CredSSP", "No public list has this value. Its low byte is that of TLS and CredSSP."},
        Row{"client core, user interface and licensing",
            "No public list has this value. Its low byte is that of the client's core, its user interface and "
            "licensing."},
        Row{"the client's checks of what authentication both sides can do",
            "No public list has this value. Its low byte is that of the client's checks of authentication abilities."},
        Row{"smart card", "No public list has this value. Its low byte is that of smart card messages."},
        Row{"RemoteApp", "No public list has this value. It lies in the range of RemoteApp messages."},
        Row{"RD Gateway", "No public list has this value. It lies in the range of RD Gateway messages."},
    };
    const auto* at = std::ranges::find(kRows, layer, &Row::layer);
    return at != kRows.end() ? at->sentence : kUndocumented;
}

std::vector<std::string> denied_after_close() {
    return {
        "Documented: 0x904 says that the far side closed the client's socket, 0x7 that the server denied the "
        "connection. "
        "They are two separate values; neither gives a reason.",
        "Inferred: beside 0x904 the 7 is as a rule made by the client, for a peer that closed before the session was "
        "usable. The pair has been seen where no RDP server was there to send it, and 0x904 has been seen with "
        "extended "
        "code 0 as well.",
        "The 7 is the server's own word only if a decrypted capture has a Set Error Info PDU with errorInfo 7, or the "
        "server logged it for this connection: SetErrorInfo(0x7) in RdpCoreTS 72, or reason 7 in LocalSessionManager "
        "40.",
        "The pair proves no cause. TCP connected, and then the host, its service, a tunnel, a VPN or a filter closed "
        "or "
        "reset the connection; whether X.224, TLS, CredSSP, MCS or licensing was under way, the numbers do not say.",
        "Look for the last message before the first FIN or RST and who sent it; a reset whose time to live differs "
        "from "
        "the server's; RdpCoreTS 131 on the server and what follows it; Schannel 36870, 36874, 36888; client event "
        "226.",
        "Claims without evidence: that this 7 means licensing or bad credentials, that 0x904 is a session lock.",
    };
}

}  // namespace

std::vector<std::string> pair_notes(std::uint32_t discReason, std::uint32_t extended) {
    if (discReason == kFdClose && extended == kDenied) return denied_after_close();
    std::vector<std::string> notes{
        "Read as a pair: the first says how the client noticed the end, the second is what the server said about it or "
        "the client's own refinement. They are independent; to see what each number means elsewhere, ask for it "
        "alone."};
    if (extended != 0 && find(Family::error_info, extended))
        notes.push_back(fmt::format(
            "On the wire the server would send the same number as {}; whether it did, only a decrypted capture or the "
            "server's log (RdpCoreTS 72, LocalSessionManager 40) can show.",
            label_of(Family::error_info, extended)));
    if (extended == 0) notes.emplace_back("Extended code 0 adds nothing: the cause must come from other evidence.");
    return notes;
}

Match inferred_disconnect_reason(std::uint32_t value) {
    return {Family::disconnect_reason,
            Code{value, "", layer_sentence(layer_hint(value)), "", kInferred,
                 "The layer is a hint, not a proof; the dialog's text may say more.", kLayerSource}};
}

void add_shape(std::uint32_t value, Explanation& to) {
    const auto add = [&to](Family family, std::uint32_t inner, std::string_view how) {
        const Code* code = find(family, inner);
        if (!code) return false;
        to.matches.push_back({family, *code});
        to.notes.push_back(fmt::format("{} 0x{:X}.", how, inner));
        return true;
    };
    if ((value & 0xFFFF0000U) == 0x80070000U) {
        if (!add(Family::win32, value & 0xFFFFU, "The number wraps a Win32 error:"))
            to.notes.push_back(fmt::format("The number wraps the Win32 error {}.", value & 0xFFFFU));
        return;
    }
    if ((value & 0xF0000000U) == (0xC0000000U | kNtBit)) {
        if (!add(Family::ntstatus, value & ~kNtBit, "The number has the shape of an NTSTATUS wrapped as HRESULT:"))
            to.notes.push_back(
                fmt::format("The number has the shape of NTSTATUS 0x{:08X} wrapped as HRESULT.", value & ~kNtBit));
        return;
    }
    if ((value & 0xFFFF0000U) == 0xC00A0000U)
        to.notes.emplace_back("NTSTATUS of the terminal services facility (STATUS_CTX_...): sessions and WinStations.");
    else if ((value & 0xFFFF0000U) == 0x80090000U)
        to.notes.emplace_back("HRESULT of the security facility: SSPI, Schannel or a key store.");
    else if ((value & 0xF0000000U) == 0xC0000000U)
        to.notes.emplace_back("It has the shape of an NTSTATUS error.");
    else if ((value & 0xF0000000U) == 0x80000000U)
        to.notes.push_back(fmt::format("It has the shape of an HRESULT failure, facility {}, code {}.",
                                       (value >> 16) & 0x7FFU, value & 0xFFFFU));
}

void add_unknown(Family family, std::uint32_t value, Explanation& to) {
    if (family == Family::disconnect_reason) {
        to.matches.push_back(inferred_disconnect_reason(value));
        return;
    }
    to.notes.push_back(fmt::format("{} (0x{:X}) is not a value that any public list of this family has: {}.", value,
                                   value, title_of(family)));
    const bool extended = family == Family::extended_reason;
    if ((extended || family == Family::error_info) && value >= kProtocolFirst && value <= kProtocolLast) {
        to.notes.emplace_back("It lies in the band of protocol errors, 0x1000 to 0x7FFF.");
        if (const Code* code = extended ? find(Family::error_info, value) : nullptr)
            to.matches.push_back({Family::error_info, *code});
    }
    add_shape(value, to);
}

void add_ambiguity(std::uint32_t value, Explanation& to) {
    if (value == kDenied)
        to.notes.emplace_back(
            "Sevens that get mixed up: extended code and error info 7 say that the server denied the connection; "
            "licensing 7 is STATUS_VALID_CLIENT, the normal success; and a disconnect reason that ends in 07 only "
            "names "
            "the TLS and CredSSP layer.");
    const bool listed = std::ranges::count(to.matches, Family::disconnect_reason, &Match::family) > 0;
    if (const auto layer = layer_hint(value); !to.matches.empty() && !listed && !layer.empty())
        to.notes.push_back(fmt::format(
            "As a client's disconnect reason no public list has it; the low byte would be that of {} (inferred).",
            layer));
    if (to.matches.size() > 1)
        to.notes.emplace_back(
            "Several tables have this number. Which one applies depends on where it was read; a family before a colon "
            "(alert:40, errinfo:0x7) picks one.");
}

}  // namespace rdpdx::codes
