// SHA-256 of what comes in pieces.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <string_view>

#include "parsers/bytes/cursor.hpp"

namespace rdpdx::app {

class Digest {
public:
    Digest();
    ~Digest();
    // Each piece counts with its length, so that two pieces are never one.
    Digest& add(std::string_view piece);
    Digest& add_raw(rdpdx::bytes::View piece);  // without its length: the digest is that of the bytes
    // One of them, once, at the end.
    std::string hex();
    std::array<unsigned char, 32> bytes();

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace rdpdx::app
