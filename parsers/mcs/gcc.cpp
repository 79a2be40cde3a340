#include "parsers/mcs/gcc.hpp"

#include "parsers/bytes/der.hpp"
#include "parsers/bytes/terminated.hpp"

namespace rdpdx::mcs {
namespace {

namespace der = bytes::der;
using bytes::Cursor;

// [T.125] encodes with BER, whose definite lengths need not be the shortest: der::read takes these too.
DomainParameters domain_parameters(Cursor& outer, std::string_view field) {
    Cursor in = der::read(outer, der::kSequence, field).open();
    der::pass_on(outer, in);
    DomainParameters out;
    out.maxChannelIds = der::read_uint32(in, der::kInteger, "maxChannelIds");
    out.maxUserIds = der::read_uint32(in, der::kInteger, "maxUserIds");
    out.maxTokenIds = der::read_uint32(in, der::kInteger, "maxTokenIds");
    out.numPriorities = der::read_uint32(in, der::kInteger, "numPriorities");
    out.minThroughput = der::read_uint32(in, der::kInteger, "minThroughput");
    out.maxHeight = der::read_uint32(in, der::kInteger, "maxHeight");
    out.maxMcsPduSize = der::read_uint32(in, der::kInteger, "maxMCSPDUsize");
    out.protocolVersion = der::read_uint32(in, der::kInteger, "protocolVersion");
    der::pass_on(in, outer);
    return out;
}

// APPLICATION 101 and 102 have tags of two octets.
Cursor connect_pdu(Cursor& in, std::uint8_t number, std::string_view field) {
    const auto at = in.position();
    if (in.u16be(field) != (0x7F00U | number)) in.fail({bytes::Problem::bad_value, field, at, 0, 0});
    const std::uint32_t length = der::read_length(in, field);
    const auto content = in.position();
    Cursor out{in.take(length, field), content};
    der::pass_on(in, out);
    return out;
}

// [X.691] 10.9: one octet, or two with the top bit set. Longer ones do not fit into a Connect PDU.
std::size_t per_length(Cursor& in, std::string_view field) {
    const auto at = in.position();
    const std::size_t first = in.u8(field);
    if (first < 0x80) return first;
    if (first >= 0xC0) in.fail({bytes::Problem::unsupported, field, at, 0, 0});
    return (first & 0x3FU) << 8 | in.u8(field);
}

// [T.124] 8.7 ConnectData: the key of T.124 itself, then the length of the message. The length is not believed:
// FreeRDP's server sends a fixed one; see tests/parsers/mcs_gcc_test.cpp.
void connect_data(Cursor& in) {
    in.u8("Key");
    in.skip(per_length(in, "t124Identifier"), "t124Identifier");
    per_length(in, "connectPDU");
}

// [T.124] 8.7 UserData: one set, whose key is an H.221 identifier of four or more letters.
std::string user_data_set(Cursor& in, UserData& out) {
    in.u8("userData");         // how many sets
    in.u8("h221NonStandard");  // that a value is there, and which kind of key
    const std::size_t length = per_length(in, "h221NonStandard") + 4;
    std::string key = bytes::text_until_zero(in.take(length, "h221NonStandard"));
    per_length(in, "value");
    if (!in.error()) out = parse_user_data(in);
    return key;
}

}  // namespace

bytes::Parsed<ConnectInitial> parse_connect_initial(bytes::View tpdu, std::size_t base) {
    Cursor outer{tpdu, base};
    Cursor in = connect_pdu(outer, 0x65, "Connect-Initial");
    ConnectInitial out;
    der::read(in, der::kOctetString, "callingDomainSelector");
    der::read(in, der::kOctetString, "calledDomainSelector");
    const der::Element upward = der::read(in, der::kBoolean, "upwardFlag");
    out.upwardFlag = !upward.content.empty() && upward.content[0] != std::byte{0};
    out.targetParameters = domain_parameters(in, "targetParameters");
    out.minimumParameters = domain_parameters(in, "minimumParameters");
    out.maximumParameters = domain_parameters(in, "maximumParameters");
    Cursor gcc = der::read(in, der::kOctetString, "userData").open();
    der::pass_on(in, gcc);
    connect_data(gcc);
    gcc.u16be("conferenceCreateRequest");
    const std::size_t digits = std::size_t{gcc.u8("conferenceName")} + 1;
    gcc.skip((digits + 1) / 2, "conferenceName");
    gcc.u8("padding");
    out.h221Key = user_data_set(gcc, out.userData);
    // A block that is cut is a problem of the blocks, which are kept.
    if (gcc.error() && !out.userData.problem) return *gcc.error();
    return out;
}

bytes::Parsed<ConnectResponse> parse_connect_response(bytes::View tpdu, std::size_t base) {
    Cursor outer{tpdu, base};
    Cursor in = connect_pdu(outer, 0x66, "Connect-Response");
    ConnectResponse out;
    out.result = static_cast<std::uint8_t>(der::read_uint32(in, der::kEnumerated, "result"));
    if (!in.error() && in.remaining() == 0 && out.result != 0) return out;
    out.calledConnectId = der::read_uint32(in, der::kInteger, "calledConnectId");
    out.domainParameters = domain_parameters(in, "domainParameters");
    const der::Element user_data = der::read(in, der::kOctetString, "userData");
    if (in.error()) return *in.error();
    if (user_data.content.empty() && out.result != 0) return out;
    Cursor gcc = user_data.open();
    connect_data(gcc);
    gcc.u8("conferenceCreateResponse");
    out.nodeID = static_cast<std::uint16_t>(gcc.u16be("nodeID") + 1001);
    const std::size_t tag = gcc.u8("tag");
    gcc.skip(tag, "tag");
    out.conferenceResult = gcc.u8("result");
    out.h221Key = user_data_set(gcc, out.userData);
    if (gcc.error() && !out.userData.problem) return *gcc.error();
    return out;
}

}  // namespace rdpdx::mcs
