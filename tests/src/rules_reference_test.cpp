// The semantics of clauses a second time, by brute force and straight from docs/rule-syntax.md, against the engine on
// random timelines.
#include <random>

#include "src/rules/evaluate.hpp"
#include "tests/support/attempts.hpp"
#include "tests/support/catch.hpp"

using namespace rdpdx;
using model::Truth;
using rules::Clause;
using rules::Pattern;

namespace {

class Dice {
public:
    explicit Dice(std::uint32_t seed) : engine_{seed} {}
    int upto(int most) { return static_cast<int>(engine_() % static_cast<std::uint32_t>(most + 1)); }
    bool one_in(int n) { return upto(n - 1) == 0; }

private:
    std::mt19937 engine_;
};

constexpr std::string_view kKinds[] = {"tls.alert", "tls.client-hello", "rdp.error-info", "event"};

model::Time second(int n) { return test::at(n); }

model::Observation random_observation(Dice& dice, int time) {
    const std::string kind{kKinds[static_cast<std::size_t>(dice.upto(3))]};
    const char* field = kind == "event" ? "id" : "code";
    auto o = test::saw(kind, 1, model::Effect::noted, {}, {{field, test::n(dice.upto(1))}});
    if (kind == "event") o.fields.push_back({"channel", test::s("System")});
    o.time = second(time);
    o.origin = kind == "event" ? model::Origin::server_log : model::Origin::capture;
    return o;
}

model::Attempt random_attempt(Dice& dice) {
    std::vector<model::Observation> wire, log;
    for (int n = dice.upto(10); n > 0; --n) {
        auto o = random_observation(dice, dice.upto(8));
        (o.kind == "event" ? log : wire).push_back(std::move(o));
    }
    std::ranges::stable_sort(wire, {}, &model::Observation::time);
    std::ranges::stable_sort(log, {}, &model::Observation::time);
    model::Wire facts;
    facts.connected = true;
    facts.capture_end = second(6 + dice.upto(8));
    facts.tls_seen = true;
    facts.opened = dice.one_in(2);
    auto a = test::attempt_of({test::wire_track(std::move(wire), std::move(facts))});
    a.tracks.front().started = second(0);
    model::Track server;
    server.origin = model::Origin::server_log;
    server.seen = std::move(log);
    if (dice.one_in(3)) server.clock = model::Clock{std::chrono::seconds{dice.upto(2)}, {}, 1};
    a.tracks.push_back(std::move(server));
    a.started = second(0);
    a.ended = second(8);
    if (dice.one_in(2))
        a.logs.push_back(
            {1, "HOST", "System", model::Origin::server_log, second(dice.upto(2)), second(5 + dice.upto(8))});
    return a;
}

Pattern random_pattern(Dice& dice) {
    Pattern p;
    p.kind = kKinds[static_cast<std::size_t>(dice.upto(3))];
    if (p.kind == "event") p.where.push_back({"channel", {}, {{"System", "system", {}}}});
    if (dice.one_in(2)) {
        const int n = dice.upto(1);
        p.where.push_back({p.kind == "event" ? "id" : "code", {}, {{std::to_string(n), std::to_string(n), n}}});
    }
    return p;
}

Clause random_clause(Dice& dice, int depth) {
    Clause c;
    c.form = static_cast<Clause::Form>(dice.upto(depth > 0 ? 6 : 2));
    if (c.form == Clause::Form::stage) c.form = Clause::Form::seen;
    const model::Duration span = std::chrono::seconds{dice.upto(4)};
    switch (c.form) {
        case Clause::Form::seen:
            c.pattern = random_pattern(dice);
            c.times = static_cast<std::size_t>(1 + dice.upto(2));
            if (c.times > 1 && dice.one_in(2)) c.within = span;
            break;
        case Clause::Form::absent:
            c.pattern = random_pattern(dice);
            if (dice.one_in(2)) {
                c.steps.push_back(random_pattern(dice));
                c.within = span;
            }
            break;
        case Clause::Form::sequence:
            for (int n = 2 + dice.upto(1); n > 0; --n) c.steps.push_back(random_pattern(dice));
            if (dice.one_in(2)) c.within = span;
            break;
        default:
            for (int n = 1 + dice.upto(2); n > 0; --n) c.clauses.push_back(random_clause(dice, depth - 1));
            break;
    }
    return c;
}

// The reference. Everything is looked for in the plainest way.
class Reference {
public:
    explicit Reference(const model::Attempt& a) : attempt_{a} {
        for (const auto& t : a.tracks)
            for (const auto& o : t.seen) items_.push_back({&o, t.clock ? o.time - t.clock->ahead : o.time});
        std::ranges::stable_sort(items_, {}, &Item::time);
    }

