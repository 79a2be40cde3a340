// Inside of observe: connections to RDP's port on which nothing of RDP was said. A few are evidence; thousands are a
// port scan or a flood, and are counted.
#pragma once

#include <map>
#include <string>
#include <unordered_set>
#include <vector>

#include "parsers/stream/flow.hpp"

namespace rdpdx::observe {

// So many of one server become tracks, and so many of all; the first ones.
inline constexpr std::size_t kHollowAServer = 200, kHollow = 2000;
// Servers that are counted apart, and client addresses that are told from one another.
inline constexpr std::size_t kCrowdServers = 256, kCrowdAddresses = 65'536;

class Crowd {
public:
    // Whether this connection is one of those that become tracks. If not, it is counted.
    bool admit(const stream::Flow& flow);
    // A sentence for each server whose connections were counted.
    std::vector<std::string> told() const;

private:
    struct Counted {
        std::size_t admitted{};
        std::uint64_t unanswered{}, refused{}, silent{}, foreign{};  // foreign: bytes that are not RDP's
        stream::Mark first, last;
        std::unordered_set<std::uint64_t> clients;  // digests of addresses
        std::uint64_t total() const noexcept { return unanswered + refused + silent + foreign; }
    };
    static void count(Counted& counted, const stream::Flow& flow);
    static std::string sentence(const std::string& whom, const Counted& counted);

    std::map<net::Endpoint, Counted> servers_;
    Counted others_;
    std::size_t admitted_{};
};

}  // namespace rdpdx::observe
