// Inside of observe: which machines say on the capture's link that an address of a connection is theirs.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "src/observe/placing.hpp"

namespace rdpdx::observe {

// Addresses that are kept, and machines of one; of what is more only the latter are missed.
inline constexpr std::size_t kNeighbours = 8192, kMachinesAnAddress = 8;

class Neighbours {
public:
    explicit Neighbours(CaptureSource source) : source_{source} {}
    void neighbour(const net::Neighbour& neighbour, const stream::Mark& mark);
    // At the end of the capture: into each track what was said of its two addresses.
    void take(std::vector<model::Track>& tracks);

private:
    struct Machine {
        net::MacAddress mac;
        stream::Mark first, last;
    };
    struct Asked {
        net::Address by;
        stream::Mark first, last;
        std::uint32_t count{};
    };
    struct Known {
        std::vector<Machine> machines;
        std::size_t latest{};     // of them, which spoke last
        std::uint32_t changes{};  // another one than before spoke
        bool answered_both{};     // two of them answered within a second
        std::optional<Asked> asked;
        std::optional<stream::Mark> answer;  // the last one that was asked for
    };
    void claim(Known& known, const net::Neighbour& neighbour, const stream::Mark& mark) const;
    void observe_conflict(model::Track& track, const std::string& address, std::string_view of) const;
    void observe_unanswered(model::Track& track) const;
    const Known* find(const std::string& address) const;

    CaptureSource source_;
    std::map<net::Address, Known> known_;
};

}  // namespace rdpdx::observe
