// SHA-256 of what comes in pieces.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace rdpdx::app {

class Digest {
public:
    Digest();
    ~Digest();
    // Each piece counts with its length, so that two pieces are never one.
    Digest& add(std::string_view piece);
    std::string hex();  // once, at the end

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace rdpdx::app
