// Inside of observe: RDP-UDP conversations of one capture. Each becomes a Track of its own, without `wire`.
#pragma once

#include <array>
#include <deque>
#include <map>
#include <memory>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "src/observe/udp_conversation.hpp"

namespace rdpdx::observe {

// Of conversations that nobody answered so many are followed at a time, and so many kept: a flood of SYNs is not
// remembered. Those of clients that also speak RDP over TCP go last.
inline constexpr std::size_t kUdpUnanswered = 4096;
// And so many of clients that do not speak RDP over TCP are told, the first ones.
inline constexpr std::size_t kUdpStrangers = 200;
// Conversations that are followed at a time, and how long one is waited for. [MS-RDPEUDP] 3.1.1.9: 65 s without a
// datagram, and the other side counts as gone.
inline constexpr std::size_t kUdpLive = 16'384;
inline constexpr model::Duration kUdpSilence = std::chrono::seconds{130};

// Known by the bytes of its SYN or SYN+ACK, on any port; any other datagram costs a look-up.
class UdpTransports {
public:
    UdpTransports(std::uint32_t input, model::Precision precision, const rdpeudp::Decrypting& decrypting)
        : input_{input}, precision_{precision}, decrypting_{decrypting} {}

    void datagram(const net::Datagram& datagram, const stream::Mark& mark);
    // False where datagram() would do nothing; true may be in vain.
    bool wants(const net::Glance& datagram) const noexcept {
        return datagram.payload_length == rdpeudp::kSynLength ||
               live_ports_[slot(datagram.source_port, datagram.destination_port)] > 0;
    }
    void icmp_error(const net::IcmpError& error, const stream::Mark& mark);
    // This client speaks RDP over TCP.
    void attempt(const net::Address& client) { clients_.insert(client); }
    // At the end of the capture, in order of first packet.
    std::vector<model::Track> take(model::Time capture_end);
    std::uint64_t forgotten() const noexcept { return forgotten_; }
    // Conversations that are followed now.
    std::size_t live() const noexcept { return live_.size(); }

private:
    static constexpr std::size_t kPortSlots = 1024;
    struct Key {  // the lower endpoint first
        net::Endpoint a, b;
        friend bool operator==(const Key&, const Key&) = default;
    };
    struct Hash {
        std::size_t operator()(const Key& key) const noexcept;
    };
    struct Live {
        std::unique_ptr<UdpConversation> conversation;
        net::Endpoint client;
        std::uint64_t id{};
        bool waiting{true};  // not established yet; `waiting_` has it
    };
    struct Finished {
        model::Track track;
        net::Address client;
        std::uint64_t id{};
    };
    using Table = std::unordered_map<Key, Live, Hash>;
    static Key key_of(const net::Endpoint& x, const net::Endpoint& y) { return x < y ? Key{x, y} : Key{y, x}; }
    Table::iterator begin(const net::Datagram& datagram, const Key& key, rdpeudp::Side from);
    void finish(Table::iterator at);
    void forget_silent(model::Time now);

    std::uint32_t input_;
    model::Precision precision_;
    rdpeudp::Decrypting decrypting_;
    // Whose datagrams may belong to a live conversation. Symmetric, as a conversation's datagrams go both ways.
    static std::size_t slot(std::uint16_t a, std::uint16_t b) noexcept { return (a ^ b) % kPortSlots; }
    static std::size_t slot(const Key& key) noexcept { return slot(key.a.port, key.b.port); }

    Table live_;
    std::array<std::uint32_t, kPortSlots> live_ports_{};  // how many of live_ have these ports
    std::map<std::uint64_t, Key> waiting_;                // by id: the oldest first
    std::vector<Finished> done_;
    std::deque<Finished> unanswered_;
    std::unordered_set<net::Address, net::AddressHash> clients_{0, net::AddressHash{this}};
    std::uint64_t ids_{}, forgotten_{};
    model::Time latest_{}, swept_{};
};

}  // namespace rdpdx::observe
