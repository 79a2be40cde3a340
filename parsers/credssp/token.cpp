#include "parsers/credssp/token.hpp"

#include <array>

#include "parsers/bytes/der.hpp"

namespace rdpdx::credssp {
namespace {

namespace der = bytes::der;
using bytes::Cursor;
using bytes::View;

constexpr std::string_view kSpnego = "1.3.6.1.5.5.2", kNegoExSignature = "NEGOEXTS";
constexpr std::uint8_t kNegTokenInitTag = der::context(0), kNegTokenRespTag = der::context(1);

struct MechName {
    std::string_view oid, name;
};
// [MS-SPNG] 1.9, [RFC4178] and [MS-NEGOEX] 1.9
constexpr std::array kMechs{
    MechName{"1.2.840.113554.1.2.2", "Kerberos"},
    MechName{"1.2.840.113554.1.2.2.3", "Kerberos user-to-user"},
    MechName{"1.2.840.48018.1.2.2", "Kerberos (Microsoft)"},
    MechName{"1.3.6.1.4.1.311.2.2.10", "NTLMSSP"},
    MechName{"1.3.6.1.4.1.311.2.2.30", "NegoEx"},
    MechName{"1.3.6.1.5.2.7", "PKU2U"},
    MechName{kSpnego, "SPNEGO"},
};

void mechanism(const der::Element& token, SecurityToken& out);

template <class T>
void keep(const bytes::Parsed<T>& parsed, SecurityToken& out) {
    if (parsed)
        out.mechanism = *parsed;
    else
        out.problem = parsed.error();
}

// [MS-NEGOEX] 2.2.6.1 MESSAGE_HEADER: Signature, MessageType, SequenceNum, cbHeaderLength, cbMessageLength,
// ConversationId
void negoex(Cursor in, SecurityToken& out) {
    NegoEx messages;
    while (in.remaining() > 0 && messages.messageTypes.size() < kMaxNegoExMessages) {
        const auto at = in.position();
        if (bytes::text_of(in.take(kNegoExSignature.size(), "Signature")) != kNegoExSignature) {
            in.fail({bytes::Problem::bad_value, "Signature", at, 0, 0});
            break;
        }
        const std::uint32_t type = in.u32le("MessageType");
        in.u32le("SequenceNum");
        in.u32le("cbHeaderLength");
        const std::uint32_t length = in.u32le("cbMessageLength");
        if (!in.error()) messages.messageTypes.push_back(type);
        constexpr std::uint32_t kRead = 24;
        if (length < kRead) in.fail({bytes::Problem::bad_value, "cbMessageLength", at + 20, 0, 0});
        if (!in.error()) in.skip(length - kRead, "cbMessageLength");
    }
    out.mechanism = std::move(messages);
    if (in.error()) out.problem = in.error();
}

void kerberos(View message, std::size_t base, SecurityToken& out) {
    const auto tag = message.empty() ? std::byte{0} : message[0];
    if (tag == std::byte{der::application(14)}) keep(parse_ap_req(message, base), out);
    if (tag == std::byte{der::application(15)}) keep(parse_ap_rep(message, base), out);
    if (tag == std::byte{der::application(30)}) keep(parse_krb_error(message, base), out);
}

// [RFC4178] 4.2.1; mechTypes, mechToken and mechListMIC stand in [0], [2] and [3].
void neg_token_init(Cursor& outer, SecurityToken& out) {
    Cursor in = der::read(outer, der::kSequence, "NegTokenInit").open();
    NegTokenInit init;
    if (const auto types = der::read_if(in, der::context(0), "mechTypes")) {
        Cursor wrapped = types->open();
        Cursor list = der::read(wrapped, der::kSequence, "mechTypes").open();
        while (list.remaining() > 0 && init.mechTypes.size() < kMaxMechTypes) {
            const der::Element oid = der::read(list, der::kOid, "MechType");
            if (!list.error()) init.mechTypes.push_back(der::oid_text(oid.content));
        }
        der::pass_on(wrapped, in);
        der::pass_on(list, in);
    }
    der::read_if(in, der::context(1), "reqFlags");
    std::optional<der::Element> token;
    if (const auto field = der::read_if(in, der::context(2), "mechToken")) {
        Cursor wrapped = field->open();
        token = der::read(wrapped, der::kOctetString, "mechToken");
        der::pass_on(wrapped, in);
        if (!in.error()) init.mechTokenLength = token->content.size();
    }
    // [MS-SPNG] 2.2.1: a server's first message has its hints, a SEQUENCE, in [3] and the MIC in [4].
    if (const auto third = der::read_if(in, der::context(3), "mechListMIC"))
        init.mechListMIC = !third->content.empty() && third->content[0] == std::byte{der::kOctetString};
    if (der::read_if(in, der::context(4), "mechListMIC")) init.mechListMIC = true;
    der::pass_on(in, outer);
    out.negTokenInit = std::move(init);
    if (outer.error()) out.problem = outer.error();
    if (!outer.error() && token) mechanism(*token, out);
}

void neg_token_resp(Cursor& outer, SecurityToken& out) {
    Cursor in = der::read(outer, der::kSequence, "NegTokenResp").open();
    NegTokenResp resp;
    if (const auto state = der::read_if(in, der::context(0), "negState")) {
        Cursor wrapped = state->open();
        resp.negState = der::read_uint32(wrapped, der::kEnumerated, "negState");
        der::pass_on(wrapped, in);
    }
    if (const auto mech = der::read_if(in, der::context(1), "supportedMech")) {
        Cursor wrapped = mech->open();
        resp.supportedMech = der::oid_text(der::read(wrapped, der::kOid, "supportedMech").content);
        der::pass_on(wrapped, in);
    }
    std::optional<der::Element> token;
    if (const auto field = der::read_if(in, der::context(2), "responseToken")) {
        Cursor wrapped = field->open();
        token = der::read(wrapped, der::kOctetString, "responseToken");
        der::pass_on(wrapped, in);
        if (!in.error()) resp.responseTokenLength = token->content.size();
    }
    resp.mechListMIC = der::read_if(in, der::context(3), "mechListMIC").has_value();
    der::pass_on(in, outer);
    out.negTokenResp = std::move(resp);
    if (outer.error()) out.problem = outer.error();
    if (!outer.error() && token) mechanism(*token, out);
}

// [RFC2743] 3.1: the object identifier, then for Kerberos two octets of token id ([RFC4121] 4.1, user-to-user draft).
void initial_context(const der::Element& element, SecurityToken& out) {
    Cursor in = element.open();
    const std::string mech = der::oid_text(der::read(in, der::kOid, "thisMech").content);
    if (in.error()) {
        out.problem = in.error();
        return;
    }
    if (mech == kSpnego && !out.negTokenInit && !out.negTokenResp) {
        const der::Element token = der::read(in, "NegotiationToken");
        Cursor inner = token.open();
        if (in.error())
            out.problem = in.error();
        else if (token.tag == kNegTokenInitTag)
            neg_token_init(inner, out);
        else if (token.tag == kNegTokenRespTag)
            neg_token_resp(inner, out);
        return;
    }
    out.mech = mech;
    const std::uint16_t id = in.u16be("TOK_ID");
    const auto at = in.position();
    if (id == 0x0400 || id == 0x0401)
        keep(parse_user_to_user(in.rest(), at), out);
    else
        kerberos(in.rest(), at, out);
}

void ntlm(View message, std::size_t base, std::uint32_t type, SecurityToken& out) {
    if (type == 1) keep(parse_ntlm_negotiate(message, base), out);
    if (type == 2) keep(parse_ntlm_challenge(message, base), out);
    if (type == 3) keep(parse_ntlm_authenticate(message, base), out);
}

// The token of one mechanism. SPNEGO is opened once: the second one inside it is left alone.
void mechanism(const der::Element& token, SecurityToken& out) {
    Cursor in = token.open();
    if (const auto type = ntlm_message_type(token.content)) return ntlm(token.content, token.offset, *type, out);
    if (bytes::text_of(in.peek(kNegoExSignature.size())) == kNegoExSignature) return negoex(in, out);
    if (const auto wrapped = der::read_if(in, der::application(0), "InitialContextToken"))
        return in.error() ? void(out.problem = in.error()) : initial_context(*wrapped, out);
    kerberos(token.content, token.offset, out);
}

}  // namespace

std::string_view mech_name(std::string_view oid) noexcept {
    for (const MechName& mech : kMechs)
        if (mech.oid == oid) return mech.name;
    return {};
}

std::string_view neg_state_name(std::uint32_t negState) noexcept {
    constexpr std::array<std::string_view, 4> kNames{"accept-completed", "accept-incomplete", "reject", "request-mic"};
    return negState < kNames.size() ? kNames[negState] : std::string_view{};
}

SecurityToken parse_security_token(View token, std::size_t base) {
    SecurityToken out;
    out.length = token.size();
    Cursor in{token, base};
    const View head = in.peek(1);
    const bool bare_init = !head.empty() && head[0] == std::byte{kNegTokenInitTag};
    const bool bare_resp = !head.empty() && head[0] == std::byte{kNegTokenRespTag};
    if (!bare_init && !bare_resp) {
        mechanism({0, base, token}, out);
        return out;
    }
    Cursor inner = der::read(in, "NegotiationToken").open();
    if (in.error())
        out.problem = in.error();
    else if (bare_init)
        neg_token_init(inner, out);
    else
        neg_token_resp(inner, out);
    return out;
}

}  // namespace rdpdx::credssp
