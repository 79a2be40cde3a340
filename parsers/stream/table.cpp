#include <algorithm>
#include <limits>

#include "parsers/stream/declined.hpp"
#include "parsers/stream/greeting.hpp"
#include "parsers/stream/index.hpp"

namespace rdpdx::stream {
namespace {

// What a flow waits for decides how long it may be silent and how many of its kind are kept.
enum class Kind : std::uint8_t { unanswered, open, closed, declined };

constexpr std::uint32_t kNone = Index::kNone;
// No silence in a capture moves the clock further than this, so that a wrong time does not end every flow.
constexpr std::chrono::hours kLongestStep{1};
// So far from the end of what a time can hold that adding a span of silence cannot overflow.
constexpr auto kClockStops = bytes::Time::max() - std::chrono::hours{24};

// Two lines of the processor's cache, and neighbours at that, are all that most packets of a capture touch.
struct alignas(128) Entry {
    Key key;
    bytes::Time touched{};  // by the table's clock
    // These two of declined flows only. Packets are those of the lower endpoint and of the higher.
    Mark last;
    std::array<std::uint32_t, 2> packets{};
    // One of the three, or none where the entry is free.
    std::unique_ptr<Connection> connection;
    std::unique_ptr<Declined> declined;
    std::unique_ptr<Greeting> greeting;
    bytes::Time queued{};  // by the table's clock
    std::uint32_t older = kNone, newer = kNone;
    Kind kind{};

    std::uint64_t id() const noexcept {
        return connection ? connection->flow().id : declined ? declined->id : greeting ? greeting->id() : 0;
    }
};
static_assert(sizeof(Entry) == 128);

struct Queue {
    std::chrono::seconds silence;
    std::size_t most;
    std::uint32_t oldest = kNone, newest = kNone;
    std::size_t count = 0;
};

void keep_remains(Entry& entry, const Connection& connection) {
    const Flow& flow = connection.flow();
    entry.declined = std::make_unique<Declined>(connection);
    entry.last = flow.last;
    const auto packets = [&flow](Side side) { return static_cast<std::uint32_t>(flow.half(side).packets); };
    const Side lower = connection.lower_is_client() ? Side::client : Side::server;
    entry.packets = {packets(lower), packets(other(lower))};
}

Flow flow_of(const Entry& entry) {
    Flow flow = flow_of(*entry.declined, entry.key.lower(), entry.key.higher());
    flow.last = entry.last;
    const Side lower = entry.declined->lower_is_client ? Side::client : Side::server;
    flow.half(lower).packets = entry.packets[0];
    flow.half(other(lower)).packets = entry.packets[1];
    return flow;
}

}  // namespace

struct Table::State {
    State(Listener& to, TrailLength length) : listener{to}, trail{length} {}

    Listener& listener;
    TrailLength trail;
    std::vector<Entry> entries;
    std::vector<std::uint32_t> free;
    Index index{reinterpret_cast<std::uintptr_t>(this)};  // nobody who writes captures knows this address
    std::size_t pending = 0;
    std::uint64_t last_id = 0;
    bool begun = false;
    bytes::Time newest{};  // the latest time that the clock followed
    bytes::Time before{};  // of the packet before
    bytes::Time clock{};   // how long the capture has lasted; never goes back
    bytes::Time next_check = bytes::Time::max();
    std::uint32_t recent = kNone;  // the entry of the packet before, where that is not declined
    std::array<Queue, 4> queues{Queue{std::chrono::seconds{60}, 16'384}, Queue{std::chrono::hours{2}, 65'536},
                                Queue{std::chrono::seconds{120}, 16'384}, Queue{std::chrono::seconds{120}, 131'072}};

    Queue& queue(Kind kind) { return queues[static_cast<std::size_t>(kind)]; }
    auto key_at() const {
        return [this](std::uint32_t at) -> const Key& { return entries[at].key; };
    }

    void advance(bytes::Time now);
    void enqueue(std::uint32_t at, Kind kind);
    void unlink(std::uint32_t at);
    void sweep();
    void shrink(Queue& queue);

