// HTTP/1.1 as far as a gateway needs it: heads, and where their bodies begin and end.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "parsers/credssp/token.hpp"

namespace rdpdx::gateway {

// Of an Authorization or WWW-Authenticate header. What follows the scheme is a length; a security token is read for its
// facts, and nothing else of it leaves the decoder.
struct Authentication {
    std::string scheme;  // "Negotiate"
    std::size_t parameterLength{};
    std::optional<credssp::SecurityToken> token;  // of Negotiate, NTLM and Kerberos, where there is one
};

// [RFC 9112] 3 and 4, a request or a status line with the headers that matter here.
struct HttpHead {
    std::string method, target;  // of a request
    std::uint16_t status{};      // of a response
    std::string reason;
    std::optional<std::uint64_t> contentLength;
    bool chunked{}, websocket{};
    std::string host, userAgent;
    std::string connectionId;   // RDG-Connection-Id: the same for both channels of one tunnel
    std::string correlationId;  // RDG-Correlation-Id
    std::string userId;         // RDG-User-Id, decoded
    std::string rdgAuthScheme;  // RDG-Auth-Scheme
    std::vector<Authentication> authentications;
    bool request() const noexcept { return !method.empty(); }
};

inline constexpr std::size_t kLargestHead = std::size_t{64} * 1024;
inline constexpr std::size_t kMostHeaders = 200;
inline constexpr std::size_t kMostAuthentications = 16;

// How long the head at the front is with its empty line, or nothing where that has not come yet.
std::optional<std::size_t> head_size(bytes::View data) noexcept;
// `head` as head_size() measured it.
bytes::Parsed<HttpHead> parse_http_head(bytes::View head, std::size_t base = 0);

// One side of a connection: bytes -> heads and bodies. Memory is bounded by one head.
class HttpReader {
public:
    struct Body {
        bytes::View data;  // without the marks of its chunks
    };
    struct BodyEnd {};
    // The connection is no longer HTTP; the caller takes these bytes and all that follow.
    struct HandedOver {
        bytes::View data;
    };
    struct Lost {
        bytes::ParseError error;
    };
    using Item = std::variant<HttpHead, Body, BodyEnd, HandedOver, Lost>;

    // sink(Item). Views live during the call. `offset` stands in errors only.
    template <class Sink>
    void feed(bytes::View data, std::size_t offset, Sink&& sink) {
        begin(data, offset);
        Item item;
        while (next(item)) sink(item);
        keep();
    }
    // After the head of an upgrade: what follows is another protocol.
    void hand_over() noexcept { mode_ = Mode::handed_over; }
    // Bytes are missing, or what came could not be read: the next ones begin with a chunk or go on in a body without a
    // length, if this message has one of these.
    void gap();
    bool handed_over() const noexcept { return mode_ == Mode::handed_over; }

private:
    enum class Mode { head, counted, until_end, chunk_head, chunk, chunk_end, trailer, handed_over, lost };

    void begin(bytes::View data, std::size_t offset);
    void keep();
    bool next(Item& item);
    bool read_head(Item& item);
    bool read_body(Item& item);
    bool read_chunk_head(Item& item);
    bool read_trailer(Item& item);
    bool skip_line(std::size_t& length);
    bool lose(Item& item, std::string_view field, std::size_t have);
    bytes::View take(std::size_t n) noexcept;

    Mode mode_{Mode::head};
    std::uint64_t left_{};  // of a body or chunk
    bytes::View input_;
    std::size_t offset_{};
    std::vector<std::byte> held_, joined_;  // the beginning of a head or line; it with what came after
    bool end_due_{}, chunked_{};
};

}  // namespace rdpdx::gateway
