// Any bytes as an MCS domain PDU: what is handed on lies inside the input.
#include <cstdlib>

#include "parsers/mcs/mcs.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const rdpdx::bytes::View input = std::as_bytes(std::span{data, size});
    const auto pdu = rdpdx::mcs::parse_domain_pdu(input, 7);
    if (!pdu) {
        if (pdu.error().offset > size + 7) std::abort();
        return 0;
    }
    const auto user_data = pdu->user_data;
    if (!user_data.empty() &&
        (user_data.data() < input.data() || user_data.data() + user_data.size() > input.data() + size))
        std::abort();
    return 0;
}
