// What a user's files change, and what a person asks about an event.
#include "src/catalogue/query.hpp"

#include <fmt/format.h>

#include "tests/support/catch.hpp"
#include "tests/support/knowledge.hpp"

using namespace rdpdx;
using catalogue::EventCatalogue;
using catalogue::EventEntry;

namespace {

std::string file_of(const std::string& provider, const std::string& entries) {
    return fmt::format("provider: {}\nside: client\nsource: s\nchannel: C\nevents:\n{}", provider, entries);
}

std::string entry(unsigned id, const std::string& name, const std::string& when = "") {
    return fmt::format("  - {{id: {}, name: {}, {}shows: noted, means: Text., example: x}}\n", id, name,
                       when.empty() ? "" : "when: " + when + ", ");
}

// The first file is what ships, the second the user's.
EventCatalogue load(const std::string& shipped, const std::string& user) {
    std::vector<yaml::Problem> problems;
    const std::vector<yaml::File> files{{"shipped.yaml", shipped}, {"user.yaml", user}};
    auto out = EventCatalogue::load(files, problems);
    for (const auto& problem : problems) FAIL_CHECK(yaml::to_text(problem));
    return out;
}

std::string found(const EventCatalogue& catalogue, std::string_view provider, std::uint32_t id,
                  const std::string& value) {
    const auto* at =
        catalogue.find(provider, id, [&](std::string_view name) { return name == "f" ? &value : nullptr; });
    return at ? at->name : "";
}

std::vector<std::string> names(const EventCatalogue& catalogue) {
    std::vector<std::string> out;
    for (const EventEntry& e : catalogue.entries()) out.push_back(e.name);
    return out;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("a later file's entry replaces the one for the same provider, id and conditions, and says which") {
    const auto catalogue = load(file_of("Microsoft-Windows-P", entry(7, "a", "{f: x}") + entry(7, "b") + entry(8, "c")),
                                file_of("P", entry(7, "ours", "{f: x}")));
    CHECK(names(catalogue) == Names{"b", "c", "ours"});
    CHECK(catalogue.entries().back().replaces == Names{"shipped.yaml:6"});
    CHECK(found(catalogue, "P", 7, "x") == "ours");
    CHECK(found(catalogue, "P", 7, "y") == "b");
    CHECK(found(catalogue, "P", 8, "x") == "c");
}

TEST_CASE("an entry without conditions replaces all for the same provider and id") {
    const auto catalogue = load(file_of("P", entry(7, "a", "{f: x}") + entry(7, "b")), file_of("P", entry(7, "ours")));
    CHECK(names(catalogue) == Names{"ours"});
    CHECK(catalogue.entries().back().replaces == Names{"shipped.yaml:6", "shipped.yaml:7"});
    CHECK(found(catalogue, "P", 7, "x") == "ours");
}

TEST_CASE("an entry with conditions of its own goes first and leaves the others in place") {
    const auto catalogue = load(file_of("P", entry(7, "a")), file_of("P", entry(7, "ours", "{f: z}")));
    CHECK(names(catalogue) == Names{"a", "ours"});
    CHECK(catalogue.entries().back().replaces.empty());
    CHECK(found(catalogue, "P", 7, "z") == "ours");
    CHECK(found(catalogue, "P", 7, "x") == "a");
}

TEST_CASE("an entry of another provider or id is new and replaces nothing") {
    const auto catalogue = load(file_of("P", entry(7, "a")), file_of("Q", entry(7, "ours") + entry(8, "more")));
    CHECK(names(catalogue) == Names{"a", "ours", "more"});
    CHECK(found(catalogue, "P", 7, "") == "a");
    CHECK(found(catalogue, "Q", 7, "") == "ours");
    CHECK(found(catalogue, "Q", 8, "") == "more");
}

TEST_CASE("an event is asked for by provider or channel and id") {
    struct Row {
        const char *asked, *who;
        std::uint32_t id;
    };
    const auto row = GENERATE(values<Row>({
        {"RdpCoreTS/140", "RdpCoreTS", 140},
        {"RDPClient/Operational/1026", "RDPClient/Operational", 1026},
        {" TerminalServices-RemoteConnectionManager  1149 ", "TerminalServices-RemoteConnectionManager", 1149},
        {"Service Control Manager 7031", "Service Control Manager", 7031},
        {"event:1149", "", 1149},
        {"EVENT: RCM/1149", "RCM", 1149},
    }));
    const auto query = catalogue::read_query(row.asked);
    REQUIRE(query);
    CHECK(query->who == row.who);
    CHECK(query->id == row.id);
}

TEST_CASE("what can be no event is not asked for as one") {
    for (const char* asked :
         {"", "/", "1149", "0x904/0x7", "2308/7", "icmp:3/4", "alert:40", "RdpCoreTS/", "RdpCoreTS/x", "RdpCoreTS/0x8C",
          "RdpCoreTS/99999999999", "/140", "handshake failure", "event:", "event:x"}) {
        CAPTURE(asked);
        CHECK_FALSE(catalogue::read_query(asked));
    }
}

TEST_CASE("people's names for providers and channels find their entries") {
    const auto knowledge = test::shipped_knowledge();
    struct Row {
        const char *who, *provider;
        std::uint32_t id;
    };
    const auto row = GENERATE(values<Row>({
        {"RdpCoreTS", "Microsoft-Windows-RemoteDesktopServices-RdpCoreTS", 140},
        {"rdpcorets", "Microsoft-Windows-RemoteDesktopServices-RdpCoreTS", 140},
        {"RemoteDesktopServices-RdpCoreTS", "Microsoft-Windows-RemoteDesktopServices-RdpCoreTS", 140},
        {"Microsoft-Windows-RemoteDesktopServices-RdpCoreTS", "Microsoft-Windows-RemoteDesktopServices-RdpCoreTS", 140},
        {"1139c61b-b549-4251-8ed3-27250a1edec8", "Microsoft-Windows-RemoteDesktopServices-RdpCoreTS", 140},
        {"RDPClient", "Microsoft-Windows-TerminalServices-ClientActiveXCore", 1026},
        {"RDPClient/Operational", "Microsoft-Windows-TerminalServices-ClientActiveXCore", 1026},
        {"ClientActiveXCore", "Microsoft-Windows-TerminalServices-ClientActiveXCore", 1026},
        {"RCM", "Microsoft-Windows-TerminalServices-RemoteConnectionManager", 1149},
        {"lsm", "Microsoft-Windows-TerminalServices-LocalSessionManager", 21},
        {"Security", "Microsoft-Windows-Security-Auditing", 4625},
        {"System", "Schannel", 36887},
        {"SCM", "Service Control Manager", 7031},
    }));
    CAPTURE(row.who);
    const auto entries = knowledge.events.called(row.who, row.id);
    REQUIRE_FALSE(entries.empty());
    for (const EventEntry* e : entries) CHECK(e->provider == row.provider);
    CHECK(catalogue::knows_caller(knowledge.events, row.who));
}

TEST_CASE("part of a name that is no end of it after a hyphen finds nothing") {
    const auto knowledge = test::shipped_knowledge();
    for (const char* who : {"CoreTS", "Remote", "TerminalServices", "x", "-RdpCoreTS", "Error"}) {
        CAPTURE(who);
        CHECK_FALSE(catalogue::knows_caller(knowledge.events, who));
    }
}

TEST_CASE("an answer lists the entries in the order that counts, or says what there is instead") {
    const auto catalogue =
        load(file_of("Microsoft-Windows-Pet-Shop",
                     entry(1, "a", "{f: x}") + entry(1, "b") + entry(2, "c") + entry(3, "d") + entry(5, "e")),
             file_of("Zoo", entry(9, "z")));
    const auto ask = [&](const char* text) { return catalogue::answer(catalogue, *catalogue::read_query(text)); };
    const auto good = ask("Shop/1");
    CHECK(good.query == "Shop/1");
    REQUIRE(good.entries.size() == 2);
    CHECK(good.entries[0]->name == "a");
    CHECK(good.notes.empty());
    CHECK(ask("Shop/9").notes == Names{"The catalogue has no event 9 of Shop; it has 1 to 3, 5."});
    CHECK(ask("Shopp/2").notes == Names{"The catalogue has no provider or channel that is called 'Shopp'."});
    CHECK(ask("Shopp/2").did_you_mean == Names{"Pet-Shop/2"});
    CHECK(ask("Nobody/77").did_you_mean.empty());
    CHECK(ask("event:77").notes == Names{"The catalogue has no event 77."});
    CHECK(ask("event:9").entries.size() == 1);
}

TEST_CASE("no entry that ships replaces another") {
    const auto knowledge = test::shipped_knowledge();
    for (const EventEntry& entry : knowledge.events.entries()) {
        CAPTURE(entry.file, entry.line);
        CHECK(entry.replaces == Names{});
    }
}
