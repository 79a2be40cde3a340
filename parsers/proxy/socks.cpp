#include "parsers/proxy/socks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "parsers/bytes/text.hpp"

namespace rdpdx::proxy {
namespace {

using bytes::Cursor;
using bytes::Problem;

constexpr std::uint8_t kVersion4 = 4, kVersion5 = 5, kConnect = 1;
constexpr std::uint8_t kAddress4 = 1, kName = 3, kAddress6 = 4;  // [RFC 1928] 5, ATYP
constexpr std::uint8_t kNoAuthentication = 0, kPassword = 2;
// No client knows as many methods, and few other first bytes look like a list of so few.
constexpr std::uint8_t kMostMethods = 10;

struct ReplyName {
    std::uint16_t code;
    std::string_view name;
};
// [RFC 1928] 6, REP; behind them what SocksReader tells of refusals before the request. Sorted by code.
constexpr std::array kReplies5{
    ReplyName{0, "succeeded"},
    ReplyName{1, "general failure"},
    ReplyName{2, "not allowed by the proxy's rules"},
    ReplyName{3, "network unreachable"},
    ReplyName{4, "host unreachable"},
    ReplyName{5, "connection refused"},
    ReplyName{6, "TTL expired"},
    ReplyName{7, "command not supported"},
    ReplyName{8, "address type not supported"},
    ReplyName{SocksReader::kNotAuthenticated, "name or password not accepted"},
    ReplyName{SocksReader::kNoMethod, "no method of authentication fits"},
};
// Version 4, CD. Sorted by code.
constexpr std::array kReplies4{ReplyName{90, "granted"}, ReplyName{91, "rejected or failed"},
                               ReplyName{92, "rejected: no identd of the client"},
                               ReplyName{93, "rejected: identd names another user"}};
static_assert(std::ranges::is_sorted(kReplies5, {}, &ReplyName::code));
static_assert(std::ranges::is_sorted(kReplies4, {}, &ReplyName::code));

template <std::size_t N>
std::string_view name_of(const std::array<ReplyName, N>& table, std::uint16_t code) noexcept {
    const auto row = std::ranges::lower_bound(table, code, {}, &ReplyName::code);
    return row != table.end() && row->code == code ? row->name : std::string_view{};
}

std::string address4(Cursor& in) {
    std::string out;
    for (int i = 0; i < 4; ++i) out += (i ? "." : "") + std::to_string(in.u8("address"));
    return out;
}
std::string address6(Cursor& in) {
    std::string out;
    for (int i = 0; i < 8; ++i) out += fmt::format("{}{:x}", i ? ":" : "", in.u16be("address"));
    return out;
}

// Up to a zero, which is taken as well.
std::string until_zero(Cursor& in, std::string_view field) {
    const bytes::View all = in.peek(kMostSocks);
    const auto zero = std::ranges::find(all, std::byte{0});
    const auto n = static_cast<std::size_t>(zero - all.begin());
    const std::string out = bytes::valid_utf8(bytes::text_of(in.take(n, field)));
    in.skip(1, field);
    return out;
}

void read_address(Cursor& in, std::string& host, std::uint16_t& port) {
    const std::size_t at = in.position();
    switch (const std::uint8_t type = in.u8("ATYP")) {
        case kAddress4:
            host = address4(in);
            break;
        case kName:
            host = bytes::valid_utf8(bytes::text_of(in.take(in.u8("length"), "DST.ADDR")));
            break;
        case kAddress6:
            host = address6(in);
            break;
        default:
            in.fail({Problem::bad_value, "ATYP", at, 0, type});
    }
    port = in.u16be("DST.PORT");
}

}  // namespace

bytes::Parsed<SocksRequest> parse_socks_request(Cursor& in) {
    SocksRequest out;
    const std::size_t at = in.position();
    out.version = in.u8("VER");
    out.command = in.u8("CMD");
    if (!in.error() && out.version != kVersion4 && out.version != kVersion5)
        in.fail({Problem::bad_value, "VER", at, kVersion5, out.version});
    if (out.version == kVersion5) {
        in.skip(1, "RSV");
        read_address(in, out.host, out.port);
    } else {
        out.port = in.u16be("DSTPORT");
        out.host = address4(in);
        until_zero(in, "USERID");
        // Version 4a: an address 0.0.0.x says that the name stands behind.
        if (out.host.starts_with("0.0.0.") && out.host != "0.0.0.0") out.host = until_zero(in, "host");
    }
    if (in.error()) return *in.error();
    return out;
}

bytes::Parsed<SocksReply> parse_socks_reply(Cursor& in, std::uint8_t version) {
    SocksReply out{version, 0};
    const std::size_t at = in.position();
    const std::uint8_t first = in.u8("VER");
    out.code = in.u8("REP");
    if (!in.error() && first != (version == kVersion4 ? 0 : kVersion5))
        in.fail({Problem::bad_value, "VER", at, version, first});
    if (version == kVersion4) {
        in.skip(6, "DSTPORT");
    } else {
        std::string host;
        std::uint16_t port = 0;
        in.skip(1, "RSV");
        read_address(in, host, port);
    }
    if (in.error()) return *in.error();
    return out;
}

std::string_view socks_reply_name(std::uint8_t version, std::uint16_t code) noexcept {
    return version == kVersion4 ? name_of(kReplies4, code) : name_of(kReplies5, code);
}

bool begins_socks(bytes::View first_payload) noexcept {
    Cursor in{first_payload};
    const std::uint8_t version = in.u8("VER"), second = in.u8("NMETHODS");
    if (in.error()) return false;
    if (version == kVersion5) return second > 0 && second <= kMostMethods && in.remaining() == second;
    constexpr std::size_t kLeast4 = 7;
    return version == kVersion4 && second == kConnect && in.remaining() >= kLeast4 &&
           first_payload.back() == std::byte{0};
}

void SocksReader::feed(Side from, bytes::View data) {
    auto& half = from == Side::client ? client_ : server_;
    if (state_ != State::talking) return;
    if (data.size() > kMostSocks - std::min(kMostSocks, half.size())) {
        state_ = State::lost;
        return;
    }
    half.insert(half.end(), data.begin(), data.end());
    while (state_ == State::talking && step()) {
    }
}

// One message, if it is whole. Each takes at least a byte, so this ends.
bool SocksReader::step() {
    const bool by_client = step_ == Step::greeting || step_ == Step::authentication || step_ == Step::request;
    auto& half = by_client ? client_ : server_;
    Cursor in{half};
    bool good = true;
    switch (step_) {
        case Step::greeting:
            good = greeting(in);
            break;
        case Step::method:
            good = method(in);
            break;
        case Step::authentication:
            good = authentication(in);
            break;
        case Step::status:
            good = status(in);
            break;
        case Step::request:
            good = request(in);
            break;
        case Step::reply:
            good = reply(in);
            break;
    }
    if (in.error() && in.error()->problem == Problem::truncated) return false;
    if (in.error() || !good) {
        state_ = State::lost;
        return false;
    }
    half.erase(half.begin(), half.begin() + static_cast<std::ptrdiff_t>(in.position()));
    return true;
}

void SocksReader::refuse(std::uint16_t code) noexcept {
    code_ = code;
    state_ = State::refused;
}

bool SocksReader::greeting(Cursor& in) {
    const bytes::View first = in.peek(1);
    if (!first.empty() && first.front() == std::byte{kVersion4}) return request(in);
    in.skip(1, "VER");
    in.skip(in.u8("NMETHODS"), "METHODS");
    if (!in.error()) step_ = Step::method;
    return true;
}

bool SocksReader::method(Cursor& in) {
    const std::uint8_t version = in.u8("VER"), method = in.u8("METHOD");
    if (in.error()) return true;
    if (version != kVersion5) return false;
    constexpr std::uint8_t kNone = 0xFF;
    if (method == kNone) refuse(kNoMethod);
    step_ = method == kPassword ? Step::authentication : Step::request;
    // What other methods wrap cannot be followed.
    return method == kNoAuthentication || method == kPassword || method == kNone;
}

// [RFC 1929] 2. Name and password are passed over.
bool SocksReader::authentication(Cursor& in) {
    in.skip(1, "VER");
    in.skip(in.u8("ULEN"), "UNAME");
    in.skip(in.u8("PLEN"), "PASSWD");
    if (!in.error()) step_ = Step::status;
    return true;
}

bool SocksReader::status(Cursor& in) {
    in.skip(1, "VER");
    const std::uint8_t status = in.u8("STATUS");
    if (in.error()) return true;
    step_ = Step::request;
    if (status != 0) refuse(kNotAuthenticated);
    return true;
}

bool SocksReader::request(Cursor& in) {
    const auto request = parse_socks_request(in);
    if (!request) return true;
    request_ = *request;
    step_ = Step::reply;
    return request->command == kConnect;
}

bool SocksReader::reply(Cursor& in) {
    const auto reply = parse_socks_reply(in, request_->version);
    if (!reply) return true;
    code_ = reply->code;
    state_ = reply->granted() ? State::open : State::refused;
    return true;
}

}  // namespace rdpdx::proxy
