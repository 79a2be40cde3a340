// Printing events to text for tests.
#pragma once

#include <fmt/format.h>

#include <filesystem>
#include <fstream>

#include "parsers/events/xml.hpp"
#include "src/app/evtx_dump.hpp"
#include "tests/support/catch.hpp"

namespace rdpdx::test {

inline std::string content(const std::filesystem::path& path) {
    std::ifstream file{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
}

inline std::vector<events::Event> read(std::string_view xml) {
    std::vector<events::Event> out;
    bytes::MemorySource source{bytes::view_of(xml)};
    const auto result = events::read_xml(source, [&](events::Event&& event) {
        out.push_back(std::move(event));
        return true;
    });
    CHECK(result.damage.empty());
    return out;
}

inline app::EventFilter filter_of(const app::Options& options, const catalogue::EventCatalogue& catalogue) {
    auto made = app::EventFilter::of(options, catalogue);
    REQUIRE(std::holds_alternative<app::EventFilter>(made));
    return std::get<app::EventFilter>(std::move(made));
}

// A file that is gone afterwards.
struct TemporaryFile {
    std::filesystem::path path =
        std::filesystem::temp_directory_path() / fmt::format("rdpdx-test-{}", reinterpret_cast<std::uintptr_t>(this));
    ~TemporaryFile() { std::filesystem::remove(path); }
};

inline std::string dumped(bytes::View log, const app::EventPrint& how, std::vector<std::string>* said = nullptr) {
    TemporaryFile file;
    {
        app::Output out{file.path.string()};
        bytes::MemorySource source{log};
        app::EvtxDumper{how}.dump(source, "log", out, [&](const evtx::Notice& n) {
            if (said) said->push_back(fmt::format("{} {} {}", n.offset, n.chunk, n.text));
        });
        CHECK(out.finish());
    }
    return content(file.path);
}

}  // namespace rdpdx::test
