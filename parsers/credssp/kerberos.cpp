#include "parsers/credssp/kerberos.hpp"

#include "parsers/credssp/kerberos_fields.hpp"

namespace rdpdx::credssp {
namespace {

namespace der = bytes::der;
using bytes::Cursor;
using namespace kerberos;

}  // namespace

bytes::Parsed<ApReq> parse_ap_req(bytes::View bytes, std::size_t base) {
    Cursor in = message(bytes, base, 14, 0, "AP-REQ");
    ApReq out;
    out.apOptions = flags(in, 2, "ap-options");
    Ticket shown = ticket(in, 3);
    out.realm = std::move(shown.realm);
    out.sname = std::move(shown.sname);
    out.ticketEtype = shown.etype;
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
