// The two ends of a connection.
#pragma once

#include <cstdint>

namespace rdpdx::bytes {

enum class Side : std::uint8_t { client, server };
inline Side other(Side side) noexcept { return side == Side::client ? Side::server : Side::client; }

}  // namespace rdpdx::bytes
