// Which of an attempt's two machines a text is of.
#include "tests/support/catch.hpp"
#include "tests/support/machine_texts.hpp"

using namespace rdpdx;
using test::kDenied;
using test::refused;
using test::TextCase;
using test::TextFile;

namespace {

const std::string kServersAddress =
    "\r\nWindows IP Configuration\r\n\r\n   Host Name . . . . . : RDSH1\r\n   Type . . . . . : x\r\n"
    "\r\nEthernet adapter:\r\n\r\n   IPv4 Address. . . . . . . . . . . : 203.0.113.20(Preferred)\r\n";

std::string named(std::string_view computer) {
    return kDenied + "[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\ComputerName\\ComputerName]\r\n" +
           "\"ComputerName\"=\"" + std::string{computer} + "\"\r\n";
}

}  // namespace

TEST_CASE("a text belongs to the machine that its path, a neighbour or the case names, and says how it was found") {
    struct Row {
        std::string path, neighbour, of, tie;
    };
    const auto row = GENERATE(values<Row>({
        {"case/MSRD-Results-RDSH1-1121/reg.txt", "", "server", "named"},
        {"case/203.0.113.20_reg.txt", "", "server", "named"},
        {"case/RDSH1/198.51.100.10/reg.txt", "", "client", "named"},
        {"case/x/reg.txt", "case/x/ip.txt", "server", "folder"},
        {"case/x/y/reg.txt", "case/x/ip.txt", "server", "folder"},
        {"case/x/reg.txt", "case/ip.txt", "server", "folder"},
        {"case/x/reg.txt", "", "server", "only-server"},
        {"case/client/reg.txt", "case/server/ip.txt", "server", "only-server"},
        {"case/NORDSH12/reg.txt", "", "server", "only-server"},
    }));
    std::vector<TextFile> files{{row.path, kDenied}};
    if (!row.neighbour.empty()) files.push_back({row.neighbour, kServersAddress});
    const TextCase c{refused(), files};
    const auto* o = c.find("config.registry");
    REQUIRE(o);
    CHECK(o->string("of") == row.of);
    CHECK(o->string("tie") == row.tie);
    CHECK(o->evidence.kind == model::Evidence::Kind::line);
    CHECK(o->evidence.number == 4);
    CHECK(o->evidence.input == 1);
}

TEST_CASE("a text that names another machine is nobody's, and its input says so") {
    const TextCase c{refused(), {{"case/reg.txt", named("OTHER")}}};
    CHECK_FALSE(c.find("config.registry"));
    REQUIRE(c.inputs[1].notes.size() == 1);
    CHECK(c.inputs[1].notes[0].find("the machine that it names") != std::string::npos);
}

TEST_CASE("what one text names, another gives an address that the packets know") {
    auto attempt = refused();
    attempt.server.name.clear();
    const TextCase c{attempt, {{"case/x/system.reg", named("rdsh1")}, {"case/y/ip.txt", kServersAddress}}};
    const auto* o = c.find("config.registry");
    REQUIRE(o);
    CHECK(o->string("of") == "server");
    CHECK(o->string("tie") == "named");
    CHECK(c.inputs[1].notes.empty());
}

TEST_CASE("an address that stands where a name is looked for is no name") {
    auto attempt = refused();
    attempt.server.name = attempt.tls.sni = "198.18.7.9";  // as the user typed it; the packets go elsewhere
    const auto row =
        GENERATE(std::pair{"case/198.18.0.1/reg.txt", "only-server"}, std::pair{"case/198.18.7.9/reg.txt", "named"});
    const TextCase c{attempt, {{row.first, kDenied}}};
    REQUIRE(c.find("config.registry"));
    CHECK(c.find("config.registry")->string("tie") == row.second);
}

TEST_CASE("where a case has several servers, a text without a name is nobody's") {
    auto second = refused();
    second.server = {"203.0.113.21", 3389, "RDSH2"};
    second.tracks[0].server = second.server;
    std::vector<model::Attempt> attempts{refused(), second};
    std::vector<model::Input> inputs(2);
    inputs[1].path = "case/reg.txt";
    observe::TextObserver observer{1};
    bytes::MemorySource source{std::as_bytes(std::span{kDenied})};
    config::read(source, [&](config::Item&& item) { observer.add(item); });
    correlate::place_texts(attempts, {observer.take()}, inputs);
    CHECK(attempts[0].tracks.size() == 1);
    CHECK(attempts[1].tracks.size() == 1);
    REQUIRE(inputs[1].notes.size() == 1);
    CHECK(inputs[1].notes[0].find("does not tell which machine") != std::string::npos);
}

TEST_CASE("a connection that worked needs no text") {
    auto worked = refused();
    worked.outcome = model::Outcome::succeeded;
    const TextCase c{worked, {{"case/RDSH1/reg.txt", kDenied}}};
    CHECK(c.attempts[0].tracks.size() == 1);
    CHECK(c.inputs[1].notes.empty());
}
