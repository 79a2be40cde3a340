#include "src/correlate/log_events.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <unordered_map>

#include "src/model/text.hpp"

namespace rdpdx::correlate {
namespace {

using model::Attempt;
using model::Duration;
using model::EventScope;
using model::LogEvent;
using model::Origin;
using model::Time;
using model::Track;

// Different providers of one machine write what happens at once a second apart; a session is taken down after its
// connection has gone.
constexpr Duration kBefore = std::chrono::seconds{2}, kAfter = std::chrono::seconds{5};
// How long before an attempt what happens to the machine still matters to it.
constexpr Duration kNearby = std::chrono::minutes{2};
// How long after its begin, and before its end, an attempt is changed by what is told without saying whose it is. In
// between a session goes on for hours.
constexpr Duration kEdges = std::chrono::minutes{2};
// A state that was told longer ago than this has been changed by something that the log need not have.
constexpr Duration kStanding = std::chrono::hours{24 * 30};

// One attempt as one machine that took part in it knows it; times by that machine's clock.
struct Seat {
    std::size_t attempt{};
    Origin origin{};
    std::string machine{};  // as its log or the attempt calls it
    Time begin{}, end{};
    std::string activity{}, session{}, user{};
    std::vector<std::pair<std::string, std::uint16_t>> peers{};  // addresses of the other side, ports of a client
};

struct Machine {
    std::vector<Seat> seats;   // by begin
    std::vector<Time> latest;  // the latest end of this seat and those before it
};

// mstsc cuts the name in its cookie to nine characters.
bool same_user(std::string_view a, std::string_view b) {
    constexpr std::size_t kCookie = 9;
    const std::string x = model::lower(model::without_domain(a)), y = model::lower(model::without_domain(b));
    if (x == y) return true;
    return (x.size() == kCookie && y.starts_with(x)) || (y.size() == kCookie && x.starts_with(y));
}

// Not the name of a connection, "RDP-Tcp#19", which other logs do not know.
bool is_number(std::string_view session) {
    return !session.empty() && std::ranges::all_of(session, [](char c) { return c >= '0' && c <= '9'; });
}

class Machines {
public:
    explicit Machines(const std::vector<Attempt>& attempts);
    // The machine's attempts, or null.
    const Machine* find(const LogEvent& event) const;

private:
    void add(std::size_t index, const Attempt& attempt);
    void add(const std::string& key, Seat seat);
    std::unordered_map<std::string, Machine> all_;
};

std::string key_of(std::string_view machine, std::uint32_t input) {
    return machine.empty() ? "/" + std::to_string(input) : model::host_key(machine);
}

Machines::Machines(const std::vector<Attempt>& attempts) {
    for (std::size_t i = 0; i < attempts.size(); ++i) add(i, attempts[i]);
    for (auto& [key, machine] : all_) {
        std::ranges::stable_sort(machine.seats, {}, &Seat::begin);
        for (const Seat& s : machine.seats)
            machine.latest.push_back(machine.latest.empty() ? s.end : std::max(machine.latest.back(), s.end));
    }
}

void Machines::add(const std::string& key, Seat seat) {
    auto& seats = all_[key].seats;
    const auto same = [&](const Seat& s) { return s.attempt == seat.attempt && s.origin == seat.origin; };
    if (!seats.empty() && same(seats.back())) return;  // two logs of one machine
    seats.push_back(std::move(seat));
}

void Machines::add(std::size_t index, const Attempt& attempt) {
    bool server_known = false;
    for (const Track& t : attempt.tracks) {
        if (t.origin != Origin::server_log && t.origin != Origin::client_log) continue;
        const bool server = t.origin == Origin::server_log;
        const std::string& machine = server ? t.server.name : t.client.name;
        const Duration ahead = t.clock ? t.clock->ahead : Duration{};
        Seat seat{.attempt = index,
                  .origin = t.origin,
                  .machine = machine,
                  .begin = attempt.started + ahead,
                  .end = attempt.ended + ahead,
                  .activity = t.activity_id,
                  .user = attempt.user};
        for (const auto& o : t.seen)
            if (const auto session = o.string("session"); server && is_number(session)) seat.session = session;
        for (const Track& other : attempt.tracks) {
            const auto& peer = server ? other.client : other.server;
            if (!peer.address.empty()) seat.peers.emplace_back(peer.address, server ? peer.port : std::uint16_t{0});
        }
        server_known = server_known || server;
        add(key_of(machine, t.input), std::move(seat));
    }
    if (server_known || attempt.server.name.empty()) return;
    // No log of the server's own stack; others of that machine know the client by its address. Its clock is not known.
    Seat seat{.attempt = index,
              .origin = Origin::server_log,
              .machine = attempt.server.name,
              .begin = attempt.started,
              .end = attempt.ended,
              .user = attempt.user};
    if (!attempt.client.address.empty()) seat.peers.emplace_back(attempt.client.address, attempt.client.port);
    add(model::host_key(attempt.server.name), std::move(seat));
}

const Machine* Machines::find(const LogEvent& event) const {
    const auto at = all_.find(key_of(event.machine, event.input));
    return at == all_.end() ? nullptr : &at->second;
}

// Whether this machine can have written the event.
bool told_of(const LogEvent& event, const Seat& seat) {
    if (seat.origin == Origin::server_log ? !event.server : !event.client) return false;
    return event.machine.empty() || model::same_host(event.machine, seat.machine);
}

// Nothing where the event says that it is of another connection.
std::optional<Tie> tie_of(const LogEvent& event, const Seat& seat) {
    if (!told_of(event, seat)) return {};
    if (!event.activity.empty() && event.activity == seat.activity) return Tie::activity;
    bool address = false;
    if (!event.address.empty() && !seat.peers.empty()) {
        bool port = false, other_port = false;
        for (const auto& [a, p] : seat.peers) {
            if (a != event.address) continue;
            address = true;
            if (seat.origin != Origin::server_log || event.port == 0 || p == 0) continue;
            (p == event.port ? port : other_port) = true;
        }
        if (port) return Tie::port;
        if (!address || other_port) return {};
    }
    const bool sessions = is_number(event.session) && !seat.session.empty();
    if (sessions) return event.session == seat.session ? std::optional{Tie::session} : std::nullopt;
    const bool users = !event.user.empty() && !seat.user.empty();
    if (users && !same_user(event.user, seat.user)) return {};
    if (address) return users ? Tie::address_and_user : Tie::address;
    // Whoever names another side, and nobody knows which it is here, tells too little.
    if (!event.address.empty()) return {};
    return users ? Tie::user : Tie::time;
}

bool at_an_edge(const LogEvent& event, const Seat& seat) {
    return event.time <= seat.begin + kEdges || event.time >= seat.end - kEdges;
}

class Placing {
public:
    Placing(const std::vector<Attempt>& attempts, std::span<const LogEvent> events)
        : machines_{attempts}, events_{events} {}
    std::vector<PlacedEvent> run();

private:
    template <class Visit>
    void around(const Machine& machine, Time time, Duration before, Duration after, Visit visit) const;
    void connection(std::size_t index, const Machine& machine);
    void nearby(std::size_t index, const Machine& machine);
    void standing();

