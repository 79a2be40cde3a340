#include "parsers/credssp/kerberos.hpp"

#include "parsers/bytes/der.hpp"
#include "parsers/bytes/text.hpp"

namespace rdpdx::credssp {
namespace {

namespace der = bytes::der;
using bytes::Cursor;

// Names with more components than any service principal has are not read to their end.
constexpr std::size_t kMaxComponents = 16;

// Opens [n] and reads the one number in it.
std::uint32_t number(Cursor& in, unsigned n, std::string_view field) {
    Cursor inner = der::read(in, der::context(n), field).open();
    const std::uint32_t value = in.error() ? 0 : der::read_uint32(inner, der::kInteger, field);
    der::pass_on(inner, in);
    return value;
}

// Opens [n] and reads the one string or time in it.
std::string text(Cursor& in, unsigned n, std::string_view field) {
    Cursor inner = der::read(in, der::context(n), field).open();
    const der::Element value = in.error() ? der::Element{} : der::read(inner, field);
    der::pass_on(inner, in);
    return bytes::valid_utf8(bytes::text_of(value.content));
}

bool next_is(const Cursor& in, unsigned n) {
    const auto head = in.peek(1);
    return !head.empty() && head[0] == std::byte{der::context(n)};
}

std::string optional_text(Cursor& in, unsigned n, std::string_view field) {
    return next_is(in, n) ? text(in, n, field) : std::string{};
}

// [RFC4120] 5.2.2 PrincipalName, its name-string joined by slashes.
std::string principal(Cursor& in, unsigned n, std::string_view field) {
    Cursor inner = der::read(in, der::context(n), field).open();
    std::string out;
    if (!in.error()) {
        Cursor name = der::read(inner, der::kSequence, field).open();
        der::read(name, der::context(0), "name-type");
        Cursor strings = der::read(name, der::context(1), "name-string").open();
        Cursor list = name.error() ? Cursor{{}} : der::read(strings, der::kSequence, "name-string").open();
        for (std::size_t i = 0; i < kMaxComponents && list.remaining() > 0; ++i) {
            const der::Element part = der::read(list, "KerberosString");
            out += (i == 0 ? "" : "/") + bytes::valid_utf8(bytes::text_of(part.content));
        }
        der::pass_on(inner, in);
        der::pass_on(name, in);
        der::pass_on(strings, in);
        der::pass_on(list, in);
    }
    return out;
}

std::string optional_principal(Cursor& in, unsigned n, std::string_view field) {
    return next_is(in, n) ? principal(in, n, field) : std::string{};
}

// [RFC4120] 5.2.9 EncryptedData: its etype.
std::uint32_t encrypted(Cursor& in, unsigned n, std::string_view field) {
    Cursor inner = der::read(in, der::context(n), field).open();
    std::uint32_t etype = 0;
    if (!in.error()) {
        Cursor data = der::read(inner, der::kSequence, field).open();
        if (!inner.error()) etype = number(data, 0, "etype");
        der::pass_on(inner, in);
        der::pass_on(data, in);
    }
    return etype;
}

// [APPLICATION n] SEQUENCE { pvno, msg-type, ...: a cursor behind these two, or one that has failed.
Cursor message(bytes::View bytes, std::size_t base, unsigned application, unsigned first, std::string_view field) {
    Cursor in{bytes, base};
    Cursor outer = der::read(in, der::application(application), field).open();
    der::pass_on(in, outer);
    Cursor body = der::read(outer, der::kSequence, field).open();
    der::pass_on(outer, body);
    number(body, first, "pvno");
    number(body, first + 1, "msg-type");
    return body;
}

void ticket(Cursor& in, ApReq& out) {
    Cursor inner = der::read(in, der::context(3), "ticket").open();
    der::pass_on(in, inner);
    Cursor outer = der::read(inner, der::application(1), "Ticket").open();
    der::pass_on(inner, outer);
    Cursor body = der::read(outer, der::kSequence, "Ticket").open();
    der::pass_on(outer, body);
    number(body, 0, "tkt-vno");
    out.realm = text(body, 1, "realm");
    out.sname = principal(body, 2, "sname");
    out.ticketEtype = encrypted(body, 3, "enc-part");
    der::pass_on(body, in);
}

}  // namespace

bytes::Parsed<ApReq> parse_ap_req(bytes::View bytes, std::size_t base) {
    Cursor in = message(bytes, base, 14, 0, "AP-REQ");
    ApReq out;
    Cursor options = der::read(in, der::context(2), "ap-options").open();
    Cursor bits = der::read(options, der::kBitString, "ap-options").open();
    if (!in.error() && !options.error()) {
        bits.u8("ap-options");  // unused bits
        out.apOptions = bits.u32be("ap-options");
        der::pass_on(bits, in);
    }
    der::pass_on(options, in);
    ticket(in, out);
    out.authenticatorEtype = encrypted(in, 4, "authenticator");
    if (in.error()) return *in.error();
    return out;
}

bytes::Parsed<ApRep> parse_ap_rep(bytes::View bytes, std::size_t base) {
    Cursor in = message(bytes, base, 15, 0, "AP-REP");
    ApRep out;
    out.etype = encrypted(in, 2, "enc-part");
    if (in.error()) return *in.error();
    return out;
}

bytes::Parsed<KrbError> parse_krb_error(bytes::View bytes, std::size_t base) {
    Cursor in = message(bytes, base, 30, 0, "KRB-ERROR");
    KrbError out;
    out.ctime = optional_text(in, 2, "ctime");
    if (next_is(in, 3)) out.cusec = number(in, 3, "cusec");
    out.stime = text(in, 4, "stime");
    out.susec = number(in, 5, "susec");
    out.errorCode = number(in, 6, "error-code");
    out.crealm = optional_text(in, 7, "crealm");
    out.cname = optional_principal(in, 8, "cname");
    out.realm = text(in, 9, "realm");
    out.sname = principal(in, 10, "sname");
    out.eText = optional_text(in, 11, "e-text");
    out.eData = next_is(in, 12);
    if (in.error()) return *in.error();
    return out;
}

bytes::Parsed<UserToUser> parse_user_to_user(bytes::View bytes, std::size_t base) {
    Cursor outer{bytes, base};
    Cursor in = der::read(outer, der::kSequence, "KERB-TGT-REQUEST").open();
    der::pass_on(outer, in);
    UserToUser out;
    number(in, 0, "pvno");
    out.msgType = number(in, 1, "msg-type");
    if (out.msgType == 16) {
        out.serverName = optional_principal(in, 2, "server-name");
        out.realm = optional_text(in, 3, "realm");
    }
    if (in.error()) return *in.error();
    return out;
}

}  // namespace rdpdx::credssp
