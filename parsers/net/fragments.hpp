// Inside parsers/net only: IP datagrams that came in pieces.
#pragma once

#include <compare>
#include <cstdint>
#include <list>
#include <map>
#include <optional>
#include <vector>

#include "parsers/net/decode.hpp"

namespace rdpdx::net {

inline constexpr std::size_t kMaxPendingDatagrams = 1024;
inline constexpr std::size_t kMaxPendingBytes = 32U << 20;
inline constexpr std::size_t kMaxHoles = 64;  // in one datagram
inline constexpr std::size_t kMaxDatagram = 65535;
inline constexpr std::chrono::seconds kFragmentTimeout{30};  // of packet time

// RFC 791 section 3.2, RFC 8200 section 4.5
struct FragmentKey {
    Address source, destination;
    std::uint32_t identification{};
    std::uint8_t protocol{};  // 0 for IPv6, where identification alone counts
    friend auto operator<=>(const FragmentKey&, const FragmentKey&) = default;
};

struct Fragment {
    FragmentKey key;
    std::size_t offset{};  // in bytes
    bool more{};
    std::uint8_t next_protocol{};  // what the datagram carries, by this fragment
    bytes::View data;
};

struct Reassembled {
    bytes::View data;  // lives until forget_completed()
    std::uint8_t protocol{};
    IpInfo ip;  // of the first fragment
};

// Where copies overlap, the one that came first counts. Bounded in number, bytes and time; the oldest goes first.
class FragmentStore {
public:
    // The whole datagram, once its last missing piece is here.
    std::optional<Reassembled> add(const Fragment& fragment, const IpInfo& ip, bytes::Time time);
    void forget_completed() noexcept { completed_.clear(); }
    // Begun and not completed, those that may still be included.
    std::uint64_t incomplete() const noexcept { return begun_ - done_; }

private:
    // Bytes [begin, end) that have not come yet, RFC 815.
    struct Hole {
        std::size_t begin{}, end{};
    };
    struct Pending {
        FragmentKey key;
        bytes::Time begun{};
        std::vector<std::byte> data;
        std::vector<Hole> holes{{0, kMaxDatagram}};
        std::uint8_t protocol{};
        IpInfo ip;
    };
    using Order = std::list<Pending>;  // the oldest first

    Order::iterator find_or_begin(const FragmentKey& key, bytes::Time time);
    void drop(Order::iterator pending);
    static void insert(Pending& pending, const Fragment& fragment);

    Order order_;
    std::map<FragmentKey, Order::iterator> by_key_;
    std::vector<std::vector<std::byte>> completed_;  // by the packet at hand; more than one in nested tunnels
    std::size_t bytes_{};
    std::uint64_t begun_{}, done_{};
};

}  // namespace rdpdx::net
