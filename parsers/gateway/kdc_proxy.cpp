#include "parsers/gateway/kdc_proxy.hpp"

#include "parsers/bytes/der.hpp"
#include "parsers/bytes/text.hpp"
#include "parsers/credssp/kdc.hpp"

namespace rdpdx::gateway {
namespace {

namespace der = bytes::der;
using bytes::Cursor;

constexpr std::uint8_t kKrbError = der::application(30);

}  // namespace

bytes::Parsed<KdcProxyMessage> parse_kdc_proxy_message(bytes::View message, std::size_t base) {
    Cursor outer{message, base};
    Cursor in = der::read(outer, der::kSequence, "KDC-PROXY-MESSAGE").open();
    der::pass_on(outer, in);
    Cursor wrapped = der::read(in, der::context(0), "kerb-message").open();
    der::pass_on(in, wrapped);
    Cursor kerberos = der::read(wrapped, der::kOctetString, "kerb-message").open();
    der::pass_on(wrapped, kerberos);
    KdcProxyMessage out;
    // [RFC4120] 7.2.2: as over TCP, four octets of length stand in front.
    kerberos.u32be("length");
    const std::size_t at = kerberos.position();
    const bytes::View body = kerberos.rest();
    der::pass_on(kerberos, in);
    if (const auto domain = der::read_if(in, der::context(1), "target-domain")) {
        Cursor text = domain->open();
        out.targetDomain = bytes::valid_utf8(bytes::text_of(der::read(text, "target-domain").content));
        der::pass_on(text, in);
    }
    if (in.error()) return *in.error();
    out.messageLength = body.size();
    Cursor first{body, at};
    out.tag = first.u8("message");
    if (first.error()) return *first.error();
    if (out.tag != kKrbError) return out;
    const auto error = credssp::parse_krb_error(body, at);
    if (!error) return error.error();
    out.error = *error;
    return out;
}

bool begins_kdc_proxy_message(bytes::View head) noexcept {
    const auto tag = [&head](std::uint8_t wanted) {
        Cursor in{head};
        if (head.empty()) return true;
        if (in.u8("tag") != wanted) return false;
        der::read_length(in, "length");
        const bool cut = in.error() && in.error()->problem == bytes::Problem::truncated;
        if (in.error() && !cut) return false;
        head = cut ? bytes::View{} : in.rest();
        return true;
    };
    if (!tag(der::kSequence) || !tag(der::context(0)) || !tag(der::kOctetString)) return false;
    Cursor in{head};
    in.u32be("length");
    return in.error() || credssp::begins_kdc_message(in.rest());
}

}  // namespace rdpdx::gateway
