#include <algorithm>

#include "parsers/bytes/text.hpp"
#include "parsers/dns/dns.hpp"

namespace rdpdx::dns {
namespace {

using bytes::Cursor;
using bytes::ParseError;
using bytes::Problem;
using bytes::View;

// More than any resolver's answer has; what comes behind is not read.
constexpr std::size_t kMostQuestions = 32, kMostAnswers = 256, kMostAddresses = 64;
constexpr unsigned kMostJumps = 16;
constexpr std::size_t kLongestName = 255;  // octets, [RFC 1035] 3.1

// A message and where its names may point to.
struct Reading {
    View whole;
    std::size_t base;
};

bool is_plain(char c) noexcept { return c > ' ' && c < 0x7F && c != '.' && c != '\\'; }

void append_label(std::string& name, View label) {
    if (!name.empty()) name += '.';
    const std::string_view text = bytes::text_of(label);
    if (std::ranges::all_of(text, is_plain)) {
        name += text;
        return;
    }
    for (const char c : bytes::valid_utf8(text)) {
        if (c == '.' || c == '\\') name += '\\';
        name += c;
    }
}

// [RFC 1035] 3.1, 4.1.4. A pointer leads to what stands before it, so that there is an end to them.
std::string read_name(Cursor& in, const Reading& reading) {
    std::string name;
    Cursor elsewhere = in;
    Cursor* at = &in;
    std::size_t length = 0, before = in.position() - reading.base;
    for (unsigned jumps = 0;;) {
        const std::size_t start = at->position();
        const std::uint8_t octet = at->u8("name");
        if (at->error()) break;
        if (octet >= 0xC0) {
            const std::size_t target = (octet & 0x3FU) << 8 | at->u8("pointer");
            if (at->error()) break;
            if (target >= before || ++jumps > kMostJumps) {
                at->fail({Problem::bad_value, "pointer", start, 0, 0});
                break;
            }
            before = target;
            elsewhere = Cursor{reading.whole.subspan(target), reading.base + target};
            at = &elsewhere;
            continue;
        }
        if (octet == 0) return name;
        length += octet + 1U;
        if (octet >= 0x40 || length >= kLongestName) {
            at->fail({Problem::bad_value, "name", start, 0, 0});
            break;
        }
        append_label(name, at->take(octet, "label"));
        if (at->error()) break;
    }
    if (at != &in) in.fail(*at->error());
    return {};
}

AddressOctets octets(View view) {
    AddressOctets out;
    for (const std::byte b : view) out.push_back(std::to_integer<std::uint8_t>(b));
    return out;
}

// [RFC 1002] 4.2.1.3: NB_FLAGS and NB_ADDRESS, again and again.
std::vector<AddressOctets> netbios_addresses(View rdata) {
    std::vector<AddressOctets> out;
    Cursor in{rdata};
    while (in.remaining() >= 6 && out.size() < kMostAddresses) {
        in.u16be("NB_FLAGS");
        out.push_back(octets(in.take(4, "NB_ADDRESS")));
    }
    return out;
}

Record read_record(Cursor& in, const Reading& reading) {
    Record record;
    record.name = read_name(in, reading);
    record.type = in.u16be("TYPE");
    record.rrclass = in.u16be("CLASS");
    record.ttl = in.u32be("TTL");
    const std::uint16_t length = in.u16be("RDLENGTH");
    const std::size_t at = in.position();
    const View rdata = in.take(length, "RDATA");
    if (in.error()) return record;
    if ((record.type == kA && length == 4) || (record.type == kAaaa && length == 16))
        record.addresses.push_back(octets(rdata));
    if (record.type == kNetbios) record.addresses = netbios_addresses(rdata);
    if (record.type == kCname) {
        Cursor name{rdata, at};
        record.target = read_name(name, reading);
    }
    return record;
}

Question read_question(Cursor& in, const Reading& reading) {
    Question question;
    question.name = read_name(in, reading);
    question.qtype = in.u16be("QTYPE");
    question.qclass = in.u16be("QCLASS");
    return question;
}

}  // namespace

bytes::Parsed<Message> parse_message(View data, std::size_t base) {
    Cursor in{data, base};
    Message message;
    message.id = in.u16be("ID");
    const std::uint16_t flags = in.u16be("flags");
    message.response = (flags & 0x8000U) != 0;
    message.opcode = static_cast<std::uint8_t>(flags >> 11 & 0xFU);
    message.truncated = (flags & 0x0200U) != 0;
    message.rcode = static_cast<std::uint8_t>(flags & 0xFU);
    message.qdcount = in.u16be("QDCOUNT");
    message.ancount = in.u16be("ANCOUNT");
    message.nscount = in.u16be("NSCOUNT");
    message.arcount = in.u16be("ARCOUNT");
    if (in.error()) return *in.error();
    const Reading reading{data, base};
    for (std::size_t i = 0; i < std::min<std::size_t>(message.qdcount, kMostQuestions); ++i) {
        Question question = read_question(in, reading);
        if (in.error()) break;
        message.questions.push_back(std::move(question));
    }
    // Behind questions that were not read no answer can be found.
    const std::size_t answers = message.qdcount > kMostQuestions ? 0 : message.ancount;
    for (std::size_t i = 0; i < std::min(answers, kMostAnswers) && !in.error(); ++i) {
        Record record = read_record(in, reading);
        if (in.error()) break;
        message.answers.push_back(std::move(record));
    }
    message.broken = in.error();
    return message;
}

std::string_view rcode_name(std::uint8_t rcode) noexcept {
    constexpr std::array<std::string_view, 11> kNames{"NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN",
                                                      "NOTIMP",  "REFUSED", "YXDOMAIN", "YXRRSET",
                                                      "NXRRSET", "NOTAUTH", "NOTZONE"};
    return rcode < kNames.size() ? kNames[rcode] : std::string_view{};
}

std::optional<NetbiosName> netbios_name(std::string_view encoded) {
    constexpr std::size_t kEncoded = 32;
    const std::string_view label = encoded.substr(0, encoded.find('.'));
    if (label.size() != kEncoded) return {};
    if (!std::ranges::all_of(label, [](char c) { return c >= 'A' && c <= 'P'; })) return {};
    NetbiosName out;
    for (std::size_t i = 0; i < kEncoded; i += 2)
        out.name += static_cast<char>((label[i] - 'A') << 4 | (label[i + 1] - 'A'));
    out.suffix = static_cast<std::uint8_t>(out.name.back());
    out.name.pop_back();
    out.name.erase(out.name.find_last_not_of(' ') + 1);
    out.name = bytes::valid_utf8(out.name);
    return out;
}

}  // namespace rdpdx::dns
