#include "parsers/credssp/kdc.hpp"

#include <array>

#include "parsers/bytes/overload.hpp"
#include "parsers/credssp/kerberos_fields.hpp"

namespace rdpdx::credssp {
namespace {

namespace der = bytes::der;
using bytes::Cursor;
using namespace kerberos;

constexpr unsigned kAsReq = 10, kAsRep = 11, kTgsReq = 12, kTgsRep = 13, kError = 30;

// [RFC4120] 5.2.7 PA-DATA: the types of a list, without what they hold.
std::vector<std::int32_t> optional_padata(Cursor& in, unsigned n) {
    std::vector<std::int32_t> out;
    if (!next_is(in, n)) return out;
    Cursor inner = der::read(in, der::context(n), "padata").open();
    Cursor list = in.error() ? Cursor{{}} : der::read(inner, der::kSequence, "padata").open();
    der::pass_on(inner, list);
    while (list.remaining() > 0 && out.size() < kMaxKdcTypes) {
        Cursor one = der::read(list, der::kSequence, "PA-DATA").open();
        Cursor type = list.error() ? Cursor{{}} : der::read(one, der::context(1), "padata-type").open();
        der::pass_on(one, type);
        if (!list.error()) out.push_back(signed_number(type, "padata-type"));
        der::pass_on(type, list);
    }
    der::pass_on(list, in);
    return out;
}

std::vector<std::int32_t> etypes(Cursor& in, unsigned n) {
    std::vector<std::int32_t> out;
    Cursor inner = der::read(in, der::context(n), "etype").open();
    Cursor list = in.error() ? Cursor{{}} : der::read(inner, der::kSequence, "etype").open();
    der::pass_on(inner, list);
    while (list.remaining() > 0 && out.size() < kMaxKdcTypes) out.push_back(signed_number(list, "etype"));
    der::pass_on(list, in);
    return out;
}

// [RFC4120] 5.4.1 KDC-REQ-BODY
void request_body(Cursor& in, KdcReq& out) {
    out.kdcOptions = flags(in, 0, "kdc-options");
    out.cname = optional_principal(in, 1, "cname");
    out.realm = text(in, 2, "realm");
    out.sname = optional_principal(in, 3, "sname");
    optional_text(in, 4, "from");
    text(in, 5, "till");
    optional_text(in, 6, "rtime");
    der::read(in, der::context(7), "nonce");
    out.etypes = etypes(in, 8);
}

bytes::Parsed<KdcMessage> request(bytes::View bytes, std::size_t base, unsigned type) {
    Cursor in = message(bytes, base, type, 1, kdc_message_name(type));
    KdcReq out;
    out.msgType = type;
    out.padataTypes = optional_padata(in, 3);
    Cursor wrapped = der::read(in, der::context(4), "req-body").open();
    Cursor body = in.error() ? Cursor{{}} : der::read(wrapped, der::kSequence, "req-body").open();
    der::pass_on(in, body);
    der::pass_on(wrapped, body);
    request_body(body, out);
    if (body.error()) return *body.error();
    return KdcMessage{std::move(out)};
}

bytes::Parsed<KdcMessage> reply(bytes::View bytes, std::size_t base, unsigned type) {
    Cursor in = message(bytes, base, type, 0, kdc_message_name(type));
    KdcRep out;
    out.msgType = type;
    out.padataTypes = optional_padata(in, 2);
    out.crealm = text(in, 3, "crealm");
    out.cname = principal(in, 4, "cname");
    Ticket shown = ticket(in, 5);
    out.realm = std::move(shown.realm);
    out.sname = std::move(shown.sname);
    out.ticketEtype = shown.etype;
    out.encPartEtype = encrypted(in, 6, "enc-part");
    if (in.error()) return *in.error();
    return KdcMessage{std::move(out)};
}

}  // namespace

std::string_view kdc_message_name(std::uint32_t msgType) noexcept {
    switch (msgType) {
        case kAsReq:
            return "AS-REQ";
        case kAsRep:
            return "AS-REP";
        case kTgsReq:
            return "TGS-REQ";
        case kTgsRep:
            return "TGS-REP";
        case kError:
            return "KRB-ERROR";
        default:
            return {};
    }
}

std::uint32_t msg_type(const KdcMessage& message) noexcept {
    return std::visit(bytes::Overload{[](const KrbError&) { return std::uint32_t{kError}; },
                                      [](const auto& other) { return other.msgType; }},
                      message);
}

bool begins_kdc_message(bytes::View head) noexcept {
    Cursor in{head};
    const unsigned tag = in.u8("msg-type");
    return in.error() || ((tag & 0xE0U) == 0x60U && !kdc_message_name(tag & 0x1FU).empty());
}

bytes::Parsed<KdcMessage> parse_kdc_message(bytes::View message, std::size_t base) {
    Cursor in{message, base};
    const std::uint8_t tag = in.u8("msg-type");
    if (in.error()) return *in.error();
    switch (tag) {
        case der::application(kAsReq):
        case der::application(kTgsReq):
            return request(message, base, tag & 0x1FU);
        case der::application(kAsRep):
        case der::application(kTgsRep):
            return reply(message, base, tag & 0x1FU);
        case der::application(kError): {
            const auto error = parse_krb_error(message, base);
            if (!error) return error.error();
            return KdcMessage{*error};
        }
        default:
            return bytes::ParseError{bytes::Problem::bad_value, "msg-type", base, 0, 0};
    }
}

std::optional<std::size_t> kdc_tcp_length(bytes::View front) noexcept {
    Cursor in{front};
    const std::uint32_t length = in.u32be("length");
    if (in.error()) return {};
    return length <= kLargestKdcTcp ? length : 0;
}

}  // namespace rdpdx::credssp
