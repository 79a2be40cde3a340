#include "parsers/evtx/checksum.hpp"

#include <libdeflate.h>

namespace rdpdx::evtx {

std::uint32_t crc32(bytes::View data, std::uint32_t before) noexcept {
    return libdeflate_crc32(before, data.data(), data.size());
}

}  // namespace rdpdx::evtx
