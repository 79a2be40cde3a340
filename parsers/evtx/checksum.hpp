#pragma once

#include <cstdint>

#include "parsers/bytes/cursor.hpp"

namespace rdpdx::evtx {

// CRC-32 as in zlib, going on from `before`.
std::uint32_t crc32(bytes::View data, std::uint32_t before = 0) noexcept;

}  // namespace rdpdx::evtx
