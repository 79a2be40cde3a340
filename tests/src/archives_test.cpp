// Limits, in small. What each kind of archive gives, and hostile ones, are tests/scripts/cli/archives_cases.py.
#include "src/app/archives.hpp"

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>

#include "tests/support/catch.hpp"

namespace fs = std::filesystem;
using namespace rdpdx::app;
namespace {

// A ustar header and the member's bytes, padded (POSIX.1-1988).
std::string tar_member(const std::string& name, const std::string& content) {
    std::string head(512, '\0');
    const auto put = [&](std::size_t at, const std::string& text) { head.replace(at, text.size(), text); };
    char number[16];
    put(0, name);
    put(100, "0000644");
    std::snprintf(number, sizeof number, "%011o", static_cast<unsigned>(content.size()));
    put(124, number);
    put(136, "00000000000");
    put(148, "        ");
    put(156, "0");
    put(257, std::string{"ustar\0"
                         "00",
                         8});
    unsigned sum = 0;
    for (const char c : head) sum += static_cast<unsigned char>(c);
    std::snprintf(number, sizeof number, "%06o", sum);
    put(148, number);
    head[154] = '\0';
    return head + content + std::string((512 - content.size() % 512) % 512, '\0');
}

std::string tar(const std::string& members) { return members + std::string(1024, '\0'); }

class Folder {
public:
    Folder() : path_{(fs::temp_directory_path() / "rdpdx-test-XXXXXX").string()} { REQUIRE(::mkdtemp(path_.data())); }
    ~Folder() { fs::remove_all(path_); }
    Found with(const std::string& name, const std::string& content) const {
        const fs::path file = fs::path{path_} / name;
        std::ofstream{file, std::ios::binary} << content;
        return find_files({file.string()});
    }
    std::size_t files() const { return static_cast<std::size_t>(std::distance(fs::directory_iterator{path_}, {})); }

private:
    std::string path_;
};

std::string text_of(const FoundFile& file) {
    FileSource source{file, FileSource::Hash::no};
    std::vector<std::byte> all(1 << 16);
    all.resize(source.read(all));
    return {reinterpret_cast<const char*>(all.data()), all.size()};
}

const std::string kThree = tar(tar_member("c", "third") + tar_member("a", "first") + tar_member("b", "second"));

}  // namespace

TEST_CASE("members take the archive's place, sorted, with their own bytes") {
    const Folder folder;
    Found found = folder.with("x.tar", kThree);
    expand_archives(found);
    REQUIRE(found.files.size() == 3);
    CHECK(found.lost.empty());
    CHECK(found.files[0].shown == "x.tar/a");
    CHECK(text_of(found.files[0]) == "first");
    CHECK(text_of(found.files[1]) == "second");
    CHECK(text_of(found.files[2]) == "third");
    CHECK(folder.files() == 1);
}

TEST_CASE("each limit stops the archive, names the member and keeps what came before") {
    struct Row {
        ArchiveLimits limits;
        std::size_t kept;
        std::string says;
    };
    ArchiveLimits members, bytes;
    members.members = 2;
    bytes.bytes = 7;
    const auto row = GENERATE_COPY(values<Row>({
        {members, 2, "Stopped at 'x.tar/b': it has more than 2 members"},
        {bytes, 1, "Stopped at 'x.tar/a': it unpacks to more than 7 bytes"},
    }));
    const Folder folder;
    Found found = folder.with("x.tar", kThree);
    expand_archives(found, row.limits);
    CHECK(found.files.size() == row.kept);
    REQUIRE(found.lost.size() == 1);
    CHECK(found.lost[0].shown == "x.tar");
    CHECK(found.lost[0].why.find(row.says) == 0);
    CHECK(found.lost[0].damaged);
}

TEST_CASE("unpacking that takes too long is ended") {
    ArchiveLimits limits;
    limits.time = std::chrono::milliseconds{-1};
    const Folder folder;
    Found found = folder.with("x.tar", kThree);
    expand_archives(found, limits);
    CHECK(found.files.empty());
    REQUIRE(found.lost.size() == 1);
    CHECK(found.lost[0].why.find("took longer than") != std::string::npos);
}

TEST_CASE("an archive that is nested too deep is named and those above it are read") {
    ArchiveLimits limits;
    limits.depth = 2;
    const Folder folder;
    const std::string inner = tar(tar_member("deepest.tar", kThree) + tar_member("beside", "x"));
    Found found = folder.with("x.tar", tar(tar_member("in.tar", inner)));
    expand_archives(found, limits);
    REQUIRE(found.files.size() == 1);
    CHECK(found.files[0].shown == "x.tar/in.tar/beside");
    REQUIRE(found.lost.size() == 1);
    CHECK(found.lost[0].shown == "x.tar/in.tar/deepest.tar");
}

TEST_CASE("an archive cut after n bytes gives what is there and says so, or is cut between members") {
    const Folder folder;
    for (std::size_t n = 300; n < kThree.size(); n += 100) {
        Found found = folder.with("x.tar", kThree.substr(0, n));
        expand_archives(found);
        const bool said = !found.lost.empty() || (!found.files.empty() && !found.files.back().notes.empty()) ||
                          (!found.files.empty() && !found.files.front().notes.empty());
        INFO(n << " bytes, " << found.files.size() << " members");
        // A tar archive has no count: behind a whole member or in its padding nothing shows that more has been there.
        CHECK((said || found.files.size() >= n / 1024));
        CHECK(found.files.size() <= 3);
    }
}
