#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "src/app/batch/plan.hpp"
#include "src/app/batch/shards.hpp"
#include "src/app/batch/sides.hpp"
#include "src/app/slice.hpp"
#include "tests/support/catch.hpp"

using namespace rdpdx::app;
namespace fs = std::filesystem;
namespace {

// A folder that goes away again.
struct Folder {
    Folder() {
        std::string name = (fs::temp_directory_path() / "rdpdx-plan-XXXXXX").string();
        path = mkdtemp(name.data());
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    ~Folder() { fs::remove_all(path); }
    fs::path write(const std::string& name, const std::string& text) const {
        fs::create_directories((path / name).parent_path());
        std::ofstream{path / name, std::ios::binary} << text;
        return path / name;
    }
    fs::path path;
};

std::vector<std::string> names_of(const std::vector<BatchCase>& cases) {
    std::vector<std::string> out;
    for (const BatchCase& one : cases) out.push_back(one.name);
    return out;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("what a collecting tool left is one case, and what only looks a bit like it is not") {
    struct Row {
        std::vector<std::string> files;
        std::size_t cases;
    };
    const auto row = GENERATE(values<Row>({
        {{"RDSH1_EventLogs/a.evtx", "RDSH1_SystemInfo/b.txt", "RDSH1_MSRD-Collect-Log.txt"}, 1},
        {{"C/Windows/a.evtx", "D/b.txt", "2026-11-21_ConsoleLog.txt"}, 1},
        {{"uploads/auto/a.evtx", "results/b.json", "client_info.json"}, 1},
        {{"RDSH1_EventLogs/a.evtx", "RDSH1_SystemInfo/b.txt", "notes.txt"}, 3},
        {{"ABC/a.evtx", "D/b.txt", "2026-11-21_ConsoleLog.txt"}, 3},
    }));
    const Folder folder;
    for (const auto& file : row.files) folder.write(file, "x");
    CHECK(find_cases(folder.path, folder.path / "out").cases.size() == row.cases);
}

TEST_CASE("a name tells whose a bundle is, and of which ticket") {
    struct Row {
        std::string_view name;
        Side::Role role;
        std::string_view ticket;
        bool has_number;
    };
    const auto row = GENERATE(values<Row>({
        {"INC-0017_Client.tar.gz", Side::Role::client, "inc-0017", true},
        {"inc 0017 (SERVER).zip", Side::Role::server, "inc-0017", true},
        {"client.7z", Side::Role::client, "", false},
        {"alice-pc", Side::Role::client, "alice", false},
        {"t1-client-server", Side::Role::none, "t1", true},
        {"clients17", Side::Role::none, "clients17", true},
        {"", Side::Role::none, "", false},
        {"évil-srv-9", Side::Role::server, "évil-9", true},
    }));
    INFO(row.name);
    const Side side = side_of(row.name);
    CHECK(side.role == row.role);
    CHECK(side.ticket == row.ticket);
    CHECK(side.has_number == row.has_number);
}

TEST_CASE("client and server of one ticket are one case, and what is not sure stays apart") {
    const Folder folder;
    for (const char* name : {"T1-client/a", "T1-server/a", "T2-client/a", "T3-client/a", "T3-client-2/a", "T3-server/a",
                             "T4-client/a", "T4-server/a", "T4-srv/a", "bob-pc/a", "bob-server/a"})
        folder.write(name, "x");
    const auto found = find_cases(folder.path, "none");
    CHECK(names_of(found.cases) ==
          Names{"T2-client", "T3-client-2", "T4-client", "T4-server", "T4-srv", "bob-pc", "bob-server", "t1", "t3"});
    CHECK(found.cases[7].why == "client and server of t1");
    CHECK(found.cases[7].paths.size() == 2);
}

TEST_CASE("a folder with nothing but the client's and the server's is one case") {
    const Folder folder;
    folder.write("ticket/client/a", "x");
    folder.write("ticket/server/a", "x");
    CHECK(names_of(find_cases(folder.path / "ticket", "none").cases) == Names{"ticket"});
    folder.write("ticket/other/a", "x");
    CHECK(names_of(find_cases(folder.path / "ticket/", "none").cases) == Names{"client", "other", "server"});
}

TEST_CASE("a plan that is read again has the same cases, whatever their names hold") {
    const Folder folder;
    for (const char* name :
         {"tab\tname/a", "line\nend/a", "back\\slash/a", "# hash/a", "x.pcap", "x.evtx", "\"quoted\"/a"})
        folder.write(name, "x");
    const auto found = find_cases(folder.path, "none");
    const auto read = read_plan(folder.write("plan", render_plan(found)));
    CHECK(read.below == found.below);
    REQUIRE(names_of(read.cases) == names_of(found.cases));
    for (std::size_t i = 0; i < read.cases.size(); ++i) {
        INFO(read.cases[i].name);
        CHECK(read.cases[i].paths == found.cases[i].paths);
        CHECK(read.cases[i].file == found.cases[i].file);
    }
    CHECK(digest_of_plan(read.cases) == digest_of_plan(found.cases));
}

TEST_CASE("a plan that people changed is taken as they mean it") {
    const Folder folder;
    const auto plan =
        folder.write("p", "# rdpdx.plan/1\r\nbelow\tcases\r\ncase\tpath\twhy\r\nb\tb2\tx\r\nb\tb1\r\n\r\na\t\"a\"\r\n");
    CHECK(is_plan(plan));
    const auto read = read_plan(plan);
    CHECK(names_of(read.cases) == Names{"a", "b"});
    CHECK(read.cases[1].paths == Names{(folder.path / "cases/b1").string(), (folder.path / "cases/b2").string()});
}

TEST_CASE("a case may be named as the words of a plan's head are") {
    const Folder folder;
    for (const char* name : {"below/a", "case/a", "other/a"}) folder.write(name, "x");
    const auto found = find_cases(folder.path, "none");
    const auto read = read_plan(folder.write("plan", render_plan(found)));
    CHECK(read.below == found.below);
    REQUIRE(names_of(read.cases) == Names{"below", "case", "other"});
    for (std::size_t i = 0; i < read.cases.size(); ++i) CHECK(read.cases[i].paths == found.cases[i].paths);
}

TEST_CASE("a mistake in a plan is told with its line") {
    const Folder folder;
    for (const char* text : {"below\tx\na\n", "below\tx\n\tpath\n", "a\tb\n", "below\tx\na\t\n"}) {
        INFO(text);
        const auto plan = folder.write("p", std::string{"# rdpdx.plan/1\n"} + text);
        CHECK_THROWS_AS(read_plan(plan), FileError);
    }
    CHECK_FALSE(is_plan(folder.write("q", "case\tpath\n")));
}

TEST_CASE("shards are K of N, and every case is in exactly one") {
    for (const char* wrong : {"", "1", "0/2", "3/2", "1/0", "1/2x", "-1/2", "1/2/3", "1/1000001", " 1/2"}) {
        INFO(wrong);
        CHECK_FALSE(shard_of(wrong));
    }
    std::vector<BatchCase> cases;
    for (const char* name : {"a", "b", "c", "d", "e"}) cases.push_back({name, name, {name}, {}});
    for (unsigned n = 1; n <= 7; ++n) {
        Names all;
        for (unsigned k = 1; k <= n; ++k) std::ranges::copy(names_of(cases_of({k, n}, cases)), std::back_inserter(all));
        std::ranges::sort(all);
        CHECK(all == names_of(cases));
    }
}

TEST_CASE("which shards are there does not depend on who came first") {
    CHECK(join_shards("2/3", "1/3") == "1/3 2/3");
    CHECK(join_shards("1/3 2/3", "3/3") == kWhole);
    CHECK(join_shards("3/3", join_shards("2/3", "1/3")) == kWhole);
    CHECK(join_shards("1/1", "2/3") == kWhole);
    CHECK(join_shards("2/3", "1/2") == join_shards("1/2", "2/3"));
    CHECK(join_shards("", "2/3") == "2/3");
    CHECK(missing_shards("1/1").empty());
    const auto missing = missing_shards("2/3 1/9");
    REQUIRE(missing.size() == 2);
    CHECK((missing[0].k == 1 && missing[1].k == 3 && missing[0].n == 3));
}
