// Every capture that is given, whole and cut at random lengths, through the whole analysis: no crash, no hang, nothing
// lost without a word. Build it with the asan preset to make a sanitizer the judge.
//
//   corpus_robustness [--cuts N] FILE_OR_FOLDER...
//
// The last line is 'N runs, N damaged, N failed'. A cut that leaves whole packets only cannot be told from the end of a
// classic pcap; every other cut must be named.
#include <fmt/format.h>

#include <chrono>
#include <cstring>
#include <random>

#include "src/report/render.hpp"
#include "tests/support/knowledge.hpp"

namespace fs = std::filesystem;
using namespace rdpdx;

namespace {

constexpr auto kLongest = std::chrono::seconds{20};

std::vector<std::byte> contents(const fs::path& path) {
    std::ifstream in{path, std::ios::binary};
    std::vector<char> text{std::istreambuf_iterator<char>{in}, {}};
    std::vector<std::byte> out(text.size());
    if (!text.empty()) std::memcpy(out.data(), text.data(), text.size());
    return out;
}

struct Tally {
    std::size_t runs{}, damaged{}, failed{};
};

void complain(Tally& tally, const fs::path& path, std::size_t length, std::string_view what) {
    ++tally.failed;
    fmt::print("FAILED {} cut to {} bytes: {}\n", path.filename().string(), length, what);
}

// The analysis of `data`, with what must hold of it.
void run(const fs::path& path, bytes::View data, const analysis::Knowledge& knowledge, Tally& tally) {
    ++tally.runs;
    const auto began = std::chrono::steady_clock::now();
    const auto kind = analysis::recognise(data.first(std::min(data.size(), analysis::kHeadNeeded)));
    if (kind.kind == analysis::Kind::unrecognised) {
        if (kind.description.empty()) complain(tally, path, data.size(), "not recognised, and no word of it");
        return;
    }
    bytes::MemorySource source{data};
    std::vector<analysis::Reading> readings;
    readings.push_back(analysis::read(source, kind.kind, 0, {}, knowledge.events));
    const bool damaged = readings[0].input.status == model::InputStatus::damaged;
    tally.damaged += damaged;
    if (damaged && readings[0].input.notes.empty())
        complain(tally, path, data.size(), "damaged, and no note says where");
    std::byte left{};
    if (source.read({&left, 1}) != 0 && !damaged)
        complain(tally, path, data.size(), "not read to its end, and no note says why");
    const auto report = analysis::analyze(std::move(readings), knowledge, {}, "test");
    if (report::render_json(report).empty() || report::render_text(report, {}).empty() ||
        report::render_html(report).empty() || report::render_markdown_long(report).empty())
        complain(tally, path, data.size(), "an empty report");
    if (std::chrono::steady_clock::now() - began > kLongest) complain(tally, path, data.size(), "too slow");
}

}  // namespace

int main(int argc, char** argv) {
    std::size_t cuts = 20;
    std::vector<fs::path> files;
    for (int i = 1; i < argc; ++i) {
        if (std::string_view{argv[i]} == "--cuts" && i + 1 < argc) {
            cuts = std::strtoul(argv[++i], nullptr, 10);
            continue;
        }
        if (!fs::exists(argv[i])) {
            fmt::print("skipped: {} is not here\n", argv[i]);
            return 77;
        }
        if (!fs::is_directory(argv[i])) files.emplace_back(argv[i]);
        if (fs::is_directory(argv[i]))
            for (const auto& entry : fs::recursive_directory_iterator{argv[i]})
                if (entry.is_regular_file()) files.push_back(entry.path());
    }
    std::ranges::sort(files);
    const auto knowledge = test::shipped_knowledge();
    std::mt19937_64 random{20261121};
    Tally tally;
    for (const fs::path& path : files) {
        const auto data = contents(path);
        run(path, data, knowledge, tally);
        for (std::size_t n = 0; n < cuts && !data.empty(); ++n) {
            const std::size_t length = random() % data.size();
            // A copy of its own, so that a sanitizer sees a read past its end.
            const std::vector<std::byte> cut(data.begin(), data.begin() + static_cast<std::ptrdiff_t>(length));
            run(path, cut, knowledge, tally);
        }
    }
    fmt::print("{} runs, {} damaged, {} failed\n", tally.runs, tally.damaged, tally.failed);
    return tally.failed == 0 && tally.runs > 0 ? 0 : 1;
}
