#include "src/catalogue/catalogue.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "parsers/events/xml.hpp"
#include "tests/support/catch.hpp"

using namespace rdpdx;
using catalogue::EventCatalogue;
using catalogue::EventEntry;
namespace fs = std::filesystem;

namespace {

const fs::path kSource{RDPDX_SOURCE_DIR};

std::string content(const fs::path& path) {
    std::ifstream file{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
}

std::vector<fs::path> files_in(const fs::path& folder, const char* extension) {
    std::vector<fs::path> out;
    if (fs::is_directory(folder))
        for (const auto& entry : fs::directory_iterator{folder})
            if (entry.path().extension() == extension) out.push_back(entry.path());
    std::sort(out.begin(), out.end());
    return out;
}

EventCatalogue shipped(std::vector<yaml::Problem>& problems) {
    std::vector<yaml::File> files;
    for (const auto& path : files_in(kSource / "rules/events", ".yaml"))
        files.push_back({"rules/events/" + path.filename().string(), content(path)});
    return EventCatalogue::load(files, problems);
}

std::vector<events::Event> read(std::string_view xml) {
    std::vector<events::Event> out;
    bytes::MemorySource source{bytes::view_of(xml)};
    const auto result = events::read_xml(source, [&](events::Event&& event) {
        out.push_back(std::move(event));
        return true;
    });
    CHECK(result.damage.empty());
    return out;
}

catalogue::Getter getter(const events::Event& event) {
    return [&event](std::string_view name) { return event.field(name); };
}

// Fields spelled in a test.
struct Fields {
    std::vector<std::pair<std::string, std::string>> list;
    catalogue::Getter getter() const {
        return [this](std::string_view name) -> const std::string* {
            for (const auto& [key, value] : list)
                if (key == name) return &value;
            return nullptr;
        };
    }
};

// A catalogue of one entry whose roles and sentence are given.
EventCatalogue one(const std::string& roles, const std::string& means = "Text.", const std::string& more = "") {
    std::vector<yaml::Problem> problems;
    const std::vector<yaml::File> files{
        {"x.yaml",
         fmt::format("provider: Microsoft-Windows-P\nguid: 00000000-0000-0000-0000-000000000001\nside: client\n"
                     "source: s\nevents:\n  - id: 7\n    name: n\n    shows: noted\n    roles: {}\n"
                     "    means: '{}'\n    example: <Event/>\n{}",
                     roles, means, more)}};
    auto out = EventCatalogue::load(files, problems);
    for (const auto& problem : problems) FAIL(to_text(problem));
    REQUIRE(out.size() == 1);
    return out;
}

catalogue::Roles roles_of(const std::string& roles, const Fields& fields) {
    const auto catalogue = one(roles);
    return read_roles(catalogue.entries().front(), fields.getter());
}

}  // namespace

TEST_CASE("the shipped catalogue has no mistake and knows the events that matter") {
    std::vector<yaml::Problem> problems;
    const auto catalogue = shipped(problems);
    for (const auto& problem : problems) FAIL_CHECK(to_text(problem));
    CHECK(catalogue.size() > 300);
    const Fields none;
    CHECK(catalogue.find("Microsoft-Windows-TerminalServices-ClientActiveXCore", 1026, none.getter()));
    CHECK(catalogue.find("Microsoft-Windows-RemoteDesktopServices-RdpCoreTS", 140, none.getter()));
}

TEST_CASE("every entry's example is an event that this very entry fits, and its sentence is complete") {
    std::vector<yaml::Problem> problems;
    const auto catalogue = shipped(problems);
    for (const EventEntry& entry : catalogue.entries()) {
        CAPTURE(entry.file, entry.line, entry.id, entry.name);
        const auto events = read(entry.example);
        REQUIRE(events.size() == 1);
        const auto field = getter(events.front());
        CHECK(events.front().id == entry.id);
        CHECK(events.front().provider == entry.provider);
        CHECK(catalogue.find(events.front().provider, events.front().id, field) == &entry);
        CHECK(sentence(entry, field).find("(not given)") == std::string::npos);
        const auto roles = read_roles(entry, field);
        CHECK(roles.code.has_value() == !entry.roles.code.family.empty());
        CHECK(roles.target.has_value() == !entry.roles.target.empty());
        CHECK(roles.user.has_value() == !entry.roles.user.empty());
        CHECK(roles.session.has_value() == !entry.roles.session.empty());
    }
}

TEST_CASE("a later file's entry goes before that of an earlier one, and within a file the first one counts") {
    const auto file = [](const char* name, const char* first, const char* second) {
        return yaml::File{name,
                          fmt::format("provider: P\nside: client\nsource: s\nevents:\n"
                                      "  - {{id: 7, when: {{a: x}}, name: {}, shows: noted, means: T., example: x}}\n"
                                      "  - {{id: 7, name: {}, shows: noted, means: T., example: x}}\n",
                                      first, second)};
    };
    std::vector<yaml::Problem> problems;
    const std::vector<yaml::File> files{file("a.yaml", "a-first", "a-second"), file("b.yaml", "b-first", "b-second")};
    const auto catalogue = EventCatalogue::load(files, problems);
    REQUIRE(problems.empty());
    CHECK(catalogue.find("P", 7, Fields{{{"a", "x"}}}.getter())->name == "b-first");
    CHECK(catalogue.find("P", 7, Fields{}.getter())->name == "b-second");
}

TEST_CASE("sentences and doubts are sentences, and each entry names its channel") {
    std::vector<yaml::Problem> problems;
    const auto catalogue = shipped(problems);
    for (const EventEntry& entry : catalogue.entries()) {
        CAPTURE(entry.file, entry.id, entry.means);
        CHECK((entry.means.back() == '.' || entry.means.back() == '}'));
        CHECK((entry.doubt.empty() || entry.doubt.back() == '.'));
        CHECK_FALSE(entry.channel.empty());
    }
}

TEST_CASE("a provider is known by its name in any case, with or without its prefix, and by its GUID") {
    const auto catalogue = one("{}");
    const Fields none;
    const auto* entry = &catalogue.entries().front();
    CHECK(catalogue.find("Microsoft-Windows-P", 7, none.getter()) == entry);
    CHECK(catalogue.find("microsoft-windows-p", 7, none.getter()) == entry);
    CHECK(catalogue.find("P", 7, none.getter()) == entry);
    CHECK(catalogue.find("", "00000000-0000-0000-0000-000000000001", 7, none.getter()) == entry);
    CHECK(catalogue.find("Q", "00000000-0000-0000-0000-000000000002", 7, none.getter()) == nullptr);
    CHECK(catalogue.find("P", 8, none.getter()) == nullptr);
}

TEST_CASE("client event 226 means what its state machine and state say") {
    std::vector<yaml::Problem> problems;
    const auto catalogue = shipped(problems);
    struct Row {
        Fields fields;
        const char* name;
        std::optional<model::Stage> stage;
    };
    const auto row = GENERATE(values<Row>({
        {{{{"StateTransitionName", "RDPClient_SSL"},
           {"PreviousStateName", "TsSslStateDisconnected"},
           {"EventName", "TsSslEventInvalidState"}}},
         "state-error-harmless",
         {}},
        {{{{"StateTransitionName", "RDPClient_SSL"}, {"PreviousStateName", "TsSslStateHandshakeStart"}}},
         "state-error-tls",
         model::Stage::tls_handshake},
        {{{{"StateTransitionName", "RDPClient_TCP"}, {"PreviousStateName", "TcpStateExpectingX244CC"}}},
         "state-error-negotiating",
         model::Stage::x224_negotiation},
        {{{{"StateTransitionName", "RDPClient_TCP"}, {"PreviousStateName", "TcpStateFrontAuth"}}},
         "state-error-securing",
         model::Stage::tls_handshake},
        {{{{"StateTransitionName", "RDPClient_TCP"}, {"PreviousStateName", "Another"}}}, "state-error", {}},
        {{}, "state-error", {}},
    }));
    const auto* entry =
        catalogue.find("Microsoft-Windows-TerminalServices-ClientActiveXCore", 226, row.fields.getter());
    REQUIRE(entry);
    CHECK(entry->name == row.name);
    CHECK(entry->stage == row.stage);
}

TEST_CASE("conditions compare texts without case, numbers as numbers, and parts of texts") {
    using Match = catalogue::Condition::Match;
    struct Row {
        Match match;
        const char *value, *text;
        bool holds;
    };
    const auto row = GENERATE(values<Row>({
        {Match::is, "TCP", "tcp", true},
        {Match::is, "0", "0x00000000", true},
        {Match::is, "0x10", "16", true},
        {Match::is, "1", "11", false},
        {Match::is, "", "", true},
        {Match::startswith, "setErr", "SetErrorInfo(0x7)", true},
        {Match::startswith, "SetErrorInfo(0x77)", "SetErrorInfo", false},
        {Match::endswith, "(0x7)", "SetErrorInfo(0x7)", true},
        {Match::endswith, "longer than it", "it", false},
        {Match::contains, "rINFO", "SetErrorInfo(0x7)", true},
        {Match::contains, "x", "", false},
    }));
    CAPTURE(row.value, row.text);
    const Fields fields{{{"f", row.text}}};
    const std::vector<catalogue::Condition> when{{"f", row.match, {"no such", row.value}}};
    CHECK(catalogue::holds(when, fields.getter()) == row.holds);
    CHECK_FALSE(catalogue::holds(when, Fields{}.getter()));
}

TEST_CASE("addresses and ports are read in all the forms that logs use") {
    struct Row {
        const char* written;
        std::optional<std::string> address;
        std::optional<std::uint16_t> port;
    };
    const auto row = GENERATE(values<Row>({
        {"203.0.113.10:50123", "203.0.113.10", 50123},
        {"[2001:db8::10]:50123", "2001:db8::10", 50123},
        {"[fe80::1%4]:3389", "fe80::1%4", 3389},
        {"::ffff:203.0.113.10", "203.0.113.10", {}},
        {"2001:db8::10", "2001:db8::10", {}},
        {"203.0.113.10", "203.0.113.10", {}},
        {" 203.0.113.10:0 ", {}, {}},
        {"LOCAL", {}, {}},
        {"YEREL", {}, {}},
        {"-", {}, {}},
        {"", {}, {}},
        {"203.0.113.300:1", {}, 1},
        {"1.2.3:4", {}, 4},
    }));
    CAPTURE(row.written);
    const auto roles = roles_of("{address-and-port: ClientIP}", {{{"ClientIP", row.written}}});
    CHECK(roles.address == row.address);
    CHECK(roles.port == row.port);
}

TEST_CASE("a target is what the user asked for, without its port") {
    struct Row {
        const char *written, *target;
        std::optional<std::uint16_t> port;
    };
    const auto row = GENERATE(values<Row>({
        {"server.example", "server.example", {}},
        {"server.example:3390", "server.example", 3390},
        {"server.example:port", "server.example:port", {}},
        {"2001:db8::1", "2001:db8::1", {}},
    }));
    const auto roles = roles_of("{target: Value}", {{{"Value", row.written}}});
    CHECK(roles.target == row.target);
    CHECK(roles.target_port == row.port);
}

TEST_CASE("numbers are read from all the forms that events use") {
    struct Row {
        const char *form, *written;
        std::optional<std::int64_t> code;
    };
    const auto row = GENERATE(values<Row>({
        {"plain", "2308", 2308},
        {"plain", "0x904", 2308},
        {"plain", "2147549183", 0x8000FFFF},
        {"plain", "-2147467259", 0x80004005},
        {"plain", "0xC000006D ", 0xC000006D},
        {"plain", "%%2313", {}},
        {"plain", "", {}},
        {"hex", "800B0109", 0x800B0109},
        {"hex", "0x800b0109", 0x800B0109},
        {"hex", "40", 0x40},
        {"hex", "", {}},
        {"hex", "-1", {}},
        {"hex", "80 ", 0x80},
        {"hex", "8000FFFFx", {}},
        {"parenthesised", "SetErrorInfo(0x7)", 7},
        {"parenthesised", "SetErrorInfo( 12 )", 12},
        {"parenthesised", "SetErrorInfo", {}},
        {"parenthesised", ")(", {}},
        {"last-bytes", "0000040002002C00B50000C0", 0xC00000B5},
        {"last-bytes", "B50000C0", 0xC00000B5},
        {"last-bytes", "0000C0", {}},
        {"last-bytes", "STATUS CODE IN BINARY", {}},
    }));
    CAPTURE(row.form, row.written);
    const auto roles =
        roles_of(fmt::format("{{code: {{field: f, family: hresult, form: {}}}}}", row.form), {{{"f", row.written}}});
    CHECK(roles.code == row.code);
    CHECK(roles.code_family == "hresult");
}

TEST_CASE("of several fields the first that is not zero is the code") {
    const std::string roles = "{code: {field: [SubStatus, Status], family: ntstatus}}";
    CHECK(roles_of(roles, {{{"SubStatus", "0xc000006a"}, {"Status", "0xc000006d"}}}).code == 0xC000006A);
    CHECK(roles_of(roles, {{{"SubStatus", "0x0"}, {"Status", "0xc000006e"}}}).code == 0xC000006E);
    CHECK(roles_of(roles, {{{"SubStatus", "0x0"}, {"Status", "0"}}}).code == 0);
    CHECK(roles_of(roles, {}).code == std::nullopt);
}

TEST_CASE("a sentence takes roles and fields, shows codes as people know them, and says what is absent") {
    const auto catalogue = one("{user: u, code: {field: c, family: disconnect-reason}}",
                               "{user} left with {code}, {Other Field} and {absent}.");
    const Fields fields{{{"u", "alice"}, {"c", "2308"}, {"Other Field", "x"}}};
    CHECK(sentence(catalogue.entries().front(), fields.getter()) == "alice left with 2308 (0x904), x and (not given).");
    const auto hex = one("{code: {field: c, family: hresult}}", "Error {code}.");
    CHECK(sentence(hex.entries().front(), Fields{{{"c", "-2147467259"}}}.getter()) == "Error 0x80004005.");
}

TEST_CASE("a value too long for a line is cut between two characters") {
    const auto catalogue = one("{}", "{f}");
    std::string text;
    while (text.size() < 1000) text += "\xE2\x82\xAC";
    const auto said = sentence(catalogue.entries().front(), Fields{{{"f", text}}}.getter());
    CHECK(said == text.substr(0, 198) + "...");
}

TEST_CASE("a mistake in a catalogue file is a problem with its place, and its entry is left out") {
    struct Row {
        const char *entry, *said;
    };
    const auto row = GENERATE(values<Row>({
        {"{id: 1, name: n, shows: noted, example: x}", "x.yaml:5:5: the key 'means' is missing"},
        {"{id: x, name: n, shows: noted, means: m, example: x}",
         "x.yaml:5:10: expected a number, decimal or 0x hex, found 'x'"},
        {"{id: 1, name: N, shows: noted, means: m, example: x}",
         "x.yaml:5:5: a name is a word of small letters, digits and hyphens"},
        {"{id: 1, name: n, shows: odd, means: m, example: x}", "x.yaml:5:29: 'odd' is not a shows of the contract"},
        {"{id: 1, name: n, stage: odd, shows: noted, means: m, example: x}",
         "x.yaml:5:29: 'odd' is not a stage of the contract"},
        {"{id: 1, name: n, shows: passed, means: m, example: x}", "x.yaml:5:5: what shows 'passed' needs a stage"},
        {"{id: 1, name: n, side: both, shows: noted, means: m, example: x}",
         "x.yaml:5:28: 'both' is not one of client, server, either"},
        {"{id: 1, name: n, shows: noted, means: 'a {user}', example: x}",
         "x.yaml:5:43: {user} stands for a role that the entry does not have"},
        {"{id: 1, name: n, shows: noted, means: 'a {x', example: x}", "x.yaml:5:43: a { is not closed"},
        {"{id: 1, name: n, shows: noted, means: m, example: x, when: {}}", "x.yaml:5:64: 'when' has no condition"},
        {"{id: 1, name: n, shows: noted, means: m, example: x, when: {'a|like': b}}",
         "x.yaml:5:65: 'like' is not one of startswith, endswith, contains"},
        {"{id: 1, name: n, shows: noted, means: m, example: x, role: {user: a}}",
         "x.yaml:5:58: unknown key 'role' (did you mean 'roles'?), expected one of id, when, name, channel, side, "
         "scope, "
         "state, health, stage, shows, actor, roles, means, doubt, source, example"},
    }));
    std::vector<yaml::Problem> problems;
    const std::vector<yaml::File> files{
        {"x.yaml", fmt::format("provider: P\nside: client\nsource: s\nevents:\n  - {}\n", row.entry)}};
    const auto catalogue = EventCatalogue::load(files, problems);
    CHECK(catalogue.size() == 0);
    REQUIRE(problems.size() == 1);
    CHECK(to_text(problems.front()) == row.said);
}

TEST_CASE("an entry that can never be reached is a problem") {
    std::vector<yaml::Problem> problems;
    const std::string entry = "  - {id: 1, name: n, shows: noted, means: m, example: x}\n";
    const std::vector<yaml::File> files{{"x.yaml", "provider: P\nside: client\nsource: s\nevents:\n" + entry + entry}};
    CHECK(EventCatalogue::load(files, problems).size() == 1);
    REQUIRE(problems.size() == 1);
    CHECK(to_text(problems.front()) == "x.yaml:6:5: never reached: an entry for 1 without 'when' stands before it");
}

TEST_CASE("an entry with the conditions of one before it is a problem") {
    std::vector<yaml::Problem> problems;
    const std::string entry = "  - {id: 1, when: {a: b}, name: n, shows: noted, means: m, example: x}\n";
    const std::vector<yaml::File> files{{"x.yaml", "provider: P\nside: client\nsource: s\nevents:\n" + entry + entry}};
    CHECK(EventCatalogue::load(files, problems).size() == 1);
    REQUIRE(problems.size() == 1);
    CHECK(to_text(problems.front()) ==
          "x.yaml:6:5: never reached: an entry for 1 with the same 'when' stands before it");
}
