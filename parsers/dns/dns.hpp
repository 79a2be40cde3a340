// The message format that DNS, mDNS, LLMNR and the NetBIOS name service share.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "parsers/bytes/cursor.hpp"

namespace rdpdx::dns {

// [RFC 1035] 3.2.2, [RFC 3596] 2.1, [RFC 1002] 4.2.1.3. Any other number is kept.
enum RecordType : std::uint16_t { kA = 1, kCname = 5, kAaaa = 28, kNetbios = 32 };
// [RFC 1035] 4.1.1
enum ResponseCode : std::uint8_t { kNoError = 0, kNameError = 3 };

// [RFC 1035] 4.1.2
struct Question {
    // Labels joined by dots, valid UTF-8; a dot inside a label has a backslash before it. At most 1 KiB.
    std::string name;
    std::uint16_t qtype{}, qclass{};
};

// 4 octets of IPv4 or 16 of IPv6.
using AddressOctets = std::vector<std::uint8_t>;

// [RFC 1035] 4.1.3
struct Record {
    std::string name;
    std::uint16_t type{}, rrclass{};
    std::uint32_t ttl{};
    std::vector<AddressOctets> addresses;  // of A and AAAA one, of NetBIOS' NB any number
    std::string target;                    // of CNAME
};

// [RFC 1035] 4.1
struct Message {
    std::uint16_t id{};
    bool response{}, truncated{};
    std::uint8_t opcode{}, rcode{};
    std::uint16_t qdcount{}, ancount{}, nscount{}, arcount{};  // as the header says
    std::vector<Question> questions;
    std::vector<Record> answers;              // not those of the other sections
    std::optional<bytes::ParseError> broken;  // where questions or answers break off; those before are there
};
// An error where the header is not whole.
bytes::Parsed<Message> parse_message(bytes::View data, std::size_t base = 0);

// "NXDOMAIN" for 3; empty for what nobody named. [RFC 1035] 4.1.1, [RFC 2136] 2.2
std::string_view rcode_name(std::uint8_t rcode) noexcept;

// [RFC 1001] 14.1: the name that a first label of 32 letters stands for, without the blanks behind it, and its last
// octet. Nothing where the label is not such a name.
struct NetbiosName {
    std::string name;
    std::uint8_t suffix{};
};
std::optional<NetbiosName> netbios_name(std::string_view encoded);

}  // namespace rdpdx::dns
