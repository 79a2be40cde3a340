// Inside of observe: parsers' values -> the model's own.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "parsers/handshake/handshake.hpp"
#include "src/model/attempt.hpp"

namespace rdpdx::observe {

inline std::string_view side_name(stream::Side side) { return side == stream::Side::client ? "client" : "server"; }
inline model::Party party(stream::Side side) {
    return side == stream::Side::client ? model::Party::client : model::Party::server;
}
template <class Integer>
model::Value number(Integer value) {
    return static_cast<std::int64_t>(value);
}
inline model::Value flag(bool value) { return std::int64_t{value}; }

// A field that is left out where it is empty.
void set(model::Fields& fields, std::string_view name, const std::string& value);
// "0xC000006D"
std::string hex32(std::uint32_t value);
// "DOMAIN\user", or the user alone.
std::string account(const std::string& domain, const std::string& user);
// IANA's name, or "0x1234".
std::string suite_name(std::uint16_t suite);
model::Endpoint convert(const net::Endpoint& endpoint);
bool valid_at(const tls::Certificate& certificate, model::Time time);
model::Certificate convert(const tls::Certificate& certificate, model::Time seen);

}  // namespace rdpdx::observe
