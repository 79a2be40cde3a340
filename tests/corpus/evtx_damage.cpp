// Event logs, damaged in every way there is: no crash, no hang, every record whose bytes are untouched still delivered
// and the same, and what is lost is named with chunk and offset. Build it with the asan preset to make a sanitizer the
// judge.
//
//   evtx_damage [--flips N] [--cuts N] [FILE_OR_FOLDER...]
//
// Logs of the tests' writer are always among them. Byte flips are spread over all chunks of all files, each chunk alone
// behind its file's header, so that large files count like small ones.
#include <fmt/format.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <random>
#include <regex>

#include "tests/support/evtx_extents.hpp"
#include "tests/support/evtx_logs.hpp"
#include "tests/support/evtx_writer.hpp"

namespace fs = std::filesystem;
namespace writer = rdpdx::test::evtx;
using namespace rdpdx;
using Bytes = std::vector<std::byte>;

namespace {

constexpr std::size_t kHead = evtx::kFileHeaderBlock, kChunk = evtx::kChunkSize;
constexpr auto kLongest = std::chrono::seconds{10};

struct Line {
    evtx::Record frame;
    std::size_t size{};
    std::string json;
};
struct Reading {
    std::map<std::uint64_t, Line> lines;  // by offset
    std::vector<evtx::Notice> notices;
};

Reading read(bytes::View file, evtx::Recover recover = evtx::Recover::off) {
    Reading out;
    evtx::TemplateCache templates;
    evtx::ChunkReader reader{templates, {recover, ""}};
    bytes::MemorySource source{file};
    evtx::LogReader log{source, recover};
    evtx::TextBuffer json;
    const auto keep = [&](std::vector<evtx::Notice> notices) {
        out.notices.insert(out.notices.end(), notices.begin(), notices.end());
    };
    for (evtx::Batch batch; log.next(batch);) {
        for (const evtx::Chunk& chunk : batch.chunks()) {
            for (reader.open(chunk); reader.next();) {
                json.clear();
                reader.json(json);
                const auto& frame = reader.record();
                const auto size = evtx::u32_at(file, static_cast<std::size_t>(frame.offset) + 4);
                out.lines.insert({frame.offset, {frame, size, std::string{json.view()}}});
            }
            keep(reader.take_notices());
        }
    }
    keep(log.take_notices());
    return out;
}

// An undamaged log, what is read of it, and which bytes that takes.
struct Log {
    std::string name;
    Bytes bytes;
    Reading whole;
    std::map<std::uint64_t, std::vector<test::Extent>> extents;  // of the file, by the record's offset
};

Log log_of(std::string name, Bytes bytes) {
    Log out{std::move(name), std::move(bytes), {}, {}};
    out.whole = read(out.bytes);
    for (const auto& [offset, line] : out.whole.lines) {
        const std::size_t begin = kHead + static_cast<std::size_t>((offset - kHead) / kChunk * kChunk);
        const auto chunk = bytes::View{out.bytes}.subspan(begin, std::min(kChunk, out.bytes.size() - begin));
        auto extents = test::Extents{chunk}.of_record(static_cast<std::size_t>(offset) - begin, line.size);
        for (auto& e : extents) e = {e.begin + begin, e.end + begin};
        out.extents[offset] = std::move(extents);
    }
    return out;
}

struct Tally {
    std::size_t runs{}, expected{}, delivered{}, lost{}, named{}, altered{}, told{}, extra{}, failures{};
};

// Where the damaged log differs from the whole one; a cut is one change to the end of all things.
using Changes = std::vector<test::Extent>;

bool touched(const std::vector<test::Extent>& extents, const Changes& changes) {
    return std::ranges::any_of(extents, [&](const test::Extent& e) {
        return std::ranges::any_of(changes, [&](const test::Extent& c) { return c.begin < e.end && e.begin < c.end; });
    });
}

// Whether a notice speaks of this record: by its number, or of a stretch of bytes that it lies in.
bool speaks_of(const evtx::Notice& notice, const Line& line) {
    const auto at = line.frame.offset;
    static const std::regex kBytes{"(\\d+) bytes"};
    std::smatch found;
    const std::string& text = notice.text;
    const auto says = [&](std::string_view part) { return text.find(part) != std::string::npos; };
    if (says("the file ends") || says("file header cannot be read: field")) return notice.offset <= at + line.size;
    if (notice.chunk != line.frame.chunk || notice.offset > at + line.size) return false;
    if (notice.offset >= at) return true;
    if (says("only zeros") || says("neither its signature") || says("cut off") || says("taken for older")) return true;
    return std::regex_search(text, found, kBytes) && notice.offset + std::stoull(found[1]) > at;
}

// Where a chunk's header says nothing that can be relied on, records may be given as recovered.
std::string unmarked(std::string json) {
    constexpr std::string_view kMark = ",\"recovered\":true";
    const auto at = json.find(kMark);
    return at == std::string::npos ? json : json.erase(at, kMark.size());
}

class Judge {
public:
    Tally tally;

