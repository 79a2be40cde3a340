// Any bytes as MCS Connect PDUs and as GCC user data blocks.
#include <cstdlib>

#include "parsers/mcs/gcc.hpp"

using namespace rdpdx;

namespace {

constexpr std::size_t kBase = 7;

void require(bool holds) {
    if (!holds) std::abort();
}

void check(const mcs::UserData& data, std::size_t size) {
    require(data.blocks.size() <= mcs::kMaxUserDataBlocks);
    for (const auto& block : data.blocks) require(block.offset + 4 <= size + kBase);
    if (data.problem) require(data.problem->offset <= size + kBase);
    if (data.network) require(data.network->channelDefArray.size() <= size / 12);
    if (data.monitor) require(data.monitor->monitorDefArray.size() <= size / 20);
    if (data.serverNetwork) require(data.serverNetwork->channelIdArray.size() <= size / 2);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const bytes::View input = std::as_bytes(std::span{data, size});
    if (const auto pdu = mcs::parse_connect_initial(input, kBase))
        check(pdu->userData, size);
    else
        require(pdu.error().offset <= size + kBase);
    if (const auto pdu = mcs::parse_connect_response(input, kBase))
        check(pdu->userData, size);
    else
        require(pdu.error().offset <= size + kBase);
    bytes::Cursor in{input, kBase};
    check(mcs::parse_user_data(in), size);
    return 0;
}