    Truth judge(const Clause& c) const {
        switch (c.form) {
            case Clause::Form::seen:
                return seen(c) ? Truth::holds : not_seen(c.pattern);
            case Clause::Form::absent:
                return c.steps.empty() ? never(c) : not_behind(c);
            case Clause::Form::sequence:
                return sequence(c);
            case Clause::Form::none:
                for (const auto& child : c.clauses)
                    if (judge(child) == Truth::holds) return Truth::fails;
                return Truth::holds;
            case Clause::Form::any:
                return group(c, Truth::holds, Truth::fails);
            default:
                return group(c, Truth::fails, Truth::holds);
        }
    }

private:
    struct Item {
        const model::Observation* o;
        model::Time time;
    };

    static bool fits(const Item& item, const Pattern& p) {
        if (item.o->kind != p.kind) return false;
        for (const auto& m : p.where)
            if (m.values.front().number && item.o->number(m.field) != m.values.front().number) return false;
        return true;
    }
    bool covered(const Pattern& p, model::Time from, model::Time to) const {
        if (p.kind == "event") {
            for (const auto& log : attempt_.logs)
                if (log.first <= from && to <= log.last) return true;
            return false;
        }
        const auto& wire = *attempt_.tracks.front().wire;
        return to <= wire.capture_end && (wire.opened || p.kind != "rdp.error-info");
    }
    Truth not_seen(const Pattern& p) const {
        return covered(p, attempt_.started, attempt_.started) ? Truth::fails : Truth::unknown;
    }
    bool seen(const Clause& c) const {
        for (const Item& first : items_) {
            std::size_t count = 0;
            for (const Item& item : items_) {
                const bool inside = !c.within || (item.time >= first.time && item.time - first.time <= *c.within);
                if (fits(item, c.pattern) && inside) ++count;
            }
            if (count >= c.times) return true;
        }
        return false;
    }
    Truth never(const Clause& c) const {
        for (const Item& item : items_)
            if (fits(item, c.pattern)) return Truth::fails;
        return covered(c.pattern, attempt_.started, attempt_.ended) ? Truth::holds : Truth::unknown;
    }
    Truth not_behind(const Clause& c) const {
        bool any = false, unknown = false;
        for (std::size_t i = 0; i < items_.size(); ++i) {
            if (!fits(items_[i], c.steps.front())) continue;
            any = true;
            bool followed = false;
            for (std::size_t j = i + 1; j < items_.size(); ++j)
                followed = followed || (fits(items_[j], c.pattern) && items_[j].time - items_[i].time <= *c.within);
            if (followed) continue;
            if (covered(c.pattern, items_[i].time, items_[i].time + *c.within)) return Truth::holds;
            unknown = true;
        }
        return unknown ? Truth::unknown : any ? Truth::fails : not_seen(c.steps.front());
    }
    bool steps_from(const Clause& c, std::size_t step, std::size_t from, std::optional<model::Time> begun) const {
        if (step == c.steps.size()) return true;
        for (std::size_t i = from; i < items_.size(); ++i) {
            if (!fits(items_[i], c.steps[step])) continue;
            const model::Time start = begun.value_or(items_[i].time);
            if (c.within && items_[i].time - start > *c.within) continue;
            if (steps_from(c, step + 1, i + 1, start)) return true;
        }
        return false;
    }
    Truth sequence(const Clause& c) const {
        if (steps_from(c, 0, 0, {})) return Truth::holds;
        Truth out = Truth::fails;
        for (const Pattern& p : c.steps) {
            bool there = false;
            for (const Item& item : items_) there = there || fits(item, p);
            if (there) continue;
            if (not_seen(p) == Truth::fails) return Truth::fails;
            out = Truth::unknown;
        }
        return out;
    }
    Truth group(const Clause& c, Truth decides, Truth otherwise) const {
        bool unknown = false;
        for (const auto& child : c.clauses) {
            const Truth t = judge(child);
            if (t == decides) return decides;
            unknown = unknown || t == Truth::unknown;
        }
        return unknown ? Truth::unknown : otherwise;
    }

    const model::Attempt& attempt_;
    std::vector<Item> items_;
};

}  // namespace

TEST_CASE("on 10,000 random timelines the engine says what the plain reading of the rules says") {
    Dice dice{20261121};
    std::size_t differences = 0, by_truth[3]{};
    for (int round = 0; round < 10'000; ++round) {
        const auto attempt = random_attempt(dice);
        const rules::Timeline timeline{attempt};
        const Reference reference{attempt};
        for (int n = 0; n < 4; ++n) {
            const Clause clause = random_clause(dice, 2);
            const Truth expected = reference.judge(clause);
            ++by_truth[static_cast<std::size_t>(expected)];
            const Truth truth = rules::judge(clause, timeline).truth;
            if (truth == expected) continue;
            ++differences;
            UNSCOPED_INFO("round " << round << ": " << rules::to_text(clause) << " is " << model::id(truth) << ", not "
                                   << model::id(expected));
        }
    }
    CHECK(differences == 0);
    for (const std::size_t count : by_truth) CHECK(count > 1000);
}
