#include "src/app/key_logs.hpp"

#include <fstream>

#include "tests/support/catch.hpp"
#include "tests/support/packets.hpp"

using namespace rdpdx;
namespace fs = std::filesystem;

TEST_CASE("captures among the inputs are counted by their bytes, and key logs are used") {
    const fs::path folder = fs::temp_directory_path() / "rdpdx_key_logs_test";
    fs::create_directory(folder);
    std::vector<app::FoundFile> files;
    const auto add = [&](const std::string& name, std::string_view content) {
        std::ofstream{folder / name, std::ios::binary} << content;
        files.push_back({folder / name, name});
    };
    add("a.log", bytes::text_of(test::PcapFile{}.bytes()));
    add("b.pcap", "<Events/>");
    add("c", bytes::text_of(test::PcapngFile{}.section().bytes()));
    add("keys.txt", "CLIENT_RANDOM " + std::string(64, 'a') + " " + std::string(96, 'b') + "\n");
    files.push_back({folder / "gone", "gone"});
    tls::Secrets secrets;
    CHECK(app::take_key_logs(files, secrets) == 2);
    CHECK(secrets.key_log.secrets() == 1);
    fs::remove_all(folder);
}
