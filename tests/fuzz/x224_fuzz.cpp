// Any bytes as the beginning of a stream and as one TPKT.
#include <cstdlib>

#include "parsers/x224/x224.hpp"

using namespace rdpdx;

namespace {
void require(bool holds) {
    if (!holds) std::abort();
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const bytes::View input = std::as_bytes(std::span{data, size});
    const auto kind = x224::recognise(input);
    require(size < 12 || kind != x224::FirstBytes::too_short);
    if (size > 0) {  // more bytes change nothing but too_short
        const auto before = x224::recognise(input.first(size - 1));
        require(before == x224::FirstBytes::too_short || before == kind);
    }
    const auto request = x224::parse_connection_request(input, 7);
    if (request)
        require(!request->cookie || request->cookie->size() <= 3 * size);
    else
        require(request.error().offset <= size + 7);
    const auto confirm = x224::parse_connection_confirm(input, 7);
    if (confirm)
        require(!confirm->negRsp || !confirm->negFailure);
    else
        require(confirm.error().offset <= size + 7);
    if (const auto other = x224::parse_other_tpdu(input)) require(size < 6 || input[5] == std::byte{other->code});
    bytes::Cursor in{input, 7};
    if (const auto pdu = x224::parse_preconnection_pdu(in)) require(in.position() == 7 + pdu->cbSize);
    return 0;
}
