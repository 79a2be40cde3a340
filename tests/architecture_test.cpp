// Data walks one way. CMake says what a layer links; this says what it includes, which a shared include root would
// otherwise let pass.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <string>

#include "tests/support/catch.hpp"

namespace fs = std::filesystem;
namespace {

using Set = std::set<std::string>;

// Folder -> folders whose headers it may include. A folder that is not here fails.
const std::map<std::string, Set> kMayInclude{
    {"parsers/bytes", {}},
    {"parsers/capture", {"parsers/bytes"}},
    {"parsers/net", {"parsers/bytes", "parsers/capture"}},
    {"parsers/stream", {"parsers/bytes", "parsers/net"}},
    {"parsers/x224", {"parsers/bytes"}},
    {"parsers/mcs", {"parsers/bytes"}},
    {"parsers/rdp", {"parsers/bytes"}},
    {"parsers/credssp", {"parsers/bytes"}},
    {"parsers/tls", {"parsers/bytes"}},
    {"parsers/dns", {"parsers/bytes"}},
    {"parsers/ntp", {"parsers/bytes"}},
    {"parsers/proxy", {"parsers/bytes"}},
    {"parsers/handshake",
     {"parsers/bytes", "parsers/stream", "parsers/x224", "parsers/mcs", "parsers/tls", "parsers/credssp",
      "parsers/rdp"}},
    {"parsers/gateway", {"parsers/bytes", "parsers/stream", "parsers/tls", "parsers/credssp"}},
    {"parsers/rdpeudp", {"parsers/bytes", "parsers/stream", "parsers/tls"}},
    {"parsers/config", {"parsers/bytes"}},
    {"parsers/events", {"parsers/bytes"}},
    {"parsers/evtx", {"parsers/bytes", "parsers/events"}},
    {"src/model", {}},
    {"src/codes", {}},
    {"src/yaml", {}},
    {"src/catalogue", {"src/model", "src/yaml"}},
    {"src/observe",
     {"src/model", "src/codes", "src/catalogue", "parsers/bytes", "parsers/net", "parsers/stream", "parsers/x224",
      "parsers/mcs", "parsers/tls", "parsers/credssp", "parsers/rdp", "parsers/handshake", "parsers/gateway",
      "parsers/rdpeudp", "parsers/dns", "parsers/ntp", "parsers/proxy", "parsers/events", "parsers/config"}},
    {"src/correlate", {"src/model"}},
    {"src/rules", {"src/model", "src/yaml"}},
    {"src/diagnose", {"src/model", "src/rules"}},
    {"src/report", {"src/model", "src/codes"}},
    {"src/analysis",
     {"src/model", "src/catalogue", "src/observe", "src/correlate", "src/rules", "src/diagnose", "parsers/bytes",
      "parsers/capture", "parsers/net", "parsers/stream", "parsers/tls", "parsers/events", "parsers/evtx",
      "parsers/config"}},
    {"src/redact", {"src/model", "parsers/bytes", "parsers/net", "parsers/events"}},
    {"src/app",
     {"src/model", "src/codes", "src/yaml", "src/catalogue", "src/rules", "src/report", "src/analysis", "src/redact",
      "parsers/bytes", "parsers/events", "parsers/evtx", "parsers/tls"}},
    {"src/app/batch",
     {"src/app", "src/model", "src/report", "src/analysis", "src/redact", "parsers/bytes", "parsers/tls"}},
};

// Header of a package -> the folders that may know it.
const std::map<std::string, Set> kPackageHomes{
    {"pcap", {"parsers/capture"}},
    {"pugixml", {"parsers/events"}},
    {"nlohmann", {"parsers/events"}},
    {"yaml-cpp", {"src/yaml"}},
    {"libdeflate", {"parsers/evtx"}},
    {"boost", {"src/app"}},
    {"openssl", {"parsers/tls", "src/redact", "src/app"}},
    {"archive", {"src/app"}},
    {"sqlite3", {"src/app/batch"}},
    {"csignal", {"src/app", "src/app/batch"}},
    {"thread", {"src/app", "src/app/batch"}},
    {"sys", {"src/app", "src/app/batch"}},
    {"unistd.h", {"src/app", "src/app/batch"}},
    {"filesystem", {"src/app", "src/app/batch"}},
    {"fstream", {"src/app"}},
    {"iostream", {"src/app"}},
};

struct Include {
    std::string file, folder, target;
    bool ours{};
};

std::vector<Include> all_includes() {
    std::vector<Include> out;
    const fs::path root{RDPDX_SOURCE_DIR};
    const std::regex line_of{R"(^\s*#\s*include\s*([<"])([^>"]+)[>"])"};
    for (const char* top : {"parsers", "src"}) {
        for (const auto& entry : fs::recursive_directory_iterator{root / top}) {
            const auto extension = entry.path().extension();
            if (extension != ".hpp" && extension != ".cpp") continue;
            const std::string file = entry.path().lexically_relative(root).generic_string();
            std::ifstream in{entry.path()};
            for (std::string line; std::getline(in, line);) {
                std::smatch match;
                if (!std::regex_search(line, match, line_of)) continue;
                out.push_back({file, fs::path{file}.parent_path().generic_string(), match[2], match[1] == "\""});
            }
        }
    }
    return out;
}

}  // namespace

TEST_CASE("every include of ours points down the walk") {
    const auto includes = all_includes();
    REQUIRE(includes.size() > 100);
    for (const Include& include : includes) {
        INFO(include.file << " includes " << include.target);
        const auto row = kMayInclude.find(include.folder);
        REQUIRE(row != kMayInclude.end());
        if (!include.ours) continue;
        const std::string target = fs::path{include.target}.parent_path().generic_string();
        CHECK((target == include.folder || row->second.count(target) == 1));
    }
}

TEST_CASE("packages and the operating system are known only where they belong") {
    for (const Include& include : all_includes()) {
        if (include.ours) continue;
        INFO(include.file << " includes " << include.target);
        const std::string first = include.target.substr(0, include.target.find('/'));
        auto home = kPackageHomes.find(first);
        if (home == kPackageHomes.end()) home = kPackageHomes.find(fs::path{first}.stem().string());
        if (home != kPackageHomes.end()) CHECK(home->second.count(include.folder) == 1);
    }
}

TEST_CASE("the table of layers has no folder that is gone") {
    for (const auto& [folder, _] : kMayInclude) {
        INFO(folder);
        CHECK(fs::is_directory(fs::path{RDPDX_SOURCE_DIR} / folder));
    }
}
