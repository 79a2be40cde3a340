// The NSS key log: secrets that an endpoint wrote down, by the random value of the ClientHello.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <vector>

#include "parsers/tls/secret.hpp"

namespace rdpdx::tls {

// By the first lines of a text: comments, then one with a label of the format.
bool is_key_log(bytes::View head) noexcept;

using Random = std::array<std::uint8_t, 32>;

// The SSLKEYLOGFILE format for TLS, 2.
enum class SecretLabel : std::uint8_t {
    master_secret,  // CLIENT_RANDOM, TLS 1.0 to 1.2
    client_early_traffic,
    client_handshake_traffic,
    server_handshake_traffic,
    client_traffic_0,
    server_traffic_0,
};

class KeyLog {
public:
    // A line that says neither a secret nor a comment. Never its text: half a secret is still one.
    struct BadLine {
        std::size_t line{};     // of its text, from 1
        std::string_view what;  // a literal: "label", "client_random" or "secret"
        friend bool operator==(const BadLine&, const BadLine&) = default;
    };
    static constexpr std::size_t kMostBadLines = 100;

    // Another text, as from a further file or Decryption Secrets Block. The later of two lines for one secret counts.
    void add(bytes::View text);

    // Another log; its secrets count as the later ones. Bad lines are not taken over, since their numbers are of it.
    void merge(KeyLog&& other);

    // Lives until the next add or merge; null where that secret is not known.
    const Secret* find(const Random& client_random, SecretLabel label) const;
    // Some secret of that connection is known.
    bool knows(const Random& client_random) const;

    std::size_t secrets() const noexcept { return secrets_.size(); }
    // Lines in good order with a label that nobody here needs, as the exporter secrets.
    std::size_t ignored() const noexcept { return ignored_; }
    std::size_t malformed() const noexcept { return malformed_; }
    // The first of the malformed ones, kMostBadLines at most.
    const std::vector<BadLine>& bad_lines() const noexcept { return bad_lines_; }

private:
    void add_line(bytes::View line, std::size_t number);
    void refuse(std::size_t number, std::string_view what);

    std::map<std::pair<Random, SecretLabel>, Secret> secrets_;
    std::size_t ignored_{}, malformed_{};
    std::vector<BadLine> bad_lines_;
};

}  // namespace rdpdx::tls
