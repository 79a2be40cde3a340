// Any bytes as what a server or client of CredSSP and RDSTLS says.
#include <cstdlib>

#include "parsers/bytes/text.hpp"
#include "parsers/credssp/rdstls.hpp"
#include "parsers/credssp/ts_request.hpp"

using namespace rdpdx;
using namespace rdpdx::credssp;

namespace {

constexpr std::size_t kBase = 7;

void require(bool holds) {
    if (!holds) std::abort();
}
bool utf8(const std::string& text) { return bytes::valid_utf8(text) == text; }

void check(const SecurityToken& token, std::size_t size) {
    require(token.length <= size);
    if (token.problem) require(token.problem->offset <= size + kBase);
    if (const auto* m = std::get_if<NtlmAuthenticate>(&token.mechanism))
        require(utf8(m->userName) && utf8(m->domainName) && m->ntChallengeResponseLength <= size);
    if (const auto* m = std::get_if<KrbError>(&token.mechanism)) require(utf8(m->realm) && utf8(m->sname));
    if (token.negTokenInit) require(token.negTokenInit->mechTypes.size() <= kMaxMechTypes);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const bytes::View input = std::as_bytes(std::span{data, size});
    const auto request = parse_ts_request(input, kBase);
    if (request) {
        require(request->length <= size && request->negoTokens.size() <= kMaxNegoTokens);
        for (const auto& token : request->negoTokens) check(token, size);
    } else {
        require(request.error().offset <= size + kBase);
    }
    check(parse_security_token(input, kBase), size);
    const auto rdstls = parse_rdstls_pdu(input, kBase);
    if (rdstls)
        require(rdstls->passwordLength <= size && utf8(rdstls->userName));
    else
        require(rdstls.error().offset <= size + kBase);
    return 0;
}
