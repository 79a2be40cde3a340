// Inside of observe: the names that clients of RDP look up around an attempt, by DNS, mDNS, LLMNR and the NetBIOS name
// service, and whether they then connect to what they were told.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "parsers/dns/dns.hpp"
#include "src/observe/placing.hpp"

namespace rdpdx::observe {

// How long before an attempt its name may have been looked up, and how long it is remembered that it was.
inline constexpr model::Duration kNamesBefore = std::chrono::seconds{60}, kNamesKept = std::chrono::minutes{10};
// Look-ups that are kept of one client and of all, and what is kept of one.
inline constexpr std::size_t kLookupsAClient = 128, kLookups = 20'000, kAddressesALookup = 16;

// One name that one client asked for, its repetitions included.
struct Lookup {
    std::string_view protocol;  // "DNS", "mDNS", "LLMNR", "NBNS"
    std::string name;           // in lower case
    std::uint16_t type{}, id{}, port{};
    net::Address server;  // that was asked; that answered
    stream::Mark asked;
    std::uint32_t tries{1};
    std::optional<stream::Mark> answered;
    std::uint8_t rcode{};
    std::vector<net::Address> addresses;

    bool holds(const net::Address& address) const;
};

class NameLookups {
public:
    explicit NameLookups(CaptureSource source) : source_{source}, clients_{0, net::AddressHash{this}} {}
    void datagram(const net::Datagram& datagram, const stream::Mark& mark);
    // False where datagram() would do nothing.
    static bool wants(const net::Glance& datagram) noexcept;
    // A client began an attempt; what it asked before is kept to the end.
    void attempt(const net::Address& client, model::Time began);
    // At the end of the capture: into each track what belongs to it. A look-up that no connection followed is no
    // attempt, and is told only where the track shows its name.
    void take(std::vector<model::Track>& tracks, model::Time capture_end);

private:
    struct Client {
        std::vector<Lookup> recent;
        std::vector<Lookup> near;  // kept to the end
    };
    void query(const net::Datagram& datagram, const dns::Message& message, std::string_view protocol,
               const stream::Mark& mark);
    void response(const net::Datagram& datagram, const dns::Message& message, std::string_view protocol,
                  const stream::Mark& mark);
    void keep(const net::Address& client, Lookup lookup);
    void forget_old(model::Time now);
    const std::set<net::Address>& given(const std::string& name);
    void observe_track(model::Track& track, const std::vector<model::Track>& tracks, model::Time capture_end);
    model::Observation answer(const model::Track& track, const Lookup& lookup, bool matches,
                              const std::vector<model::Track>& tracks);
    model::Observation failure(const Lookup& lookup) const;

    CaptureSource source_;
    std::unordered_map<net::Address, Client, net::AddressHash> clients_;
    std::map<std::string, net::Address> mdns_;  // who asked for a name last; its answers go to all
    std::map<std::string, std::set<net::Address>>
        given_;  // by name all that any client was told, once that is asked for
    std::size_t kept_{};
    model::Time latest_{}, swept_{};
};

}  // namespace rdpdx::observe
