#include "src/analysis/examples.hpp"

#include <fmt/format.h>

#include "tests/support/catch.hpp"
#include "tests/support/knowledge.hpp"

using namespace rdpdx;

namespace {

analysis::Tried tried(const std::string& entries) {
    std::vector<yaml::Problem> problems;
    const std::vector<yaml::File> files{
        {"events/x.yaml", "provider: Microsoft-Windows-P\nside: client\nsource: s\nevents:\n" + entries}};
    const auto catalogue = catalogue::EventCatalogue::load(files, problems);
    for (const auto& problem : problems) FAIL(yaml::to_text(problem));
    return analysis::try_examples(catalogue);
}

std::string entry(const std::string& example, const std::string& more = "", const std::string& means = "Text.") {
    return fmt::format("  - id: 7\n    name: n\n    shows: noted\n    means: '{}'\n{}    example: |\n      {}\n", means,
                       more, example);
}

std::string event(unsigned id, const std::string& provider, const std::string& data = "") {
    return fmt::format(
        "<Event><System><Provider Name='{}'/><EventID>{}</EventID></System><EventData>{}</EventData></Event>", provider,
        id, data);
}

}  // namespace

TEST_CASE("every entry that ships passes its example") {
    const auto knowledge = test::shipped_knowledge();
    const auto result = analysis::try_examples(knowledge.events);
    for (const auto& failure : result.failed) FAIL_CHECK(yaml::to_text(failure));
    CHECK(result.passed == knowledge.events.size());
}

TEST_CASE("an example that does not show its entry fails with the entry's place") {
    struct Row {
        std::string entries, said;
    };
    const std::string p = "Microsoft-Windows-P";
    const auto row = GENERATE_COPY(values<Row>({
        {entry("<Event><System/>"), "cannot be read"},
        {entry(event(7, p) + event(7, p)), "holds 2 events"},
        {entry("no event"), "cannot be read"},
        {entry(event(8, p)), "is of 'Microsoft-Windows-P' 8"},
        {entry(event(7, "Q")), "is of 'Q' 7"},
        {entry(event(7, p), "    when: {a: x}\n"), "does not fit the entry's own 'when'"},
        {entry(event(7, p), "    roles: {user: u}\n"), "these roles: user"},
        {entry(event(7, p), "", "Field {a}."), "is missing in the example"},
        {"  - {id: 7, when: {a: x}, name: m, shows: noted, means: T., example: x}\n" +
             entry(event(7, p, "<Data Name='a'>x</Data>")),
         "the entry in line 5 takes the example first"},
    }));
    CAPTURE(row.entries);
    const auto result = tried(row.entries);
    REQUIRE_FALSE(result.failed.empty());
    CHECK(result.failed.back().text.find(row.said) != std::string::npos);
    CHECK(result.failed.back().file == "events/x.yaml");
    CHECK(result.failed.back().line >= 5);
}

TEST_CASE("an example that shows its entry passes") {
    const auto result =
        tried(entry(event(7, "Microsoft-Windows-P", "<Data Name='a'>x</Data><Data Name='u'>alice</Data>"),
                    "    when: {a: x}\n    roles: {user: u}\n", "Field {a} of {user}."));
    CHECK(result.passed == 1);
    CHECK(result.failed.empty());
}
