// SOCKS 4, 4a and 5: what a client asks a proxy for, and what that answers.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "parsers/bytes/cursor.hpp"
#include "parsers/bytes/side.hpp"

namespace rdpdx::proxy {

using bytes::Side;

// [RFC 1928] 4 Requests; "SOCKS: A protocol for TCP proxy across firewalls", CONNECT. Names of users are not kept.
struct SocksRequest {
    std::uint8_t version{}, command{};  // command 1: CONNECT
    std::string host;                   // an address as text, or a name; ASCII or escaped by whoever shows it
    std::uint16_t port{};
};
bytes::Parsed<SocksRequest> parse_socks_request(bytes::Cursor& in);

// [RFC 1928] 6 Replies; in version 4 the reply of CONNECT.
struct SocksReply {
    std::uint8_t version{}, code{};
    bool granted() const noexcept { return version == 4 ? code == 90 : code == 0; }
};
bytes::Parsed<SocksReply> parse_socks_reply(bytes::Cursor& in, std::uint8_t version);
// "connection refused"; empty for a code without a name. Those above 255 are SocksReader's.
std::string_view socks_reply_name(std::uint8_t version, std::uint16_t code) noexcept;

// Whether these can be the first bytes of a client.
bool begins_socks(bytes::View first_payload) noexcept;

// The dialogue with the proxy, up to where the connection behind it begins. Keeps kMostSocks bytes a side at most.
inline constexpr std::size_t kMostSocks = 1024;
class SocksReader {
public:
    // Codes of a refusal before the request: no method fits, or name and password do not.
    static constexpr std::uint16_t kNoMethod = 0x1FF, kNotAuthenticated = 0x1FE;
    enum class State { talking, open, refused, lost };

    void feed(Side from, bytes::View data);
    State state() const noexcept { return state_; }
    const std::optional<SocksRequest>& request() const noexcept { return request_; }
    std::optional<std::uint16_t> code() const noexcept { return code_; }  // of the answer, once there is one
    // Once open: bytes of this side that came with the dialogue's last and belong to what is behind it.
    bytes::View rest(Side side) const noexcept { return side == Side::client ? client_ : server_; }

private:
    enum class Step { greeting, method, authentication, status, request, reply };
    bool step();
    bool greeting(bytes::Cursor& in);
    bool method(bytes::Cursor& in);
    bool authentication(bytes::Cursor& in);
    bool status(bytes::Cursor& in);
    bool request(bytes::Cursor& in);
    bool reply(bytes::Cursor& in);
    void refuse(std::uint16_t code) noexcept;

    Step step_{Step::greeting};
    State state_{State::talking};
    std::optional<SocksRequest> request_;
    std::optional<std::uint16_t> code_;
    std::vector<std::byte> client_, server_;  // not consumed yet
};

}  // namespace rdpdx::proxy
