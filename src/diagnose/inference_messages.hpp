// Inside of inference: the encrypted records of each side as messages of known length.
#pragma once

#include <optional>
#include <vector>

#include "src/diagnose/inference.hpp"
#include "src/diagnose/inference_lengths.hpp"

namespace rdpdx::diagnose {

struct Message {
    Lengths plain;
    std::size_t place{};                     // in the order of both sides
    const model::EncryptedRecord* record{};  // lives as long as the Wire
};
using Messages = std::vector<Message>;

// What was sent until the first FIN or RST.
struct Exchange {
    Messages client, server;
    bool whole{};  // every record is there, not only the first kRecordsKept
    std::optional<model::WireHalf::Closing> close;
    model::Party closer{model::Party::unknown};
};
// Nothing where lengths say nothing.
std::optional<Exchange> exchange_of(const model::Wire& wire);

// A PDU whose length the layout fixes. MCS writes the length of its user data in one byte or in two.
struct Fixed {
    std::uint32_t least{}, most{};
};
// TPKT and X.224 data header: 4 + 3. [T.125] 7, PER: what follows. [MS-RDPBCGR] 2.2.1.5 to 2.2.1.9
inline constexpr Fixed kErectDomain{12, 12}, kAttachUser{8, 8}, kErectAndAttach{20, 20};
inline constexpr Fixed kAttachUserConfirm{11, 11}, kAttachUserRefused{9, 9};
inline constexpr Fixed kJoinRequest{12, 12}, kJoinConfirm{15, 15}, kJoinRefused{13, 13};
inline constexpr Fixed kUltimatum{9, 9};
// TPKT, X.224 and MCS Send Data: 14 or 15 bytes; behind it a security header (4) or a share header (18).
constexpr Fixed send_data(std::uint32_t length) { return {14 + length, 15 + length}; }
// [MS-RDPBCGR] 2.2.1.12.1.3: security header, preamble, dwErrorCode, dwStateTransition, an empty blob.
inline constexpr Fixed kLicenseError = send_data(4 + 4 + 4 + 4 + 4);
// [MS-RDPBCGR] 2.2.5.1.1, 2.2.1.14.1: four bytes behind the share data header.
inline constexpr Fixed kSetErrorInfo = send_data(18 + 4), kSynchronize = kSetErrorInfo;
// [MS-RDPBCGR] 2.2.1.15.1, 2.2.1.18.1, 2.2.1.22.1: eight bytes behind it.
inline constexpr Fixed kControl = send_data(18 + 8), kFontMap = kControl;
// [MS-RDPBCGR] 2.2.3.1: share control header, shareId, and a source descriptor of one byte.
inline constexpr Fixed kDeactivateAll = send_data(6 + 4 + 2 + 1);
// [MS-RDPBCGR] 2.2.14.1: RTT Measure Request or Bandwidth Measure Start.
inline constexpr Fixed kAutoDetectRequest = send_data(4 + 6);
// [MS-RDPBCGR] 2.2.15.1
inline constexpr Fixed kMultitransportRequest = send_data(4 + 24);
// [MS-CSSP] 2.2.1: version and errorCode, whose integer takes one to five bytes.
inline constexpr Fixed kErrorCodeOnly{12, 16};
// [MS-RDPBCGR] 2.2.10.2
inline constexpr Fixed kAuthorizationResult{4, 4};

// What cannot be shorter: [MS-RDPBCGR] 2.2.1.3 with its core data alone; 2.2.1.11 without a name; 2.2.1.13 with a few
// capability sets.
inline constexpr std::uint32_t kLeastConnectInitial = 200, kLeastClientInfo = 46, kLeastActive = 100;
inline constexpr std::uint32_t kLeastLicenseMessage = 46;

// `times` such PDUs may be what the message holds.
constexpr bool fits(const Message& m, Fixed pdu, std::uint32_t times = 1) {
    return m.plain.least <= pdu.most * times && m.plain.most >= pdu.least * times;
}
constexpr bool at_least(const Message& m, std::uint32_t length) { return m.plain.most >= length; }

// What came after TLS and CredSSP; nothing where no MCS domain was erected.
std::optional<Inference> infer_from_mcs(const Exchange& exchange);
// Up to the MCS Connect-Response.
std::optional<Inference> infer_until_mcs(const model::Wire& wire, const Exchange& exchange);

// `text` is a clause; who closed, in which frame, and the rule's name are added. `last` is the record that decided, or
// null for the close.
Inference inferred(const Exchange& exchange, std::string_view rule, model::Stage stage, const Message* last,
                   std::string text, std::vector<model::Stage> alternatives = {});

}  // namespace rdpdx::diagnose
