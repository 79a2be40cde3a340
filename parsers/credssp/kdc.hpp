// What a client and a KDC say to each other on port 88. Tickets, preauthentication and ciphers are passed over: their
// types are numbers here and their contents nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "parsers/credssp/kerberos.hpp"

namespace rdpdx::credssp {

inline constexpr std::uint16_t kKdcPort = 88;
// Of these lists no more is kept; Windows sends about six types of either.
inline constexpr std::size_t kMaxKdcTypes = 32;

// [RFC4120] 5.4.1 KDC-REQ: AS-REQ and TGS-REQ
struct KdcReq {
    std::uint32_t msgType{};  // 10 AS-REQ, 12 TGS-REQ
    std::vector<std::int32_t> padataTypes;
    std::uint32_t kdcOptions{};
    std::string cname, realm, sname;  // a TGS-REQ has no cname in the clear
    std::vector<std::int32_t> etypes;
};

// [RFC4120] 5.4.2 KDC-REP: AS-REP and TGS-REP, with what is in the clear of its ticket
struct KdcRep {
    std::uint32_t msgType{};  // 11 AS-REP, 13 TGS-REP
    std::vector<std::int32_t> padataTypes;
    std::string crealm, cname, realm, sname;
    std::uint32_t ticketEtype{}, encPartEtype{};
};

using KdcMessage = std::variant<KdcReq, KdcRep, KrbError>;

// One message without the length that TCP puts in front. What is neither of these is a bad_value of `msg-type`.
bytes::Parsed<KdcMessage> parse_kdc_message(bytes::View message, std::size_t base = 0);

// "AS-REQ"; empty for a number of none of these.
std::string_view kdc_message_name(std::uint32_t msgType) noexcept;
std::uint32_t msg_type(const KdcMessage& message) noexcept;

// The beginning of a message, as far as it has come, can be one: by its first octet.
bool begins_kdc_message(bytes::View head) noexcept;

// [RFC4120] 7.2.2: over TCP four octets of length stand in front of each message. How long the message behind them is;
// nothing where the four are not all there yet, 0 where they are no length.
inline constexpr std::size_t kKdcLength = 4, kLargestKdcTcp = std::size_t{64} * 1024;
std::optional<std::size_t> kdc_tcp_length(bytes::View front) noexcept;

}  // namespace rdpdx::credssp
