#include "parsers/credssp/ntlm.hpp"

#include <algorithm>

#include "parsers/bytes/terminated.hpp"

namespace rdpdx::credssp {
namespace {

using bytes::Cursor;
using bytes::View;

// [MS-NLMP] 2.2.2.5 NEGOTIATE
constexpr std::uint32_t kUnicode = 0x00000001, kDomainSupplied = 0x00001000, kWorkstationSupplied = 0x00002000,
                        kVersion = 0x02000000;
constexpr std::size_t kMicOffset = 72, kMicSize = 16;
// [MS-NLMP] 2.2.2.7 NTLMv2_CLIENT_CHALLENGE: NTProofStr, then 28 bytes up to its AvPairs.
constexpr std::size_t kNtlmV1Size = 24, kProofSize = 16, kBeforeAvPairs = 28;

struct Message {
    View bytes;
    std::size_t base;
};

// [MS-NLMP] 2.2.1: Len, MaxLen and BufferOffset of a payload field.
struct Payload {
    std::uint16_t length{};
    std::uint32_t offset{};
};

Payload payload(Cursor& in, std::string_view field) {
    Payload out;
    out.length = in.u16le(field);
    in.u16le(field);
    out.offset = in.u32le(field);
    return out;
}

View find(const Message& message, Payload where, Cursor& in, std::string_view field) {
    if (where.length == 0 || in.error()) return {};
    Cursor at{message.bytes, message.base};
    at.skip(where.offset, field);
    const View out = at.take(where.length, field);
    if (at.error()) in.fail(*at.error());
    return out;
}

std::string text(View field, bool unicode) {
    return unicode ? bytes::utf16le_to_utf8(field) : bytes::valid_utf8(bytes::text_of(field));
}

bool any_set(View field) {
    return std::any_of(field.begin(), field.end(), [](std::byte b) { return b != std::byte{0}; });
}

NtlmVersion version(Cursor& in) {
    NtlmVersion out;
    out.productMajorVersion = in.u8("ProductMajorVersion");
    out.productMinorVersion = in.u8("ProductMinorVersion");
    out.productBuild = in.u16le("ProductBuild");
    in.skip(3, "Reserved");
    out.ntlmRevisionCurrent = in.u8("NTLMRevisionCurrent");
    return out;
}

TargetInfo av_pairs(Cursor& in) {
    TargetInfo out;
    while (!in.error()) {
        const std::uint16_t id = in.u16le("AvId");
        const std::uint16_t length = in.u16le("AvLen");
        Cursor value{in.take(length, "Value"), in.position()};
        if (in.error() || id == 0) break;  // MsvAvEOL
        if (id == 6) out.avFlags = value.u32le("MsvAvFlags");
        if (id == 7) out.timestamp = value.u64le("MsvAvTimestamp");
        if (value.error()) in.fail(*value.error());
        const View rest = value.rest();
        std::string* const names[] = {
            nullptr,         &out.nbComputerName, &out.nbDomainName, &out.dnsComputerName, &out.dnsDomainName,
            &out.dnsTreeName};
        if (id >= 1 && id <= 5) *names[id] = bytes::utf16le_to_utf8(rest);
        if (id == 9) out.targetName = bytes::utf16le_to_utf8(rest);
        if (id == 10) out.channelBindings = any_set(rest);
    }
    return out;
}

Cursor begin(const Message& message, std::uint32_t type) {
    Cursor in{message.bytes, message.base};
    const auto at = in.position();
    const auto found = ntlm_message_type(message.bytes);
    in.skip(8, "Signature");
    in.skip(4, "MessageType");
    if (!in.error() && found != type)
        in.fail({bytes::Problem::bad_value, found ? "MessageType" : "Signature", found ? at + 8 : at, 0, 0});
    return in;
}

// The MIC has no length of its own: it is there when the payload begins behind its place.
bool has_mic(const Message& message, std::initializer_list<Payload> fields) {
    for (const Payload& field : fields)
        if (field.length > 0 && field.offset < kMicOffset + kMicSize) return false;
    Cursor in{message.bytes};
    in.skip(kMicOffset, "Payload");
    return any_set(in.take(kMicSize, "MIC"));
}

void read_response(View response, std::size_t at, NtlmAuthenticate& out, Cursor& in) {
    if (response.empty()) return;
    out.response = response.size() > kNtlmV1Size ? NtlmResponse::v2 : NtlmResponse::v1;
    if (out.response == NtlmResponse::v1) return;
    Cursor blob{response, at};
    blob.skip(kProofSize, "Response");
    blob.skip(kBeforeAvPairs, "NTLMv2_CLIENT_CHALLENGE");
    if (blob.remaining() > 0) out.targetInfo = av_pairs(blob);
    if (blob.error()) in.fail(*blob.error());
}

}  // namespace

std::optional<std::uint32_t> ntlm_message_type(View message) noexcept {
    constexpr std::string_view kSignature{"NTLMSSP\0", 8};
    Cursor in{message};
    if (bytes::text_of(in.take(kSignature.size(), "Signature")) != kSignature) return {};
    const std::uint32_t type = in.u32le("MessageType");
    return in.error() ? std::nullopt : std::optional{type};
}

bytes::Parsed<NtlmNegotiate> parse_ntlm_negotiate(View bytes, std::size_t base) {
    const Message message{bytes, base};
    Cursor in = begin(message, 1);
    NtlmNegotiate out;
    out.negotiateFlags = in.u32le("NegotiateFlags");
    // Old clients end here, or behind the two fields.
    if (in.error() || in.remaining() == 0) return in.error() ? bytes::Parsed<NtlmNegotiate>{*in.error()} : out;
    const Payload domain = payload(in, "DomainNameFields");
    const Payload workstation = payload(in, "WorkstationFields");
    if (out.negotiateFlags & kVersion && in.remaining() > 0) out.version = version(in);
    if (out.negotiateFlags & kDomainSupplied) out.domainName = text(find(message, domain, in, "DomainName"), false);
    if (out.negotiateFlags & kWorkstationSupplied)
        out.workstation = text(find(message, workstation, in, "Workstation"), false);
    if (in.error()) return *in.error();
    return out;
}

bytes::Parsed<NtlmChallenge> parse_ntlm_challenge(View bytes, std::size_t base) {
    const Message message{bytes, base};
    Cursor in = begin(message, 2);
    NtlmChallenge out;
    const Payload name = payload(in, "TargetNameFields");
    out.negotiateFlags = in.u32le("NegotiateFlags");
    in.skip(8, "ServerChallenge");
    Payload info;
    if (in.remaining() > 0) {
        in.skip(8, "Reserved");
        info = payload(in, "TargetInfoFields");
    }
    if (out.negotiateFlags & kVersion && in.remaining() > 0) out.version = version(in);
    out.targetName = text(find(message, name, in, "TargetName"), out.negotiateFlags & kUnicode);
    if (info.length > 0) {
        Cursor pairs{find(message, info, in, "TargetInfo"), base + info.offset};
        if (!in.error()) out.targetInfo = av_pairs(pairs);
        if (pairs.error()) in.fail(*pairs.error());
    }
    if (in.error()) return *in.error();
    return out;
}

bytes::Parsed<NtlmAuthenticate> parse_ntlm_authenticate(View bytes, std::size_t base) {
    const Message message{bytes, base};
    Cursor in = begin(message, 3);
    NtlmAuthenticate out;
    const Payload lm = payload(in, "LmChallengeResponseFields");
    const Payload nt = payload(in, "NtChallengeResponseFields");
    const Payload domain = payload(in, "DomainNameFields");
    const Payload user = payload(in, "UserNameFields");
    const Payload workstation = payload(in, "WorkstationFields");
    const Payload key = payload(in, "EncryptedRandomSessionKeyFields");
    out.negotiateFlags = in.u32le("NegotiateFlags");
    if (out.negotiateFlags & kVersion) out.version = version(in);
    out.lmChallengeResponseLength = lm.length;
    out.ntChallengeResponseLength = nt.length;
    out.encryptedRandomSessionKeyLength = key.length;
    const bool unicode = out.negotiateFlags & kUnicode;
    out.domainName = text(find(message, domain, in, "DomainName"), unicode);
    out.userName = text(find(message, user, in, "UserName"), unicode);
    out.workstation = text(find(message, workstation, in, "Workstation"), unicode);
    find(message, lm, in, "LmChallengeResponse");
    read_response(find(message, nt, in, "NtChallengeResponse"), base + nt.offset, out, in);
    find(message, key, in, "EncryptedRandomSessionKey");
    out.mic = has_mic(message, {lm, nt, domain, user, workstation, key});
    if (in.error()) return *in.error();
    return out;
}

}  // namespace rdpdx::credssp
