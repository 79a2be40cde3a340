// Any bytes as what a KDC says on port 88, and as RDS-AAD.
#include <cstdlib>

#include "parsers/bytes/text.hpp"
#include "parsers/credssp/kdc.hpp"
#include "parsers/credssp/rds_aad.hpp"

using namespace rdpdx;
using namespace rdpdx::credssp;

namespace {

constexpr std::size_t kBase = 7;

void require(bool holds) {
    if (!holds) std::abort();
}
bool utf8(const std::string& text) { return bytes::valid_utf8(text) == text; }

void check(const KdcMessage& message) {
    require(!kdc_message_name(msg_type(message)).empty());
    if (const auto* m = std::get_if<KdcReq>(&message))
        require(utf8(m->cname) && utf8(m->sname) && m->etypes.size() <= kMaxKdcTypes &&
                m->padataTypes.size() <= kMaxKdcTypes);
    if (const auto* m = std::get_if<KdcRep>(&message))
        require(utf8(m->cname) && utf8(m->realm) && m->padataTypes.size() <= kMaxKdcTypes);
    if (const auto* m = std::get_if<KrbError>(&message)) require(utf8(m->realm) && utf8(m->eText));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const bytes::View input = std::as_bytes(std::span{data, size});
    const auto message = parse_kdc_message(input, kBase);
    if (message) {
        require(begins_kdc_message(input));
        check(*message);
    } else {
        require(message.error().offset <= size + kBase);
    }
    if (const auto length = kdc_tcp_length(input)) require(*length <= kLargestKdcTcp && size >= kKdcLength);
    const auto whole = rds_aad_size(input);
    require(whole.value_or(0) <= size);
    const auto pdu = parse_rds_aad_pdu(input.first(whole.value_or(size)), kBase);
    if (pdu)
        require(pdu->rdpAssertionLength.value_or(0) <= size && pdu->tsNonceLength.value_or(0) <= size);
    else
        require(pdu.error().offset <= size + kBase);
    return 0;
}