    void run(const Log& log, bytes::View damaged, const Changes& changes, const std::string& what) {
        ++tally.runs;
        // A copy of its own, so that a sanitizer sees a read past its end.
        const Bytes copy(damaged.begin(), damaged.end());
        const auto began = std::chrono::steady_clock::now();
        const Reading now = read(copy);
        if (std::chrono::steady_clock::now() - began > kLongest) fail(log, what, "too slow", 0);
        for (const auto& [offset, line] : log.whole.lines) {
            const bool intact = !touched(log.extents.at(offset), changes);
            const auto found = now.lines.find(offset);
            const bool same = found != now.lines.end() && unmarked(found->second.json) == line.json;
            tally.expected += intact;
            tally.delivered += intact && same;
            if (intact && !same)
                fail(log, what, found == now.lines.end() ? "an intact record is lost" : "an intact record is another",
                     offset);
            if (found == now.lines.end())
                judge_lost(log, what, now, line);
            else if (!same)
                judge_altered(log, what, now, line);
        }
        for (const auto& [offset, line] : now.lines)
            if (!log.whole.lines.contains(offset) && !line.frame.recovered && !line.frame.damaged) {
                ++tally.extra;
                fail(log, what, "a record that the whole log has not", offset);
            }
        (void)read(copy, evtx::Recover::slack);
        (void)read(copy, evtx::Recover::carve);
    }

private:
    void judge_lost(const Log& log, const std::string& what, const Reading& now, const Line& line) {
        ++tally.lost;
        const bool named = std::ranges::any_of(now.notices, [&](const evtx::Notice& n) { return speaks_of(n, line); });
        tally.named += named;
        // A header that counts fewer chunks than there were cannot know of those that are missing.
        // Nor does a chunk's header of records that were written after it.
        const auto chunk = kHead + static_cast<std::size_t>(line.frame.chunk) * kChunk;
        const bool uncounted = evtx::u16_at(log.bytes, 42) <= line.frame.chunk ||
                               line.frame.offset >= chunk + evtx::u32_at(log.bytes, chunk + 48);
        if (!named && !uncounted) fail(log, what, "a loss that no notice names", line.frame.offset);
    }
    // What was changed inside a record shows only by the checksum, which some chunks have not.
    void judge_altered(const Log& log, const std::string& what, const Reading& now, const Line& line) {
        ++tally.altered;
        const auto chunk = kHead + line.frame.chunk * kChunk;
        const bool unsummed = (evtx::u32_at(log.bytes, static_cast<std::size_t>(chunk) + 120) & 4) != 0;
        const bool told = std::ranges::any_of(
            now.notices, [&](const evtx::Notice& n) { return n.chunk == line.frame.chunk || n.offset >= chunk; });
        tally.told += told;
        if (!told && !unsummed) fail(log, what, "a changed record, and no notice about its chunk", line.frame.offset);
    }
    void fail(const Log& log, const std::string& what, std::string_view why, std::uint64_t offset) {
        ++tally.failures;
        const auto kind = fmt::format("{} {} {}", log.name, what, why);
        if (std::exchange(last_, kind) != kind)
            fmt::print("FAILED {}, {}: {} at byte {}\n", log.name, what, why, offset);
    }
    std::string last_;  // one line of each kind is enough
};

void set(Bytes& bytes, std::size_t at, std::size_t n, Changes& changes,
         const std::function<std::byte(std::size_t)>& to) {
    n = std::min(n, bytes.size() - std::min(at, bytes.size()));
    for (std::size_t i = at; i < at + n; ++i) {
        const std::byte now = to(i);
        if (now != bytes[i]) changes.push_back({i, i + 1});
        bytes[i] = now;
    }
}

// What was written over, and what is told about it.
void damage_chunks(const Log& log, Judge& judge, std::mt19937_64& random) {
    const std::size_t chunks = (log.bytes.size() - std::min(log.bytes.size(), kHead) + kChunk - 1) / kChunk;
    for (std::size_t n = 0; n < std::min<std::size_t>(chunks, 3); ++n) {
        const std::size_t at = kHead + (random() % chunks) * kChunk;
        struct Way {
            const char* what;
            std::size_t offset, size;
            std::function<std::byte(std::size_t)> to;
        };
        const auto flip = [&](std::size_t i) { return log.bytes[i] ^ std::byte{0x5A}; };
        const auto zero = [](std::size_t) { return std::byte{}; };
        const auto noise = [&](std::size_t) { return static_cast<std::byte>(random()); };
        const std::size_t middle = 512 + random() % (kChunk - 512);
        const std::vector<Way> ways{
            {"chunk magic", 0, 8, zero},
            {"header checksum", 124, 4, flip},
            {"records checksum", 52, 4, flip},
            {"free space offset of 0", 48, 4, zero},
            {"free space offset", 48, 2, flip},
            {"record identifiers", 8, 32, flip},
            {"chunk header of zeros", 0, 512, zero},
            {"chunk of zeros", 0, kChunk, zero},
            {"chunk of noise", 0, kChunk, noise},
            {"half a chunk of zeros", kChunk / 2, kChunk / 2, zero},
            {"a sector of zeros", middle & ~std::size_t{511}, 512, zero},
            {"a sector of noise", middle & ~std::size_t{511}, 512, noise},
            {"a page of zeros", middle & ~std::size_t{4095}, 4096, zero},
        };
        for (const Way& way : ways) {
            Bytes bytes = log.bytes;
            Changes changes;
            const std::size_t begin = at + way.offset;
            set(bytes, begin, std::min(way.size, at + kChunk - begin), changes, way.to);
            judge.run(log, bytes, changes, fmt::format("{} in the chunk at {}", way.what, at));
        }
    }
    const auto head = [&](const char* what, std::size_t at, std::size_t n, std::byte to) {
        Bytes bytes = log.bytes;
        Changes changes;
        set(bytes, at, n, changes, [&](std::size_t) { return to; });
        judge.run(log, bytes, changes, what);
    };
    head("file magic", 0, 8, std::byte{0x41});
    head("file header of zeros", 0, kHead, std::byte{});
    head("file header of ones", 0, kHead, std::byte{0xFF});
    head("header counts of zero", 8, 36, std::byte{});
}

void damage_records(const Log& log, Judge& judge, std::mt19937_64& random) {
    for (int n = 0; n < 8 && !log.whole.lines.empty(); ++n) {
        const auto line =
            std::next(log.whole.lines.begin(), static_cast<std::ptrdiff_t>(random() % log.whole.lines.size()));
        const auto at = static_cast<std::size_t>(line->first);
        const auto one = [&](const char* what, std::size_t offset, std::size_t size, std::byte to) {
            Bytes bytes = log.bytes;
            Changes changes;
            set(bytes, at + offset, size, changes, [&](std::size_t) { return to; });
            judge.run(log, bytes, changes, fmt::format("{} of the record at {}", what, at));
        };
        one("zero size", 4, 4, std::byte{});
        one("size of ones", 4, 4, std::byte{0xFF});
        one("no signature", 0, 4, std::byte{});
        one("zero size copy", line->second.size - 4, 4, std::byte{});
        one("identifier of ones", 8, 8, std::byte{0xFF});
    }
}

void cut(const Log& log, std::size_t cuts, Judge& judge, std::mt19937_64& random) {
    for (std::size_t n = 0; n < cuts + 4; ++n) {
        std::size_t keep = random() % log.bytes.size();
        if (n >= cuts)
            keep = std::min(log.bytes.size(), std::array<std::size_t, 4>{0, 128, kHead, kHead + kChunk}[n - cuts]);
        judge.run(log, bytes::View{log.bytes}.first(keep), {{keep, ~std::size_t{}}}, fmt::format("cut to {}", keep));
    }
}

void flip(const Log& log, std::size_t rounds, Judge& judge, std::mt19937_64& random) {
    for (std::size_t round = 0; round < rounds; ++round) {
        Bytes bytes = log.bytes;
        Changes changes;
        // Mostly one byte; heads of chunks are small and matter much, so they get more than their share.
        const std::size_t many = round % 10 == 9 ? 2 + random() % 30 : 1;
        std::string what = "flipped";
        for (std::size_t i = 0; i < many; ++i) {
            const std::size_t at = round % 4 == 0 ? kHead + random() % 128 : random() % bytes.size();
            const auto by = static_cast<std::byte>(1 + random() % 255);
            if (at >= bytes.size()) continue;
            bytes[at] ^= by;
            changes.push_back({at, at + 1});
            what += fmt::format(" {}", at);
        }
        judge.run(log, bytes, changes, what);
    }
}

Bytes contents(const fs::path& path) {
    std::ifstream in{path, std::ios::binary};
    const std::string text{std::istreambuf_iterator<char>{in}, {}};
    const auto view = bytes::view_of(text);
    return {view.begin(), view.end()};
}

std::vector<writer::LogEvent> some_events(std::size_t n) {
    std::vector<writer::LogEvent> out;
    const auto time = *bytes::parse_time("2019-03-18T17:22:42.1234567Z");
    for (std::size_t i = 0; i < n; ++i) {
        writer::LogEvent e;
        e.provider = i % 3 ? "TermDD" : "Microsoft-Windows-Security-Auditing";
        e.id = static_cast<std::uint16_t>(i % 3 ? 56 : 4625);
        e.time = time + std::chrono::seconds{i};
        e.channel = i % 3 ? "System" : "Security";
        e.computer = "PC" + std::to_string(i % 4);
        e.data = {{"Status", writer::hex_int32(0xC000006D)}, {"User", writer::unicode_string("u" + std::to_string(i))}};
        if (i % 5 == 0) e.data.push_back({"Long", writer::unicode_string(std::string(i % 700, 'x'))});
        out.push_back(e);
    }
    return out;
}

// Only logs of whole chunks are flipped and overwritten; a chunk alone keeps its file's header.
std::vector<Log> logs_of(const std::vector<fs::path>& files, std::vector<Log>& chunks) {
    constexpr std::size_t kSmall = 1'200'000;
    std::vector<Log> out;
    for (const bool templates : {true, false}) {
        const std::string kind = templates ? "templates" : "no templates";
        out.push_back(log_of("written, " + kind,
                             writer::write_log(some_events(60), {.templates = templates, .records_per_chunk = 15})));
        out.push_back(log_of(
            "written, stale, " + kind,
            writer::write_log(some_events(40), {.templates = templates, .records_per_chunk = 12, .stale_records = 3})));
    }
    for (const fs::path& path : files) {
        Bytes bytes = contents(path);
        if (!evtx::is_evtx(bytes)) continue;
        const std::string name = path.filename().string();
        for (std::size_t at = kHead; at + kChunk <= bytes.size(); at += kChunk) {
            if (!evtx::has_chunk_magic(bytes::View{bytes}.subspan(at))) continue;
            Bytes one(bytes.begin(), bytes.begin() + kHead);
            one.insert(one.end(), bytes.begin() + static_cast<std::ptrdiff_t>(at),
                       bytes.begin() + static_cast<std::ptrdiff_t>(at + kChunk));
            // Of long logs a few chunks: they are all alike.
            if (chunks.size() < 2 || (at / kChunk) % (1 + bytes.size() / 1'000'000) == 0)
                chunks.push_back({fmt::format("{} chunk at {}", name, at), std::move(one), {}, {}});
        }
        if (bytes.size() <= kSmall) out.push_back(log_of(name, std::move(bytes)));
    }
    return out;
}

}  // namespace

