// What the rule language can say: order, spans, absence, and what is not known.
#include "src/rules/evaluate.hpp"
#include "tests/support/attempts.hpp"
#include "tests/support/catch.hpp"

using namespace rdpdx;
using model::Confidence;
using model::Truth;

namespace {

std::vector<rules::CauseRule> load(const std::string& text, std::vector<yaml::Problem>& problems) {
    const std::vector<yaml::File> files{{"x.yaml", "id: x\ntitle: t\n" + text}};
    return rules::load(files, problems);
}

rules::CauseRule good(const std::string& text) {
    std::vector<yaml::Problem> problems;
    auto out = load(text, problems);
    for (const auto& p : problems) FAIL(yaml::to_text(p));
    return out.at(0);
}

rules::Clause clause(const std::string& text) { return good("required:\n  - " + text).required.at(0); }

model::Wire whole() {
    model::Wire wire;
    wire.connected = true;
    wire.capture_end = test::at(1000);
    return wire;
}

model::Attempt seen(std::vector<model::Observation> list, model::Wire wire = whole()) {
    auto a = test::attempt_of({test::wire_track(std::move(list), std::move(wire))});
    a.outcome = model::Outcome::failed;
    return a;
}

rules::Judgement judge(const std::string& text, const model::Attempt& attempt) {
    return rules::judge(clause(text), rules::Timeline{attempt});
}

model::Observation hello(std::uint64_t second) { return test::saw("tls.client-hello", second); }
model::Observation alert(std::uint64_t second) { return test::saw("tls.alert", second); }

}  // namespace

TEST_CASE("a sequence holds when its steps come in this order within its span") {
    struct Row {
        const char* what;
        std::vector<model::Observation> list;
        const char* within;
        Truth truth;
    };
    const Row rows[] = {
        {"in order", {hello(1), alert(4)}, "3s", Truth::holds},
        {"too far apart", {hello(1), alert(5)}, "3s", Truth::fails},
        {"the other way round", {alert(1), hello(2)}, "3s", Truth::fails},
        {"only one of them", {hello(1)}, "3s", Truth::fails},
        {"the last beginning counts", {hello(1), hello(9), alert(10)}, "1s", Truth::holds},
        {"a later end is too late, an earlier one is not", {hello(1), alert(2), alert(99)}, "1s", Truth::holds},
    };
    for (const Row& row : rows) {
        INFO(row.what);
        const std::string text =
            "sequence: [{seen: tls.client-hello}, {seen: tls.alert}]\n    within: " + std::string{row.within};
        CHECK(judge(text, seen(row.list)).truth == row.truth);
    }
}

TEST_CASE("a sequence cites its steps in order, and one observation is one step") {
    const auto j = judge("sequence: [{seen: tls.alert}, {seen: tls.alert}]", seen({alert(3), hello(4), alert(7)}));
    REQUIRE(j.holds());
    REQUIRE(j.evidence.size() == 2);
    CHECK(j.evidence[0].number == 3);
    CHECK(j.evidence[1].number == 7);
    CHECK(judge("sequence: [{seen: tls.alert}, {seen: tls.alert}]", seen({alert(3)})).truth == Truth::fails);
}

TEST_CASE("the order is that of the corrected clock, across sources") {
    auto a = seen({hello(10)});
    model::Track log;
    log.origin = model::Origin::server_log;
    log.clock = model::Clock{std::chrono::seconds{100}, {}, 1};
    log.seen.push_back(test::saw("event", 112, model::Effect::noted, {}, {{"id", test::n(131)}}));
    a.tracks.push_back(std::move(log));
    const std::string text = "sequence: [{seen: tls.client-hello}, {seen: event, where: {id: 131}}]\n    within: 2s";
    CHECK(judge(text, a).holds());
}

TEST_CASE("something seen so many times within a span") {
    const std::string text = "seen: tls.alert\n    times: 3\n    within: 10s";
    CHECK(judge(text, seen({alert(1), alert(5), alert(11)})).holds());
    CHECK(judge(text, seen({alert(1), alert(2), alert(20), alert(25), alert(30)})).holds());
    CHECK_FALSE(judge(text, seen({alert(1), alert(5), alert(12)})).holds());
    CHECK_FALSE(judge(text, seen({alert(1), alert(5)})).holds());
}

TEST_CASE("nothing within a span behind something") {
    const std::string text = "absent: tls.alert\n    after: {seen: tls.client-hello}\n    within: 5s";
    CHECK(judge(text, seen({hello(1), alert(7)})).holds());
    CHECK(judge(text, seen({hello(1), alert(2), hello(10)})).holds());
    CHECK(judge(text, seen({hello(1), alert(6)})).truth == Truth::fails);
    CHECK(judge(text, seen({alert(6)})).truth == Truth::fails);
}

TEST_CASE("what a capture cannot show is not absent but unknown") {
    auto ends_early = whole();
    ends_early.capture_end = test::at(3);
    const std::string alerts = "absent: tls.alert\n    after: {seen: tls.client-hello}\n    within: 5s";
    const auto j = judge(alerts, seen({hello(1)}, ends_early));
    CHECK(j.truth == Truth::unknown);
    CHECK(j.lack == "a capture without gaps of the whole time");

    auto locked = whole();
    locked.tls_seen = true;
    CHECK(judge("absent: rdp.error-info", seen({hello(1)}, locked)).lack == "the secrets of the TLS session");
    locked.opened = true;
    CHECK(judge("absent: rdp.error-info", seen({hello(1)}, locked)).holds());
}

