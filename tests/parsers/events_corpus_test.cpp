// Real exports by others, read in place, beside what another XML library finds in them.
#include <fmt/format.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "parsers/events/xml.hpp"
#include "tests/support/catch.hpp"

using namespace rdpdx;
namespace fs = std::filesystem;

namespace {

const fs::path kSource{RDPDX_SOURCE_DIR};

std::vector<fs::path> corpus_files() {
    std::vector<fs::path> out;
    for (const char* folder : {"../shared/corpus/event-xml", "../shared/corpus/evtx/exported"}) {
        if (!fs::is_directory(kSource / folder)) continue;
        for (const auto& entry : fs::directory_iterator{kSource / folder})
            if (entry.path().extension() == ".xml") out.push_back(entry.path());
    }
    std::sort(out.begin(), out.end());
    return out;
}

std::string content(const fs::path& path) {
    std::ifstream file{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
}

std::string shown(std::string text) {
    for (char& c : text)
        if (c == '\t' || c == '\r' || c == '\n') c = ' ';
    return text;
}

std::string facts(const fs::path& path) {
    const std::string text = content(path);
    bytes::MemorySource source{bytes::view_of(text)};
    std::string out;
    const auto result = events::read_xml(source, [&](events::Event&& e) {
        out += fmt::format("event\t{}\t{}\t{}\t{}\t{}\t{}\n", e.id, e.provider, e.channel, e.computer, e.record,
                           e.user_sid);
        for (const auto& field : e.fields) out += fmt::format("field\t{}\t{}\n", shown(field.name), shown(field.value));
        return true;
    });
    for (const auto& notice : result.damage) out += fmt::format("damage\t{}\t{}\n", notice.offset, notice.text);
    return out;
}

std::string output_of(const std::string& command) {
    std::string out;
    FILE* pipe = popen(command.c_str(), "r");
    if (pipe == nullptr) return out;
    std::array<char, 4096> buffer{};
    for (std::size_t n = 0; (n = std::fread(buffer.data(), 1, buffer.size(), pipe)) > 0;) out.append(buffer.data(), n);
    return pclose(pipe) == 0 ? out : std::string{};
}

}  // namespace

TEST_CASE("every exported file of the corpus gives events with a time, and no damage") {
    const auto files = corpus_files();
    if (files.empty()) WARN("skipped: there is no corpus beside the repository");
    for (const auto& path : files) {
        CAPTURE(path.filename().string());
        const std::string text = content(path);
        CHECK(events::is_event_xml(bytes::view_of(text)));
        bytes::MemorySource source{bytes::view_of(text)};
        const auto result = events::read_xml(source, [&](events::Event&& event) {
            CHECK(event.id != 0);
            CHECK_FALSE(event.provider.empty());
            CHECK(event.time);
            CHECK(text.substr(event.offset, 6) == "<Event");
            return true;
        });
        CHECK(result.events >= 1);
        CHECK(result.damage.empty());
    }
    CHECK(true);
}

TEST_CASE("ids, providers and values of the corpus are those that Python's xml.etree finds") {
    const auto files = corpus_files();
    if (files.empty() || output_of("python3 -c 'print(1)' 2>/dev/null").empty()) {
        WARN("skipped: there is no corpus beside the repository, or no python3");
        return;
    }
    const std::string script = (kSource / "tests/corpus/event_xml_fields.py").string();
    for (const auto& path : files) {
        CAPTURE(path.filename().string());
        const std::string theirs = output_of(fmt::format("python3 '{}' '{}'", script, path.string()));
        CHECK_FALSE(theirs.empty());
        CHECK(facts(path) == theirs);
    }
}
