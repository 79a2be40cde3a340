// TLS records and messages made from values, and items as one line of text each.
#pragma once

#include <fmt/format.h>

#include <string>
#include <vector>

#include "parsers/tls/tls.hpp"

namespace rdpdx::test {

using Bytes = std::vector<std::byte>;

inline Bytes operator+(Bytes left, const Bytes& right) {
    left.insert(left.end(), right.begin(), right.end());
    return left;
}

inline Bytes be(std::uint64_t value, int width) {
    Bytes out;
    for (int shift = 8 * (width - 1); shift >= 0; shift -= 8)
        out.push_back(static_cast<std::byte>(value >> shift & 0xFF));
    return out;
}

// [RFC 8446] 5.1
inline Bytes tls_record(std::uint8_t type, const Bytes& fragment, std::uint16_t version = 0x0303) {
    return be(type, 1) + be(version, 2) + be(fragment.size(), 2) + fragment;
}

// [RFC 8446] 4
inline Bytes tls_message(std::uint8_t type, const Bytes& body) { return be(type, 1) + be(body.size(), 3) + body; }

// A hello's beginning, long enough to be known for one.
inline Bytes tls_hello(std::uint8_t type, std::size_t size = 60) {
    Bytes body = be(0x0303, 2);
    body.resize(size, std::byte{0x5A});
    return tls_message(type, body);
}

inline std::string line(const tls::StreamReader::Located& located) {
    struct {
        std::string operator()(const tls::ChangeCipherSpec&) const { return "CCS"; }
        std::string operator()(const tls::Alert& a) const { return fmt::format("alert {}/{}", a.level, a.description); }
        std::string operator()(const tls::EncryptedAlert& e) const {
            return fmt::format("encrypted alert {}", e.length);
        }
        std::string operator()(const tls::EncryptedHandshake& e) const {
            return fmt::format("encrypted handshake {}", e.length);
        }
        std::string operator()(const tls::ApplicationData& d) const { return fmt::format("data {}", d.length); }
        std::string operator()(const tls::HandshakeMessage& m) const {
            return fmt::format("message {} of {}/{}", m.type, m.body.size(), m.length);
        }
        std::string operator()(const tls::Unparsed& u) const {
            return fmt::format("unparsed {} ({} at {})", u.what, u.error.field, u.error.offset);
        }
    } name;
    return fmt::format("{}: {}", located.offset, std::visit(name, located.item));
}

// The items of `data`, fed `step` bytes at a time from stream offset `offset` on.
inline std::vector<std::string> read_lines(tls::StreamReader& reader, bytes::View data, std::size_t step = SIZE_MAX,
                                           std::uint64_t offset = 0) {
    std::vector<std::string> lines;
    for (std::size_t at = 0; at < data.size();) {
        const auto part = data.subspan(at, std::min(step, data.size() - at));
        reader.feed(part, offset + at, [&](const tls::StreamReader::Located& item) { lines.push_back(line(item)); });
        at += part.size();
    }
    return lines;
}

}  // namespace rdpdx::test