TEST_CASE("a log shows that something was not logged only for the time that it covers") {
    const std::string text = "absent: event\n    origin: server-log\n    where: {channel: System, provider: Schannel}";
    auto a = seen({hello(100), alert(101)});
    CHECK(judge(text, a).lack == "the log System of the server");
    a.logs.push_back({1, "HOST", "Application", model::Origin::server_log, test::at(0), test::at(500)});
    CHECK(judge(text, a).truth == Truth::unknown);
    a.logs.push_back({1, "HOST", "System", model::Origin::server_log, test::at(100.5), test::at(500)});
    CHECK(judge(text, a).lack == "a log System of the server that begins early enough");
    a.logs.back().first = test::at(50);
    a.logs.back().last = test::at(100.5);
    CHECK(judge(text, a).lack == "a log System of the server that goes on long enough");
    a.logs.back().last = test::at(200);
    CHECK(judge(text, a).holds());
    a.logs.back().origin = model::Origin::client_log;
    CHECK(judge(text, a).truth == Truth::unknown);
}

TEST_CASE("groups of three-valued clauses") {
    const std::string yes = "{seen: tls.client-hello}", no = "{seen: tls.alert}",
                      unknown = "{seen: event, where: {provider: Schannel}}";
    const auto a = seen({hello(1)});
    const auto of = [&](const std::string& group, const std::string& one, const std::string& two) {
        return judge(group + ": [" + one + ", " + two + "]", a).truth;
    };
    CHECK(of("any", no, yes) == Truth::holds);
    CHECK(of("any", unknown, yes) == Truth::holds);
    CHECK(of("any", no, unknown) == Truth::unknown);
    CHECK(of("any", no, no) == Truth::fails);
    CHECK(of("all", yes, yes) == Truth::holds);
    CHECK(of("all", yes, unknown) == Truth::unknown);
    CHECK(of("all", no, unknown) == Truth::fails);
    // `none` goes by what was seen.
    CHECK(of("none", no, unknown) == Truth::holds);
    CHECK(of("none", yes, unknown) == Truth::fails);
}

TEST_CASE("an unknown clause does not make a cause") {
    const auto rule = good("required:\n  - seen: tls.client-hello\n  - absent: rdp.error-info\n");
    auto locked = whole();
    locked.tls_seen = true;
    CHECK(rules::evaluate(std::span{&rule, 1}, seen({hello(1)}, locked)).empty());
    CHECK(rules::evaluate(std::span{&rule, 1}, seen({hello(1)})).size() == 1);
}

TEST_CASE("what says the same again does not support") {
    const auto rule = good(R"(required:
  - seen: tls.alert
    at_most: possible
supporting:
  - seen: tls.alert
    because: The same alert.
  - seen: tls.client-hello
)");
    const auto found = rules::evaluate(std::span{&rule, 1}, seen({hello(1), alert(2)}));
    REQUIRE(found.size() == 1);
    CHECK(found[0].confidence == Confidence::possible);
}

TEST_CASE("mistakes in sequences, spans and absences have their place") {
    struct Row {
        const char* clause;
        int line, column;
        const char* says;
    };
    const auto row = GENERATE(values<Row>({
        {"sequence: [{seen: tls.alert}]", 4, 15, "a sequence has 2 to 8 steps"},
        {"sequence: tls.alert", 4, 15, "expected a list of steps"},
        {"sequence: [{seen: tls.alert}, {sean: x}]", 4, 36, "unknown key 'sean'"},
        {"sequence: [{seen: tls.alert}, {seen: tls.alert}]\n    within: 3 s", 5, 13, "'3 s' is no span"},
        {"seen: tls.alert\n    within: 3s", 4, 5, "needs 'times'"},
        {"seen: tls.alert\n    times: 1", 4, 5, "'times' goes from 2"},
        {"seen: tls.alert\n    after: {seen: tls.alert}", 5, 5, "unknown key 'after'"},
        {"absent: tls.alert\n    within: 3s", 4, 5, "takes 'after' and 'within' together"},
        {"absent: event\n    where: {provider: Schannel}", 4, 5, "needs its channel"},
        {"any: []\n    none: []", 4, 5, "a clause is one of"},
    }));
    std::vector<yaml::Problem> problems;
    CHECK(load("required:\n  - " + std::string{row.clause} + "\n", problems).empty());
    INFO(row.clause);
    REQUIRE_FALSE(problems.empty());
    INFO(yaml::to_text(problems[0]));
    CHECK(problems[0].line == row.line);
    CHECK(problems[0].column == row.column);
    CHECK(problems[0].text.find(row.says) != std::string::npos);
}

TEST_CASE("no rule reads text that Windows writes for people") {
    for (const char* where : {"{data.Message: x}", "{data.message|contains: denied}", "{data.RenderedMessage: x}",
                              "{data.Description|startswith: x}", "{data.ErrorText: x}"}) {
        std::vector<yaml::Problem> problems;
        CHECK(load("required:\n  - seen: event\n    where: " + std::string{where} + "\n", problems).empty());
        REQUIRE_FALSE(problems.empty());
        CHECK(problems[0].text.find("text for people") != std::string::npos);
    }
    std::vector<yaml::Problem> problems;
    CHECK(load("required:\n  - seen: gateway.tunnel\n    where: {text|contains: no}\n", problems).empty());
    CHECK(load("required:\n  - seen: event\n    where: {data.State: 5}\n", problems).size() == 1);
}
