#include "src/rules/evaluate.hpp"
#include "tests/support/attempts.hpp"
#include "tests/support/catch.hpp"

using namespace rdpdx;
using model::Confidence;

namespace {

std::vector<rules::CauseRule> load(const std::string& text, std::vector<yaml::Problem>& problems) {
    const std::vector<yaml::File> files{{"causes/x.yaml", text}};
    return rules::load(files, problems);
}

std::vector<rules::CauseRule> good(const std::string& text) {
    std::vector<yaml::Problem> problems;
    auto out = load(text, problems);
    for (const auto& p : problems) FAIL(yaml::to_text(p));
    return out;
}

model::Attempt failed_at_tls(std::vector<model::Observation> seen) {
    auto a = test::attempt_of({test::wire_track(std::move(seen))});
    a.outcome = model::Outcome::failed;
    a.stage = model::Stage::tls_handshake;
    return a;
}

const std::string kAlertRule = R"(
id: x
title: An alert
stages: [tls-handshake]
required:
  - seen: tls.alert
    where: {description: [40, 0x46], from: server}
supporting:
  - seen: tls.client-hello
  - seen: tls.server-hello
contradicting:
  - seen: tls.finished
)";

model::Observation alert(std::int64_t description, const char* from = "server") {
    return test::saw("tls.alert", 5, model::Effect::failed, model::Stage::tls_handshake,
                     {{"from", test::s(from)}, {"level", test::n(2)}, {"description", test::n(description)}});
}

}  // namespace

TEST_CASE("a cause holds when what it requires was seen, and cites the frame") {
    const auto found = rules::evaluate(good(kAlertRule), failed_at_tls({alert(40)}));
    REQUIRE(found.size() == 1);
    CHECK(found[0].id == "x");
    CHECK(found[0].confidence == Confidence::confirmed);
    REQUIRE(found[0].evidence.size() == 1);
    CHECK(found[0].evidence[0].number == 5);
}

TEST_CASE("a list means or, a map means and, and 0x46 is 70") {
    CHECK(rules::evaluate(good(kAlertRule), failed_at_tls({alert(70)})).size() == 1);
    CHECK(rules::evaluate(good(kAlertRule), failed_at_tls({alert(42)})).empty());
    CHECK(rules::evaluate(good(kAlertRule), failed_at_tls({alert(40, "client")})).empty());
}

TEST_CASE("a cause of another stage or outcome does not hold") {
    auto a = failed_at_tls({alert(40)});
    a.stage = model::Stage::credssp;
    CHECK(rules::evaluate(good(kAlertRule), a).empty());
    a.stage = model::Stage::tls_handshake;
    a.outcome = model::Outcome::succeeded;
    CHECK(rules::evaluate(good(kAlertRule), a).empty());
}

TEST_CASE("an event that only its time ties to the attempt makes a cause likely at most") {
    const auto rule = good(R"(
id: x
title: A key
stages: [tls-handshake]
required:
  - any:
      - seen: event
        where: {id: 36870}
      - sequence:
          - seen: tls.client-hello
          - seen: event
            where: {id: 36870}
        within: 10s
)");
    const auto tied = [](const char* tie) {
        return test::saw("event", 6, model::Effect::noted, {}, {{"id", test::n(36870)}, {"tie", test::s(tie)}});
    };
    const auto hello = test::saw("tls.client-hello", 5);
    CHECK(rules::evaluate(rule, failed_at_tls({hello, tied("time")}))[0].confidence == Confidence::likely);
    CHECK(rules::evaluate(rule, failed_at_tls({hello, tied("port")}))[0].confidence == Confidence::confirmed);
    CHECK(rules::evaluate(rule, failed_at_tls({hello, tied("time"), tied("activity")}))[0].confidence ==
          Confidence::confirmed);
}

TEST_CASE("what contradicts leaves a cause possible at most, and is cited") {
    const auto found = rules::evaluate(good(kAlertRule), failed_at_tls({alert(40), test::saw("tls.finished", 4)}));
    REQUIRE(found.size() == 1);
    CHECK(found[0].confidence == Confidence::possible);
    REQUIRE(found[0].contradicting.size() == 1);
    CHECK(found[0].contradicting[0].number == 4);
}

TEST_CASE("two supporting observations raise a possible cause to likely, one does not") {
    std::string text = kAlertRule;
    text.replace(text.find("from: server}"), 13, "from: server}\n    at_most: possible");
    const auto one = rules::evaluate(good(text), failed_at_tls({test::saw("tls.client-hello", 3), alert(40)}));
    const auto two = rules::evaluate(
        good(text), failed_at_tls({test::saw("tls.client-hello", 3), test::saw("tls.server-hello", 4), alert(40)}));
    REQUIRE(one.size() == 1);
    CHECK(one[0].confidence == Confidence::possible);
    REQUIRE(two.size() == 1);
    CHECK(two[0].confidence == Confidence::likely);
}

