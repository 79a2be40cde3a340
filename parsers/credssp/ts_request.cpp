#include "parsers/credssp/ts_request.hpp"

#include "parsers/bytes/der.hpp"

namespace rdpdx::credssp {
namespace {

namespace der = bytes::der;
using bytes::Cursor;

// [MS-CSSP] 2.2.1.1 NegoData: SEQUENCE OF SEQUENCE { [0] negoToken OCTET STRING }
void nego_tokens(const der::Element& field, Cursor& in, TsRequest& out) {
    Cursor wrapped = field.open();
    Cursor list = der::read(wrapped, der::kSequence, "negoTokens").open();
    der::pass_on(wrapped, in);
    while (!in.error() && list.remaining() > 0 && out.negoTokens.size() < kMaxNegoTokens) {
        Cursor item = der::read(list, der::kSequence, "NegoData").open();
        der::pass_on(list, in);
        Cursor inner = der::read(item, der::context(0), "negoToken").open();
        der::pass_on(item, in);
        const der::Element token = der::read(inner, der::kOctetString, "negoToken");
        der::pass_on(inner, in);
        if (!in.error()) out.negoTokens.push_back(parse_security_token(token.content, token.offset));
    }
}

std::optional<std::size_t> octets(Cursor& in, unsigned n, std::string_view field) {
    const auto wrapped = der::read_if(in, der::context(n), field);
    if (!wrapped) return {};
    Cursor inner = wrapped->open();
    const der::Element value = in.error() ? der::Element{} : der::read(inner, der::kOctetString, field);
    der::pass_on(inner, in);
    return value.content.size();
}

}  // namespace

bytes::Parsed<TsRequest> parse_ts_request(bytes::View message, std::size_t base) {
    Cursor outer{message, base};
    TsRequest out;
    Cursor in = der::read(outer, der::kSequence, "TSRequest").open();
    out.length = outer.position() - base;
    der::pass_on(outer, in);
    Cursor version = der::read(in, der::context(0), "version").open();
    der::pass_on(in, version);
    out.version = der::read_uint32(version, der::kInteger, "version");
    der::pass_on(version, in);
    if (const auto tokens = der::read_if(in, der::context(1), "negoTokens"))
        if (!in.error()) nego_tokens(*tokens, in, out);
    out.authInfoLength = octets(in, 2, "authInfo");
    out.pubKeyAuthLength = octets(in, 3, "pubKeyAuth");
    if (const auto code = der::read_if(in, der::context(4), "errorCode")) {
        Cursor inner = code->open();
        if (!in.error()) out.errorCode = der::read_uint32(inner, der::kInteger, "errorCode");
        der::pass_on(inner, in);
    }
    out.clientNonceLength = octets(in, 5, "clientNonce");
    if (in.error()) return *in.error();
    return out;
}

bytes::Parsed<EarlyUserAuthorizationResult> parse_early_user_authorization_result(bytes::View pdu, std::size_t base) {
    Cursor in{pdu, base};
    EarlyUserAuthorizationResult out;
    out.authorizationResult = in.u32le("authorizationResult");
    if (in.error()) return *in.error();
    return out;
}

std::string_view authorization_result_name(std::uint32_t authorizationResult) noexcept {
    if (authorizationResult == 0) return "AUTHZ_SUCCESS";
    return authorizationResult == 5 ? std::string_view{"AUTHZ_ACCESS_DENIED"} : std::string_view{};
}

}  // namespace rdpdx::credssp