    void begin(const DirectedKey& where, std::uint64_t hash, const net::Segment& segment, const Mark& mark);
    void end(std::uint32_t at, std::uint64_t hash);
    void decline(std::uint32_t at);
    // From here on it is followed as a Connection, if it was not before.
    Connection& connection(Entry& entry);
    bool add_greeting(std::uint32_t at, const net::Segment& segment, const Mark& mark, bool forward);
    void add_followed(std::uint32_t at, const net::Segment& segment, const Mark& mark, bool forward);
    void settle(std::uint32_t at, Kind kind);
    void add_declined(Entry& entry, const Mark& mark, bool forward);
};

void Table::State::advance(bytes::Time now) {
    if (!begun) {
        begun = true;
        newest = before = now;
    }
    // Two packets in a row must agree; some captures have single packets with times of another century.
    const bytes::Time agreed = std::min(before, now);
    before = now;
    if (agreed <= newest) return;
    if (clock < kClockStops) clock += std::min<std::chrono::nanoseconds>(elapsed(newest, agreed), kLongestStep);
    newest = agreed;
    // The packet before came at the new time as well, and was not believed then.
    if (recent != kNone) entries[recent].touched = clock;
    if (clock >= next_check) sweep();
}

void Table::State::enqueue(std::uint32_t at, Kind kind) {
    Entry& entry = entries[at];
    Queue& to = queue(kind);
    entry.kind = kind;
    entry.queued = clock;
    entry.older = to.newest;
    entry.newer = kNone;
    (to.newest == kNone ? to.oldest : entries[to.newest].newer) = at;
    to.newest = at;
    ++to.count;
    if (to.oldest == at) next_check = std::min(next_check, clock + to.silence);
}

void Table::State::unlink(std::uint32_t at) {
    const Entry& entry = entries[at];
    Queue& from = queue(entry.kind);
    (entry.older == kNone ? from.oldest : entries[entry.older].newer) = entry.newer;
    (entry.newer == kNone ? from.newest : entries[entry.newer].older) = entry.older;
    --from.count;
}

// Queues are in order of `queued`, which a packet does not move: an entry is looked at once in each span of silence
// that it is allowed, whatever it does, and ended after one such span or two.
void Table::State::sweep() {
    next_check = bytes::Time::max();
    for (const Kind kind : {Kind::unanswered, Kind::open, Kind::closed, Kind::declined}) {
        Queue& q = queue(kind);
        while (q.oldest != kNone && entries[q.oldest].queued + q.silence <= clock) {
            const std::uint32_t at = q.oldest;
            if (entries[at].touched + q.silence <= clock) {
                end(at, index.hash(entries[at].key));
            } else {
                unlink(at);
                enqueue(at, kind);
            }
        }
        if (q.oldest != kNone) next_check = std::min(next_check, entries[q.oldest].queued + q.silence);
    }
}

// Ends one flow of a kind of which there are too many: the one queued longest ago that was silent since, if there is
// one among the first few.
void Table::State::shrink(Queue& q) {
    for (int tries = 8; tries > 0; --tries) {
        const std::uint32_t at = q.oldest;
        if (entries[at].touched <= entries[at].queued) break;
        const Kind kind = entries[at].kind;
        unlink(at);
        enqueue(at, kind);
    }
    end(q.oldest, index.hash(entries[q.oldest].key));
}

void Table::State::begin(const DirectedKey& where, std::uint64_t hash, const net::Segment& segment, const Mark& mark) {
    Queue& q = queue(Kind::unanswered);
    if (q.count >= q.most) shrink(q);
    std::uint32_t at = static_cast<std::uint32_t>(entries.size());
    if (free.empty()) {
        entries.emplace_back();
    } else {
        at = free.back();
        free.pop_back();
    }
    Entry& entry = entries[at];
    entry.key = where.key;
    entry.touched = clock;
    recent = at;
    enqueue(at, Kind::unanswered);
    index.insert(hash, at);
    ++last_id;
    if (Greeting::begins(segment)) {
        entry.greeting = std::make_unique<Greeting>(last_id, segment, mark, where.forward);
        return;
    }
    entry.connection = std::make_unique<Connection>(last_id, segment, mark, where.forward, pending, trail);
    entry.connection->repeats(segment, mark, where.forward);  // remembers it; there is nothing to repeat yet
    add_followed(at, segment, mark, where.forward);
}

void Table::State::end(std::uint32_t at, std::uint64_t hash) {
    unlink(at);
    index.erase(hash, at);
    Entry& entry = entries[at];
    if (entry.declined) {
        listener.end(flow_of(entry));
        entry.declined.reset();
    } else {
        connection(entry).finish(listener);
        listener.end(entry.connection->flow());
        entry.connection.reset();
    }
    free.push_back(at);
}

Connection& Table::State::connection(Entry& entry) {
    if (entry.greeting) {
        entry.connection = entry.greeting->connection(pending, trail, listener);
        entry.greeting.reset();
    }
    return *entry.connection;
}

bool Table::State::add_greeting(std::uint32_t at, const net::Segment& segment, const Mark& mark, bool forward) {
    const auto& greeting = entries[at].greeting;
    if (!greeting || !greeting->add(segment, mark, forward)) return false;
    if (greeting->answered()) settle(at, Kind::open);
    return true;
}

void Table::State::decline(std::uint32_t at) {
    keep_remains(entries[at], *entries[at].connection);
    entries[at].connection.reset();
    settle(at, Kind::declined);
}

void Table::State::add_followed(std::uint32_t at, const net::Segment& segment, const Mark& mark, bool forward) {
    Entry& entry = entries[at];
    Connection& connection = *entry.connection;
    if (!connection.add(segment, mark, forward, listener)) {
        decline(at);
        return;
    }
    settle(at, connection.over() ? Kind::closed : connection.answered() ? Kind::open : Kind::unanswered);
}

void Table::State::settle(std::uint32_t at, Kind kind) {
    if (kind == entries[at].kind) return;
    unlink(at);
    enqueue(at, kind);
    if (queue(kind).count > queue(kind).most) shrink(queue(kind));
}

void Table::State::add_declined(Entry& entry, const Mark& mark, bool forward) {
    entry.touched = clock;
    recent = kNone;
    entry.last = mark;
    ++entry.packets[forward ? 0 : 1];
}

Table::Table(Listener& listener, TrailLength trail) : state_{std::make_unique<State>(listener, trail)} {}
Table::~Table() = default;

void Table::add(const net::Segment& segment, const Mark& mark) {
    const DirectedKey where = key_of(segment.source, segment.destination);
    add(segment, {where, state_->index.hash(where.key)}, mark);
}

void Table::add(const net::Segment& segment, const Place& place, const Mark& mark) {
    State& s = *state_;
    const auto& [where, hash] = place;
    s.advance(mark.time);
    const std::uint32_t at = s.index.find(where.key, hash, s.key_at());
    if (at == kNone) return s.begin(where, hash, segment, mark);

    Entry& entry = s.entries[at];
    if (entry.declined) {
        if (!begins_another(*entry.declined, segment, where.forward)) return s.add_declined(entry, mark, where.forward);
    } else {
        entry.touched = s.clock;
        s.recent = at;
        if (s.add_greeting(at, segment, mark, where.forward)) return;
        Connection& connection = s.connection(entry);
        if (connection.repeats(segment, mark, where.forward)) return;
        switch (connection.judge(segment, mark, where.forward)) {
            case Belonging::belongs:
                s.add_followed(at, segment, mark, where.forward);
                return;
            case Belonging::stray:
                connection.stray(mark, where.forward);
                return;
            case Belonging::another:
                break;
        }
    }
    s.end(at, hash);
    s.begin(where, hash, segment, mark);
}

void Table::place(const net::Glance& glance, Place& out) const noexcept {
    out.where = key_of(glance);
    out.hash = state_->index.hash(out.where.key);
    state_->index.prefetch(out.hash);
}

void Table::approach(const Place& place) const noexcept {
    const std::uint32_t at = state_->index.guess(place.hash);
    if (at == kNone) return;
    const Entry& entry = state_->entries[at];
    bytes::prefetch(&entry.key);
    bytes::prefetch(&entry.connection);
}

bool Table::pass(const net::Glance& glance, const Place& place, const Mark& mark) {
    State& s = *state_;
    const auto& [where, hash] = place;
    const std::uint32_t at = s.index.find(where.key, hash, s.key_at());
    if (at == kNone || !s.entries[at].declined) return false;
    if (begins_another(*s.entries[at].declined, glance, where.forward)) return false;
    const bytes::Time before = s.before;
    s.advance(mark.time);
    if (!s.entries[at].declined) {  // silent for so long that it was ended just now
        s.before = before;          // add() will advance by the same packet
        return false;
    }
    s.add_declined(s.entries[at], mark, where.forward);
    return true;
}

void Table::add(const net::IcmpError& error, const Mark& mark) {
    constexpr std::uint8_t kTcp = 6;
    if (error.protocol != kTcp) return;
    State& s = *state_;
    const Key key = key_of(error.source, error.destination).key;
    const std::uint32_t at = s.index.find(key, s.index.hash(key), s.key_at());
    if (at != kNone && !s.entries[at].declined) s.connection(s.entries[at]).add(error, mark);
}

void Table::finish() {
    State& s = *state_;
    std::vector<std::pair<std::uint64_t, std::uint32_t>> open;  // by id
    open.reserve(live());
    for (const Queue& q : s.queues)
        for (std::uint32_t at = q.oldest; at != kNone; at = s.entries[at].newer)
            open.emplace_back(s.entries[at].id(), at);
    std::ranges::sort(open);
    for (const auto& [id, at] : open) s.end(at, s.index.hash(s.entries[at].key));
}

std::size_t Table::live() const noexcept { return state_->entries.size() - state_->free.size(); }
std::size_t Table::pending() const noexcept { return state_->pending; }

}  // namespace rdpdx::stream