int main(int argc, char** argv) {
    std::size_t flips = 2'000, cuts = 50;
    std::vector<fs::path> files;
    for (int i = 1; i < argc; ++i) {
        const std::string_view word{argv[i]};
        if ((word == "--flips" || word == "--cuts") && i + 1 < argc) {
            (word == "--flips" ? flips : cuts) = std::strtoul(argv[++i], nullptr, 10);
        } else if (!fs::exists(argv[i])) {
            fmt::print("skipped: {} is not here\n", argv[i]);
        } else if (!fs::is_directory(argv[i])) {
            files.emplace_back(argv[i]);
        } else {
            for (const auto& entry : fs::recursive_directory_iterator{argv[i]})
                if (entry.is_regular_file()) files.push_back(entry.path());
        }
    }
    std::ranges::sort(files);
    std::mt19937_64 random{20261121};
    Judge judge;
    std::vector<Log> chunks;
    const std::vector<Log> logs = logs_of(files, chunks);
    for (const Log& log : logs) {
        judge.run(log, log.bytes, {}, "nothing");
        damage_chunks(log, judge, random);
        damage_records(log, judge, random);
        cut(log, cuts, judge, random);
    }
    const std::size_t rounds = flips / (chunks.size() + 4) + 1;
    for (std::size_t i = 0; i < 4; ++i) flip(logs[i], rounds, judge, random);
    for (Log& chunk : chunks) {
        const Log log = log_of(chunk.name, std::move(chunk.bytes));
        flip(log, rounds, judge, random);
    }
    const Tally& t = judge.tally;
    fmt::print("{} logs, {} chunks alone, {} flips each\n", logs.size(), chunks.size(), rounds);
    fmt::print(
        "{} runs; {} intact records expected, {} delivered; {} lost, {} of them named; {} changed, {} of them told; {} "
        "extra; {} failures\n",
        t.runs, t.expected, t.delivered, t.lost, t.named, t.altered, t.told, t.extra, t.failures);
    return t.failures == 0 && t.runs > 0 ? 0 : 1;
}
