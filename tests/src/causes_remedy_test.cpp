// What the shipped causes advise.
#include <algorithm>

#include "tests/support/catch.hpp"
#include "tests/support/knowledge.hpp"

using namespace rdpdx;

TEST_CASE("every shipped cause has a remedy, sources and a number in the catalogue") {
    for (const auto& rule : test::shipped_causes()) {
        INFO(rule.id);
        CHECK(rule.file == rule.id + ".yaml");
        CHECK_FALSE(rule.catalogue.empty());
        CHECK_FALSE(rule.sources.empty());
        REQUIRE_FALSE(rule.remedy.empty());
        CHECK(std::ranges::any_of(rule.remedy, [](const auto& step) { return !step.command.empty(); }));
    }
}

TEST_CASE("a command that changes something comes with a caution, and none switches NLA off") {
    constexpr std::string_view kChanging[] = {"reg add",       "reg delete",      "/add",
                                              "Enable-",       "Restart-Service", "/enable",
                                              "w32tm /resync", "Start-Service",   "set subinterface"};
    for (const auto& rule : test::shipped_causes()) {
        for (const auto& step : rule.remedy) {
            INFO(rule.id << ": " << step.command);
            const bool changes =
                std::ranges::any_of(kChanging, [&](auto part) { return step.command.find(part) != std::string::npos; });
            CHECK((!changes || !step.caution.empty()));
            CHECK(step.command.find("UserAuthentication /t") == std::string::npos);
        }
    }
}