    Machines machines_;
    std::span<const LogEvent> events_;
    std::vector<PlacedEvent> out_;
    std::map<const Machine*, std::vector<std::size_t>> states_;
};

// Seats in whose time, widened by the two, the event lies.
template <class Visit>
void Placing::around(const Machine& machine, Time time, Duration before, Duration after, Visit visit) const {
    const auto& seats = machine.seats;
    const auto upper = std::ranges::upper_bound(seats, time + before, {}, &Seat::begin);
    for (auto i = static_cast<std::size_t>(upper - seats.begin()); i > 0 && machine.latest[i - 1] + after >= time; --i)
        if (seats[i - 1].end + after >= time) visit(seats[i - 1]);
}

void Placing::connection(std::size_t index, const Machine& machine) {
    const LogEvent& event = events_[index];
    struct Candidate {
        Tie tie;
        bool outside;  // of the attempt's own time
        const Seat* seat;
    };
    std::optional<Candidate> best;
    bool several = false;
    around(machine, event.time, kBefore, kAfter, [&](const Seat& seat) {
        const auto tie = tie_of(event, seat);
        if (!tie || (*tie == Tie::time && !at_an_edge(event, seat))) return;
        const Candidate c{*tie, event.time < seat.begin || event.time > seat.end, &seat};
        const auto rank = [](const Candidate& x) { return std::tuple{x.tie, x.outside}; };
        if (best && rank(*best) == rank(c)) several = true;
        if (best && rank(*best) <= rank(c)) return;
        best = c;
        several = false;
    });
    if (best && !several) out_.push_back({best->seat->attempt, index, best->tie, best->seat->origin});
}

void Placing::nearby(std::size_t index, const Machine& machine) {
    const LogEvent& event = events_[index];
    around(machine, event.time, kNearby, kAfter, [&](const Seat& seat) {
        if (told_of(event, seat) && at_an_edge(event, seat))
            out_.push_back({seat.attempt, index, Tie::nearby, seat.origin});
    });
}

// Of each state the last word before the attempt; what is told nearby is there anyhow, and goes before what is older.
void Placing::standing() {
    const auto state_of = [&](std::size_t i) {
        const LogEvent& e = events_[i];
        return std::tuple{e.provider, e.state, e.state.empty() ? e.id : 0};
    };
    for (auto& [machine, list] : states_) {
        std::ranges::stable_sort(list, {}, [&](std::size_t i) { return events_[i].time; });
        std::map<std::tuple<std::string_view, std::string_view, std::uint32_t>, std::size_t> last;
        auto next = list.begin();
        for (const Seat& seat : machine->seats) {
            for (; next != list.end() && events_[*next].time < seat.begin; ++next)
                last.insert_or_assign(state_of(*next), *next);
            for (const auto& [state, index] : last) {
                const LogEvent& event = events_[index];
                const bool old = event.time + kStanding < seat.begin, near = event.time + kNearby >= seat.begin;
                if (!old && !near && told_of(event, seat))
                    out_.push_back({seat.attempt, index, Tie::standing, seat.origin});
            }
        }
    }
}

std::vector<PlacedEvent> Placing::run() {
    for (std::size_t i = 0; i < events_.size(); ++i) {
        const Machine* machine = machines_.find(events_[i]);
        if (!machine) continue;
        switch (events_[i].scope) {
            case EventScope::connection:
                connection(i, *machine);
                break;
            case EventScope::machine:
                nearby(i, *machine);
                break;
            case EventScope::state:
                nearby(i, *machine);
                states_[machine].push_back(i);
                break;
        }
    }
    standing();
    std::ranges::sort(out_, {}, [](const PlacedEvent& p) { return std::tuple{p.attempt, p.event, p.origin}; });
    return std::move(out_);
}

}  // namespace

std::string_view id(Tie tie) noexcept {
    constexpr std::array<std::string_view, 9> kIds{
        "activity", "port", "session", "address-and-user", "address", "user", model::kTiedByTime, "nearby", "standing"};
    return kIds[static_cast<std::size_t>(tie)];
}

std::vector<PlacedEvent> place(const std::vector<Attempt>& attempts, std::span<const LogEvent> events) {
    return Placing{attempts, events}.run();
}

}  // namespace rdpdx::correlate