TEST_CASE("any is as sure as the surest that holds, none holds when nothing of it was seen") {
    const auto rule = good(R"(
id: x
title: t
required:
  - any:
      - seen: tls.alert
        at_most: likely
      - seen: tcp.reset
        at_most: possible
  - none:
      - seen: tls.finished
)");
    const auto both = rules::evaluate(rule, failed_at_tls({alert(40), test::saw("tcp.reset", 6)}));
    REQUIRE(both.size() == 1);
    CHECK(both[0].confidence == Confidence::likely);
    const auto reset = rules::evaluate(rule, failed_at_tls({test::saw("tcp.reset", 6)}));
    REQUIRE(reset.size() == 1);
    CHECK(reset[0].confidence == Confidence::possible);
    CHECK(rules::evaluate(rule, failed_at_tls({alert(40), test::saw("tls.finished", 6)})).empty());
}

TEST_CASE("comparisons read numbers and text") {
    struct Row {
        const char* where;
        bool holds;
    };
    const auto row = GENERATE(values<Row>({
        {"{waited_ms|gte: 3000}", true},
        {"{waited_ms|gt: 3000}", false},
        {"{waited_ms|lt: 0xFFFF}", true},
        {"{waited_ms|lte: 2999}", false},
        {"{after|contains: CLIENT}", true},
        {"{after|startswith: tls.}", true},
        {"{after|endswith: hello}", true},
        {"{after: tls.server-hello}", false},
        {"{by: [client, server], how: fin}", true},
        {"{encrypted_client: 1}", false},  // a field that the observation lacks meets nothing
    }));
    const auto rule =
        good("id: x\ntitle: t\nrequired:\n  - seen: attempt.ended\n    where: " + std::string{row.where} + "\n");
    INFO(row.where);
    const auto ended = test::saw("attempt.ended", 9, model::Effect::noted, {},
                                 {{"by", test::s("server")},
                                  {"how", test::s("fin")},
                                  {"after", test::s("tls.client-hello")},
                                  {"waited_ms", test::n(3000)}});
    CHECK(rules::evaluate(rule, failed_at_tls({ended})).empty() != row.holds);
}

TEST_CASE("the surest cause comes first, an explanation before a description") {
    std::vector<yaml::Problem> problems;
    const std::vector<yaml::File> files{
        {"a.yaml", "id: a\ntitle: t\nfallback: true\nat_most: likely\nrequired:\n  - seen: tls.alert\n"},
        {"b.yaml", "id: b\ntitle: t\nat_most: likely\nrequired:\n  - seen: tls.alert\n"},
        {"c.yaml", "id: c\ntitle: t\nrequired:\n  - seen: tls.alert\n"},
    };
    const auto found = rules::evaluate(rules::load(files, problems), failed_at_tls({alert(40)}));
    REQUIRE(found.size() == 3);
    CHECK(found[0].id == "c");
    CHECK(found[1].id == "b");
    CHECK(found[2].id == "a");
}

TEST_CASE("a rule that could never match is an error with its place") {
    struct Row {
        const char* clause;
        int line;
        const char* says;
    };
    const auto row = GENERATE(values<Row>({
        {"  - seen: tls.alarm\n", 4, "'tls.alarm' is no kind of observation"},
        {"  - seen: tls.alert\n    where: {descripton: 40}\n", 5, "tls.alert has no field 'descripton'"},
        {"  - seen: tls.alert\n    where: {description|near: 40}\n", 5, "unknown comparison 'near'"},
        {"  - seen: tls.alert\n    where: {description|gt: many}\n", 5, "'many' is not a number"},
        {"  - stage: tls\n    is: [passed]\n", 4, "'tls' is no stage"},
        {"  - stage: tls-handshake\n    is: [well]\n", 5, "'well' is no stage status"},
        {"  - seen: tls.alert\n    any: []\n", 4, "a clause is one of"},
        {"  - sean: tls.alert\n", 4, "unknown key 'sean'"},
        {"  - seen: tls.alert\n    at_most: certain\n", 5, "'certain' is no confidence"},
    }));
    std::vector<yaml::Problem> problems;
    const auto rules = load("id: x\ntitle: t\nrequired:\n" + std::string{row.clause}, problems);
    INFO(row.clause);
    CHECK(rules.empty());
    REQUIRE_FALSE(problems.empty());
    INFO(yaml::to_text(problems[0]));
    CHECK(problems[0].line == row.line);
    CHECK(problems[0].text.find(row.says) != std::string::npos);
}

TEST_CASE("a later file with the same id replaces the earlier one") {
    std::vector<yaml::Problem> problems;
    const std::vector<yaml::File> files{{"a.yaml", "id: x\ntitle: old\nrequired:\n  - seen: tls.alert\n"},
                                        {"b.yaml", "id: x\ntitle: new\nrequired:\n  - seen: tls.alert\n"}};
    const auto rules = rules::load(files, problems);
    REQUIRE(rules.size() == 1);
    CHECK(rules[0].title == "new");
}
